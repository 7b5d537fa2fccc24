"""The request budget and robots.txt, kept across runs: what was sent, and what the site allows."""

from dataclasses import asdict, dataclass, replace
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
from newsbot.store.tables import Host, RobotsTxt, SentRequest

LONGEST = 86_400.0
"""The longest wait that is obeyed, in seconds; after a day a request finds out whether the site
still asks for it."""

# Seconds that may pass between reading the clock and the transaction.
_QUEUED = 60.0
_A_DAY = timedelta(seconds=LONGEST)


@dataclass(slots=True, frozen=True)
class Wait:
    """How many seconds to wait before the next request, and whether the site asked for it."""

    seconds: float
    asked_for: bool = False


@dataclass(slots=True, frozen=True)
class Budget:
    """At most `limit` requests in `period` seconds, `spacing` or more apart; 0: no limit."""

    limit: int
    period: float
    spacing: float = 0.0

    @property
    def is_kept(self) -> bool:
        """Whether requests are counted at all."""
        return bool(self.limit or self.spacing)


@dataclass(slots=True, frozen=True)
class Window:
    """The requests sent in the period before `at`, a Unix time.

    `sent` holds the Unix times of the requests, the newest first; after the clock was set back,
    later times count as now. `silence` is for how many seconds the site wants no request. `has_old`
    is True if there are older requests, which can be deleted.
    """

    budget: Budget
    at: float
    sent: tuple[float, ...]
    silence: float
    has_old: bool = False

    @property
    def left(self) -> int:
        """How many more requests the budget allows, whether or not the site asked us to wait."""
        begins = self.at - self.budget.period
        return max(self.budget.limit - sum(time > begins for time in self.sent), 0)

    @property
    def wait(self) -> Wait | None:
        """How long the next request has to wait; None if it need not."""
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
    """Return what was sent to a site in the budget's period, and whether it asked us to wait.

    Args:
        connection: in a transaction.
        site: the name of the site: all of its hosts share one budget.
        now: the current instant.
        budget: how much may be sent.
        to_reserve: whether this transaction may count a request; on both databases, no other
            process can then count one before the transaction ends.
    """
    if to_reserve and connection.dialect.name == "postgresql":
        # Held until the transaction ends; or two processes could both send the last request.
        connection.execute(_LOCK, {"host": site})
    at = now.timestamp()
    # Old requests are deleted in groups: a statement for each would double the cost.
    most = max(budget.limit, 1)
    rows = connection.execute(_LOOK, {"host": site, "most": 2 * most}).all()
    retry_at = next((row.retry_at for row in rows if row.retry_at is not None), None)
    times_sent = (row.sent_at for row in rows if row.sent_at is not None)
    sent = sorted(times_sent, reverse=True) if budget.is_kept else []
    latest = at + budget.spacing + _QUEUED
    if to_reserve and sent and sent[0] > latest:
        # The clock was set back: these count as sent now, or the crawl would wait for their times.
        # Requests a little ahead are from processes that read the clock later but wrote first.
        ahead = (SentRequest.host == site, SentRequest.sent_at > latest)
        connection.execute(update(SentRequest).where(*ahead).values(sent_at=at))
    begins = at - max(budget.period, budget.spacing)
    times = tuple(min(time, at) for time in sent[:most] if time > begins)
    has_old = len(sent) == 2 * most
    return Window(budget, at, times, _silence(retry_at, now), has_old)


def take(connection: Connection, site: str, window: Window, at: float | None = None) -> None:
    """Count a request that is sent at `at`, a Unix time; None: at `window.at`."""
    budget = window.budget
    if not budget.is_kept:
        return
    if window.has_old:
        begins = window.at - max(budget.period, budget.spacing) - _QUEUED
        old = (SentRequest.host == site, SentRequest.sent_at <= begins)
        connection.execute(delete(SentRequest).where(*old))
    connection.execute(_SEND, {"host": site, "sent_at": window.at if at is None else at})


def give_back(connection: Connection, site: str, taken_at: float) -> None:
    """Remove a request that was counted but not sent; `taken_at` is its Unix time."""
    place = (SentRequest.host == site, SentRequest.sent_at == taken_at)
    connection.execute(delete(SentRequest).where(*place))


def reserve(connection: Connection, site: str, now: datetime, budget: Budget) -> Wait | None:
    """Count a request that is about to be sent and return None, or return how long it must wait."""
    window = look(connection, site, now, budget, to_reserve=True)
    if window.wait is None:
        take(connection, site, window)
    return window.wait


def hold(connection: Connection, site: str, until: datetime) -> None:
    """Record that the site wants no request before `until`."""
    known = connection.execute(_HOST, {"host": site}).one_or_none()
    if known is None:
        connection.execute(insert(Host), {"host": site, "retry_at": until})
    elif known.retry_at is None or not until <= known.retry_at <= until + _A_DAY:
        connection.execute(update(Host).where(Host.host == site).values(retry_at=until))


def _silence(retry_at: datetime | None, now: datetime) -> float:
    if retry_at is None:
        return 0.0
    # Instants are stored to the second: wait for the rest of the last second too.
    wait = float((retry_at + timedelta(seconds=1) - now).total_seconds())
    # A longer wait is never stored: the clock was wrong, then or now.
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
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("host"), 0)))


@dataclass(frozen=True, slots=True)
class KeptRobotsTxt:
    """A row of `robots_txt`; `fetched_at` is None if there was no usable response yet."""

    host: str
    body: str = ""
    status: int | None = None
    fetched_at: datetime | None = None
    failed_since: datetime | None = None
    failures: int = 0


def kept_robots_txt(connection: Connection, host: str) -> KeptRobotsTxt:
    """Return what is known of a host's robots.txt, which may be nothing."""
    columns = (getattr(RobotsTxt, name) for name in KeptRobotsTxt.__dataclass_fields__)
    row = connection.execute(select(*columns).where(RobotsTxt.host == host)).one_or_none()
    return KeptRobotsTxt(*row) if row else KeptRobotsTxt(host)


def keep_robots_txt(
    connection: Connection, host: str, status: int, body: str, now: datetime
) -> KeptRobotsTxt:
    """Store a response, and return what is known now."""
    return _put_robots_txt(connection, KeptRobotsTxt(host, body, status, now))


def note_robots_txt_failure(connection: Connection, host: str, now: datetime) -> KeptRobotsTxt:
    """Count a run that could not fetch robots.txt, and return what is known now."""
    known = kept_robots_txt(connection, host)
    failed_since, failures = known.failed_since or now, known.failures + 1
    return _put_robots_txt(connection, replace(known, failed_since=failed_since, failures=failures))


def _put_robots_txt(connection: Connection, known: KeptRobotsTxt) -> KeptRobotsTxt:
    connection.execute(delete(RobotsTxt).where(RobotsTxt.host == known.host))
    connection.execute(insert(RobotsTxt), asdict(known))
    return known
