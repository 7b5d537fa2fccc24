"""What the network and the site do to a request: redirects, wrong codings, proxies that fail.

A fault of theirs belongs to a page, and ends in the ledger with its reason. One of our own code, of
a proxy or of a middleware in the user's settings does not.
"""

import re
from urllib.parse import urlsplit

from scrapy import Request, exceptions
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response
from scrapy.settings import BaseSettings

from newsbot.crawl.crawl_run import Component, CrawlRun
from newsbot.errors import BadSetting, Postponed
from newsbot.items import Reason
from newsbot.site import host_of

PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOVED_PERMANENTLY = "moved_permanently"
"""In a request's meta: whether every redirect that led to it was a permanent one."""

# In a request's meta: seconds that the redirects before it took.
_TAKEN = "redirects_took"

_REASONS = {
    exceptions.CannotResolveHostError: "host name not found",
    exceptions.DownloadConnectionRefusedError: "connection refused",
    exceptions.DownloadTimeoutError: "no answer in time",
    exceptions.ResponseDataLossError: "cut off by the connection",
    exceptions.DownloadCancelledError: Reason.TOO_LARGE,
    exceptions.DownloadFailedError: "connection lost",
}
# Where the classes of what the network or the site did are defined.
_WORLD = frozenset({"scrapy", "twisted", "OpenSSL", "service_identity", "zlib", "brotli"})

# Through a proxy, only the proxy itself is looked up and connected to; and a page's own address
# has been checked.
_FAULTS_OF_A_PROXY = (
    exceptions.CannotResolveHostError,
    exceptions.DownloadConnectionRefusedError,
    exceptions.UnsupportedURLSchemeError,
    TunnelError,
    ValueError,
)
_PROXY_WANTS_A_PASSWORD = 407

# What a comment of an HTTP header may hold without being quoted.
_ADDRESS = re.compile(r"[!-'*-\[\]-~]+(?: [!-'*-\[\]-~]+)*", re.ASCII)


class NotFollowed(exceptions.IgnoreRequest):
    """A redirect that is not followed; `status` is that of the answer."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


def is_of_the_world(error: BaseException | None) -> bool:
    """Return whether the network, the site or its robots.txt caused an error, and not our own code.

    Only such an error says something about a page.
    """
    package = type(error).__module__.partition(".")[0]
    return isinstance(error, (NotFollowed, OSError)) or package in _WORLD


def why(error: BaseException | None) -> str:
    """Return the reason for the ledger, in a few words; robots.txt and redirects give their own."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    # Scrapy reports a body that only unpacking made too large by a sentence.
    if isinstance(error, exceptions.IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return Reason.TOO_LARGE
    return str(error) or type(error).__name__


def http_status(error: BaseException | None) -> int | None:
    """Return the HTTP status of the answer that was refused; None where there was none."""
    return error.status if isinstance(error, NotFollowed) else None


class SiteRedirectMiddleware(RedirectMiddleware):
    """Follows redirects within the site only.

    Any other one (to another site, to a file, one too many) is an answer, with its reason.
    """

    # Scrapy warns of the parameter `spider`, which its own signature still has.
    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request that follows a redirect, or the response if it is no redirect.

        Raises:
            NotFollowed: it leads to another host or nowhere, or there were too many.
        """
        try:
            result = super().process_response(request, response)
        except exceptions.IgnoreRequest as error:
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
        """Return whether the run may follow a redirect to `url`."""
        return CrawlRun.of(self.crawler).site.may_ask(url)


def plain(url: str) -> str:
    """Return an address with its host in canonical form: see `host_of`."""
    host = host_of(url)
    parts = urlsplit(url)
    return url if host in {None, parts.netloc} else parts._replace(netloc=host).geturl()


class CompressionMiddleware(HttpCompressionMiddleware):
    """Unpacks bodies; Scrapy's own fails on a wrong Content-Encoding, which archives often have."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the response with its body unpacked, or as it came if that fails.

        Raises:
            IgnoreRequest: unpacked, it is larger than DOWNLOAD_MAXSIZE.
        """
        try:
            return super().process_response(request, response)
        except exceptions.IgnoreRequest:
            raise
        except Exception:  # noqa: BLE001 - each coding's library has errors of its own
            return response


class Proxy(Component):
    """Downloader middleware that ends the run when a proxy fails, since no page is at fault.

    It is nearest to the downloader, so that nothing of that is archived.
    """

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
        if request.meta.get("proxy") and isinstance(exception, _FAULTS_OF_A_PROXY):
            self._give_up(request, why(exception))

    def _give_up(self, request: Request, reason: str) -> None:
        message = f"the proxy {request.meta['proxy']} fails: {reason}"
        self._run.give_up(message)
        raise Postponed(message)


class Contact:
    """Add-on that puts the setting CONTACT, whom the site can write to, into the user agent."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Name the contact, if there is one.

        Raises:
            BadSetting: it can't be part of a user agent.
        """
        contact = (settings["CONTACT"] or "").strip()
        if not contact:
            return
        if not _ADDRESS.fullmatch(contact):
            raise BadSetting(f"CONTACT is {contact!r}; write an e-mail address or that of a page.")
        agent = settings["USER_AGENT"]
        named = f"{agent[:-1]}; {contact})" if agent.endswith(")") else f"{agent} ({contact})"
        settings.set("USER_AGENT", named, settings.getpriority("USER_AGENT") or 0)
