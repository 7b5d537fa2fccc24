"""The database, as a command reads it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from newsbot.store.engine import open_engine
from newsbot.store.faults import explained
from newsbot.store.migrate import require_current
from newsbot.store.search import sections


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


def as_stored(session: Session, name: str | None) -> str | None:
    """Return a section's name as it is stored, whatever its capitals; say so if there is none."""
    if name is None:
        return None
    known = {section.casefold(): section for section in sections(session)}
    if name.casefold() not in known:
        names = ", ".join(known.values()) or "none yet"
        click.echo(f"There is no section {name!r} in the archive. Its sections: {names}.", err=True)
    return known.get(name.casefold(), name)
