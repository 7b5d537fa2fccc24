"""Decides what is worth the next request: lists, new articles, gaps in the ids, rechecks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlalchemy.orm import Session
from twisted.python.failure import Failure

from newsbot.crawl.extensions import extension
from newsbot.crawl.limiter import Limiter
from newsbot.crawl.spider import SiteSpider
from newsbot.crawl.storage import Storage
from newsbot.errors import BadSetting, DatabaseUnusable
from newsbot.items import Ask, Origin, Page
from newsbot.store import ledger

log = logging.getLogger(__name__)

# A run that takes long looks at its start page again, since lists turn over meanwhile.
START_PAGE_INTERVAL = timedelta(minutes=30)
_LISTED = (Origin.LIST, Origin.START)
# How often, in seconds, a run that waits is looked at: does anything still move?
_PULSE = 5.0


class Frontier:
    """Extension that feeds the spider from the ledger.

    Each time a page has been stored it looks again for what is most worth asking. Lists and listed
    articles are waited for, and so are the ids that this run was asked for; gaps, what an earlier
    backfill left, and rechecks get what is left of the budget, then the run ends. Nothing but the
    start page is asked for twice in a run.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        at_once = crawler.settings.getint("CONCURRENT_REQUESTS")
        # One at a time, each choice is the best one; side by side, some stand ready.
        self._most, self._least = (1, 0) if at_once == 1 else (2 * at_once, at_once)
        # How many pages are still to come of each request.
        self._under_way: dict[str, int] = {}
        self._asked: set[str] = set()
        # Requests whose page never reached the ledger because our own code failed.
        self._unrecorded: set[str] = set()
        self._moved = asyncio.Event()
        self._start_page_due: datetime | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Hand the frontier to the spider when it opens."""
        frontier = cls(crawler)
        crawler.signals.connect(frontier.open_spider, signals.spider_opened)
        for one_page in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(frontier.page_is_through, one_page)
        crawler.signals.connect(frontier.spider_error, signals.spider_error)
        return frontier

    def open_spider(self, spider: SiteSpider) -> None:
        """Learn what the run is asked for, and whom to ask."""
        self._storage = extension(self._crawler, Storage)
        limiter = self._crawler.get_downloader_middleware(Limiter)
        if limiter is None:
            raise BadSetting("DOWNLOADER_MIDDLEWARES lacks the Limiter; put it back.")
        self.limiter = limiter
        self._spider = spider
        self._started_at = self.now().replace(microsecond=0)
        spider.frontier = self

    @property
    def awaited(self) -> tuple[Origin, ...]:
        """Whose pages are waited for in this run, however long the limiter takes."""
        return (*_LISTED, Origin.BACKFILL) if self._spider.ids else _LISTED

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return self._storage.clock.now()

    async def asks(self) -> AsyncIterator[Ask]:
        """Yield what to ask for next, until there is nothing left for this run."""
        # Where the database fails, the storage keeps the reason, and the report tells it.
        with suppress(DatabaseUnusable):
            if self._spider.ids:
                await self._storage.run(self._note_ids)
            while self._crawler.crawling and not (self.limiter.gave_up or self._storage.fault):
                self._moved.clear()
                asks = await self._next()
                if not asks and not self._under_way:
                    return
                for ask in asks:
                    key = _key(ask)
                    self._under_way[key] = 1
                    self._asked.add(key)
                    self._unrecorded.add(key)
                    yield ask
                await self._wait()

    def answered(self, ask: Ask, pages: int) -> None:
        """Note that so many pages came of a request, and are on their way to the ledger."""
        if _key(ask) in self._under_way:
            self._under_way[_key(ask)] = pages

    def recorded(self, page: Page) -> None:
        """Note that a page is in the ledger."""
        self._unrecorded.discard(page.source_id or page.url)

    def postponed(self, ask: Ask) -> None:
        """Note that a request was not sent, through no fault of its page."""
        self._settle(_key(ask))

    def page_is_through(self, response: Response | Failure | None) -> None:
        """Go on when all pages of an answer are through the pipelines, whatever came of them."""
        key = _key_of(response)
        if key in self._under_way:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                self._settle(key)

    def spider_error(self, response: Response | Failure | None) -> None:
        """Go on after an answer that the spider failed on: its page stays as it was."""
        self._settle(_key_of(response))

    def _settle(self, key: str) -> None:
        if self._under_way.pop(key, None) is not None:
            self._moved.set()

    async def _wait(self) -> None:
        """Return when there is room for another request."""
        while not self._moved.is_set() or len(self._under_way) > self._least:
            self._moved.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), _PULSE)
            if not self._moved.is_set() and self._is_idle():
                log.error("Nothing came of %s: a setting drops it.", ", ".join(self._under_way))
                self._under_way.clear()
                return

    def _is_idle(self) -> bool:
        engine = self._crawler.engine
        waiting = engine.scheduler and engine.scheduler.has_pending_requests()
        reading = engine.scraper.slot and not engine.scraper.slot.is_idle()
        return not (waiting or engine.downloader.active or reading)

    async def _next(self) -> list[Ask]:
        room = self._most - len(self._under_way)
        if room <= 0:
            return []
        free = await self.limiter.free(self._spider.start_url)
        return await self._storage.run(lambda session: self._choose(session, room, free))

    def _choose(self, session: Session, room: int, free: float) -> list[Ask]:
        """Return up to `room` asks of the most worthwhile kind that has any."""
        for asks in self._kinds(session, room + len(self._unrecorded), free):
            fresh = [ask for ask in asks if _key(ask) not in self._asked]
            if fresh:
                return fresh[:room]
        return []

    def _kinds(self, session: Session, limit: int, free: float) -> Iterator[list[Ask]]:
        """Yield what could be asked, kind by kind in order of worth, each looked up when needed."""
        now = self.now()
        site = self._spider.site
        if self._start_page_due is None or now >= self._start_page_due:
            self._start_page_due = now + START_PAGE_INTERVAL
            start = self._start()
            self._asked.discard(_key(start))
            yield [start]
        yield ledger.due_boxes(session, site, now)
        yield self._pending(session, limit, *_LISTED)
        if self._spider.ids:
            yield self._pending(session, limit, Origin.BACKFILL)
        left = int(min(limit, free))
        if left < 1:
            return
        yield self._pending(session, left, Origin.GAP)
        yield self._gaps(session, left)
        yield self._pending(session, left, Origin.BACKFILL)
        yield ledger.due_rechecks(session, site, now, left, not_since=self._started_at)

    def _pending(self, session: Session, limit: int, *origins: Origin) -> list[Ask]:
        return ledger.pending(
            session,
            self._spider.site,
            self.now(),
            limit,
            origins,
            not_since=self._started_at,
        )

    def _gaps(self, session: Session, limit: int) -> list[Ask]:
        source = self._spider.name
        ids = ledger.missing_ids(session, source, limit)
        if not ledger.gaps_pay(session, source):
            # Empty gaps of the past say nothing about newer ids: still ask for those.
            newest = ledger.newest_gap(session, source)
            ids = [number for number in ids if number > newest]
        self._add(session, ids, Origin.GAP)
        return self._pending(session, limit, Origin.GAP)

    def _note_ids(self, session: Session) -> None:
        self._add(session, self._spider.ids, Origin.BACKFILL)
        ledger.move_start(session, self._spider.name, self._spider.ids[0])

    def _add(self, session: Session, ids: Iterable[int], origin: Origin) -> None:
        ledger.add_ids(session, self._spider.site, ids, origin=origin, now=self.now())

    def _start(self) -> Ask:
        site = self._spider.site
        source_id = site.article_id(site.start_url)
        return Ask(source_id, site.article_url(source_id) if source_id else site.start_url)


def _key(ask: Ask) -> str:
    return ask.source_id or ask.url


def _key_of(response: Response | Failure | None) -> str:
    request = getattr(response, "request", None)
    return _key(request.cb_kwargs["ask"]) if request else ""
