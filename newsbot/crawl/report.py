"""Counts what a run does, keeps its row in `crawls`, and says at the end how it went."""

import logging
from contextlib import suppress
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlalchemy import Connection
from twisted.python.failure import Failure

from newsbot.crawl.alerts import send_alerts
from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.database import file_of
from newsbot.crawl.log import named
from newsbot.crawl.verdict import Drift, Tally, Verdict, judge
from newsbot.errors import BadSetting, DatabaseUnusable
from newsbot.items import ListKind, Page
from newsbot.store import crawls, ledger
from newsbot.store.crawls import Usual, usual
from newsbot.store.known import Outcome, Recorded
from newsbot.store.record import estimate_dates

log = logging.getLogger(__name__)


class Report:
    """Extension that keeps the tally of a run; `verdict` is there when the run has ended."""

    def __init__(self, crawler: Crawler, drift_limit: float) -> None:
        self._crawler = crawler
        self._run = CrawlRun.of(crawler)
        self._run.report = self
        self._drift_limit = drift_limit
        self._drift = Drift(Usual())
        self._crawl_id: int | None = None
        self.tally = Tally()
        self.verdict: Verdict | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read DRIFT_LIMIT and listen.

        Raises:
            BadSetting: it is no share.
        """
        value = crawler.settings["DRIFT_LIMIT"]
        try:
            drift_limit = float(value)
        except (TypeError, ValueError):
            drift_limit = -1.0
        if not 0 <= drift_limit <= 1:
            raise BadSetting(f"DRIFT_LIMIT is {value!r}; set it to a share from 0 to 1.")
        report = cls(crawler, drift_limit)
        crawler.signals.connect(report.spider_opened, signals.spider_opened)
        crawler.signals.connect(report.spider_closed, signals.spider_closed)
        crawler.signals.connect(report.item_error, signals.item_error)
        crawler.signals.connect(report.spider_error, signals.spider_error)
        return report

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
        # An open file can be written to though its name is gone: nobody would find it again.
        if file_of(self._run.url) != self._file:
            self._run.fail(
                "The database was moved, replaced or removed while the crawl ran; "
                "put it back or restore a backup."
            )

    def item_error(self, item: Page, failure: Failure) -> None:
        """Note that a pipeline failed on a page."""
        self._note_error(item.url, failure)

    def spider_error(self, response: Response | Failure | None, failure: Failure) -> None:
        """Note that the spider failed on an answer, or before it asked for anything."""
        request = getattr(response, "request", None)
        self._note_error(request.url if request else "The choice of the next page", failure)
        self._run.give_up(self.tally.error or "")

    def _note_error(self, url: str, failure: Failure) -> None:
        if self.tally.error is None:
            self.tally.error = f"{url} met an error of this program ({named(failure.value)})."

    async def spider_closed(self, reason: str) -> None:
        """Judge the run and finish its row."""
        tally = self.tally
        tally.stopped = reason == "shutdown" or not self._crawler.crawling
        tally.history = self._drift.findings(read=tally.read, unread=tally.unread)
        tally.counts.shown = dict(self._drift.shown)
        limiter = self._run.limiter
        tally.counts.requests = limiter.requests
        tally.counts.responses = {str(status): n for status, n in limiter.responses.items()}
        tally.counts.waited_seconds = limiter.waited
        tally.gave_up = self._run.gave_up
        tally.error = tally.error or self._run.error or self._run.fault
        self._check_file()
        try:
            await self._run.write(self._finish)
            if not tally.stopped:
                await send_alerts(self._run, self._crawler.settings)
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
