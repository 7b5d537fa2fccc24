"""Ask the site for one page as a crawl does: within its budget, by robots.txt, archived."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from newsbot import settings
from newsbot.crawl.network import why
from newsbot.crawl.spider import as_answer
from newsbot.errors import NotFetched
from newsbot.items import Ask
from newsbot.site import Answer
from newsbot.sites import DEFAULT as SITE


class OnePageSpider(Spider):
    """Asks for one page, and keeps the answer or why there was none."""

    name = SITE.name

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site = SITE.at(url)
        self._ask = Ask(self.site.article_id(url), url)
        self.answer: Answer | None = None
        self.failure = "the run was stopped"

    async def start(self) -> AsyncIterator[Request]:
        """Yield the one request."""
        yield Request(self._ask.url, callback=self.parse, errback=self.fail)

    def parse(self, response: Response) -> None:
        """Keep the answer."""
        fetched_at = response.meta.get("fetched_at") or datetime.now(UTC)
        self.answer = as_answer(response, self._ask, source=self.name, fetched_at=fetched_at)

    def fail(self, failure: Failure) -> None:
        """Keep the reason."""
        self.failure = why(failure.value)


def fetch(url: str, database: str) -> Answer:
    """Ask for robots.txt and for the page at `url`, and return the answer.

    The two requests count in the budget that `database` keeps, and wait for it if need be. Call it
    once in a process.

    Raises:
        NotFetched: there was no answer.
        LockHeld: a crawl is running, and asks the same site.
        DatabaseUnusable: the budget can't be read or written.
        ArchiveUnusable: the archive can't be written.
    """
    project = Settings()
    project.setmodule(settings)
    project.setdict(
        {
            "DATABASE_URL": database,
            "EXTENSIONS": {"newsbot.crawl.crawl_run.CrawlRun": 0},
            "ITEM_PIPELINES": {},
        }
    )
    process = AsyncCrawlerProcess(project)
    crawler = process.create_crawler(OnePageSpider)
    task = process.crawl(crawler, url=url)
    process.start()
    # An error that kept the run from starting is raised here.
    task.result()
    spider = crawler.spider
    if isinstance(spider, OnePageSpider) and spider.answer is not None:
        return spider.answer
    failure = getattr(spider, "failure", "the run was stopped")
    raise NotFetched(f"{url} could not be fetched: {failure}.")
