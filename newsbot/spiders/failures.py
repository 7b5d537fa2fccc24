"""Why a request had no answer, in the ledger's words."""

from scrapy import exceptions

_REASONS = {
    exceptions.CannotResolveHostError: "host name not found",
    exceptions.DownloadConnectionRefusedError: "connection refused",
    exceptions.DownloadTimeoutError: "no answer in time",
    exceptions.ResponseDataLossError: "cut off by the connection",
    exceptions.DownloadCancelledError: "larger than DOWNLOAD_MAXSIZE",
    exceptions.DownloadFailedError: "connection lost",
}


def why(error: BaseException | None) -> str:
    """Return the reason in a few words; what was refused (robots.txt, redirects) says it itself."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    return str(error) or type(error).__name__
