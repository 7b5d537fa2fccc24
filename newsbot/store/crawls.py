"""The runs of the crawler: a row for each, also for one that was killed."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from newsbot.items import Status
from newsbot.store.ledger import IS_PENDING
from newsbot.store.outcomes import Outcome, Recorded
from newsbot.store.tables import Crawl, Page

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

    To be called under the crawl's lock: no other run is going on.
    """
    connection.execute(
        update(Crawl)
        .where(Crawl.source == source, Crawl.outcome == RUNNING)
        .values(outcome=INTERRUPTED)
    )
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
