"""`newsbot status`: how fresh and how complete the archive is."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from newsbot import settings
from newsbot.cli._options import database_option
from newsbot.cli._output import print_rows
from newsbot.cli._reading import reading
from newsbot.cli._times import Duration, in_words, local
from newsbot.store.status import ArchiveStatus, Day, Run, status

_CRAWLS = 5
_BAR = 10


@click.command()
@click.option(
    "--max-age",
    type=Duration(),
    metavar="TIME",
    help="End with 1 if the last crawl that went well ended longer ago: 2h, 90m, 1d.",
)
@click.option(
    "--days", type=click.IntRange(min=1), default=7, show_default=True, help="Days of coverage."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object; instants are UTC.")
@database_option
@click.pass_context
def command(
    context: click.Context,
    *,
    max_age: timedelta | None,
    days: int,
    as_json: bool,
    database: str,
) -> None:
    r"""Tell how fresh and how complete the archive is, and what is still to be done.

    Times are local to the site. Coverage is the share of a day's ids that is settled: stored, gone,
    or rejected.

    \b
    Examples:
      newsbot status
      newsbot status --max-age 2h > /dev/null    # for monitoring: exit code 1 if it is stale
    """
    with reading(database) as session:
        found = status(
            session,
            datetime.now(UTC),
            days=days,
            crawls=_CRAWLS,
            limit=settings.RATE_LIMIT_REQUESTS,
            period=settings.RATE_LIMIT_PERIOD,
        )
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        _print(found)
    if max_age is not None and (found.age is None or found.age > max_age):
        click.echo(f"{_freshness(found)} That is longer ago than {in_words(max_age)}.", err=True)
        context.exit(1)


def _print(found: ArchiveStatus) -> None:
    counts = ", ".join(f"{number} {status}" for status, number in found.pages.items())
    wait = found.next_request_at - found.now
    newest = local(*found.newest) if found.newest else "none yet"
    click.echo(_freshness(found))
    click.echo(f"Articles: {found.articles}, the newest of {newest}.")
    click.echo(f"Pages: {counts}.")
    click.echo(f"The next request may be sent {f'in {in_words(wait)}' if wait else 'now'}.")
    if found.waiting_alerts:
        click.echo(f"Alerts: {found.waiting_alerts} stories wait; see newsbot watch list.")
    if found.coverage:
        headings = ["Day", "Settled", "", "Ids", "Stored", "Gone", "Rejected", "Pending"]
        print_rows("Coverage", headings, map(_day, found.coverage))
    if found.troubles:
        rows = [(each.status, str(each.pages), each.reason or "") for each in found.troubles]
        print_rows("Not stored", ["Status", "Pages", "Reason"], rows)
    if found.crawls:
        headings = ["Began", "Took", "Outcome", "Exit code", "Said"]
        print_rows("Last crawls", headings, map(_run, found.crawls))


def _freshness(found: ArchiveStatus) -> str:
    if found.age is None:
        return "No crawl has gone well yet."
    return f"The last crawl that went well ended {in_words(found.age)} ago."


def _day(day: Day) -> list[str]:
    # What is missing must show, so a bar is full only when nothing is.
    filled = int(day.accounted * _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    numbers = (day.expected, day.stored, day.gone, day.rejected, day.pending)
    return [day.day, f"{int(day.accounted * 100)} %", bar, *map(str, numbers)]


def _run(run: Run) -> list[str]:
    return [
        local(run.started_at),
        in_words(run.finished_at - run.started_at) if run.finished_at else "",
        run.outcome,
        "" if run.exit_code is None else str(run.exit_code),
        run.message or "",
    ]


def _as_json(found: ArchiveStatus) -> dict[str, Any]:
    newest, precision = found.newest or (None, None)
    values = asdict(found) | {
        "newest": newest,
        "newest_precision": precision,
        "age_seconds": None if found.age is None else int(found.age.total_seconds()),
    }
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_instant))
    return plain


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds")
