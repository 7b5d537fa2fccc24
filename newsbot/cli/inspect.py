"""`newsbot inspect`: show what the reader sees on a page."""

import json
import re
from pathlib import Path
from typing import Any

import click

from newsbot.cli import _fetch
from newsbot.cli._answers import from_archive, from_file, from_warc, responses
from newsbot.cli._fixture import save_fixture
from newsbot.cli._inspection import inspection
from newsbot.cli._inspection_view import print_inspection
from newsbot.cli.options import database_option, optional_archive_option, reading
from newsbot.site import Answer
from newsbot.sites import DEFAULT as SITE

_CONTROL = re.compile(r"[\x7f-\x9f]")


@click.command()
@click.argument("page", metavar="ID|URL|FILE")
@click.option("--offset", type=click.IntRange(min=0), help="Byte of a WARC file where it stands.")
@click.option(
    "--url",
    default=SITE.start_url,
    show_default=True,
    help="Address that a file of HTML was saved from; its links are resolved by it.",
)
@click.option("--fetch", is_flag=True, help="Ask the site, even if the page is archived.")
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the page and what is read from it there, for a test.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object with all of it.")
@optional_archive_option
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
    r"""Show what the reader sees on a page: each block, what it was taken for, and what came of it.

    ID is the site's, as in the address; its newest archived response is read. So is that of a URL,
    unless --fetch asks the site: that takes two requests of the budget, for robots.txt and for the
    page, and the answer is archived too. FILE is saved HTML, or a WARC file with --offset.

    A page that is refused is no error: the exit code is 0, and the reason is shown.

    \b
    Examples:
      newsbot inspect 433912
      newsbot inspect page.html --url 'https://…?id=433912'
      newsbot inspect 433912 --save cases
    """
    answer = _answer(page, offset, url, fetch=fetch, archive=archive, database=database)
    if save:
        for path in save_fixture(answer, save):
            click.echo(f"wrote {path}", err=True)
    seen = inspection(answer)
    if as_json:
        click.echo(_as_json(seen))
    else:
        print_inspection(seen)


def _answer(
    page: str, offset: int | None, url: str, *, fetch: bool, archive: Path | None, database: str
) -> Answer:
    path = Path(page)
    if page.isdecimal():
        if fetch:
            raise click.UsageError("--fetch needs the whole address, not only the id.")
        with reading(database) as session:
            return from_archive(session, _needed(archive), page)
    if page.startswith(("http://", "https://")):
        return _answer_of_url(page, fetch=fetch, archive=archive, database=database)
    if not page.endswith((".warc", ".warc.gz")):
        return from_file(path, url)
    if offset is None:
        found = "\n".join(f"  --offset {start}  {what}" for start, what in responses(path))
        raise click.UsageError(f"say which response is meant:\n{found or '  there is none'}")
    return from_warc(archive or path.parent, path, offset)


def _answer_of_url(url: str, *, fetch: bool, archive: Path | None, database: str) -> Answer:
    if fetch:
        click.echo(
            "Asking the site: two requests, which may have to wait for the budget.", err=True
        )
        return _fetch.fetch(url, database)
    source_id = SITE.article_id(url)
    if source_id is None:
        raise click.UsageError("only articles are looked up in the archive; use --fetch for this.")
    with reading(database) as session:
        return from_archive(session, _needed(archive), source_id)


def _needed(archive: Path | None) -> Path:
    if archive is None:
        raise click.UsageError("ARCHIVE_DIR is empty, so there is no archive; name its --archive.")
    return archive


def _as_json(seen: dict[str, Any]) -> str:
    """Return an inspection as JSON in which no control character is left as it is.

    JSON's own rules leave those from U+007F on, and terminals obey some of them.
    """
    text = json.dumps(seen, ensure_ascii=False, indent=2)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
