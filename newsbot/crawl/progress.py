"""A live panel on a terminal: what the crawl has done, what it waits for, what is still to come."""

import asyncio
import atexit
import math
import sys
from contextlib import suppress
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from newsbot.crawl.extensions import extension
from newsbot.crawl.frontier import Frontier
from newsbot.crawl.log import log_to
from newsbot.crawl.outlook import Outlook, look
from newsbot.crawl.places import database_url
from newsbot.crawl.report import Report
from newsbot.crawl.spider import SiteSpider
from newsbot.crawl.storage import Storage
from newsbot.crawl.verdict import Tally
from newsbot.errors import DatabaseUnusable

_TICK = 0.5
# Seconds between two looks at the database.
_LOOK_EVERY = 1.0

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Progress:
    """Extension that redraws a panel of two lines on stderr; without a terminal there is none."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._live = Live(
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
        )
        self._ticks = create_looping_call(self._draw)
        self._closing = asyncio.Event()
        self._outlook: Outlook | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Draw on stderr while the spider is open.

        Raises:
            NotConfigured: stderr is no terminal.
        """
        # Not Rich's opinion: it takes FORCE_COLOR, as cron may have it, for a terminal.
        if not sys.stderr.isatty():
            raise NotConfigured
        progress = cls(crawler)
        crawler.signals.connect(progress.spider_opened, signals.spider_opened)
        crawler.signals.connect(progress.spider_closed, signals.spider_closed)
        return progress

    def spider_opened(self, spider: SiteSpider) -> None:
        """Begin to draw, and send what is logged meanwhile above the panel."""
        self._clock = extension(self._crawler, Storage).clock
        self._tally = extension(self._crawler, Report).tally
        self._frontier = extension(self._crawler, Frontier)
        self._looking = asyncio.create_task(self._keep_looking(spider))
        self._live.start()
        # A second signal ends the run without a word to anyone; the cursor is to come back.
        atexit.register(self._live.stop)
        log_to(sys.stderr)
        self._ticks.start(_TICK)

    async def spider_closed(self) -> None:
        """Take the panel away; the run's last line follows."""
        self._ticks.stop()
        self._closing.set()
        await self._looking
        self._live.stop()
        log_to(sys.stderr)

    async def _keep_looking(self, spider: SiteSpider) -> None:
        url = database_url(self._crawler.settings["DATABASE_URL"])
        host, limiter = self._frontier.limiter.key_of(spider.start_url), self._frontier.limiter
        while not self._closing.is_set():
            # The crawl itself says what is wrong with the database; the last figures stay.
            with suppress(DatabaseUnusable):
                self._outlook = await asyncio.to_thread(
                    look,
                    url,
                    spider.name,
                    host,
                    self._clock.now(),
                    origins=self._frontier.awaited,
                    limit=limiter.limit,
                    period=limiter.period,
                )
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _LOOK_EVERY)

    def _draw(self) -> None:
        limiter = self._frontier.limiter
        waiting = 0.0
        if limiter.waiting_until:
            waiting = (limiter.waiting_until - self._clock.now()).total_seconds()
        lines = describe(
            self._tally, self._outlook, waiting=waiting, waiting_for=limiter.waiting_for
        )
        self._live.update(Text(lines), refresh=True)


def describe(
    tally: Tally, outlook: Outlook | None, *, waiting: float = 0.0, waiting_for: str = ""
) -> str:
    """Return the run so far in a line, and what is before it in another.

    `waiting` is how many seconds the limiter still waits now, because of `waiting_for`.
    """
    counts = tally.counts
    done = [
        f"{tally.articles} stored",
        f"{counts.new} new",
        f"{counts.duplicates} duplicate",
        f"{counts.rejected} rejected",
    ]
    done += [
        f"{number} {word}" for word in ("updated", "gone") if (number := getattr(counts, word))
    ]
    ahead = []
    if outlook:
        done.append(f"{outlook.pending} pending")
        if outlook.limit:
            ahead.append(f"{outlook.left} of {outlook.limit} requests left")
    if waiting > 0:
        ahead.append(f"waiting {math.ceil(waiting)} s: {waiting_for}")
    left = outlook.seconds(waiting) if outlook else None
    if left is not None:
        ahead.append(f"about {_span(left)} left")
    return "\n".join(" · ".join(parts) for parts in (done, ahead) if parts)


def _span(seconds: float) -> str:
    if seconds <= 2 * _HOUR:
        return f"{max(math.ceil(seconds / _MINUTE), 1)} min"
    if seconds <= 2 * _DAY:
        return f"{math.ceil(seconds / _HOUR)} h"
    return f"{math.ceil(seconds / _DAY)} days"
