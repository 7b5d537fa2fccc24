"""Redirects are followed within the site only; any other one is an answer, with its reason."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.network import NotFollowed
from newsbot.site import host_of

PERMANENT = frozenset({301, 308})
_REDIRECTS = {301, 302, 303, 307, 308}
MOVED_PERMANENTLY = "moved_permanently"
"""In a request's meta: whether every redirect that led to it was a permanent one."""

# In a request's meta: the seconds that the answers took which led to it.
_TAKEN = "redirects_took"


class SiteRedirectMiddleware(RedirectMiddleware):
    """Refuses a redirect that leaves the site: to another site, to an address inside, to a file."""

    # Scrapy warns of the parameter `spider`, which its own signature still has.
    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request that follows the redirect, or the response if it is none.

        Raises:
            NotFollowed: it leads to another host or nowhere, or there were too many.
        """
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            raise NotFollowed("redirected too often", response.status) from error
        except ValueError as error:
            raise NotFollowed("redirected to no address", response.status) from error
        if isinstance(result, Request):
            if not self.may_ask(result.url):
                raise NotFollowed("redirected to another host", response.status)
            # No chain of redirects may take longer than a single page.
            taken = request.meta.get(_TAKEN, 0.0) + request.meta.get("download_latency", 0.0)
            if taken > self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT"):
                raise NotFollowed("redirected too slowly", response.status)
            result = result.replace(url=plain(result.url))
            result.meta[_TAKEN] = taken
            is_permanent = response.status in PERMANENT
            result.meta[MOVED_PERMANENTLY] = is_permanent and request.meta.get(
                MOVED_PERMANENTLY, True
            )
        elif result.status in _REDIRECTS:
            raise NotFollowed("redirected to no web page", response.status)
        return result

    def may_ask(self, url: str) -> bool:
        """Tell whether the run may follow a redirect to `url`."""
        return CrawlRun.of(self.crawler).site.may_ask(url)


def plain(url: str) -> str:
    """Return an address with its host in canonical form: see `host_of`."""
    host = host_of(url)
    parts = urlsplit(url)
    return url if host in {None, parts.netloc} else parts._replace(netloc=host).geturl()
