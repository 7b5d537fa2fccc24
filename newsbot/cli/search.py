"""`newsbot search`: find articles by their words."""

import json
import re
import sys
from datetime import datetime
from typing import Any, cast

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsbot.cli._options import database_option, filter_options
from newsbot.cli._reading import as_stored, reading
from newsbot.cli._times import local
from newsbot.errors import BadQuery
from newsbot.formats.schema_org import date_or_time
from newsbot.sites import DEFAULT as SITE
from newsbot.store.search import Hit, Order, search
from newsbot.store.search_text import MARK_END, MARK_START

_MARKED = re.compile(f"{MARK_START}(.*?){MARK_END}")


@click.command()
@click.argument("words", nargs=-1, required=True)
@filter_options
@click.option(
    "--order",
    type=click.Choice(["newest", "best"]),
    default="newest",
    show_default=True,
    help="Last published first, or best match first (a headline counts most).",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array, with schema.org's names.")
@database_option
def command(
    *,
    words: tuple[str, ...],
    section: str | None,
    since: datetime | None,
    until: datetime | None,
    order: str,
    limit: int,
    as_json: bool,
    database: str,
) -> None:
    r"""Find articles by their words: in headline, standfirst and text.

    All WORDS must be there, in any order; capitals, macrons and accents don't count. "Words in
    quotes" stand side by side. AND, OR, NOT and brackets may be used. Dates are local to the site:
    a day without a time is all that is known of it, and one after ~ is an estimate.

    On a terminal, what was found is a table; elsewhere it is a line each: date, section, id,
    headline, address and passage, separated by tabs. Finding nothing is no error: exit code 0.

    \b
    Example:
      newsbot search 'stadium AND christchurch' --section Environment --since 2025-08-01
    """
    with reading(database) as session:
        try:
            hits = search(
                session,
                " ".join(words),
                section=as_stored(session, section),
                since=since,
                until=until,
                order=cast("Order", order),
                limit=limit,
            )
        except BadQuery as error:
            raise click.BadParameter(str(error), param_hint="WORDS") from error
    if as_json:
        click.echo(json.dumps([_as_json(hit) for hit in hits], ensure_ascii=False, indent=2))
    elif not hits:
        click.echo("No article was found.", err=True)
    elif sys.stdout.isatty():
        Console().print(_table(hits))
    else:
        for hit in hits:
            click.echo("\t".join(_line(hit)))


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


def _table(hits: list[Hit]) -> Table:
    table = Table(show_lines=True)
    for name, wraps in (("Published", False), ("Section", True), ("Id", False), ("Story", True)):
        table.add_column(name, no_wrap=not wraps)
    for hit in hits:
        table.add_row(
            local(hit.date_published, hit.date_published_precision),
            Text(hit.article_section),
            Text(hit.source_id, style=f"link {hit.url}"),
            Text.assemble((hit.headline, "bold"), "\n", _highlighted(hit.snippet)),
        )
    return table


def _highlighted(snippet: str) -> Text:
    text = Text()
    for place, piece in enumerate(_MARKED.split(snippet)):
        text.append(piece, style="bold yellow" if place % 2 else "")
    return text
