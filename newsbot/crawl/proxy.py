"""A proxy that fails is no page's fault: it ends the run, and is named."""

from typing import Self

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.network import why
from newsbot.errors import Postponed

# With a proxy nobody else is connected to, nor looked up; and a page's address has been checked.
_ITS_FAULTS = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    TunnelError,
    UnsupportedURLSchemeError,
    ValueError,
)
_PROXY_WANTS_A_PASSWORD = 407


class Proxy:
    """Downloader middleware nearest to the downloader, so that nothing is archived of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return one for this crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response of a page.

        Raises:
            Postponed: the proxy itself gave it.
        """
        if response.status == _PROXY_WANTS_A_PASSWORD and request.meta.get("proxy"):
            self._give_up(request, "it wants a user and a password")
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Do nothing with a fault of the site.

        Raises:
            Postponed: it is a fault of the proxy.
        """
        if request.meta.get("proxy") and isinstance(exception, _ITS_FAULTS):
            self._give_up(request, why(exception))

    def _give_up(self, request: Request, reason: str) -> None:
        told = f"the proxy {request.meta['proxy']} fails: {reason}"
        CrawlRun.of(self._crawler).give_up(told)
        raise Postponed(told)
