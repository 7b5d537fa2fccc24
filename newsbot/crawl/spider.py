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

from newsbot.crawl.limiter import TAKEN_AT
from newsbot.crawl.network import MOVED_PERMANENTLY, http_status, is_of_the_world, why
from newsbot.crawl.reading import Read, Readers, parse_readers, read, read_whole
from newsbot.errors import BadSetting, NewsbotError, NotRead
from newsbot.items import Ask, Page
from newsbot.site import Answer, Site

MOST_IDS = 100_000
"""So many take a month at 14 requests in five minutes; more are a mistake in typing."""

MOST_PAGES = 1000

_RANGE = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?", re.ASCII)


class Frontier(Protocol):
    """What tells the spider where to go; the crawl hands it one."""

    def asks(self) -> AsyncIterator[tuple[Ask, float | None]]:
        """Yield what to ask for next, and since when it has its place in the budget."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""

    def answered(self, ask: Ask, pages: int) -> None:
        """Note that so many pages came of a request, and are on their way to the ledger."""

    def postponed(self, ask: Ask) -> None:
        """Note that a request was not sent, through no fault of its page."""

    def broke(self, ask: Ask, error: BaseException | None) -> None:
        """End the run: our own code or a middleware failed on a request."""


class SiteSpider(Spider):
    """Follows the lists of a site's pages to every article; a subclass names the site.

    Arguments:
        start_url: a page that shows a list; an article will do.
        ids: `450000-450058` or `450000`: ids to be asked for besides.
        sections: `978,1032`: numbers of sections whose pages are asked for besides.
        pages: `1-15` or `3`: which pages of them; the first where it is left out.

    Raises:
        BadSetting: an argument has a value that can't be used.
    """

    site: Site
    frontier: Frontier

    def __init__(
        self,
        start_url: str | None = None,
        ids: str | None = None,
        sections: str | None = None,
        pages: str | None = None,
        **unknown: str,
    ) -> None:
        super().__init__()
        if unknown:
            raise BadSetting(
                f"{self.name} has no argument {', '.join(unknown)}; "
                "it has start_url, ids, sections and pages."
            )
        if pages is not None and sections is None:
            raise BadSetting("pages is given without sections; name them too, like 978,1032.")
        self.site = type(self).site.at(
            _parse_url(type(self).site.start_url if start_url is None else start_url)
        )
        self.start_url = self.site.start_url
        self.ids = parse_ids(ids)
        self.sections = _parse_sections(sections)
        self.pages = _parse_range("pages", pages or "1", "1-15", MOST_PAGES)
        self.readers = Readers(0)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read READERS and RSS_URL.

        Raises:
            BadSetting: READERS is no number of processes, or an argument can't be used.
        """
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.site = type(spider).site.at(spider.start_url, crawler.settings.get("RSS_URL"))
        spider.readers = Readers(parse_readers(crawler.settings["READERS"]))
        crawler.signals.connect(spider.readers.close, signals.engine_stopped)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for each page that the frontier names."""
        async for ask, taken_at in self.frontier.asks():
            yield Request(
                ask.url,
                callback=self.parse,
                errback=self.fail,
                cb_kwargs={"ask": ask},
                meta={} if taken_at is None else {TAKEN_AT: taken_at},
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
        """Return a page that says why there was no answer; none if the fault is not the site's."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        ask = request.cb_kwargs["ask"]
        if isinstance(failure.value, NewsbotError):
            self.frontier.postponed(ask)
            return []
        if not is_of_the_world(failure.value):
            self.frontier.broke(ask, failure.value)
            return []
        page = Page(
            source=self.site.name,
            source_id=ask.source_id,
            url=ask.url,
            fetched_at=self._fetched_at(request.meta),
            http_status=http_status(failure.value),
            reason=why(failure.value),
            asked_as=self.site.list_kind(ask.url),
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
    return range(0) if ids is None else _parse_range("ids", ids, "450000-450058", MOST_IDS)


def _parse_range(name: str, value: str, example: str, most: int) -> range:
    match = _RANGE.fullmatch(value.strip())
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not 0 < first <= last:
        raise BadSetting(f"{name} is {value!r}; write a first and a last number, like {example}.")
    if last - first >= most:
        raise BadSetting(f"{name} is {value!r}; name at most {most} at a time.")
    return range(first, last + 1)


def _parse_sections(value: str | None) -> list[int]:
    numbers = [] if value is None else [part.strip() for part in value.split(",")]
    if not all(re.fullmatch(r"[1-9]\d{0,8}", part, re.ASCII) for part in numbers):
        raise BadSetting(f"sections is {value!r}; write numbers of sections, like 978,1032.")
    return list(dict.fromkeys(map(int, numbers)))
