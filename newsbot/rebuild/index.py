"""Which records of WARC files say something about a page, and what was asked for each."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from newsbot.crawl.limiter import REFUSALS
from newsbot.crawl.redirects import PERMANENT
from newsbot.site import Site
from newsbot.warc.reading import Fault, read_records
from newsbot.warc.records import Record
from newsbot.warc.writing import FAILURE, FOLLOWS

_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Capture:
    """An answer, or the lack of one, that a crawl took something from.

    `url` is where it came from, `asked_url` what was asked for, so many `redirects` before, all of
    them permanent where it has `moved_permanently`. `at` is its instant in UTC.
    """

    at: datetime
    path: Path
    offset: int
    url: str
    asked_url: str
    redirects: int = 0
    moved_permanently: bool = False

    def as_row(self, site: Site) -> dict[str, Any]:
        """Return it as a row of `captures`, with the ids that the site gives its addresses."""
        return {
            "at": self.at.isoformat(timespec="microseconds"),
            "second": self.at,
            "path": str(self.path),
            "offset": self.offset,
            "url": self.url,
            "asked_url": self.asked_url,
            "redirects": self.redirects,
            "moved_permanently": self.moved_permanently,
            "asked_id": site.article_id(self.asked_url),
            "landed_id": site.article_id(self.url),
        }

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Return it as it was before `as_row`."""
        return cls(
            datetime.fromisoformat(row.at),
            Path(row.path),
            row.offset,
            row.url,
            row.asked_url,
            row.redirects,
            row.moved_permanently,
        )


@dataclass(slots=True)
class FileIndex:
    """What a file holds: its captures in its own order, and what was passed over.

    `info` is what the warcinfo record says of a file that this program wrote, and empty for any
    other. `passed_over` has a sentence for each record that is torn or of a kind that can't be
    read, and one for all those of other hosts.
    """

    path: Path
    info: dict[str, str] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def index_file(path: Path, site: Site) -> FileIndex:
    """Return what a file holds.

    A file that a crawl of the site wrote is taken whole; of any other, the responses of the site's
    hosts are.

    Raises:
        ArchiveUnusable: the file can't be read.
    """
    index = _Indexer(path, site)
    for found in read_records(path):
        if isinstance(found, Fault):
            index.pass_over(found.offset, found.why)
        else:
            index.add(found)
    return index.finish()


class _Indexer:
    def __init__(self, path: Path, site: Site) -> None:
        self._index = FileIndex(path)
        self._site = site
        self._captures: dict[str, Capture] = {}
        # By the number of its record, whether a redirect was a permanent one.
        self._redirects: dict[str, bool] = {}
        self._foreign = 0

    def pass_over(self, offset: int, why: str) -> None:
        self._index.passed_over.append(f"{self._index.path}, byte {offset}: {why}")

    def add(self, record: Record) -> None:
        if record.kind == "warcinfo":
            fields = record.fields()
            if fields.get("isPartOf") == self._site.name and "newsbot/" in fields.get(
                "software", ""
            ):
                self._index.info = fields
        elif record.kind == "response":
            self._add_response(record)
        elif record.kind == "metadata":
            self._add_metadata(record)
        elif record.kind == "revisit" and self._is_wanted(record):
            self.pass_over(record.offset, f"a revisit record, without the page, of {record.url}")

    def finish(self) -> FileIndex:
        self._index.captures = list(self._captures.values())
        if self._foreign:
            self._index.passed_over.append(
                f"{self._index.path}: {self._foreign} responses of other hosts"
            )
        return self._index

    def _add_response(self, record: Record) -> None:
        if not self._is_wanted(record):
            self._foreign += 1
        elif record.status is None:
            self.pass_over(record.offset, f"no HTTP response, {record.url}")
        elif record.status not in REFUSALS and urlsplit(record.url).path != "/robots.txt":
            self._add_capture(record)
            if record.status in _REDIRECTS:
                self._redirects[record.record_id] = record.status in PERMANENT

    def _add_capture(self, record: Record) -> None:
        if record.at is None:
            self.pass_over(record.offset, f"no readable date, {record.url}")
            return
        url = record.url
        asked = url
        if not self._index.info and (source_id := self._site.article_id(url)):
            asked = self._site.article_url(source_id)
        key = record.record_id or str(record.offset)
        self._captures[key] = Capture(record.at, self._index.path, record.offset, url, asked)

    def _add_metadata(self, record: Record) -> None:
        if not self._index.info:
            return
        fields = record.fields()
        about = record.header.get("warc-concurrent-to", "")
        if FAILURE in fields:
            self._add_capture(record)
            about = record.record_id
        # What led to another request was not the last word.
        cause = self._captures.pop(fields.get(FOLLOWS, ""), None)
        if cause is not None and about in self._captures:
            hops, moved = cause.redirects, cause.moved_permanently
            if (is_permanent := self._redirects.get(fields[FOLLOWS])) is not None:
                hops, moved = hops + 1, is_permanent and (moved or not hops)
            self._captures[about] = replace(
                self._captures[about],
                asked_url=cause.asked_url,
                redirects=hops,
                moved_permanently=moved,
            )

    def _is_wanted(self, record: Record) -> bool:
        if self._index.info:
            return True
        return self._site.serves(record.url)
