"""`newsbot export`: write articles for other programs."""

import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

import click

from newsbot.cli.options import NUMBER, as_stored, database_option, filter_options, reading
from newsbot.cli.output import output, plural
from newsbot.errors import BadQuery
from newsbot.formats import atom, json_lines, parquet, spreadsheet
from newsbot.sites import DEFAULT as SITE
from newsbot.store.queries import COLUMNS, Choice, count, stream
from newsbot.text import printable

_NEWEST_IN_FEED = 50
_FORMATS = {
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv",),
    "parquet": (".parquet",),
    "atom": (".atom", ".xml"),
}

Rows = Iterable[Mapping[str, Any]]


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--output",
    "-o",
    "path",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default="-",
    metavar="FILE",
    help="Where to; it appears when it is whole. Default: standard output.",
)
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(list(_FORMATS)),
    help="Default: as FILE's ending says; jsonl for standard output.",
)
@filter_options
@click.option(
    "--limit",
    type=NUMBER,
    help=f"Only so many of the newest, newest first; without it all, in the order in which they "
    f"were stored (atom: the newest {_NEWEST_IN_FEED}).",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for Excel.")
@database_option
def command(
    *,
    words: tuple[str, ...],
    path: Path,
    name: str | None,
    section: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    seen_since: datetime | None,
    limit: int | None,
    bom: bool,
    database: str,
) -> None:
    r"""Write articles as JSON Lines, CSV, Parquet or an Atom feed.

    WORDS choose articles as in `newsbot search`; without them, all are written. Dates in the
    options are local to the site. On stderr it says how many stories were written, and where.

    jsonl: schema.org's NewsArticle, one a line. csv: the columns of the table `articles`; a text
    that a spreadsheet would take for a formula gets an apostrophe before it. parquet: the same
    columns; needs the extra `parquet`. atom: a feed for a news reader. In csv and parquet, instants
    are in UTC, and day_published is the day at the site.

    \b
    Examples:
      newsbot export --output articles.parquet
      newsbot export --since 2025-08-01 --section "Law and Order" --output crime.csv --bom
      newsbot export | jq .headline
    """
    to = None if str(path) == "-" else path
    name = name or _format(path)
    if bom and name != "csv":
        raise click.UsageError("--bom is for CSV only.")
    if name == "parquet" and to is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for a terminal; name a file with --output.")
    if name == "atom" and limit is None:
        limit = _NEWEST_IN_FEED
    with reading(database) as session:
        choice = Choice(
            words=" ".join(words) if words else None,
            section=as_stored(session, section),
            since=since,
            until=until,
            seen_since=seen_since,
            limit=limit,
        )
        try:
            number = count(session, choice)
        except BadQuery as error:
            raise click.BadParameter(str(error), param_hint="WORDS") from error
        write = _writer(name, bom=bom)
        with (
            output(to) as out,
            closing(stream(session, choice)) as articles,
            closing(_counted(articles, number, out)) as rows,
        ):
            write(rows, out)
    if to or not sys.stdout.isatty():
        where = printable(str(to or "standard output"))
        click.echo(f"Wrote {plural(number, 'story')} to {where}.", err=True)


def _format(path: Path) -> str:
    """Return the format that a file's ending names; JSON Lines where it has none."""
    for name, endings in _FORMATS.items():
        if path.suffix.lower() in endings:
            return name
    if path.suffix:
        known = ", ".join(ending for endings in _FORMATS.values() for ending in endings)
        raise click.UsageError(
            f"{path} has an unknown ending; use one of {known}, or choose a --format."
        )
    return "jsonl"


def _writer(name: str, *, bom: bool) -> Callable[[Rows, IO[bytes]], None]:
    writers: dict[str, Callable[[Rows, IO[bytes]], None]] = {
        "jsonl": partial(json_lines.write, site=SITE),
        "csv": partial(spreadsheet.write, columns=COLUMNS, bom=bom),
        "parquet": partial(parquet.write, columns=COLUMNS),
        "atom": partial(atom.write, now=datetime.now(UTC), site=SITE),
    }
    return writers[name]


def _counted(rows: Rows, number: int, out: IO[bytes]) -> Generator[Mapping[str, Any], None, None]:
    # A bar among the articles themselves would spoil both.
    if not sys.stderr.isatty() or out.isatty():
        yield from rows
        return
    from rich.console import Console  # noqa: PLC0415 - nothing else needs Rich
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeRemainingColumn,
    )

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(rows, total=number)
