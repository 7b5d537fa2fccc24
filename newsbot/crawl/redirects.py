"""Redirects are followed on the same host only; any other one is an answer, with its reason."""

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from newsbot.html.addresses import same_host
from newsbot.spiders.failures import NotFollowed

_REDIRECTS = {301, 302, 303, 307, 308}
# In a request's meta: the seconds that the answers took which led to it.
_TAKEN = "redirects_took"


class SameHostRedirectMiddleware(RedirectMiddleware):
    """Refuses a redirect that leaves the host: to another site, to an address inside, to a file."""

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
            if not same_host(result.url, request.url):
                raise NotFollowed("redirected to another host", response.status)
            # No chain of redirects may take longer than a single page.
            taken = request.meta.get(_TAKEN, 0.0) + request.meta.get("download_latency", 0.0)
            if taken > self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT"):
                raise NotFollowed("redirected too slowly", response.status)
            result.meta[_TAKEN] = taken
        elif result.status in _REDIRECTS:
            raise NotFollowed("redirected to no web page", response.status)
        return result
