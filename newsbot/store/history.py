"""What is usual for the archive: a run is compared with it, to notice a half-broken page."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Connection, func, or_, select

from newsbot.store.statements import upsert
from newsbot.store.tables import Crawl, Source

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
