"""Parts of a crawl that fail, to be put into its settings."""

from collections.abc import AsyncIterator
from typing import Any

from scrapy.exceptions import DropItem, IgnoreRequest


class BreakingPipeline:
    """Fails on every third page."""

    def __init__(self) -> None:
        self._pages = 0

    def process_item(self, item: Any) -> Any:
        self._pages += 1
        if self._pages % 3 == 0:
            raise ZeroDivisionError("a slip\nof the pen")
        return item


class DroppingPipeline:
    """Drops every third page."""

    def __init__(self) -> None:
        self._pages = 0

    def process_item(self, item: Any) -> Any:
        self._pages += 1
        if self._pages % 3 == 0:
            raise DropItem("not wanted")
        return item


class IgnoringMiddleware:
    """Refuses every fourth request."""

    def __init__(self) -> None:
        self._requests = 0

    def process_request(self, request: Any) -> None:  # noqa: ARG002 - Scrapy gives it
        self._requests += 1
        if self._requests % 4 == 0:
            raise IgnoreRequest("not wanted")


class DroppingSpiderMiddleware:
    """Drops every fourth request before Scrapy knows of it."""

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        requests = 0
        async for request in start:
            requests += 1
            if requests % 4:
                yield request


class BreakingMiddleware:
    """Fails on every fourth request."""

    def __init__(self) -> None:
        self._requests = 0

    def process_request(self, request: Any) -> None:  # noqa: ARG002 - Scrapy gives it
        self._requests += 1
        if self._requests % 4 == 0:
            raise KeyError("a slip of the pen")
