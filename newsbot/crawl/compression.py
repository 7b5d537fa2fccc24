"""Unpacks bodies; one that is not packed as its header says is taken as it is."""

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's, which fails on a body with a wrong Content-Encoding; archives have many of them."""

    # Scrapy warns of the parameter `spider`, which its own signature still has.
    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the response with its body unpacked, if it can be.

        Raises:
            IgnoreRequest: unpacked, it is larger than DOWNLOAD_MAXSIZE.
        """
        try:
            return super().process_response(request, response)
        except IgnoreRequest:
            raise
        except Exception:  # noqa: BLE001 - each coding's library has errors of its own
            return response
