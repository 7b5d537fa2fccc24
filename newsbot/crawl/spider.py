"""Asks for the pages of a site, one after the other, and hands on what they say."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newsbot.crawl.failures import http_status, why
from newsbot.crawl.readers import Readers, parse_readers
from newsbot.crawl.reading import Read, read, read_whole
from newsbot.crawl.redirects import MOVED_PERMANENTLY
from newsbot.errors import BadSetting, NewsbotError, NotRead
from newsbot.items import Ask, Page
from newsbot.site import Answer, Site

MOST_IDS = 100_000
"""So many take a month at 14 requests in five minutes; more are a slip of the pen."""

_IDS = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?", re.ASCII)


class Frontier(Protocol):
    """What tells the spider where to go; the crawl hands it one."""

    def asks(self) -> AsyncIterator[Ask]:
        """Yield what to ask for next, until there is nothing left for this run."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""

    def answered(self, ask: Ask, pages: int) -> None:
        """Note that so many pages came of a request, and are on their way to the ledger."""

    def postponed(self, ask: Ask) -> None:
        """Note that a request was not sent, through no fault of its page."""


class SiteSpider(Spider):
    """Follows the lists of a site's pages to every article; a subclass names the site.

    Arguments:
        start_url: a page that shows a list; an article will do.
        ids: `450000-450058` or `450000`: ids to be asked for besides.

    Raises:
        BadSetting: an argument has a value that can't be used.
    """

    site: Site
    frontier: Frontier

    def __init__(
        self, start_url: str | None = None, ids: str | None = None, **unknown: str
    ) -> None:
        super().__init__()
        if unknown:
            raise BadSetting(
                f"{self.name} has no argument {', '.join(unknown)}; it has start_url and ids."
            )
        self.site = type(self).site.at(
            _parse_url(type(self).site.start_url if start_url is None else start_url)
        )
        self.start_url = self.site.start_url
        self.ids = parse_ids(ids)
        self.readers = Readers(0)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read READERS.

        Raises:
            BadSetting: it is no number of processes, or an argument can't be used.
        """
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.readers = Readers(parse_readers(crawler.settings["READERS"]))
        crawler.signals.connect(spider.readers.close, signals.engine_stopped)
        return spider

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

    async def parse(self, response: Response, ask: Ask) -> list[Page]:
        """Return what the response says: one page, or two where one article leads to another."""
        answer = as_answer(
            response, ask, source=self.site.name, fetched_at=self._fetched_at(response.meta)
        )
        found = await self._read(answer)
        for title in found.unlinked:
            self.logger.info("%s lists %r, which leads to no article.", response.url, title)
        self.frontier.answered(ask, len(found.pages))
        return found.pages

    async def _read(self, answer: Answer) -> Read:
        if not self.readers.count:
            return read(self.site, answer)
        try:
            work = partial(read_whole, self.site)
            return await asyncio.wrap_future(self.readers.submit(work, answer))
        except NotRead as error:
            return Read([unread(answer, str(error))], [])

    def fail(self, failure: Failure) -> list[Page]:
        """Return a page that says why there was no answer; none if the fault is our own."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        ask = request.cb_kwargs["ask"]
        if isinstance(failure.value, NewsbotError):
            self.frontier.postponed(ask)
            return []
        page = Page(
            source=self.site.name,
            source_id=ask.source_id,
            url=ask.url,
            fetched_at=self._fetched_at(request.meta),
            http_status=http_status(failure.value),
            reason=why(failure.value),
        )
        self.frontier.answered(ask, 1)
        return [page]

    def _fetched_at(self, meta: dict[str, Any]) -> datetime:
        # The WARC has it to the microsecond; read again, a page must have the same instant.
        return meta.get("fetched_at") or self.frontier.now()


def as_answer(response: Response, ask: Ask, *, source: str, fetched_at: datetime) -> Answer:
    """Return the response to `ask`, whose body is decompressed by now.

    Its place in the WARC archive is taken from its `meta`: `warc_file` and `warc_offset`.
    """
    return Answer(
        source=source,
        source_id=ask.source_id,
        asked_url=ask.url,
        url=response.url,
        status=response.status,
        body=response.body,
        fetched_at=fetched_at,
        date=_header(response, "Date"),
        age=_header(response, "Age"),
        content_type=_header(response, "Content-Type"),
        moved_permanently=bool(response.meta.get(MOVED_PERMANENTLY)),
        warc_file=response.meta.get("warc_file"),
        warc_offset=response.meta.get("warc_offset"),
    )


def unread(answer: Answer, reason: str) -> Page:
    """Return the page of an answer that could not be read."""
    return Page(
        source=answer.source,
        source_id=answer.source_id,
        url=answer.asked_url,
        fetched_at=answer.fetched_at,
        http_status=answer.status,
        reason=reason,
        warc_file=answer.warc_file,
        warc_offset=answer.warc_offset,
    )


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _parse_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_whole = parts.scheme in {"http", "https"} and "@" not in parts.netloc
        is_whole &= host != "" and not re.search(r"\s", url) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BadSetting(f"start_url is {url!r}; write a whole address, https://….")
    return url


def parse_ids(ids: str | None) -> range:
    """Return the ids that the argument `ids` names: `450000-450058`, or one.

    Raises:
        BadSetting: it names none, or too many.
    """
    if ids is None:
        return range(0)
    match = _IDS.fullmatch(ids.strip())
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not 0 < first <= last:
        raise BadSetting(f"ids is {ids!r}; write a first and a last id, like 450000-450058.")
    if last - first >= MOST_IDS:
        raise BadSetting(f"ids is {ids!r}; name at most {MOST_IDS} at a time.")
    return range(first, last + 1)
