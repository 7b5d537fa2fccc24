"""A live panel on a terminal: what the crawl has done, what it waits for, what is still to come."""

import atexit
import math
import sys
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.log import log_to
from newsbot.crawl.verdict import Tally
from newsbot.store.budget import Window

_TICK = 0.5

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
        self._run = CrawlRun.of(crawler)
        self._ticks = create_looping_call(self._draw)

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

    def spider_opened(self) -> None:
        """Begin to draw, and send what is logged meanwhile above the panel."""
        self._live.start()
        # A second signal ends the run without a word to anyone; the cursor is to come back.
        atexit.register(self._live.stop)
        log_to(sys.stderr)
        self._ticks.start(_TICK)

    def spider_closed(self) -> None:
        """Take the panel away; the run's last line follows."""
        self._ticks.stop()
        self._live.stop()
        log_to(sys.stderr)

    def _draw(self) -> None:
        limiter = self._run.limiter
        waiting = 0.0
        if limiter.waiting_until:
            waiting = (limiter.waiting_until - self._run.now()).total_seconds()
        lines = describe(
            self._run.report.tally,
            limiter.window,
            waiting=waiting,
            waiting_for=limiter.waiting_for,
        )
        self._live.update(Text(lines), refresh=True)


def describe(
    tally: Tally, window: Window | None, *, waiting: float = 0.0, waiting_for: str = ""
) -> str:
    """Return the run so far in a line, and what is before it in another.

    `window` is the request budget; `waiting` is how many seconds the limiter still waits now,
    because of `waiting_for`.
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
    done.append(f"{tally.pending} pending")
    limit = window.budget.limit if window else 0
    ahead = []
    if window and limit:
        ahead.append(f"{window.left} of {limit} requests left")
    if waiting > 0:
        ahead.append(f"waiting {math.ceil(waiting)} s: {waiting_for}")
    if window and limit:
        ahead.append(f"about {_span(seconds_left(tally.awaited, window, waiting))} left")
    return "\n".join(" · ".join(parts) for parts in (done, ahead) if parts)


def seconds_left(awaited: int, window: Window, waiting: float) -> float:
    """Return how long the pages that a run waits for will take, about.

    `waiting` is how many seconds the limiter still waits now: with them a new window begins.
    """
    budget = window.budget
    ready = budget.limit if waiting > 0 else window.left
    windows = max(math.ceil((awaited - ready) / budget.limit), 0)
    return max(waiting, 0.0) + windows * budget.period


def _span(seconds: float) -> str:
    if seconds <= 2 * _HOUR:
        return f"{max(math.ceil(seconds / _MINUTE), 1)} min"
    if seconds <= 2 * _DAY:
        return f"{math.ceil(seconds / _HOUR)} h"
    return f"{math.ceil(seconds / _DAY)} days"
