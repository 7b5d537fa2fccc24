"""The database, opened by a command that only reads it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from newsbot.store.engine import open_engine
from newsbot.store.faults import explained
from newsbot.store.migrate import require_current


@contextmanager
def reading(database: str) -> Iterator[Session]:
    """Yield a session that sees one state of the database and holds up no crawl.

    Raises:
        DatabaseUnusable: there is no database, it can't be read, or it is not this newsbot's.
    """
    engine = open_engine(database, read_only=True)
    try:
        require_current(engine)
        with explained(engine), Session(engine) as session:
            yield session
    finally:
        engine.dispose()
