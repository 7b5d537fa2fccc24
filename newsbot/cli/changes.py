"""`newsbot changes`: list what was edited, removed or given another title."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from newsbot.cli.options import NUMBER, LocalDate, database_option, reading
from newsbot.cli.output import local, marked, print_json, print_pieces, print_text
from newsbot.store.queries import Change, changes
from newsbot.word_diff import condensed, word_diff


@click.command()
@click.option(
    "--since",
    type=LocalDate(),
    metavar="DATE",
    help="Only changes seen from this day or time on, in the site's time: 2025-08-20, yesterday, "
    "7d (days ago), 12h (hours ago).",
)
@click.option("--limit", type=NUMBER, default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@database_option
def command(*, since: datetime | None, limit: int, as_json: bool, database: str) -> None:
    r"""List what was edited, removed or given another title, the newest first.

    An edit shows the words that went [-like this-] and those that came {+like this+}; on a
    terminal, in red and green. That the page of a syndicated story goes after some weeks is its
    normal end, and no removal. Times are local to the site.

    \b
    Example:
      newsbot changes --since yesterday
    """
    with reading(database) as session:
        # What is of this very second, too; and one more than are shown, to tell whether there is.
        until = datetime.now(UTC) + timedelta(seconds=1)
        found = changes(session, until, since=since, limit=limit + 1)
    if as_json:
        print_json([_as_json(change) for change in found[:limit]])
    else:
        for change in found[:limit]:
            _print(change)
    if not found:
        click.echo("Nothing has changed.", err=True)
    elif len(found) > limit:
        click.echo(f"Only the newest {limit} are shown; --limit shows more.", err=True)


def _print(change: Change) -> None:
    seen = local(change.changed_at)
    print_text((f"{seen}  {change.kind}  {change.source_id}  ", ""), (change.headline, "bold"))
    if change.kind != "removed":
        print_pieces(condensed(word_diff(change.before, change.after)))
    print_text((f"{change.url}\n", "dim"))


def _as_json(change: Change) -> dict[str, Any]:
    return {
        "identifier": change.source_id,
        "kind": change.kind,
        "changedAt": change.changed_at.isoformat(timespec="seconds"),
        "headline": change.headline,
        "url": change.url,
        "before": change.before,
        "after": change.after,
        "diff": marked(condensed(word_diff(change.before, change.after))),
    }
