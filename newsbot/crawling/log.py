"""Log lines for people: an error is a sentence; its traceback is for LOG_LEVEL=DEBUG."""

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


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
        return _line(logging.ERROR, "Could not store %(url)s", url=getattr(item, "url", item))

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


class WithoutTraceback(logging.Filter):
    """Puts the exception of a record into its sentence."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            record.msg = f"{record.getMessage().splitlines()[0]}: {type(error).__name__}: {error}"
            record.args = None
            record.exc_info = record.exc_text = None
        return True


def _line(level: int, message: str, **args: Any) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": args}
