"""All hosts of the site are one site: one budget; and another host's robots.txt ends no run."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from newsbot.crawl.limiter import Limiter
from newsbot.crawl.redirects import SiteRedirectMiddleware
from newsbot.crawl.robots import RobotsTxtMiddleware
from newsbot.crawl.spider import SiteSpider
from newsbot.errors import Postponed
from newsbot.sites import DEFAULT as SITE
from newsbot.store.tables import Base

T = TypeVar("T")

PAGE = SITE.article_url("1")
OTHER = min(SITE.hosts - {"home.nzcity.co.nz"})


def a_crawler(start_url: str = SITE.start_url) -> Crawler:
    kind = type("Spider", (SiteSpider,), {"name": SITE.name, "site": SITE})
    crawler: Crawler = get_crawler(kind, settings_dict={"ROBOTSTXT_OBEY": True})
    crawler.spider = kind(start_url)
    return crawler


def a_limiter(crawler: Crawler) -> Limiter:
    storage: Any = SimpleNamespace(clock=None)
    return Limiter(crawler, storage, limit=14, period=300, longest=900)


@pytest.mark.parametrize("host", sorted(SITE.hosts))
@pytest.mark.parametrize(
    "spelling", ["https://{}/", "http://{}:80/", "https://me:x@{}.:443/x", "HTTPS://{}/"]
)
def test_all_hosts_of_the_site_share_one_budget(host: str, spelling: str) -> None:
    key_of = a_limiter(a_crawler()).key_of

    assert key_of(spelling.format(host)) == SITE.name
    assert key_of("https://elsewhere.example/") == "elsewhere.example"


def test_a_replica_shares_it_too() -> None:
    key_of = a_limiter(a_crawler("http://127.0.0.1:8000/news/")).key_of

    assert key_of("http://127.0.0.1:8000/robots.txt") == key_of(PAGE) == SITE.name


class Memory:
    """A storage with one row for each host, and a clock that a test sets."""

    def __init__(self) -> None:
        self.clock: Any = SimpleNamespace(now=lambda: datetime(2025, 8, 20, tzinfo=UTC))
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        self._session = Session(engine)

    async def run(self, work: Callable[[Session], T]) -> T:
        return work(self._session)


def ask_without_robots(
    crawler: Crawler, url: str, why: Exception, runs: int = 1
) -> tuple[Limiter, Exception]:
    """Ask for a page in so many runs where robots.txt can't be fetched from its host."""
    limiter = a_limiter(crawler)
    memory: Any = Memory()
    asked: list[str] = []

    async def fail(request: Request) -> Response:
        asked.append(request.url)
        raise why

    middlewares = SimpleNamespace(middlewares=[limiter])
    engine: Any = SimpleNamespace(
        download_async=fail, downloader=SimpleNamespace(middleware=middlewares)
    )
    crawler.engine = engine
    for _ in range(runs):
        middleware = RobotsTxtMiddleware(crawler, memory, 60)
        # The host is asked once in a run, however its name is written.
        for spelling in (url, url.replace("//", "//Me@").replace("https", "HTTPS")):
            with pytest.raises((IgnoreRequest, Postponed)) as refused:
                asyncio.run(middleware.process_request(Request(spelling)))
    assert len(asked) == runs
    assert not any("@" in each for each in asked)
    return limiter, refused.value


def test_without_the_start_hosts_robots_txt_the_run_ends() -> None:
    limiter, refused = ask_without_robots(a_crawler(), PAGE, IgnoreRequest("it answered 500"))

    assert isinstance(refused, Postponed)
    assert limiter.gave_up == "robots.txt can't be fetched: it answered 500"


@pytest.mark.parametrize(("runs", "kind"), [(1, Postponed), (2, IgnoreRequest), (3, IgnoreRequest)])
def test_without_another_hosts_a_page_fails_in_the_second_run(
    runs: int, kind: type[Exception]
) -> None:
    limiter, refused = ask_without_robots(
        a_crawler(), f"https://{OTHER}:443/news/", IgnoreRequest("it answered 500"), runs
    )

    assert isinstance(refused, kind)
    assert str(refused).startswith(f"robots.txt of {OTHER} can't be fetched")
    assert limiter.gave_up is None


def test_a_run_that_is_ending_blames_no_page() -> None:
    _, refused = ask_without_robots(
        a_crawler(), f"https://{OTHER}/", Postponed("the run was stopped"), 3
    )

    assert isinstance(refused, Postponed)


@pytest.mark.parametrize(
    ("codes", "is_permanent"), [((301,), True), ((301, 308), True), ((302, 301), False)]
)
def test_a_chain_of_redirects_is_permanent_if_all_of_it_is(
    codes: tuple[int, ...], is_permanent: bool
) -> None:
    crawler = a_crawler()
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
