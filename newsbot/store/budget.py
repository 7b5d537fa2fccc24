"""The request budget, kept across runs: what was sent to a site, and until when it said to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Float,
    bindparam,
    cast,
    delete,
    func,
    insert,
    null,
    select,
    update,
)

from newsbot.store.base import Instant
from newsbot.store.tables import Host, SentRequest

LONGEST = 86_400.0
"""No silence, in seconds, is kept for longer: once a day a request finds out if it was meant."""

# Seconds that may pass between a look at the clock and the transaction.
_QUEUED = 60.0
_A_DAY = timedelta(seconds=LONGEST)


@dataclass(slots=True, frozen=True)
class Wait:
    """How many seconds to wait before asking again, and whether the site itself asked for it."""

    seconds: float
    asked_for: bool = False


@dataclass(slots=True, frozen=True)
class Budget:
    """At most `limit` requests in any `period` seconds, `spacing` seconds apart; 0: no limit."""

    limit: int
    period: float
    spacing: float = 0.0

    @property
    def is_kept(self) -> bool:
        """Whether requests are counted at all."""
        return bool(self.limit or self.spacing)


@dataclass(slots=True, frozen=True)
class Window:
    """What was sent in the period before `at`, a Unix time.

    `sent` holds the Unix times of the requests, the newest first; what lies ahead of a clock that
    was set back counts as sent now. `silence` is how many seconds the site wants to be left alone.
    `has_old` tells that there are older requests besides, which need not be kept.
    """

    budget: Budget
    at: float
    sent: tuple[float, ...]
    silence: float
    has_old: bool = False

    @property
    def left(self) -> int:
        """How many requests the window still holds, whatever the site asked for."""
        begins = self.at - self.budget.period
        return max(self.budget.limit - sum(time > begins for time in self.sent), 0)

    @property
    def wait(self) -> Wait | None:
        """How long the next request has to wait; None: not at all."""
        budget = self.budget
        if self.silence > 0:
            return Wait(self.silence, asked_for=True)
        if budget.limit and not self.left:
            return Wait(max(self.sent[budget.limit - 1] + budget.period - self.at, 0.001))
        if self.sent and self.at - self.sent[0] < budget.spacing:
            return Wait(self.sent[0] + budget.spacing - self.at)
        return None


def look(
    connection: Connection, site: str, now: datetime, budget: Budget, *, to_reserve: bool = False
) -> Window:
    """Return what was sent to a site lately, and whether it wants to be left alone.

    Args:
        connection: in a transaction.
        site: the name of the site: all of its hosts share one budget.
        now: the present instant.
        budget: how much may be sent.
        to_reserve: whether a place may be taken in this transaction: then no other process can
            take it meanwhile, on either database.
    """
    if to_reserve and connection.dialect.name == "postgresql":
        # Until the transaction ends; or two of them could both find that one request is left.
        connection.execute(_TURN, {"host": site})
    at = now.timestamp()
    # Old requests are deleted some at a time: a statement for each would double what this costs.
    most = max(budget.limit, 1)
    rows = connection.execute(_LOOK, {"host": site, "most": 2 * most}).all()
    retry_at = next((row.retry_at for row in rows if row.retry_at is not None), None)
    sent = [row.sent_at for row in rows if row.sent_at is not None] if budget.is_kept else []
    if to_reserve and sent and sent[0] > at + _QUEUED:
        # They count as sent now from here on, or a clock that was set back would wait for them.
        # Those a little ahead are of others, who read their clocks later and came first.
        ahead = (SentRequest.host == site, SentRequest.sent_at > at + _QUEUED)
        connection.execute(update(SentRequest).where(*ahead).values(sent_at=at))
    begins = at - max(budget.period, budget.spacing)
    times = tuple(min(time, at) for time in sent[:most] if time > begins)
    has_old = len(sent) == 2 * most
    return Window(budget, at, times, _silence(retry_at, now), has_old)


def take(connection: Connection, site: str, window: Window, at: float | None = None) -> None:
    """Count a request that is sent at `at`, a Unix time: now, or when `window.wait` is over."""
    budget = window.budget
    if not budget.is_kept:
        return
    if window.has_old:
        begins = window.at - max(budget.period, budget.spacing) - _QUEUED
        old = (SentRequest.host == site, SentRequest.sent_at <= begins)
        connection.execute(delete(SentRequest).where(*old))
    connection.execute(_SEND, {"host": site, "sent_at": window.at if at is None else at})


def give_back(connection: Connection, site: str, taken_at: float) -> None:
    """Give back the place of a request that was not sent; `taken_at` is the window's `at`."""
    place = (SentRequest.host == site, SentRequest.sent_at == taken_at)
    connection.execute(delete(SentRequest).where(*place))


def reserve(connection: Connection, site: str, now: datetime, budget: Budget) -> Wait | None:
    """Count a request that is about to be sent and return None, or say how long it must wait."""
    window = look(connection, site, now, budget, to_reserve=True)
    if window.wait is None:
        take(connection, site, window)
    return window.wait


def hold(connection: Connection, site: str, until: datetime) -> None:
    """Note that the site wants no request before `until`."""
    known = connection.execute(_HOST, {"host": site}).one_or_none()
    if known is None:
        connection.execute(insert(Host), {"host": site, "retry_at": until})
    elif known.retry_at is None or not until <= known.retry_at <= until + _A_DAY:
        connection.execute(update(Host).where(Host.host == site).values(retry_at=until))


def _silence(retry_at: datetime | None, now: datetime) -> float:
    if retry_at is None:
        return 0.0
    # Instants are kept to the second; the rest of the last one is waited for too.
    wait = float((retry_at + timedelta(seconds=1) - now).total_seconds())
    # Nobody was asked for more: the clock that it was told by was wrong.
    return wait if 0 < wait <= LONGEST + 1 else 0.0


_HOST = select(Host.retry_at).where(Host.host == bindparam("host"))
_SENT = (
    select(SentRequest.sent_at)
    .where(SentRequest.host == bindparam("host"))
    .order_by(SentRequest.sent_at.desc())
    .limit(bindparam("most"))
    .subquery()
)
_LOOK = select(_SENT.c.sent_at, cast(null(), Instant).label("retry_at")).union_all(
    select(cast(null(), Float), Host.retry_at).where(Host.host == bindparam("host"))
)
_SEND = insert(SentRequest)
_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("host"), 0)))
