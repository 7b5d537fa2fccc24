"""What the parts of one run share: site, clock, lock, database, and whether the run is over."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeVar
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.misc import load_object
from sqlalchemy import Connection

from newsbot.crawl.database import Lock, database_url
from newsbot.errors import BadSetting, DatabaseUnusable
from newsbot.site import Site
from newsbot.store.engine import open_engine
from newsbot.store.known import Known
from newsbot.store.migrate import migrate
from newsbot.store.writer import Writer

if TYPE_CHECKING:
    from newsbot.crawl.frontier import Frontier
    from newsbot.crawl.limiter import Limiter
    from newsbot.crawl.report import Report

T = TypeVar("T")

# Scrapy gives no extension another one while they are made.
_RUNS: "WeakKeyDictionary[Crawler, CrawlRun]" = WeakKeyDictionary()


class Clock:
    """Tells the time and sleeps; the setting `CLOCK` names the class that does."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds; the event loop goes on meanwhile."""
        await asyncio.sleep(seconds)


class CrawlRun:
    """Extension that is made first, and holds what the other parts of a crawl share.

    The lock is held and the writer runs until the engine has stopped. `known` is what the store
    keeps in memory; only work that is given to `write` may use it. `fault` says what is wrong with
    the database once a transaction was lost, `gave_up` why nothing more is sent, `error` why the
    run can't do its work. Each part that others need puts itself here when it is made: `limiter`,
    `frontier`, `report`.

    Raises:
        LockHeld: another crawl works on the database.
        DatabaseUnusable: it can't be opened, read or written.
    """

    limiter: "Limiter"
    frontier: "Frontier"
    report: "Report"

    def __init__(self, crawler: Crawler, url: str, clock: Clock, site: Site) -> None:
        self._crawler = crawler
        self.url = url
        self.clock = clock
        self.site = site
        self.known = Known(site)
        self.fault: str | None = None
        self.gave_up: str | None = None
        self.error: str | None = None
        self._engine = open_engine(url)
        try:
            self._lock = Lock(self._engine.url, site.name)
            try:
                migrate(self._engine, {site.name: site.zone})
            except Exception:
                self._lock.release()
                raise
        except Exception:
            self._engine.dispose()
            raise
        self._writer = Writer(self._engine, on_lost=self.known.forget)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the database that DATABASE_URL names.

        Raises:
            BadSetting: the spider has no site.
        """
        site = getattr(crawler.spider, "site", None)
        if not isinstance(site, Site):
            raise BadSetting(f"The spider {crawler.spidercls.name} has no site; give it one.")
        clock = load_object(crawler.settings["CLOCK"])()
        run = cls(crawler, database_url(crawler.settings["DATABASE_URL"]), clock, site)
        crawler.signals.connect(run.close, signals.engine_stopped)
        _RUNS[crawler] = run
        return run

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the run of a crawler.

        Raises:
            BadSetting: the setting EXTENSIONS leaves it out.
        """
        run = _RUNS.get(crawler)
        if not isinstance(run, cls):
            raise BadSetting(f"EXTENSIONS lacks {cls.__module__}.{cls.__name__}; put it back.")
        return run

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be sent."""
        return bool(self.gave_up or self.fault or not self._crawler.crawling)

    def give_up(self, why: str) -> None:
        """Send nothing more in this run; the first reason counts."""
        self.gave_up = self.gave_up or why

    def fail(self, why: str) -> None:
        """End the run, which can't do its work, for a reason given as a sentence."""
        self.error = self.error or why
        self.give_up(why)

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return self.clock.now()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` returns, once it is durable.

        Raises:
            DatabaseUnusable: the transaction was lost, or the lock.
        """

        def locked(connection: Connection) -> T:
            self._lock.check()
            return work(connection)

        try:
            return await asyncio.wrap_future(self._writer.submit(locked))
        except DatabaseUnusable as error:
            self.fault = self.fault or str(error)
            raise

    def close(self) -> None:
        """Finish what is queued, close the database and free the lock."""
        self._writer.close()
        self._engine.dispose()
        self._lock.release()
