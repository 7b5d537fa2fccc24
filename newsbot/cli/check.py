"""`newsbot check`: compare the live site with what is expected of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from newsbot.cli.crawl import NOT_A_CRAWL, scrapy_process, settings_option
from newsbot.cli.options import database_option
from newsbot.cli.output import print_json, print_rows
from newsbot.crawl.check import MOST, AtMost, CheckSpider, outcome_of
from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.findings import Finding, Verdict, findings
from newsbot.crawl.log import named, speak_plainly
from newsbot.crawl.verdict import DRIFT, OK
from newsbot.errors import BadSetting, NewsbotError, NotFetched
from newsbot.sites import DEFAULT as SITE


class _Spider(CheckSpider):
    name = SITE.name
    site = SITE


@click.command()
@click.option(
    "--start-url",
    metavar="URL",
    default=SITE.start_url,
    show_default=True,
    help="A page with a list, where a crawl would begin.",
)
@click.option("--accept", is_flag=True, help="Let the drift alarm count only crawls from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_option
@database_option
@click.pass_context
def command(
    context: click.Context,
    *,
    start_url: str,
    accept: bool,
    as_json: bool,
    changed: dict[str, Any],
    database: str,
) -> None:
    r"""Compare the live site with what is known or inferred about it, before or between crawls.

    Sends at most twelve requests of the budget, and archives each answer: robots.txt, the start
    page, a few articles, a section page, a feed, an id that does not exist yet, an article older
    than a month. Each line shows what is expected, what was seen, and a verdict: as expected,
    differs, not seen.

    If a list has been removed from the site for good, --accept ends the crawl's alarm about it:
    from then on, only later crawls decide what is usual.

    Exit codes: 0 nothing differs; 1 the site can't be reached; 3 something differs, also with
    --accept; 75 a crawl is running.

    \b
    Examples:
      newsbot check
      newsbot check --json > check.json
      newsbot check --accept
    """
    process = scrapy_process(database, changed | NOT_A_CRAWL)
    middlewares = process.settings.getdict("DOWNLOADER_MIDDLEWARES") | {AtMost: 940}
    process.settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
    crawler = process.create_crawler(_Spider)
    try:
        _Spider(start_url=start_url)
    except BadSetting as error:
        raise click.UsageError(str(error)) from error
    click.echo(
        f"Asking the site: at most {MOST} requests, which may have to wait for the budget.",
        err=True,
    )
    speak_plainly()
    task = process.crawl(crawler, start_url=start_url, accept=accept)
    try:
        process.start()
        # An error that kept the run from starting is raised here.
        task.result()
    except NewsbotError:
        raise
    except Exception as error:
        raise NotFetched(f"The check met an error: {named(error)}") from error
    spider, limiter = outcome_of(crawler), CrawlRun.of(crawler).limiter
    found = findings(spider.seen, limiter.budget)
    verdicts = Counter(each.verdict for each in found)
    if as_json:
        print_json(_as_json(spider, found, limiter.requests))
    else:
        site = spider.seen.site
        rows = [(each.about, each.said, each.seen, each.verdict) for each in found]
        print_rows(f"{site.title}, {site.start_url}", ["What", "Expected", "Seen", "Verdict"], rows)
        counts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict)
        click.echo(f"\n{counts}; {limiter.requests} requests.")
    if accept and spider.accepted:
        click.echo("Accepted: only crawls from now on decide what is usual.", err=True)
    elif accept:
        click.echo(
            "Not accepted, because the site did not answer everything; try again later.", err=True
        )
    context.exit(DRIFT if verdicts[Verdict.DIFFERS] else OK)


def _as_json(spider: CheckSpider, found: Iterable[Finding], requests: int) -> dict[str, Any]:
    seen = spider.seen
    return {
        "source": seen.site.name,
        "start_url": seen.site.start_url,
        "checked_at": seen.now,
        "accepted": spider.accepted,
        "requests": requests,
        "findings": [asdict(each) for each in found],
        "pages": [
            {
                "what": look.what,
                "url": look.ask.url,
                "outcome": look.outcome,
                "http_status": look.answer.status if look.answer else None,
                "headers": look.headers,
                "warc_file": look.answer.warc_file if look.answer else None,
                "warc_offset": look.answer.warc_offset if look.answer else None,
            }
            for look in seen.looks
        ],
    }
