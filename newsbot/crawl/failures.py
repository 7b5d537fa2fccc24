"""Why a request had no answer that could be used, in the ledger's words."""

from scrapy import exceptions

from newsbot.items import Reason

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


class NotFollowed(exceptions.IgnoreRequest):
    """A redirect that leads where we do not go; `status` is that of the answer."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


def is_of_the_world(error: BaseException | None) -> bool:
    """Tell whether the network, the site or its robots.txt caused an error, and not our own code.

    Only such an error says something about a page.
    """
    package = type(error).__module__.partition(".")[0]
    return isinstance(error, (NotFollowed, OSError)) or package in _WORLD


def why(error: BaseException | None) -> str:
    """Return the reason in a few words; what was refused (robots.txt, redirects) says it itself."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    # A body that only unpacking made too large is told of by a sentence.
    if isinstance(error, exceptions.IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return Reason.TOO_LARGE
    return str(error) or type(error).__name__


def http_status(error: BaseException | None) -> int | None:
    """Return the HTTP status of the answer that was refused; None where there was none."""
    return error.status if isinstance(error, NotFollowed) else None
