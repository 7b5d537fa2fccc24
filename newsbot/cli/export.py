"""`newsbot export`: write articles for other programs."""

import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

import click

from newsbot.cli.options import NUMBER, as_stored, database_option, filter_options, reading
from newsbot.cli.output import output, plural
from newsbot.formats import atom, schema_org, tables
from newsbot.sites import DEFAULT as SITE
from newsbot.store.reading.queries import COLUMNS, Choice, count, stream
from newsbot.text import printable

_NEWEST_IN_FEED = 50
_FORMATS = {
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv",),
    "parquet": (".parquet",),
    "atom": (".atom", ".xml"),
}


@click.command()
@click.option(
    "--output",
    "-o",
    "path",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default="-",
    metavar="FILE",
    help="Where to write; the file appears when it is complete. Default: standard output.",
)
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(list(_FORMATS)),
    help="Default: as the ending of FILE says; jsonl for standard output.",
)
@filter_options
@click.option(
    "--limit",
    type=NUMBER,
    help="Only this many of the newest, newest first; without it all, in the order in which they "
    f"were stored (atom: the newest {_NEWEST_IN_FEED}).",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for Excel.")
@database_option
def command(
    *,
    words: str | None,
    filters: dict[str, Any],
    path: Path,
    name: str | None,
    limit: int | None,
    bom: bool,
    database: str,
) -> None:
    r"""Write articles as JSON Lines, CSV, Parquet or an Atom feed.

    WORDS choose articles as in `newsbot search`; without them, all are written. Dates in the
    options are local to the site. How many stories were written, and where, is printed on stderr.

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
    writers: dict[str, Callable[[Iterable[Mapping[str, Any]], IO[bytes]], None]] = {
        "jsonl": partial(schema_org.write, site=SITE),
        "csv": partial(tables.write_csv, columns=COLUMNS, bom=bom),
        "parquet": partial(tables.write_parquet, columns=COLUMNS),
        "atom": partial(atom.write, now=datetime.now(UTC), site=SITE),
    }
    with reading(database) as session:
        filters["section"] = as_stored(session, filters["section"])
        choice = Choice(words=words, limit=limit, **filters)
        number = count(session, choice)
        with (
            output(to) as out,
            closing(stream(session, choice)) as articles,
            # A bar among the articles themselves would spoil both.
            click.progressbar(
                articles,
                number,
                show_pos=True,
                file=sys.stderr,
                hidden=out.isatty() or not sys.stderr.isatty(),
            ) as rows,
        ):
            writers[name](rows, out)
    if to or not sys.stdout.isatty():
        where = printable(str(to or "standard output"))
        click.echo(f"Wrote {plural(number, 'story')} to {where}.", err=True)


def _format(path: Path) -> str:
    """Return the format that a file's ending names; JSON Lines if it has none."""
    for name, endings in _FORMATS.items():
        if path.suffix.lower() in endings:
            return name
    if path.suffix:
        known = ", ".join(ending for endings in _FORMATS.values() for ending in endings)
        raise click.UsageError(
            f"{path} has an unknown ending; use one of {known}, or choose a --format."
        )
    return "jsonl"
