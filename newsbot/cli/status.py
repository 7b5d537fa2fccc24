"""`newsbot status`: tell how fresh and how complete the database is."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from newsbot import settings
from newsbot.cli.options import NUMBER, database_option, duration, reading
from newsbot.cli.output import in_words, local, plural, print_json, print_rows
from newsbot.store.reading.status import ArchiveStatus, Day, Run, status

_CRAWLS = 5
_BAR = 10


@click.command()
@click.option(
    "--max-age",
    type=duration,
    metavar="TIME",
    help="End with 1 if the last successful crawl ended longer ago, or in the future: 2h, 90m, 1d.",
)
@click.option("--days", type=NUMBER, default=7, show_default=True, help="Days of coverage.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; instants are UTC.")
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
    r"""Tell how fresh and how complete the database is, and what is still to be fetched.

    Times are local to the site. Coverage tells how many of a day's ids are settled: stored, gone
    (the site has no story there) or rejected (it could not be read). A day's ids are those from
    its first story to the first of the next day, as far as they belong to the archive.

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
        newest, precision = found.newest or (None, None)
        age = None if found.age is None else int(found.age.total_seconds())
        more = {"newest": newest, "newest_precision": precision, "age_seconds": age}
        print_json(asdict(found) | more)
    else:
        _print(found)
    if max_age is not None and not (found.age and timedelta() <= found.age <= max_age):
        click.echo(f"{_freshness(found)} (limit: {in_words(max_age)}).", err=True)
        context.exit(1)


def _print(found: ArchiveStatus) -> None:
    counts = ", ".join(f"{number} {status}" for status, number in found.pages.items())
    wait = found.next_request_at - found.now
    newest = f"the newest of {local(*found.newest)}" if found.newest else "none dated"
    click.echo(f"{_freshness(found)}.")
    click.echo(f"Articles: {found.articles}, {newest}.")
    click.echo(f"Pages: {counts}.")
    click.echo(f"The next request may be sent {f'in {in_words(wait)}' if wait else 'now'}.")
    if found.failing_feeds:
        feeds = ", ".join(found.failing_feeds)
        click.echo(f"Feeds that could not be read the last time: {feeds}.")
    if found.waiting_alerts:
        click.echo(f"Alerts: {found.waiting_alerts} stories wait; see newsbot watch list.")
    if found.coverage:
        headings = ["Day", "Settled", "", "Ids", "Stored", "Gone", "Rejected", "Pending", "Stories"]
        print_rows("Coverage", headings, map(_day, found.coverage))
        for day in found.coverage:
            if day.before_start:
                click.echo(
                    f"{day.day}: {day.before_start} of {plural(day.stories, 'story')} with an id "
                    "from before the archive's start, which only the column Stories counts."
                )
    if found.troubles:
        rows = [(each.status, str(each.pages), each.reason or "") for each in found.troubles]
        print_rows("Not stored", ["Status", "Pages", "Reason"], rows)
    if found.crawls:
        headings = ["Began", "Duration", "Outcome", "Exit code", "Message"]
        print_rows("Last crawls", headings, map(_run, found.crawls))


def _freshness(found: ArchiveStatus) -> str:
    if found.age is None:
        return "No crawl has succeeded yet"
    if found.age < timedelta():
        at = local(found.last_good_crawl)
        return f"The last successful crawl ended in the future, at {at}: check this machine's clock"
    return f"The last successful crawl was {in_words(found.age)} ago"


def _day(day: Day) -> list[str]:
    # A bar is full only if nothing is missing.
    filled = int(day.accounted * _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    numbers = (day.expected, day.stored, day.gone, day.rejected, day.pending, day.stories)
    return [day.day, f"{int(day.accounted * 100)} %", bar, *map(str, numbers)]


def _run(run: Run) -> list[str]:
    return [
        local(run.started_at),
        in_words(run.finished_at - run.started_at) if run.finished_at else "",
        run.outcome,
        "" if run.exit_code is None else str(run.exit_code),
        run.message or "",
    ]
