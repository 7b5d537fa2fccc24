"""The runs of the crawler, one row each, and what was usual in recent runs."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from newsbot.items import Status
from newsbot.store.base import Base, upsert
from newsbot.store.internal_tables import Section, Version
from newsbot.store.ledger import IS_PENDING
from newsbot.store.recording.known import Outcome, Recorded
from newsbot.store.recording.refetch import BACKOFF
from newsbot.store.tables import Article, Crawl, Listing, Page, Source

RUNNING = "running"
INTERRUPTED = "interrupted"


@dataclass(slots=True)
class Counts:
    """What a run has done so far; the fields are named as the columns of `crawls`."""

    requests: int = 0
    responses: dict[str, int] = field(default_factory=dict)
    new: int = 0
    updated: int = 0
    duplicates: int = 0
    rejected: int = 0
    gone: int = 0
    waited_seconds: float = 0.0
    shown: dict[str, int] = field(default_factory=dict)

    def add(self, recorded: Recorded) -> None:
        """Count the result of one page."""
        saved = recorded.saved
        if saved is not None:
            self.new += saved.outcome is Outcome.NEW
            self.updated += saved.outcome is Outcome.UPDATED
            self.duplicates += (
                saved.outcome is Outcome.DUPLICATE or saved.duplicate_of_id is not None
            )
        else:
            self.rejected += recorded.status is Status.REJECTED
            self.gone += recorded.status is Status.GONE


def begin(connection: Connection, source: str, now: datetime) -> int:
    """Insert the row of a run and return its id; mark runs that never ended as interrupted.

    Call this while holding the crawl's lock, so that no other run is going on. What a run whose
    clock was ahead has recorded is corrected.
    """
    connection.execute(
        update(Crawl)
        .where(Crawl.source == source, Crawl.outcome == RUNNING)
        .values(outcome=INTERRUPTED)
    )
    _correct_clock(connection, source, now)
    row = insert(Crawl).values(source=source, started_at=now, outcome=RUNNING)
    return connection.scalars(row.returning(Crawl.id)).one()


def finish(
    connection: Connection,
    crawl_id: int,
    now: datetime,
    counts: Counts,
    *,
    outcome: str,
    exit_code: int,
    message: str,
) -> None:
    """Complete the row of a run that has ended."""
    of_crawl = Crawl.id == crawl_id
    source = connection.scalars(select(Crawl.source).where(of_crawl)).one()
    connection.execute(
        update(Crawl)
        .where(of_crawl)
        .values(
            finished_at=now,
            outcome=outcome,
            exit_code=exit_code,
            message=message,
            pending_left=pending_left(connection, source),
            **asdict(counts),
        )
    )


def pending_left(connection: Connection, source: str) -> int:
    """Return how many pages are still to be fetched, including those that wait for another try."""
    pending = select(func.count()).where(Page.source == source, IS_PENDING)
    return connection.scalars(pending).one()


PAGES = "articles"
"""The key in `crawls.shown` for the number of article pages; other keys count some of these."""

# How many of the newest runs show what is usual, how many of these give the shares of pages with
# lists, and the fewest pages that give a share of rejected ones.
_RECENT_RUNS = 50
_BASELINE_RUNS = 2
_MIN_PAGES = 20


@dataclass(slots=True, frozen=True)
class Usual:
    """What was usual in recent runs, since the user last accepted how the site's pages look.

    `rejected_share` is the share of rejected pages among those that recent runs read for the first
    time; None if there are too few.
    `shown` gives the share of article pages that showed each kind of list, or the date line, in the
    last two good runs that read any.
    """

    shown: dict[str, float] = field(default_factory=dict)
    rejected_share: float | None = None


def usual(connection: Connection, source: str) -> Usual:
    """Return what is usual for `source`; call this before the run itself is counted."""
    runs = (
        select(Crawl.new, Crawl.rejected)
        .where(*_counts_as_usual(source))
        .order_by(Crawl.id.desc())
        .limit(_RECENT_RUNS)
        .subquery()
    )
    totals = select(*(func.coalesce(func.sum(each), 0) for each in (runs.c.new, runs.c.rejected)))
    new, rejected = connection.execute(totals).one()
    return Usual(
        shown=_shown(connection, source),
        rejected_share=float(rejected / (new + rejected)) if new + rejected >= _MIN_PAGES else None,
    )


def accept(connection: Connection, source: str, now: datetime) -> None:
    """Accept how pages look: runs that began before `now` no longer show what is usual."""
    row = upsert(connection.dialect.name, Source).values(source=source, accepted_at=now)
    connection.execute(
        row.on_conflict_do_update(index_elements=[Source.source], set_={"accepted_at": now})
    )


def _counts_as_usual(source: str) -> list[ColumnElement[bool]]:
    accepted_at = select(Source.accepted_at).where(Source.source == source).scalar_subquery()
    is_later = or_(accepted_at.is_(None), Crawl.started_at >= accepted_at)
    return [Crawl.source == source, Crawl.exit_code == 0, is_later]


def _shown(connection: Connection, source: str) -> dict[str, float]:
    runs = connection.scalars(
        select(Crawl.shown)
        .where(*_counts_as_usual(source))
        .order_by(Crawl.id.desc())
        .limit(_RECENT_RUNS)
    )
    lately = list(islice((run for run in runs if run and run.get(PAGES)), _BASELINE_RUNS))
    if len(lately) < _BASELINE_RUNS:
        return {}
    pages = sum(run[PAGES] for run in lately)
    names = {name for run in lately for name in run} - {PAGES}
    return {name: sum(run.get(name, 0) for run in lately) / pages for name in names}


# How much the clocks of two machines may differ.
_SLACK = timedelta(days=1)

_DONE: dict[type[Base], tuple[str, ...]] = {
    Page: ("first_seen_at", "stored_at", "last_fetched_at", "gone_at"),
    Version: ("observed_at", "last_observed_at"),
    Article: ("first_seen_at", "last_fetched_at", "date_modified"),
    Listing: ("first_seen_at", "last_seen_at"),
    Section: ("looked_at", "fed_at", "asked_at", "missing_at"),
    Source: ("start_page_at", "accepted_at"),
    Crawl: ("started_at", "finished_at"),
}


def _correct_clock(connection: Connection, source: str, now: datetime) -> None:
    """Correct what a run whose clock was ahead has recorded: later runs would wait for that time.

    Nothing is read unless a run of the site began in the future.
    """
    ahead = now + _SLACK
    last = select(func.max(Crawl.started_at)).where(Crawl.source == source)
    latest = connection.scalar(last)
    if latest is None or latest <= ahead:
        return
    was_ahead = or_(*(getattr(Page, name) > ahead for name in _DONE[Page]))
    is_never = and_(Page.attempts > 0, Page.next_fetch_at > ahead + BACKOFF[-1])
    connection.execute(
        update(Page)
        .where(Page.source == source, Page.next_fetch_at > now, or_(was_ahead, is_never))
        .values(next_fetch_at=now)
    )
    for model, names in _DONE.items():
        for name in names:
            _bring_back(connection, source, getattr(model, name), ahead, now)
    _bring_back(connection, source, Section.feed_retry_at, ahead + BACKOFF[-1], now)


def _bring_back(
    connection: Connection,
    source: str,
    column: InstrumentedAttribute[datetime | None],
    limit: datetime,
    now: datetime,
) -> None:
    model: Any = column.class_
    pages = select(Page.id).where(Page.source == source)
    of_site = Version.page_id.in_(pages) if model is Version else model.source == source
    connection.execute(update(model).where(of_site, column > limit).values({column: now}))
