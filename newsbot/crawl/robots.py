"""robots.txt, obeyed as RFC 9309 says: where it can't be fetched, nothing is asked for."""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware as ScrapyRobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.failures import why
from newsbot.crawl.redirects import plain
from newsbot.errors import NewsbotError, Postponed
from newsbot.site import host_of

_UNAVAILABLE = 400
_SERVER_ERROR = 500
_TOO_MANY = 429


class RobotsTxtMiddleware(ScrapyRobotsTxtMiddleware):
    """Asks for nothing where robots.txt answers with 5xx or 429, or not at all.

    On the host of the start page that ends the run: no page is at fault. On any other host of the
    site, the pages there fail. An absent robots.txt (any other 4xx) allows everything.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # Hosts, other than the start page's, whose robots.txt can't be fetched.
        self._without: set[str | None] = set()

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's host, however its address is written."""
        return await super().robot_parser(request.replace(url=plain(request.url)))

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let the request pass if robots.txt allows it.

        Raises:
            IgnoreRequest: robots.txt forbids it, or can't be fetched from a host that only some
                pages are on.
            Postponed: robots.txt can't be fetched.
        """
        if rp is not None:
            super().process_request_2(rp, request)
        elif (host := host_of(request.url)) in self._without:
            raise IgnoreRequest(f"robots.txt of {host} can't be fetched")
        else:
            raise Postponed("robots.txt can't be fetched")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERROR or response.status == _TOO_MANY:
            raise IgnoreRequest(f"it answered {response.status}")
        if response.status >= _UNAVAILABLE:  # RFC 9309, 2.3.1.3
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if netloc == host_of(CrawlRun.of(self.crawler).site.start_url):
            CrawlRun.of(self.crawler).give_up(f"robots.txt can't be fetched: {why(exc)}")
        elif not isinstance(exc, NewsbotError):
            self._without.add(netloc)
        super()._robots_error(exc, netloc)
