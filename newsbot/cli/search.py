"""`newsbot search`: find articles by their words, or list the newest."""

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import click

from newsbot.cli.options import NUMBER, as_stored, database_option, filter_options, reading
from newsbot.cli.output import local, print_json
from newsbot.errors import BadQuery
from newsbot.formats.schema_org import date_or_time
from newsbot.sites import DEFAULT as SITE
from newsbot.store.search import Hit, Order, count, search
from newsbot.store.search_text import MARK_END, MARK_START
from newsbot.text import printable

_MARKED = re.compile(f"{MARK_START}(.*?){MARK_END}")


@click.command()
@click.argument("words", nargs=-1)
@filter_options
@click.option(
    "--order",
    type=click.Choice(["newest", "best"]),
    default="newest",
    show_default=True,
    help="Last published first, or best match first (a headline counts most).",
)
@click.option("--limit", type=NUMBER, default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, with schema.org's names.")
@database_option
def command(
    *,
    words: tuple[str, ...],
    section: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    seen_since: datetime | None,
    order: str,
    limit: int,
    as_json: bool,
    database: str,
) -> None:
    r"""Find articles by their words in headline, standfirst and text; without, list the newest.

    All WORDS must be there, in any order; capitals, macrons and accents don't count. "Words in
    quotes" are found side by side, and ferr* finds what begins so. AND, OR, NOT and brackets may be
    used. Dates are local to the site: a day without a time is all that is known of it, and one
    after ~ is an estimate.

    On a terminal, what was found is a table; elsewhere it is a line each: date, section, id,
    headline, address and passage, separated by tabs. Finding nothing is no error: exit code 0.

    \b
    Examples:
      newsbot search 'stadium AND christchurch' --section Environment --since 2025-08-01
      newsbot search --section Rugby --section Netball --since yesterday
    """
    if order == "best" and not words:
        raise click.UsageError("--order best needs words to match.")
    text = " ".join(words) if words else None
    with reading(database) as session:
        sections = as_stored(session, section)
        try:
            hits = search(
                session,
                text,
                section=sections,
                since=since,
                until=until,
                seen_since=seen_since,
                order=cast("Order", order),
                limit=limit,
            )
            found: int | None = len(hits)
            if len(hits) == limit:
                found = count(
                    session,
                    text,
                    section=sections,
                    since=since,
                    until=until,
                    seen_since=seen_since,
                )
        except BadQuery as error:
            raise click.BadParameter(str(error), param_hint="WORDS") from error
    _print(hits, as_json=as_json)
    if not hits:
        click.echo("No article was found.", err=True)
    elif found is None or found > len(hits):
        click.echo(f"{len(hits)} of {found or 'very many'} shown; --limit shows more.", err=True)


def _print(hits: Sequence[Hit], *, as_json: bool) -> None:
    if as_json:
        print_json([_as_json(hit) for hit in hits])
    elif hits and sys.stdout.isatty():
        _print_table(hits)
    else:
        for hit in hits:
            click.echo("\t".join(map(printable, _line(hit))))


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
    from rich.console import Console  # noqa: PLC0415 - what goes into a pipe needs no Rich
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(show_lines=True)
    for name, wraps in (("Published", False), ("Section", True), ("Id", False), ("Story", True)):
        table.add_column(name, no_wrap=not wraps)
    for hit in hits:
        passage = Text()
        for place, piece in enumerate(_MARKED.split(hit.snippet)):
            passage.append(printable(piece), style="bold yellow" if place % 2 else "")
        table.add_row(
            local(hit.date_published, hit.date_published_precision),
            Text(printable(hit.article_section)),
            Text(hit.source_id, style=f"link {hit.url}"),
            Text.assemble((printable(hit.headline), "bold"), "\n", passage),
        )
    Console().print(table)
