"""How long a chain of redirects may be, in seconds; where it may lead is in test_faults.py."""

import pytest
from newsbot.crawl.network import NotFollowed, SiteRedirectMiddleware
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newsbot import settings
from newsbot.crawl.spider import SiteSpider
from tests.helpers.made_up import SITE

PAGE = "https://news.example/article.aspx?id=1"


@pytest.fixture
def middleware() -> SiteRedirectMiddleware:
    kind = type("Spider", (SiteSpider,), {"name": SITE.name, "site": SITE})
    crawler: Crawler = get_crawler(kind, settings_dict={"DOWNLOAD_TIMEOUT": 30})
    found = SiteRedirectMiddleware(crawler.settings)
    found.crawler = crawler
    # There is no run to ask for its site.
    found.may_ask = SITE.may_ask  # type: ignore[method-assign]
    return found


def hop(middleware: SiteRedirectMiddleware, request: Request, latency: float) -> Request:
    """Answer a request after so many seconds, and return the one that follows."""
    request.meta["download_latency"] = latency
    response = Response(PAGE, 302, headers={"Location": f"{PAGE}&hop=1"}, request=request)
    following = middleware.process_response(request, response)
    assert isinstance(following, Request)
    return following


def test_a_chain_may_take_as_long_as_a_page(middleware: SiteRedirectMiddleware) -> None:
    third = hop(middleware, hop(middleware, Request(PAGE), 14.0), 15.0)

    with pytest.raises(NotFollowed, match="redirected too slowly") as caught:
        hop(middleware, third, 2.0)
    assert caught.value.status == 302


def test_no_address_takes_longer_than_two_minutes() -> None:
    # A chain of redirects, then its last page, and that once more.
    assert settings.DOWNLOAD_TIMEOUT * (2 + settings.RETRY_TIMES) <= 120
