"""Asks for NZCity's pages, one after the other, and hands on what they say."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from newsbot.exceptions import BadSetting, Postponed
from newsbot.items import Ask, Page
from newsbot.reader.answers import pages, read_answer
from newsbot.spiders.failures import why
from newsbot.spiders.responses import as_answer

START_URL = "https://home.nzcity.co.nz/news/"
ARTICLE_PATH = "/news/article.aspx?id={id}"

_IDS = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?", re.ASCII)


class Frontier(Protocol):
    """What tells the spider where to go; the crawl hands it one."""

    def asks(self) -> AsyncIterator[Ask]:
        """Yield what to ask for next, until there is nothing left for this run."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""

    def postponed(self, ask: Ask) -> None:
        """Take note that a request was not sent, through no fault of its page."""


class NZCitySpider(Spider):
    """Follows the boxes of the news pages to every article.

    Arguments:
        start_url: a page that bears a box; an article will do.
        ids: `450000-450058` or `450000`: ids to be asked for besides.

    Raises:
        BadSetting: an argument has a value that can't be used.
    """

    name = "nzcity"
    frontier: Frontier

    def __init__(self, start_url: str = START_URL, ids: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not re.match(r"https?://[^/]", start_url):
            raise BadSetting(f"start_url is {start_url!r}; write a whole address, https://….")
        self.start_url = start_url
        self.ids = _parse_ids(ids)
        self.article_url = urljoin(start_url, ARTICLE_PATH)

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for each page that the frontier names."""
        async for ask in self.frontier.asks():
            yield Request(
                ask.url,
                callback=self.parse,
                errback=self.fail,
                cb_kwargs={"ask": ask},
                dont_filter=True,
            )

    def parse(self, response: Response, ask: Ask) -> Iterator[Page]:
        """Yield what the answer says: one page, or two where one article leads to another."""
        fetched_at = self._fetched_at(response.meta)
        answer = as_answer(response, ask, source=self.name, fetched_at=fetched_at)
        reading = read_answer(answer)
        for title in reading.unlinked if reading else ():
            self.logger.warning("%s lists %r, which leads to no article.", response.url, title)
        yield from pages(answer, reading)

    def fail(self, failure: Failure) -> Iterator[Page]:
        """Yield a page that says why there was no answer."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        ask = request.cb_kwargs["ask"]
        if isinstance(failure.value, Postponed):
            self.frontier.postponed(ask)
            return
        yield Page(
            source=self.name,
            source_id=ask.source_id,
            url=ask.url,
            fetched_at=self._fetched_at(request.meta),
            http_status=None,
            reason=why(failure.value),
        )

    def _fetched_at(self, meta: dict[str, Any]) -> datetime:
        # The archive knows it to the microsecond; read again, a page must have the same instant.
        return meta.get("fetched_at") or self.frontier.now()


def _parse_ids(ids: str | None) -> range:
    if ids is None:
        return range(0)
    match = _IDS.fullmatch(ids.strip())
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not 0 < first <= last:
        raise BadSetting(f"ids is {ids!r}; write a first and a last id, like 450000-450058.")
    return range(first, last + 1)
