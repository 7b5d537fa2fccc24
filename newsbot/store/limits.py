"""The request budget, kept across runs: what was sent to a host, and until when it said to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from newsbot.store.tables import Host, SentRequest

LONGEST = 86_400.0
"""No silence, in seconds, is kept for longer: once a day a request finds out if it was meant."""

# Seconds that may pass between a look at the clock and the transaction.
_QUEUED = 60.0
_A_DAY = timedelta(seconds=LONGEST)


@dataclass(slots=True, frozen=True)
class Wait:
    """How many seconds to wait before asking again, and whether the host itself asked for it."""

    seconds: float
    asked_for: bool = False


def reserve(
    session: Session, host: str, now: datetime, *, limit: int, period: float, spacing: float
) -> Wait | None:
    """Count a request that is about to be sent and return None, or say how long it must wait.

    At most `limit` requests are counted in any `period` seconds, at least `spacing` seconds apart,
    and none before the instant that the host asked for. A `limit` of 0 means that there is none.
    """
    at = now.timestamp()
    if session.get_bind().dialect.name == "postgresql":
        # Until the transaction ends; or two of them could both find that one request is left.
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(host, 0))))
    wait = wait_for(session, host, now, limit=limit, period=period, spacing=spacing)
    if wait is not None:
        # They count as sent now from here on, or a clock that was set back would wait for itself.
        # Those a little ahead are of others, who read their clocks later and came first.
        ahead = (SentRequest.host == host, SentRequest.sent_at > at + _QUEUED)
        session.execute(update(SentRequest).where(*ahead).values(sent_at=at))
    if wait is not None or not (limit or spacing):
        return wait
    old = at - max(period, spacing) - _QUEUED
    session.execute(delete(SentRequest).where(SentRequest.host == host, SentRequest.sent_at <= old))
    session.add(SentRequest(host=host, sent_at=at))
    session.flush()
    return None


def wait_for(
    session: Session, host: str, now: datetime, *, limit: int, period: float, spacing: float
) -> Wait | None:
    """Return what `reserve` would, and count nothing."""
    asked = _asked_to_wait(session, host, now)
    if asked > 0:
        return Wait(asked, asked_for=True)
    if not (limit or spacing):
        return None
    at = now.timestamp()
    sent = session.scalars(
        select(SentRequest.sent_at)
        .where(SentRequest.host == host, SentRequest.sent_at > at - max(period, spacing))
        .order_by(SentRequest.sent_at.desc())
        .limit(limit or 1)
    ).all()
    # What lies ahead of a clock that was set back counts as sent now.
    times = [min(time, at) for time in sent]
    if limit and len(times) >= limit and times[-1] > at - period:
        return Wait(max(times[-1] + period - at, 0.001))
    if times and at - times[0] < spacing:
        return Wait(times[0] + spacing - at)
    return None


def free(session: Session, host: str, now: datetime, *, limit: int, period: float) -> int:
    """Return how many requests can be sent now; none while the host is to be left alone."""
    if _asked_to_wait(session, host, now) > 0:
        return 0
    return left(session, host, now, limit=limit, period=period)


def left(session: Session, host: str, now: datetime, *, limit: int, period: float) -> int:
    """Return how many requests the current window still holds, whatever the host asked for."""
    sent = session.scalar(
        select(func.count())
        .select_from(SentRequest)
        .where(SentRequest.host == host, SentRequest.sent_at > now.timestamp() - period)
    )
    return max(limit - (sent or 0), 0)


def hold(session: Session, host: str, until: datetime) -> None:
    """Note that the host wants no request before `until`."""
    known = session.get(Host, host)
    if known is None:
        session.add(Host(host=host, retry_at=until))
    elif known.retry_at is None or not until <= known.retry_at <= until + _A_DAY:
        known.retry_at = until
    session.flush()


def _asked_to_wait(session: Session, host: str, now: datetime) -> float:
    known = session.get(Host, host)
    if known is None or known.retry_at is None:
        return 0.0
    # Instants are kept to the second; the rest of the last one is waited for too.
    wait = (known.retry_at + timedelta(seconds=1) - now).total_seconds()
    # Nobody was asked for more: the clock that it was told by was wrong.
    return wait if wait <= LONGEST + 1 else 0.0
