"""All hosts of the site are one site: one budget; and another host's robots.txt ends no run."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from newsbot.crawl.network import SiteRedirectMiddleware
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.limiter import Limiter
from newsbot.crawl.robots import RobotsTxtMiddleware
from newsbot.crawl.spider import SiteSpider
from newsbot.errors import Postponed
from newsbot.sites import DEFAULT as SITE
from newsbot.store.budget import Budget
from tests.helpers import still_clock

PAGE = SITE.article_url("1")
OTHER = min(SITE.hosts - {"home.nzcity.co.nz"})


@pytest.fixture
def crawler(tmp_path: Path, empty_archive: Path) -> Iterator[Crawler]:
    """A crawler of the site with a run, whose clock stands still."""
    shutil.copyfile(empty_archive, tmp_path / "newsbot.db")
    kind = type("Spider", (SiteSpider,), {"name": SITE.name, "site": SITE})
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/newsbot.db",
        "CLOCK": "tests.helpers.still_clock.StillClock",
        "RATE_LIMIT_REQUESTS": 14,
        "RATE_LIMIT_PERIOD": 300,
        "RETRY_AFTER_MAX": 900,
        "CRAWL_DELAY_MAX": 60,
        "ROBOTSTXT_OBEY": True,
    }
    crawler: Crawler = get_crawler(kind, settings_dict=settings)
    crawler.spider, crawler.crawling = kind(), True
    run = CrawlRun.from_crawler(crawler)
    yield crawler
    run.close()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(still_clock.VARIABLE, "2025-08-20T00:00:00+00:00")


def test_all_hosts_of_the_site_share_one_budget(crawler: Crawler) -> None:
    limiter = Limiter(crawler, Budget(100, 300), 900)
    spellings = ["https://{}/", "http://{}:80/", "https://me:x@{}.:443/x", "HTTPS://{}/"]

    async def ask() -> None:
        for host in SITE.hosts:
            for spelling in spellings:
                await limiter.process_request(Request(spelling.format(host)))

    asyncio.run(ask())

    run = CrawlRun.of(crawler)
    window = asyncio.run(run.write(lambda connection: limiter.look(connection, run.now())))
    assert window.left == 100 - len(SITE.hosts) * len(spellings)


def ask_without_robots(
    crawler: Crawler, url: str, why: Exception, runs: int = 1
) -> tuple[str | None, Exception]:
    """Ask for a page in so many runs where robots.txt can't be fetched from its host."""
    asked: list[str] = []

    async def fail(request: Request) -> Response:
        asked.append(request.url)
        raise why

    engine: Any = SimpleNamespace(download_async=fail)
    crawler.engine = engine
    for _ in range(runs):
        middleware = RobotsTxtMiddleware(crawler, 60)
        # The host is asked once in a run, however its name is written.
        for spelling in (url, url.replace("//", "//Me@").replace("https", "HTTPS")):
            with pytest.raises((IgnoreRequest, Postponed)) as refused:
                asyncio.run(middleware.process_request(Request(spelling)))
    assert len(asked) == runs
    assert not any("@" in each for each in asked)
    return CrawlRun.of(crawler).gave_up, refused.value


def test_without_the_start_hosts_robots_txt_the_run_ends(crawler: Crawler) -> None:
    gave_up, refused = ask_without_robots(crawler, PAGE, IgnoreRequest("it answered 500"))

    assert isinstance(refused, Postponed)
    assert gave_up == "robots.txt can't be fetched: it answered 500"


@pytest.mark.parametrize(("runs", "kind"), [(1, Postponed), (2, IgnoreRequest), (3, IgnoreRequest)])
def test_without_another_hosts_a_page_fails_in_the_second_run(
    crawler: Crawler, runs: int, kind: type[Exception]
) -> None:
    gave_up, refused = ask_without_robots(
        crawler, f"https://{OTHER}:443/news/", IgnoreRequest("it answered 500"), runs
    )

    assert isinstance(refused, kind)
    assert str(refused).startswith(f"robots.txt of {OTHER} can't be fetched")
    assert gave_up is None


def test_a_run_that_is_ending_blames_no_page(crawler: Crawler) -> None:
    _, refused = ask_without_robots(
        crawler, f"https://{OTHER}/", Postponed("the run was stopped"), 3
    )

    assert isinstance(refused, Postponed)


@pytest.mark.parametrize(
    ("codes", "is_permanent"), [((301,), True), ((301, 308), True), ((302, 301), False)]
)
def test_a_chain_of_redirects_is_permanent_if_all_of_it_is(
    crawler: Crawler, codes: tuple[int, ...], is_permanent: bool
) -> None:
    middleware = SiteRedirectMiddleware.from_crawler(crawler)
    request = Request(PAGE)
    for number, code in enumerate(codes):
        to = f"https://me@{OTHER}:443/news/article.aspx?id=1&hop={number}"
        answer = Response(request.url, code, headers={"Location": to})
        following = middleware.process_response(request, answer)
        assert isinstance(following, Request)
        assert following.url == to.replace("me@", "").replace(":443", "")
        request = following

    assert request.meta["moved_permanently"] is is_permanent
