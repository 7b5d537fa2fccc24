"""Counts what a run does, shows it on a terminal, keeps its row in `crawls`, and judges it.

On a terminal, a live panel says what the crawl has done, what it waits for, and what is to come.
"""

import atexit
import logging
import math
import sys
from contextlib import suppress

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy import Connection
from twisted.python.failure import Failure

from newsbot.crawl.alerts import send_alerts
from newsbot.crawl.crawl_run import Component
from newsbot.crawl.database import file_of
from newsbot.crawl.log import log_to, named
from newsbot.crawl.verdict import Drift, Tally, Verdict, judge
from newsbot.errors import BadSetting, DatabaseUnusable
from newsbot.items import ListKind, Page
from newsbot.store import crawls, ledger
from newsbot.store.budget import Window
from newsbot.store.crawls import Usual, usual
from newsbot.store.recording.known import Outcome, Recorded
from newsbot.store.recording.record import estimate_dates

log = logging.getLogger(__name__)

# Seconds between two drawings of the panel.
_TICK = 0.5
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Report(Component):
    """Extension that keeps the tally of a run; `verdict` is there when the run has ended."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run.report = self
        self._drift_limit = _share(crawler.settings["DRIFT_LIMIT"])
        self._drift = Drift(Usual())
        self._crawl_id: int | None = None
        self.tally = Tally()
        self.verdict: Verdict | None = None
        connect = crawler.signals.connect
        connect(self.spider_opened, signals.spider_opened)
        connect(self.spider_closed, signals.spider_closed)
        connect(self.item_error, signals.item_error)
        connect(self.spider_error, signals.spider_error)

    async def spider_opened(self) -> None:
        """Begin the run's row in `crawls`; a former one that was killed becomes interrupted."""
        self._file = file_of(self._run.url)
        # Where the database fails, the run keeps the reason.
        with suppress(DatabaseUnusable):
            await self._run.write(self._begin)

    def _begin(self, connection: Connection) -> None:
        source, now = self._run.site.name, self._run.now()
        self._drift = Drift(usual(connection, source))
        self._crawl_id = crawls.begin(connection, source, now)
        self.tally.pending = crawls.pending_left(connection, source)
        awaited = self._run.frontier.plan.awaited
        self.tally.awaited = ledger.count_due(connection, source, now, awaited)

    @property
    def has_begun(self) -> bool:
        """Whether the run has its row in `crawls`."""
        return self._crawl_id is not None

    def note(self, page: Page, recorded: Recorded) -> None:
        """Count a page, and what the store made of it."""
        self.tally.note(page, recorded)
        if page.asked_as is ListKind.FEED and not page.boxes:
            log.warning("The feed %s could not be read: %s", page.url, page.reason)
        is_new = recorded.saved is not None and recorded.saved.outcome is Outcome.NEW
        self._drift.see(page, is_new=is_new)
        self._check_file()

    def _check_file(self) -> None:
        # A file that was moved or removed can still be written to, but nobody would find it again.
        if file_of(self._run.url) != self._file:
            self._run.fail(
                "The database was moved, replaced or removed while the crawl ran; "
                "put it back or restore a backup."
            )

    def item_error(self, item: Page, failure: Failure) -> None:
        """Note that a pipeline failed on a page."""
        self._run.blame(f"{item.url} met an error of this program ({named(failure.value)}).")

    def spider_error(self, response: Response | Failure | None, failure: Failure) -> None:
        """End the run: the spider failed on an answer, or before it asked for anything."""
        request = getattr(response, "request", None)
        what = request.url if request else "The choice of the next page"
        self._run.fail(f"{what} met an error of this program ({named(failure.value)}).")

    async def spider_closed(self, reason: str) -> None:
        """Judge the run and finish its row."""
        run, tally, limiter = self._run, self.tally, self._run.limiter
        tally.stopped = reason == "shutdown" or not self._crawler.crawling
        tally.history = self._drift.findings(read=tally.read, unread=tally.unread)
        tally.counts.shown = dict(self._drift.shown)
        tally.counts.requests = limiter.requests
        tally.counts.responses = {str(status): n for status, n in limiter.responses.items()}
        tally.counts.waited_seconds = limiter.waited
        self._check_file()
        tally.gave_up, tally.error = run.gave_up, run.error or run.fault
        try:
            await run.write(self._finish)
            if not tally.stopped:
                await send_alerts(run, self._crawler.settings)
        except DatabaseUnusable as error:
            tally.error = tally.error or str(error)
            self.verdict = judge(tally, self._drift_limit)

    def _finish(self, connection: Connection) -> None:
        tally, source, now = self.tally, self._run.site.name, self._run.now()
        if tally.vanished and tally.site_is_failing:
            ledger.take_back(connection, source, tally.vanished, now)
            tally.counts.gone -= len(tally.vanished)
            tally.failures["gone, as the site says"] += len(tally.vanished)
        estimate_dates(connection, self._run.site)
        tally.pending_left = crawls.pending_left(connection, source)
        self.verdict = verdict = judge(tally, self._drift_limit)
        if self._crawl_id is not None:
            crawls.finish(
                connection,
                self._crawl_id,
                now,
                tally.counts,
                outcome=verdict.outcome,
                exit_code=verdict.exit_code,
                message=verdict.message,
            )


def _share(value: object) -> float:
    try:
        share = float(str(value))
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadSetting(f"DRIFT_LIMIT is {value!r}; set it to a share from 0 to 1.")
    return share


class Progress(Component):
    """Extension that redraws a panel of two lines on stderr, if that is a terminal."""

    def __init__(self, crawler: Crawler) -> None:
        # Not Rich's opinion: it takes FORCE_COLOR, as cron may have it, for a terminal.
        if not sys.stderr.isatty():
            raise NotConfigured
        super().__init__(crawler)
        self._live = Live(
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
        )
        self._ticks = create_looping_call(self._draw)
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    def spider_opened(self) -> None:
        """Begin to draw, and write log lines above the panel from here on."""
        self._live.start()
        # A second signal ends the process without calling anyone; the cursor is to come back.
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
    """Return what a run has done so far in a line, and what is to come in another.

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
    has_limit = window is not None and window.budget.limit > 0
    ahead = []
    if window and has_limit:
        ahead.append(f"{window.left} of {window.budget.limit} requests left")
    if waiting > 0:
        ahead.append(f"waiting {math.ceil(waiting)} s: {waiting_for}")
    if window and has_limit:
        ahead.append(f"about {_span(_seconds_left(tally.awaited, window, waiting))} left")
    return "\n".join(" · ".join(parts) for parts in (done, ahead) if parts)


def _seconds_left(awaited: int, window: Window, waiting: float) -> float:
    """Return about how long the pages that a run waits for will take.

    `waiting` is how many seconds the limiter still waits now: after them a new window begins.
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
