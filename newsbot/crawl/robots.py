"""robots.txt, obeyed as RFC 9309 says: where it can't be fetched, nothing is asked for."""

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware as ScrapyRobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from newsbot.crawl.failures import why
from newsbot.crawl.limiter import Limiter
from newsbot.errors import Postponed

_UNAVAILABLE = 400
_SERVER_ERROR = 500
_TOO_MANY = 429


class RobotsTxtMiddleware(ScrapyRobotsTxtMiddleware):
    """Ends the run where robots.txt answers with 5xx or 429, or not at all: no page is at fault.

    An absent one (any other 4xx) allows everything.
    """

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let the request pass if robots.txt allows it.

        Raises:
            IgnoreRequest: robots.txt forbids it.
            Postponed: robots.txt can't be fetched.
        """
        if rp is None:
            raise Postponed("robots.txt can't be fetched")
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERROR or response.status == _TOO_MANY:
            raise IgnoreRequest(f"it answered {response.status}")
        if response.status >= _UNAVAILABLE:  # RFC 9309, 2.3.1.3
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        limiter = self.crawler.get_downloader_middleware(Limiter)
        if limiter is not None:
            limiter.give_up(f"robots.txt can't be fetched: {why(exc)}")
        super()._robots_error(exc, netloc)
