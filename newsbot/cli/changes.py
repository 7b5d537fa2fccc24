"""`newsbot changes`: list what was edited, removed or given another title."""

from datetime import UTC, datetime, timedelta

import click

from newsbot.cli.options import (
    database_option,
    limit_option,
    reading,
    since_date,
)
from newsbot.cli.output import local, marked, print_diff, print_json, print_text
from newsbot.store.reading.queries import changes
from newsbot.word_diff import condensed, word_diff


@click.command()
@click.option(
    "--since",
    type=since_date,
    metavar="DATE",
    help="Only changes seen on or after this day or time at the site: 2025-08-20, yesterday, "
    "7d (days ago), 12h (hours ago).",
)
@limit_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@database_option
def command(*, since: datetime | None, limit: int, as_json: bool, database: str) -> None:
    r"""List what was edited, removed or given another title, the newest first.

    An edit shows the words that were removed [-like this-] and those that were added {+like this+};
    on a terminal, in red and green. A syndicated story whose page expires after some weeks is not
    listed as removed. Times are local to the site.

    \b
    Example:
      newsbot changes --since yesterday
    """
    with reading(database) as session:
        # One second more, for the changes of this second; one row more, to know whether there are.
        until = datetime.now(UTC) + timedelta(seconds=1)
        found = changes(session, until, since=since, limit=limit + 1)
    rows = []
    for change in found[:limit]:
        diff = list(condensed(word_diff(change.before, change.after)))
        if not as_json:
            about = f"{local(change.changed_at)}  {change.kind}  {change.source_id}  "
            print_text((about, ""), (change.headline, "bold"))
            if change.kind != "removed":
                print_diff(diff)
            print_text((f"{change.url}\n", "dim"))
        rows.append(
            {
                "identifier": change.source_id,
                "kind": change.kind,
                "changedAt": change.changed_at,
                "headline": change.headline,
                "url": change.url,
                "before": change.before,
                "after": change.after,
                "diff": marked(diff),
            }
        )
    if as_json:
        print_json(rows)
    if not found:
        click.echo("Nothing has changed.", err=True)
    elif len(found) > limit:
        click.echo(f"Only the newest {limit} are shown; --limit shows more.", err=True)
