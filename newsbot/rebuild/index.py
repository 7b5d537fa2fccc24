"""Which records of WARC files say something about a page, and what was asked for each."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from newsbot.crawl.limiter import REFUSALS
from newsbot.crawl.network import PERMANENT
from newsbot.site import Site, host_of
from newsbot.warc.reading import Fault, read_records
from newsbot.warc.records import Record
from newsbot.warc.writing import FAILURE, FOLLOWS

_REDIRECTS = range(300, 400)
# What an answer to another program tells of its page: that it is there, or that it is gone.
_TELLING = {200, 404, 410}
# So much a clock may be ahead of this one.
_SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Capture:
    """An answer, or the lack of one, that a crawl took something from.

    `url` is where it came from, `asked_url` what was asked for, so many `redirects` before, all of
    them permanent where it has `moved_permanently`. `at` is its instant in UTC. `is_own` tells
    whether a crawl of ours wrote its file. `pages` is what was read from it, as a shard has it.
    """

    at: datetime
    path: Path
    offset: int
    url: str
    asked_url: str
    redirects: int = 0
    moved_permanently: bool = False
    is_own: bool = True
    pages: str | None = None

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
            "is_own": self.is_own,
            "pages": self.pages,
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
            row.is_own,
            row.pages,
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
    is_warc: bool = True


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
        self._captures: dict[int, Capture] = {}
        # By record id: where its capture is, and whether it is a permanent redirect, or None.
        self._places: dict[str, int] = {}
        self._redirects: dict[str, bool] = {}
        self._records = 0
        self._others = 0
        self._saying_nothing: Counter[int] = Counter()

    def pass_over(self, offset: int, why: str) -> None:
        self._index.passed_over.append(f"{self._index.path}, byte {offset}: {why}")

    def add(self, record: Record) -> None:
        self._records += 1
        if record.kind == "warcinfo":
            fields = record.fields()
            if fields.get("isPartOf") == self._site.name and "newsbot/" in fields.get(
                "software", ""
            ):
                self._index.info = fields
        elif record.kind == "metadata":
            self._add_metadata(record)
        elif record.kind != "request":
            self._add_answer(record)

    def _add_answer(self, record: Record) -> None:
        if record.url and not self._index.info and not self._site.serves(record.url):
            self._others += 1
        elif why := _why_not(record):
            self.pass_over(record.offset, why)
        elif record.status not in REFUSALS and urlsplit(record.url).path != "/robots.txt":
            self._add_response(record, record.status or 0)

    def finish(self) -> FileIndex:
        index = self._index
        index.captures = list(self._captures.values())
        index.is_warc = self._records > 0 or not index.passed_over
        if not index.is_warc:
            index.passed_over = [f"{index.path}: no WARC file"]
        if self._others:
            index.passed_over.append(f"{index.path}: {self._others} records of other hosts")
        if self._saying_nothing:
            counted = ", ".join(f"{n} × HTTP {s}" for s, n in sorted(self._saying_nothing.items()))
            index.passed_over.append(f"{index.path}: answers that tell nothing: {counted}")
        return index

    def _add_response(self, record: Record, status: int) -> None:
        if not self._index.info and status not in _TELLING:
            self._saying_nothing[status] += 1
            return
        self._add_capture(record)
        if status in _REDIRECTS:
            self._redirects[record.record_id] = status in PERMANENT

    def _add_capture(self, record: Record) -> None:
        is_own = bool(self._index.info)
        if record.at is None or not (is_own or record.at < datetime.now(UTC) + _SLACK):
            self.pass_over(record.offset, f"no date that can be, {record.url}")
            return
        asked = record.url
        if not is_own and (source_id := self._site.article_id(asked)):
            asked = self._site.article_url(source_id)
        self._captures[record.offset] = Capture(
            record.at, self._index.path, record.offset, record.url, asked, is_own=is_own
        )
        self._places[record.record_id] = record.offset

    def _add_metadata(self, record: Record) -> None:
        if not self._index.info:
            return
        fields = record.fields()
        about = record.header.get("warc-concurrent-to", "")
        if FAILURE in fields:
            self._add_capture(record)
            about = record.record_id
        # What led to another request was not the last word.
        follows = fields.get(FOLLOWS, "")
        cause = self._captures.pop(self._places.get(follows, -1), None)
        place = self._places.get(about, -1)
        if cause is not None and place in self._captures:
            hops, moved = cause.redirects, cause.moved_permanently
            if (is_permanent := self._redirects.get(follows)) is not None:
                hops, moved = hops + 1, is_permanent and (moved or not hops)
            self._captures[place] = replace(
                self._captures[place],
                asked_url=cause.asked_url,
                redirects=hops,
                moved_permanently=moved,
            )


def _why_not(record: Record) -> str | None:
    """Return why a record holds no answer to a request, or None if it does."""
    if not record.url:
        return f"a record of the kind {record.kind!r} has no address"
    if host_of(record.url) is None:
        return f"{record.url} is no address of a web page"
    if record.kind != "response":
        return f"a record of the kind {record.kind!r} holds no response, {record.url}"
    return f"no HTTP response, {record.url}" if record.status is None else None
