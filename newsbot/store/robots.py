"""What robots.txt of each host said, kept across runs."""

from datetime import datetime

from sqlalchemy.orm import Session

from newsbot.store.internal_tables import RobotsTxt


def kept(session: Session, host: str) -> RobotsTxt | None:
    """Return what is known of a host's robots.txt; None: it was never asked for."""
    return session.get(RobotsTxt, host)


def keep(session: Session, host: str, status: int, body: str, now: datetime) -> RobotsTxt:
    """Keep an answer, and return what is known now."""
    row = _row(session, host)
    row.status, row.body, row.fetched_at = status, body, now
    row.failed_since, row.failures = None, 0
    session.flush()
    return row


def note_failure(session: Session, host: str, now: datetime) -> RobotsTxt:
    """Count a run that could not fetch it, and return what is known now."""
    row = _row(session, host)
    row.failed_since = row.failed_since or now
    row.failures += 1
    session.flush()
    return row


def _row(session: Session, host: str) -> RobotsTxt:
    row = session.get(RobotsTxt, host)
    if row is None:
        row = RobotsTxt(host=host, body="", failures=0)
        session.add(row)
    return row
