"""Where a page to look at comes from: the archive, a file, the site."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from newsbot.items import Page
from newsbot.rebuild.index import Capture
from newsbot.rebuild.replay import Replay
from newsbot.site import Answer
from newsbot.sites import DEFAULT as SITE
from newsbot.store.showing import archived
from newsbot.text import printable
from newsbot.warc.reading import read_record, read_records
from newsbot.warc.records import Record


def from_archive(session: Session, archive: Path, source_id: str) -> Answer:
    """Return the newest archived answer for a page, or fail with a sentence."""
    found = archived(session, SITE.name, source_id)
    if found is None:
        raise click.ClickException(f"The ledger has no page {source_id}.")
    if found.warc_file is None or found.warc_offset is None:
        why = f"{found.status}, {found.reason}" if found.reason else found.status
        raise click.ClickException(
            f"The archive has no response of {found.url} ({why}); "
            f"ask the site with: newsbot inspect --fetch '{found.url}'."
        )
    return from_warc(archive, archive / found.warc_file, found.warc_offset, found.url)


def from_warc(archive: Path, path: Path, offset: int, asked_url: str | None = None) -> Answer:
    """Return the answer at an offset (bytes) of a WARC file, or fail."""
    record = read_record(path, offset)
    if record.kind != "response" or record.at is None:
        raise click.ClickException(f"{path} has no response at byte {offset}: {record.kind}.")
    capture = Capture(record.at, path, offset, record.url, asked_url or record.url)
    answer = Replay(archive, SITE.at(record.url)).answer(capture)
    if isinstance(answer, Page):
        raise click.ClickException(f"{record.url} gave nothing to read: {answer.reason}.")
    if answer is None:
        raise click.ClickException(f"{record.url} leads elsewhere: HTTP {record.status}.")
    return answer


def from_file(path: Path, url: str) -> Answer:
    """Return a page that was saved as HTML; it is taken to be as old as its file."""
    try:
        body = path.read_bytes()
        saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise click.ClickException(f"{path} can't be read: {error.strerror}.") from error
    return Answer(
        source=SITE.name,
        source_id=SITE.article_id(url),
        asked_url=url,
        url=url,
        status=200,
        body=body,
        fetched_at=saved_at,
    )


def responses(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the offsets and addresses of the responses in a WARC file."""
    for record in read_records(path):
        if isinstance(record, Record) and record.kind == "response":
            yield record.offset, printable(f"{record.status} {record.url}")
