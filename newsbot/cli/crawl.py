"""`newsbot crawl`, and the Scrapy process in which other commands ask the site."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from newsbot.cli.options import database_option
from newsbot.commands.crawl import crawl
from newsbot.crawl.log import named
from newsbot.crawl.network import why
from newsbot.crawl.spider import as_answer
from newsbot.errors import BadSetting, NotFetched
from newsbot.items import Ask
from newsbot.site import Answer
from newsbot.sites import DEFAULT as SITE

NOT_A_CRAWL = {"EXTENSIONS": {"newsbot.crawl.crawl_run.CrawlRun": 0}, "ITEM_PIPELINES": {}}
"""Settings under which requests count in the budget and are archived, but nothing is stored."""


def _read_settings(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, Any]:
    for each in given:
        if "=" not in each.lstrip("="):
            raise click.BadParameter(f"{each!r} is no setting; write NAME=VALUE.")
    return dict(each.split("=", 1) for each in given)


settings_option = click.option(
    "-s",
    "changed",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_read_settings,
    help="Change a setting for this run, see docs/settings.md; may be given several times.",
)
"""Adds `-s`; the command gets a dict as `changed`."""


def scrapy_process(database: str, changed: Mapping[str, Any]) -> AsyncCrawlerProcess:
    """Return a process with newsbot's settings, some of them `changed`; it can run once.

    Raises:
        BadParameter: the value of one has not the form of its setting.
        BadSetting: Scrapy can't use one of them.
    """
    settings = Settings()
    settings.setmodule("newsbot.settings", priority="project")
    for name, value in {"DATABASE_URL": database, **changed}.items():
        default = settings[name]
        try:
            settings.set(name, value, priority="cmdline")
            if isinstance(default, bool):
                settings.getbool(name)
            elif isinstance(default, int | float):
                settings.getfloat(name)
        except (TypeError, ValueError) as error:
            raise click.BadParameter(f"{name}={value} can't be used: {error}.") from error
    try:
        return AsyncCrawlerProcess(settings)
    except (ImportError, TypeError, ValueError) as error:
        raise BadSetting(f"A setting can't be used: {named(error)}.") from error


@click.command()
@click.option(
    "--start-url",
    metavar="URL",
    help=f"Where to begin: any page with a list, or an article. Default: {SITE.start_url}",
)
@click.option("--ids", metavar="FIRST-LAST", help="Fetch these ids too: 450000-450058, or one.")
@click.option("--sections", metavar="NUMBERS", help="Fetch pages of these sections: 978,1032.")
@click.option("--pages", metavar="FIRST-LAST", help="Which pages of the sections: 1-15.")
@settings_option
@database_option
@click.pass_context
def command(
    context: click.Context, /, *, changed: dict[str, Any], database: str, **arguments: str | None
) -> None:
    r"""Fetch what is new on the site, once; run it every hour or so.

    The same as `scrapy crawl`, in any folder. Stored pages are not fetched again except to look for
    edits, and what this run leaves undone is left to the next one. Ctrl-C ends it cleanly. The WARC
    archive is kept where ARCHIVE_DIR says.

    Exit codes: 0 all well; 1 it could not do its work; 3 the pages no longer read as expected;
    75 another crawl is running.

    \b
    Examples:
      newsbot crawl
      newsbot crawl --ids 449000-449999
      newsbot crawl --database ~/news.db -s RECHECK_AFTER=
    """
    process = scrapy_process(database, changed)
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        process.spider_loader.load(SITE.name)(**given)
    except BadSetting as error:
        raise click.UsageError(str(error)) from error
    context.exit(crawl(process, SITE.name, given))


class _OnePageSpider(Spider):
    """Asks for one page; `result` is the answer, or why there was none."""

    name = SITE.name
    result: Answer | str = "the run was stopped"

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site = SITE.at(url)
        self._ask = Ask(self.site.article_id(url), url)

    async def start(self) -> AsyncIterator[Request]:
        """Yield the one request."""
        yield Request(self._ask.url, callback=self.parse, errback=self.fail)

    def parse(self, response: Response) -> None:
        """Keep the answer."""
        fetched_at = response.meta.get("fetched_at") or datetime.now(UTC)
        self.result = as_answer(response, self._ask, source=self.name, fetched_at=fetched_at)

    def fail(self, failure: Failure) -> None:
        """Keep the reason."""
        self.result = why(failure.value)


def fetch(url: str, database: str) -> Answer:
    """Ask for robots.txt and for the page at `url`, and return the answer.

    Both requests count in the budget that `database` keeps, and wait for it if necessary. Call it
    once in a process.

    Raises:
        NotFetched: there was no answer.
        LockHeld: a crawl of the same site is running.
        DatabaseUnusable: the budget can't be read or written.
        ArchiveUnusable: the WARC archive can't be written.
    """
    process = scrapy_process(database, NOT_A_CRAWL)
    crawler = process.create_crawler(_OnePageSpider)
    task = process.crawl(crawler, url=url)
    process.start()
    # An error that kept the run from starting is raised here.
    task.result()
    result: Answer | str = getattr(crawler.spider, "result", _OnePageSpider.result)
    if isinstance(result, Answer):
        return result
    raise NotFetched(f"{url} could not be fetched: {result}.")
