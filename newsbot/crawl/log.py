"""Log lines for people: an error is a sentence; its traceback is for LOG_LEVEL=DEBUG."""

import logging
from typing import Any, TextIO

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.utils.log import get_scrapy_root_handler
from twisted.python.failure import Failure

# We say the same in fewer words: in the line for a page, or in the last line of the run.
_TALKERS = {
    "asyncio": logging.CRITICAL,
    "scrapy.core.downloader.handlers": logging.CRITICAL,
    "scrapy.core.downloader.handlers.http11": logging.ERROR,
    "scrapy.downloadermiddlewares.httpcompression": logging.ERROR,
}


def speak_plainly() -> None:
    """Log sentences without tracebacks, and nothing twice, unless LOG_LEVEL is DEBUG.

    Call it before a crawl and again when it begins, since Scrapy makes a new handler then.
    """
    handler = get_scrapy_root_handler()
    if handler is None or handler.level <= logging.DEBUG:
        return
    handler.addFilter(WithoutTraceback())
    for name, level in _TALKERS.items():
        logging.getLogger(name).setLevel(level)


def log_to(stream: TextIO) -> None:
    """Write the log to `stream` from here on, if it goes to one of the standard streams."""
    handler = get_scrapy_root_handler()
    if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
        handler.setStream(stream)


class PageLogFormatter(LogFormatter):
    """Names a page by its address instead of printing all of it."""

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """Return the line for a page that a pipeline failed on."""
        return _line(logging.ERROR, "A pipeline failed on %(url)s", url=getattr(item, "url", item))

    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """Return the line for a page without an article."""
        return _line(logging.INFO, "%(url)s: %(reason)s", url=item.url, reason=exception)

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Return the line for an article."""
        return _line(logging.INFO, "%(url)s: stored", url=item["url"])


def named(error: BaseException | None) -> str:
    """Return an exception's name and its text in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


class WithoutTraceback(logging.Filter):
    """Puts the exception of a record into its sentence."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            record.msg = f"{record.getMessage().splitlines()[0]}: {named(error)}"
            record.args = None
            record.exc_info = record.exc_text = None
        return True


def _line(level: int, message: str, **args: Any) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": args}
