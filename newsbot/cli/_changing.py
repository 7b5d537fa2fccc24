"""The database, as a command changes it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from newsbot.crawl.lock import Lock
from newsbot.sites import ZONES
from newsbot.store.engine import open_engine
from newsbot.store.faults import explained
from newsbot.store.migrate import migrate


@contextmanager
def changing(database: str) -> Iterator[Session]:
    """Yield a session whose changes are kept when the block ends well; no crawl runs meanwhile.

    Raises:
        DatabaseUnusable: there is no database, or it can't be written.
        LockHeld: a crawl works on it.
    """
    # A mistyped path must not become an empty database.
    open_engine(database, read_only=True).dispose()
    engine = open_engine(database)
    try:
        with Lock(engine.url):
            migrate(engine, ZONES)
            with explained(engine), Session(engine) as session, session.begin():
                yield session
    finally:
        engine.dispose()
