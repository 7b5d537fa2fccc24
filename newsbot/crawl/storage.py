"""The database of a run: locked, migrated, and written to beside the event loop."""

import asyncio
from collections.abc import Callable
from typing import Self, TypeVar

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.misc import load_object
from sqlalchemy.orm import Session

from newsbot.crawl.clock import Clock
from newsbot.crawl.extensions import site_of
from newsbot.crawl.lock import Lock
from newsbot.crawl.places import database_url
from newsbot.errors import DatabaseUnusable
from newsbot.site import Site
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from newsbot.store.writer import Writer

T = TypeVar("T")


class Storage:
    """Extension that holds the lock and the writer from the start of a crawl to its end.

    `fault` says, once a transaction was lost, what is wrong with the database: the run is to end.

    Raises:
        LockHeld: another crawl works on the database.
        DatabaseUnusable: it can't be opened, read or written.
    """

    def __init__(self, url: str, clock: Clock, site: Site) -> None:
        self.clock = clock
        self.fault: str | None = None
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
        self._writer = Writer(self._engine)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the database that DATABASE_URL names."""
        storage = cls(
            database_url(crawler.settings["DATABASE_URL"]),
            load_object(crawler.settings["CLOCK"])(),
            site_of(crawler),
        )
        crawler.signals.connect(storage.close, signals.engine_stopped)
        return storage

    async def run(self, work: Callable[[Session], T]) -> T:
        """Return what `work` returns, once it is durable.

        Raises:
            DatabaseUnusable: the transaction was lost, or the lock.
        """

        def locked(session: Session) -> T:
            self._lock.check()
            return work(session)

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
