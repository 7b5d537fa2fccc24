"""Feeds the spider: waits until a request may be sent, and asks the plan which one is best then."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlalchemy import Connection
from twisted.python.failure import Failure

from newsbot.crawl.crawl_run import Component
from newsbot.crawl.log import named
from newsbot.crawl.plan import Plan, key_of
from newsbot.crawl.spider import SiteSpider
from newsbot.errors import DatabaseUnusable
from newsbot.items import Ask, Page
from newsbot.store import budget
from newsbot.store.budget import Wait

# Seconds; after a shorter wait the best request is still the same.
_SHORT = 3.0
# How often, in seconds, a run that waits is looked at: does anything still move?
_PULSE = 2.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What to ask for next.

    The first request has its place in the budget at `taken_at`, a Unix time, which may lie a few
    seconds ahead: `wait` says so. Where `wait` comes without any request, it is longer, and the
    choice is made again when it is over.
    """

    asks: list[Ask] = field(default_factory=list)
    taken_at: float | None = None
    wait: Wait | None = None


class Frontier(Component):
    """Extension that tells the spider what to ask for.

    With one request at a time, the next is chosen in the transaction that records the last page.
    With several at once, new ones are chosen when few are under way.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run.frontier = self
        at_once = crawler.settings.getint("CONCURRENT_REQUESTS")
        # One at a time, each choice is the best one; side by side, some are chosen ahead.
        self._most, self._least = (1, 0) if at_once == 1 else (2 * at_once, at_once)
        # How many pages are still to come of each request.
        self._under_way: dict[str, int] = {}
        self._choices: deque[Choice] = deque()
        self._moved = asyncio.Event()
        connect = crawler.signals.connect
        connect(self.open_spider, signals.spider_opened)
        connect(self.page_was_dropped, signals.item_dropped)
        for one_page in (signals.item_scraped, signals.item_dropped, signals.item_error):
            connect(self.page_is_through, one_page)
        connect(self.spider_error, signals.spider_error)

    def open_spider(self, spider: SiteSpider) -> None:
        """Learn what the run is asked for."""
        self.plan = Plan(spider, self._run.known, self.now().replace(microsecond=0))
        spider.frontier = self

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return self._run.now()

    async def asks(self) -> AsyncIterator[tuple[Ask, float | None]]:
        """Yield what to ask for next, until there is nothing left for this run.

        With each comes the Unix time at which its place in the budget was taken, or None.
        """
        # Where the database fails, the run keeps the reason, and the report tells it.
        with suppress(DatabaseUnusable):
            await self._run.write(self.plan.begin)
            while not self._run.is_over:
                choice = self._choices.popleft() if self._choices else None
                if choice is None:
                    choice = await self._run.write(self.choose)
                if choice.wait is not None:
                    await self._run.limiter.wait(choice.wait)
                    if not choice.asks:
                        continue
                for ask in choice.asks:
                    self._under_way[key_of(ask)] = 1
                    yield ask, choice.taken_at if ask is choice.asks[0] else None
                if choice.asks:
                    await self._wait(self._least)
                elif self._under_way:
                    await self._wait(len(self._under_way) - 1)
                else:
                    return

    def choose(self, connection: Connection, *, done: int = 0) -> Choice:
        """Choose what to ask for next, and take the place of the first in the budget.

        Args:
            connection: in a transaction.
            done: how many of the requests under way are recorded in it.
        """
        chosen = sum(len(choice.asks) for choice in self._choices)
        room = self._most - len(self._under_way) - chosen + done
        if room <= 0 or self._run.is_over:
            return Choice()
        limiter, now = self._run.limiter, self.now()
        window = limiter.look(connection, now)
        free = window.left if window.budget.limit else math.inf
        asks = self.plan.choose(connection, now, room, 0 if window.silence else free)
        if not asks:
            return Choice()
        wait = window.wait
        if wait is not None and wait.seconds > max(window.budget.spacing, _SHORT):
            return Choice(wait=wait)
        taken_at = window.at + (wait.seconds if wait else 0.0)
        budget.take(connection, self._run.site.name, window, taken_at)
        for ask in asks:
            self.plan.asked(ask, now)
        return Choice(asks, taken_at, wait)

    def record(self, connection: Connection, page: Page) -> None:
        """Note, in the transaction that records a page, that it is in the ledger; choose the next.

        Where more than one request may be under way, it is chosen when only a few are left.
        """
        self.plan.recorded(page)
        is_last = self._under_way.get(key_of(page), 1) <= 1
        if is_last and len(self._under_way) - 1 <= self._least and not self._choices:
            self._choices.append(self.choose(connection, done=1))

    def answered(self, ask: Ask, pages: int) -> None:
        """Note how many pages came from a request and are on their way to the ledger."""
        if key_of(ask) in self._under_way:
            self._under_way[key_of(ask)] = pages

    def postponed(self, ask: Ask) -> None:
        """Note that a request was not sent, through no fault of its page."""
        self._settle(key_of(ask))

    def broke(self, ask: Ask, error: BaseException | None) -> None:
        """End the run: our own code or a middleware failed on a request."""
        self._run.fail(f"{ask.url} met an error of this program ({named(error)}).")
        self._settle(key_of(ask))

    def page_was_dropped(self, item: Page) -> None:
        """Let the run fail if a page was dropped before it was in the ledger."""
        if not self._run.fault and not self.plan.is_recorded(item):
            self._run.blame(f"{item.url} was not stored: a pipeline in your settings drops it.")

    def page_is_through(self, response: Response | Failure | None) -> None:
        """Go on when all pages of an answer have left the pipelines: stored, dropped or failed."""
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

    async def _wait(self, least: int) -> None:
        """Return when at most `least` requests are under way."""
        while len(self._under_way) > least:
            self._moved.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), _PULSE)
            if not self._moved.is_set() and self._is_idle():
                dropped = ", ".join(self._under_way)
                self._run.blame(
                    f"No response arrived for {dropped}: a middleware in your settings drops it."
                )
                self._under_way.clear()

    def _is_idle(self) -> bool:
        engine = self._crawler.engine
        waiting = engine.scheduler and engine.scheduler.has_pending_requests()
        reading = engine.scraper.slot and not engine.scraper.slot.is_idle()
        return not (waiting or engine.downloader.active or reading)


def _key_of(response: Response | Failure | None) -> str:
    request = getattr(response, "request", None)
    return key_of(request.cb_kwargs["ask"]) if request else ""
