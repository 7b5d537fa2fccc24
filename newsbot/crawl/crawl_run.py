"""What the components of one crawl share: site, clock, lock, database, and whether it is over."""

import asyncio
import math
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeVar
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from sqlalchemy import Connection

from newsbot.crawl.database import Lock, database_url
from newsbot.errors import BadSetting, DatabaseUnusable
from newsbot.site import Site
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from newsbot.store.recording.known import Known
from newsbot.store.writer import Writer

if TYPE_CHECKING:
    from newsbot.crawl.frontier import Frontier
    from newsbot.crawl.limiter import Limiter
    from newsbot.crawl.report import Report

T = TypeVar("T")

# While Scrapy makes its extensions, it gives none of them another one.
_RUNS: "WeakKeyDictionary[Crawler, CrawlRun]" = WeakKeyDictionary()


class Clock:
    """Tells the time and sleeps; the setting `CLOCK` names the class that does."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`; the event loop goes on meanwhile."""
        await asyncio.sleep(seconds)


class CrawlRun:
    """Extension that is made first, and holds what the other components of a crawl share.

    The lock is held and the writer runs until the engine has stopped. `known` is what the store
    keeps in memory; only work that is given to `write` may use it. `fault` says what is wrong with
    the database once a transaction was lost, `gave_up` why nothing more is sent, `error` why the
    run could not do its work. A component that others need puts itself here when it is made:
    `limiter`, `frontier`, `report`.

    Raises:
        BadSetting: the spider has no site.
        LockHeld: another crawl works on the database.
        DatabaseUnusable: the database can't be opened, read or written.
    """

    limiter: "Limiter"
    frontier: "Frontier"
    report: "Report"

    def __init__(self, crawler: Crawler) -> None:
        site = getattr(crawler.spider, "site", None)
        if not isinstance(site, Site):
            raise BadSetting(f"The spider {crawler.spidercls.name} has no site; give it one.")
        self._crawler = crawler
        self.site = site
        self.url = database_url(crawler.settings["DATABASE_URL"])
        self.clock: Clock = load_object(crawler.settings["CLOCK"])()
        self.known = Known(site)
        self.fault: str | None = None
        self.gave_up: str | None = None
        self.error: str | None = None
        with ExitStack() as opened:
            engine = open_engine(self.url)
            opened.callback(engine.dispose)
            self._lock = opened.enter_context(Lock(engine.url, site.name))
            # The last connection empties the write-ahead log: the lock must still be held then.
            opened.callback(engine.dispose)
            migrate(engine, {site.name: site.zone})
            self._writer = Writer(engine, on_lost=self.known.forget)
            opened.callback(self._writer.close)
            self._opened = opened.pop_all()
        crawler.signals.connect(self.close, signals.engine_stopped)
        _RUNS[crawler] = self

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the database that DATABASE_URL names."""
        return cls(crawler)

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

    def blame(self, why: str) -> None:
        """Let the run end as failed, for a reason given as a sentence; the first one counts."""
        self.error = self.error or why

    def fail(self, why: str) -> None:
        """End the run now, as failed."""
        self.blame(why)
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
        self._opened.close()


class Component:
    """Base of what Scrapy makes for one crawl: it has the crawler and the run."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = CrawlRun.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return one for a crawl.

        Raises:
            BadSetting: a setting that it reads has a value that can't be used.
            NotConfigured: the settings turn it off.
        """
        return cls(crawler)


def number(settings: BaseSettings, name: str) -> float:
    """Return a setting that is a number, 0 or greater.

    Raises:
        BadSetting: it is no number, or negative.
    """
    try:
        found = float(settings[name])
    except (TypeError, ValueError):
        found = math.nan
    if not 0 <= found < math.inf:
        raise BadSetting(f"{name} is {settings[name]!r}; set it to a number, 0 or greater.")
    return found
