"""`newsbot check`: see whether the live site is as it is said to be."""

import json
from dataclasses import asdict
from typing import Any

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from newsbot.cli.crawl import project_settings
from newsbot.cli.options import database_option
from newsbot.cli.output import print_rows
from newsbot.crawl.check import MOST, AtMost, CheckSpider, Looks, outcome_of
from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.findings import Finding, Verdict, findings
from newsbot.crawl.log import named, speak_plainly
from newsbot.crawl.verdict import DRIFT, OK
from newsbot.errors import BadSetting, NewsbotError, NotFetched
from newsbot.sites import DEFAULT as SITE

_ACCEPTED = "Accepted: only crawls from now on tell what is usual."
_NOT_ACCEPTED = "Not accepted, since the site did not answer everything; try again later."


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
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all of it.")
@click.option(
    "-s",
    "changed",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting for this run; may be given several times.",
)
@database_option
@click.pass_context
def command(
    context: click.Context,
    *,
    start_url: str,
    accept: bool,
    as_json: bool,
    changed: tuple[str, ...],
    database: str,
) -> None:
    r"""Compare the live site with what is said or inferred of it, before or between crawls.

    At most twelve requests of the budget, each archived: robots.txt, the start page, a few
    articles, a section page, a feed, an id that does not exist yet, an article older than a month.
    Each line tells what is said, what was seen, and a verdict: as expected, differs, not seen.

    Where a list has gone for good, --accept ends the crawl's alarm about it: only later crawls
    tell then what is usual.

    Exit codes: 0 nothing differs; 1 the site can't be reached; 3 something differs, also with
    --accept; 75 a crawl is at work.

    \b
    Examples:
      newsbot check
      newsbot check --json > check.json
      newsbot check --accept
    """
    project = _settings(changed)
    if context.get_parameter_source("database") is click.core.ParameterSource.COMMANDLINE:
        project.set("DATABASE_URL", database, priority="cmdline")
    try:
        process = AsyncCrawlerProcess(project)
        crawler = process.create_crawler(_Spider)
    except (ImportError, TypeError, ValueError) as error:
        raise BadSetting(f"A setting can't be used: {named(error)}.") from error
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
        # What kept the run from beginning is raised here.
        task.result()
    except NewsbotError:
        raise
    except Exception as error:
        raise NotFetched(f"The check met an error: {named(error)}") from error
    spider, limiter = outcome_of(crawler), CrawlRun.of(crawler).limiter
    found = findings(spider.seen, limiter.budget)
    if as_json:
        click.echo(json.dumps(_as_json(spider, found, limiter.requests), indent=2))
    else:
        _print(spider.seen, found, limiter.requests)
    if accept:
        click.echo(_ACCEPTED if spider.accepted else _NOT_ACCEPTED, err=True)
    differs = any(each.verdict is Verdict.DIFFERS for each in found)
    context.exit(DRIFT if differs else OK)


def _settings(changed: tuple[str, ...]) -> Settings:
    found = project_settings(changed)
    middlewares = found.getdict("DOWNLOADER_MIDDLEWARES") | {AtMost: 940}
    own: dict[str, Any] = {
        "EXTENSIONS": {"newsbot.crawl.crawl_run.CrawlRun": 0},
        "ITEM_PIPELINES": {},
        "DOWNLOADER_MIDDLEWARES": middlewares,
    }
    found.setdict(own, priority="cmdline")
    return found


def _print(seen: Looks, found: list[Finding], requests: int) -> None:
    rows = [(each.about, each.said, each.seen, each.verdict) for each in found]
    headings = ["What", "Said or inferred", "Seen", "Verdict"]
    print_rows(f"{seen.site.title}, {seen.site.start_url}", headings, rows)
    counts = (f"{_number(found, verdict)} {verdict}" for verdict in Verdict)
    click.echo(f"\n{', '.join(counts)}; {requests} requests.")


def _number(found: list[Finding], verdict: Verdict) -> int:
    return sum(each.verdict is verdict for each in found)


def _as_json(spider: CheckSpider, found: list[Finding], requests: int) -> dict[str, Any]:
    seen = spider.seen
    return {
        "source": seen.site.name,
        "start_url": seen.site.start_url,
        "checked_at": seen.now.isoformat(timespec="seconds"),
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
