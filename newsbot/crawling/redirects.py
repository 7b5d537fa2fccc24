"""Redirects are followed on the same host only; any other one is an answer, with its reason."""

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from newsbot.reader.addresses import same_host


class SameHostRedirectMiddleware(RedirectMiddleware):
    """Refuses a redirect that leaves the host: to another site, or to an address inside."""

    # Scrapy warns of the parameter `spider`, which its own signature still has.
    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request that follows the redirect, or the response if it is none.

        Raises:
            IgnoreRequest: it leads to another host, or there were too many.
        """
        result = super().process_response(request, response)
        if isinstance(result, Request) and not same_host(result.url, request.url):
            raise IgnoreRequest("redirected to another host")
        return result
