"""The database at a glance: how much is in it, how complete it is, when it was last added to."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.store.status import Day, coverage
from newsbot.store.tables import Article, Crawl


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in the database; `coverage` begins with the newest day.

    `first_day` and `last_day` are the days of the oldest and the newest dated story.
    """

    articles: int
    first_day: date | None
    last_day: date | None
    last_crawl: datetime | None
    coverage: list[Day]


def overview(session: Session, days: int = 7) -> Overview:
    """Return the database at a glance, with the coverage of its last `days` days."""
    first, last = first_and_last_day(session)
    return Overview(
        articles=session.scalar(select(func.count()).select_from(Article)) or 0,
        first_day=first,
        last_day=last,
        last_crawl=session.scalar(select(func.max(Crawl.finished_at))),
        coverage=coverage(session, days),
    )


def first_and_last_day(session: Session) -> tuple[date | None, date | None]:
    """Return the days of the oldest and the newest dated story."""
    # In two statements of their own, SQLite looks at one end of the index each.
    ends = (session.scalar(select(f(Article.day_published))) for f in (func.min, func.max))
    first, last = (date.fromisoformat(day) if day else None for day in ends)
    return first, last
