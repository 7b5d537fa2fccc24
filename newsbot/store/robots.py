"""The robots.txt of each host, kept between runs."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from newsbot.store.tables import RobotsTxt


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of `robots_txt`; `fetched_at` is None if there was no usable response yet."""

    host: str
    body: str = ""
    status: int | None = None
    fetched_at: datetime | None = None
    failed_since: datetime | None = None
    failures: int = 0


def kept(connection: Connection, host: str) -> Kept:
    """Return what is known of a host's robots.txt, which may be nothing."""
    columns = (getattr(RobotsTxt, name) for name in Kept.__dataclass_fields__)
    row = connection.execute(select(*columns).where(RobotsTxt.host == host)).one_or_none()
    return Kept(*row) if row else Kept(host)


def keep(connection: Connection, host: str, status: int, body: str, now: datetime) -> Kept:
    """Store a response, and return what is known now."""
    return _put(connection, Kept(host, body, status, now))


def note_failure(connection: Connection, host: str, now: datetime) -> Kept:
    """Count a run that could not fetch robots.txt, and return what is known now."""
    known = kept(connection, host)
    failed_since, failures = known.failed_since or now, known.failures + 1
    return _put(connection, replace(known, failed_since=failed_since, failures=failures))


def _put(connection: Connection, known: Kept) -> Kept:
    connection.execute(delete(RobotsTxt).where(RobotsTxt.host == known.host))
    connection.execute(insert(RobotsTxt), asdict(known))
    return known
