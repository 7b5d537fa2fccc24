"""What the first page of a browser shows: the newest, completeness, and attention over time."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.store.search import is_among
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


Step = Literal["day", "week"]


@dataclass(frozen=True, slots=True)
class Attention:
    """`stories` of each step, and how many of them each of the `words` finds.

    `starts` are the days on which the steps begin; a week begins on Monday.
    """

    starts: list[date]
    stories: list[int]
    found: dict[str, list[int]]

    def share(self, words: str) -> list[float | None]:
        """Return the share of stories that `words` find, 0 to 1; None for a step without any."""
        pairs = zip(self.found[words], self.stories, strict=True)
        return [found / stories if stories else None for found, stories in pairs]


def attention(
    session: Session, words: list[str], first: date, last: date, *, step: Step = "day"
) -> Attention:
    """Count the stories from day `first` to day `last`, and those that each of `words` finds.

    Raises:
        BadQuery: one of `words` can't be read; its sentence says why.
    """
    day = Article.day_published
    counted = (
        select(day, func.count())
        .where(day >= first.isoformat(), day <= last.isoformat())
        .group_by(day)
    )
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    starts = list(dict.fromkeys(_start(day, step) for day in days))

    def by_step(rows: list[tuple[str | None, int]]) -> list[int]:
        sums: Counter[date] = Counter()
        for text, stories in rows:
            if text is not None:
                sums[_start(date.fromisoformat(text), step)] += stories
        return [sums[start] for start in starts]

    def run(statement: object) -> list[tuple[str | None, int]]:
        return [(row[0], row[1]) for row in session.execute(statement)]  # type: ignore[call-overload]

    return Attention(
        starts=starts,
        stories=by_step(run(counted)),
        found={each: by_step(run(counted.where(is_among(session, each)))) for each in words},
    )


def _start(day: date, step: Step) -> date:
    return day - timedelta(days=day.weekday()) if step == "week" else day
