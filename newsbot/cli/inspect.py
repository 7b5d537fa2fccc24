"""`newsbot inspect`: show what the reader sees on a page."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from newsbot import settings
from newsbot.cli.crawl import fetch as fetch_page
from newsbot.cli.inspection import case, inspection, print_inspection
from newsbot.cli.options import archive_option, database_option, needed, reading
from newsbot.cli.output import print_json
from newsbot.items import Page
from newsbot.rebuild.index import Capture
from newsbot.rebuild.replay import Replay
from newsbot.site import Answer, host_of
from newsbot.sites import DEFAULT as SITE
from newsbot.store.reading.queries import archived
from newsbot.text import printable
from newsbot.warc.reading import read_record, read_records
from newsbot.warc.records import Record

# The largest page that a crawl accepts; a device may have no end.
_LARGEST = settings.DOWNLOAD_MAXSIZE


def _check_address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if host_of(value) is None:
        raise click.BadParameter(f"{value!r} is not the address of a web page.")
    return value


@click.command()
@click.argument("page", metavar="ID|URL|FILE")
@click.option("--offset", type=click.IntRange(min=0), help="Byte of a WARC file where it begins.")
@click.option(
    "--url",
    callback=_check_address,
    default=SITE.start_url,
    show_default=True,
    help="Address that an HTML file was saved from; its links are resolved against it.",
)
@click.option("--fetch", is_flag=True, help="Ask the site, even if the page is archived.")
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the page and what is read from it there, for a test.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@archive_option
@database_option
def command(
    *,
    page: str,
    offset: int | None,
    url: str,
    fetch: bool,
    save: Path | None,
    as_json: bool,
    archive: Path | None,
    database: str,
) -> None:
    r"""Show what the reader sees on a page: each block, what it was taken for, and the result.

    ID is the site's, as in the address; its newest archived response is read. So is that of a URL,
    unless --fetch asks the site: that takes two requests of the budget, for robots.txt and for the
    page, and the answer is archived too. FILE is saved HTML, or a WARC file with --offset.

    A page that is refused is not an error: the exit code is 0, and the reason is shown.

    \b
    Examples:
      newsbot inspect 433912
      newsbot inspect page.html --url 'https://…?id=433912'
      newsbot inspect 433912 --save cases
    """
    is_url = page.startswith(("http://", "https://"))
    if fetch:
        if not is_url:
            raise click.UsageError("--fetch needs the whole address, not only the id.")
        click.echo(
            "Asking the site: two requests, which may have to wait for the budget.", err=True
        )
        answer = fetch_page(page, database)
    elif is_url or page.isdecimal():
        answer = _from_archive(page, needed(archive), database)
    elif page.endswith((".warc", ".warc.gz")):
        path = Path(page)
        answer = _from_warc(archive or path.parent, path, _chosen(path, offset))
    else:
        answer = _from_file(Path(page), url)
    if save:
        _save(answer, save)
    seen = inspection(answer)
    if as_json:
        print_json(seen)
    else:
        print_inspection(seen)


def _from_archive(page: str, archive: Path, database: str) -> Answer:
    """Return the newest archived answer for an id or a URL."""
    source_id = page if page.isdecimal() else SITE.article_id(page)
    if source_id is None:
        raise click.UsageError("Only articles are looked up in the archive; use --fetch for this.")
    with reading(database) as session:
        found = archived(session, SITE.name, source_id)
    if found is None:
        raise click.ClickException(f"The ledger has no page {source_id}.")
    if found.warc_file is None or found.warc_offset is None:
        why = ", ".join(filter(None, [found.status, found.reason]))
        raise _failed(
            f"The WARC archive has no response of {found.url} ({why}); "
            f"ask the site with: newsbot inspect --fetch '{found.url}'."
        )
    return _from_warc(archive, archive / found.warc_file, found.warc_offset, found.url)


def _chosen(path: Path, offset: int | None) -> int:
    """Return the offset that was given; without one, fail and list the file's responses."""
    if offset is not None:
        return offset
    found = "\n".join(
        f"  --offset {record.offset}  {record.status} {record.url}"
        for record in read_records(path)
        if isinstance(record, Record) and record.kind == "response"
    )
    raise click.UsageError(f"Choose a response:\n{printable(found) or '  there is none'}")


def _from_warc(archive: Path, path: Path, offset: int, asked_url: str | None = None) -> Answer:
    """Return the answer at an offset, in bytes, of a WARC file."""
    record = read_record(path, offset)
    if host_of(record.url) is None:
        raise _failed(f"The record at byte {offset} of {path} is not about a web page.")
    if record.kind != "response" or record.at is None:
        raise _failed(f"{path} has no response at byte {offset}: {record.kind}.")
    capture = Capture(record.at, path, offset, record.url, asked_url or record.url)
    answer = Replay(archive, SITE.at(record.url)).answer(capture)
    if isinstance(answer, Page):
        raise _failed(f"{record.url} has nothing to read: {answer.reason}.")
    if answer is None:
        raise _failed(f"{record.url} redirects elsewhere: HTTP {record.status}.")
    return answer


def _from_file(path: Path, url: str) -> Answer:
    """Return a page that was saved as HTML, as if it had been fetched when the file was written."""
    try:
        with path.open("rb") as file:
            body = file.read(_LARGEST + 1)
        saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise _failed(f"{path} can't be read: {why}.") from error
    if len(body) > _LARGEST:
        raise _failed(f"{path} has more than {_LARGEST:,} bytes, so it is not a page.")
    source_id = SITE.article_id(url)
    return Answer(SITE.name, source_id, url, url, status=200, body=body, fetched_at=saved_at)


def _save(answer: Answer, folder: Path) -> None:
    """Write a case: the page as it came, the rest of the answer, and what was read from it."""
    name = answer.source_id or re.sub(r"\W+", "-", urlsplit(answer.url).path).strip("-") or "start"
    text = json.dumps(case(answer), ensure_ascii=False, indent=2)
    try:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file, content in (("page.html", answer.body), ("case.json", f"{text}\n".encode())):
            path = folder / name / file
            path.write_bytes(content)
            click.echo(f"wrote {printable(str(path))}", err=True)
    except OSError as error:
        raise _failed(f"{folder} can't be written to: {error.strerror}.") from error


def _failed(message: str) -> click.ClickException:
    return click.ClickException(printable(message))
