"""The runs of the crawler, a row for each, also for one that was killed; and what is usual."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from newsbot.items import Status
from newsbot.store import wrong_clock
from newsbot.store.ledger import IS_PENDING
from newsbot.store.outcomes import Outcome, Recorded
from newsbot.store.statements import upsert
from newsbot.store.tables import Crawl, Page, Source

RUNNING = "running"
INTERRUPTED = "interrupted"


@dataclass(slots=True)
class Counts:
    """What a run did so far; the names are those of the columns of `crawls`."""

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
        """Count what came of one page."""
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
    """Open the row of a run and return its id; rows that were left open were interrupted.

    To be called under the crawl's lock: no other run is going on. What a run has noted whose clock
    was ahead is mended.
    """
    connection.execute(
        update(Crawl)
        .where(Crawl.source == source, Crawl.outcome == RUNNING)
        .values(outcome=INTERRUPTED)
    )
    wrong_clock.mend(connection, source, now)
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
    """Close the row of a run."""
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
    """How many pages are still to be asked for, those that wait for another try among them."""
    pending = select(func.count()).where(Page.source == source, IS_PENDING)
    return connection.scalars(pending).one()


PAGES = "articles"
"""In `crawls.shown`: how many articles' pages were read; the other names count those of them."""

# So many of the newest tell what is usual now; fewer pages than the least tell nothing.
_CRAWLS = 50
_BASELINE_RUNS = 2
_AT_LEAST = 20


@dataclass(slots=True, frozen=True)
class Usual:
    """What the archive's recent past was like, since the user last accepted how pages look.

    `rejected_share` is the share of rejected pages among those that recent runs read for the first
    time; None if there are too few.
    `shown` gives the share of articles' pages that showed each kind of list, or the date line, in
    the last two good runs that read any.
    """

    shown: dict[str, float] = field(default_factory=dict)
    rejected_share: float | None = None


def usual(connection: Connection, source: str) -> Usual:
    """Return what is usual for `source`, to be asked before a run adds to it."""
    runs = (
        select(Crawl.new, Crawl.rejected)
        .where(*_that_count(source))
        .order_by(Crawl.id.desc())
        .limit(_CRAWLS)
        .subquery()
    )
    totals = select(*(func.coalesce(func.sum(each), 0) for each in (runs.c.new, runs.c.rejected)))
    new, rejected = connection.execute(totals).one()
    return Usual(
        shown=_shown(connection, source),
        rejected_share=float(rejected / (new + rejected)) if new + rejected >= _AT_LEAST else None,
    )


def accept(connection: Connection, source: str, now: datetime) -> None:
    """Let no run that began before `now` tell what is usual."""
    row = upsert(connection.dialect.name, Source).values(source=source, accepted_at=now)
    connection.execute(
        row.on_conflict_do_update(index_elements=[Source.source], set_={"accepted_at": now})
    )


def _that_count(source: str) -> list[ColumnElement[bool]]:
    accepted_at = select(Source.accepted_at).where(Source.source == source).scalar_subquery()
    is_later = or_(accepted_at.is_(None), Crawl.started_at >= accepted_at)
    return [Crawl.source == source, Crawl.exit_code == 0, is_later]


def _shown(connection: Connection, source: str) -> dict[str, float]:
    runs = connection.scalars(
        select(Crawl.shown).where(*_that_count(source)).order_by(Crawl.id.desc()).limit(_CRAWLS)
    )
    lately = list(islice((run for run in runs if run and run.get(PAGES)), _BASELINE_RUNS))
    if len(lately) < _BASELINE_RUNS:
        return {}
    pages = sum(run[PAGES] for run in lately)
    names = {name for run in lately for name in run} - {PAGES}
    return {name: sum(run.get(name, 0) for run in lately) / pages for name in names}
