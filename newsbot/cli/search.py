"""`newsbot search`: find articles by their words, or list the newest."""

import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from newsbot.cli.options import as_stored, database_option, filter_options, limit_option, reading
from newsbot.cli.output import local, print_json
from newsbot.formats.schema_org import date_or_time
from newsbot.sites import DEFAULT as SITE
from newsbot.store.reading.search import Hit, Order, count, search
from newsbot.store.reading.search_text import MARK_END, MARK_START
from newsbot.text import printable

_MARKED = re.compile(f"{MARK_START}(.*?){MARK_END}")


@click.command()
@filter_options
@click.option(
    "--order",
    type=click.Choice(["newest", "best"]),
    default="newest",
    show_default=True,
    help="Last published first, or best match first (a headline counts most).",
)
@limit_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON array, with schema.org's names."
)
@database_option
def command(
    *,
    words: str | None,
    filters: dict[str, Any],
    order: Order,
    limit: int,
    as_json: bool,
    database: str,
) -> None:
    r"""Find articles by their words in headline, standfirst and text, or list the newest.

    All WORDS must occur, in any order; capitals, macrons and accents make no difference. "Words in
    quotes" are found side by side, and ferr* finds every word that begins so. AND, OR, NOT and
    brackets may be used. Dates are local to the site: a day without a time means that only the day
    is known, and ~ marks an estimate.

    On a terminal the result is a table; elsewhere it is a line for each article: date, section, id,
    headline, address and passage, separated by tabs. Finding nothing is not an error: exit code 0.

    \b
    Examples:
      newsbot search 'stadium AND christchurch' --section Environment --since 2025-08-01
      newsbot search --section Rugby --section Netball --since yesterday
    """
    if order == "best" and not words:
        raise click.UsageError("--order best needs words to match.")
    with reading(database) as session:
        filters["section"] = as_stored(session, filters["section"])
        hits = search(session, words, **filters, order=order, limit=limit)
        found = count(session, words, **filters) if len(hits) == limit else len(hits)
    if as_json:
        print_json([_as_json(hit) for hit in hits])
    elif hits and sys.stdout.isatty():
        _print_table(hits)
    else:
        for hit in hits:
            click.echo("\t".join(map(printable, _line(hit))))
    if not hits:
        click.echo("No article was found.", err=True)
    elif found is None or found > len(hits):
        click.echo(f"{len(hits)} of {found or 'very many'} shown; --limit shows more.", err=True)


def _as_json(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "identifier": hit.source_id,
        "url": hit.url,
        "headline": hit.headline,
        "articleSection": hit.article_section,
        "datePublished": date_or_time(hit.date_published, hit.date_published_precision, SITE.zone),
        "datePublishedPrecision": hit.date_published_precision,
        "snippet": _MARKED.sub(r"\1", hit.snippet),
    }


def _line(hit: Hit) -> list[str]:
    return [
        local(hit.date_published, hit.date_published_precision),
        hit.article_section,
        hit.source_id,
        hit.headline,
        hit.url,
        _MARKED.sub(r"\1", hit.snippet),
    ]


def _print_table(hits: Sequence[Hit]) -> None:
    from rich.console import Console  # noqa: PLC0415 - Rich is slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(show_lines=True)
    for name in ("Published", "Section", "Id", "Story"):
        table.add_column(name, no_wrap=name in {"Published", "Id"})
    for hit in hits:
        passage = [
            (printable(piece), "bold yellow" if place % 2 else "")
            for place, piece in enumerate(_MARKED.split(hit.snippet))
        ]
        table.add_row(
            local(hit.date_published, hit.date_published_precision),
            Text(printable(hit.article_section)),
            Text(hit.source_id, style=f"link {hit.url}"),
            Text.assemble((printable(hit.headline), "bold"), "\n", *passage),
        )
    Console().print(table)
