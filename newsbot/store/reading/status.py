"""How current and complete the database is, what is to be fetched, and attention over time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import case, column, func, select, table, text
from sqlalchemy.orm import Session

from newsbot.items import Status
from newsbot.store import watches
from newsbot.store.budget import Budget, look
from newsbot.store.reading.search import is_among
from newsbot.store.tables import Article, Crawl, Host, Page, Section, SentRequest, Source
from newsbot.store.views import RECENT_COVERAGE


@dataclass(frozen=True, slots=True)
class Day:
    """A row of the view `coverage`; `day` is the site's, as text.

    `stories` counts the articles published on that day, and `before_start` those of them that the
    other columns leave out, because their ids are below the archive's start.
    """

    day: str
    expected: int
    stored: int
    gone: int
    rejected: int
    pending: int
    accounted: float
    stories: int = 0
    before_start: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A row of `crawls`; instants are UTC."""

    started_at: datetime
    finished_at: datetime | None
    outcome: str
    exit_code: int | None
    new: int
    updated: int
    requests: int
    message: str | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """How many pages are not stored for the same reason; `reason` is None if none is known."""

    status: str
    reason: str | None
    pages: int


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """The state of the database at one instant; instants are UTC.

    `last_good_crawl` is when the newest crawl with exit code 0 ended. `next_request_at` is when the
    budget allows the next request: `now`, or later. `coverage` and `crawls` start with the newest.
    `waiting_alerts` is how many articles wait to be sent, see `newsbot.store.watches`.
    `failing_feeds` names the sections whose feed could not be read the last time.
    """

    now: datetime
    articles: int
    newest: tuple[datetime, str] | None
    last_good_crawl: datetime | None
    pages: dict[str, int]
    troubles: list[Trouble]
    coverage: list[Day]
    crawls: list[Run]
    next_request_at: datetime
    waiting_alerts: int
    failing_feeds: list[str]

    @property
    def age(self) -> timedelta | None:
        """How long ago the last good crawl ended; None if there was none."""
        return None if self.last_good_crawl is None else self.now - self.last_good_crawl


_COLUMNS = ("day", "expected", "stored", "gone", "rejected", "pending", "accounted")
_COVERAGE = table("coverage", *map(column, _COLUMNS))

# The last days with rows are searched for among this many times as many days.
_REACHES = (2, 10)
# From this many days on, 27 years, the view itself is read.
_ALL_DAYS = 10_000


def status(
    session: Session, now: datetime, *, days: int, crawls: int, limit: int, period: float
) -> ArchiveStatus:
    """Return how current and complete the database is, with its last days and crawls.

    `coverage` has at most `days` days, and `crawls` at most that many crawls. `limit` requests in
    `period` seconds are the budget, see `newsbot.store.budget`.
    """
    runs = select(*(getattr(Crawl, name) for name in Run.__dataclass_fields__))
    return ArchiveStatus(
        now=now,
        articles=session.scalar(select(func.count()).select_from(Article)) or 0,
        newest=_newest(session),
        # By its number: a run whose clock was ahead is not the last one for good.
        last_good_crawl=session.scalar(
            select(Crawl.finished_at).where(Crawl.exit_code == 0).order_by(Crawl.id.desc()).limit(1)
        ),
        pages=_pages(session),
        troubles=_troubles(session),
        coverage=_with_stories(session, coverage(session, days)),
        crawls=[Run(*row) for row in session.execute(runs.order_by(Crawl.id.desc()).limit(crawls))],
        next_request_at=_next_request_at(session, now, limit, period),
        waiting_alerts=watches.waiting(session),
        failing_feeds=list(
            session.scalars(
                select(Section.section).where(Section.feed_failures > 0).order_by(Section.section)
            )
        ),
    )


def coverage(session: Session, days: int) -> list[Day]:
    """Return the last `days` rows of the view `coverage`, the newest first.

    The view itself computes all days; this tries the last ones first.
    """
    newest = session.scalar(select(func.max(Article.day_published)))
    for reach in _REACHES if newest and days < _ALL_DAYS else ():
        since = date.fromisoformat(str(newest)) - timedelta(days=days * reach)
        statement = text(f"{RECENT_COVERAGE} ORDER BY day DESC")
        rows = session.execute(statement, {"since": since.isoformat()}).all()
        first = {row.source: row.day for row in rows}
        whole = [row for row in rows if row.day != first[row.source]]
        if len(whole) >= days:
            return [Day(*row[1:]) for row in whole[:days]]
    view = select(_COVERAGE).order_by(_COVERAGE.c.day.desc()).limit(days)
    return [Day(*row) for row in session.execute(view)]


def _with_stories(session: Session, rows: list[Day]) -> list[Day]:
    is_before = case((Page.id_number < Source.first_id, 1), else_=0)
    stories = session.execute(
        select(Article.day_published, func.count(), func.sum(is_before))
        .join(Page, (Page.source == Article.source) & (Page.source_id == Article.source_id))
        .join(Source, Source.source == Article.source)
        .where(Article.day_published.in_([row.day for row in rows]))
        .group_by(Article.day_published)
    )
    counted = {day: {"stories": number, "before_start": before} for day, number, before in stories}
    return [replace(row, **counted.get(row.day, {})) for row in rows]


def _newest(session: Session) -> tuple[datetime, str] | None:
    row = session.execute(
        select(Article.date_published, Article.date_published_precision)
        .where(Article.date_published.is_not(None))
        .order_by(Article.date_published.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None or row[0] is None else (row[0], row[1])


def _pages(session: Session) -> dict[str, int]:
    counted: Sequence[tuple[str, int]] = [
        (row[0], row[1])
        for row in session.execute(select(Page.status, func.count()).group_by(Page.status))
    ]
    return {status.value: 0 for status in Status} | dict(counted)


def _troubles(session: Session) -> list[Trouble]:
    number = func.count()
    rows = session.execute(
        select(Page.status, Page.reason, number)
        .where(Page.status.in_([Status.PENDING, Status.REJECTED, Status.GONE]))
        .group_by(Page.status, Page.reason)
        .order_by(Page.status, number.desc(), Page.reason)
    )
    return [Trouble(*row) for row in rows]


def _next_request_at(session: Session, now: datetime, limit: int, period: float) -> datetime:
    hosts = session.scalars(select(Host.host).union(select(SentRequest.host)))
    budget, connection = Budget(limit, period), session.connection()
    waits = (look(connection, host, now, budget).wait for host in hosts)
    return now + timedelta(seconds=max((wait.seconds for wait in waits if wait), default=0.0))


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in the database; `coverage` begins with the newest day.

    `first_day` and `last_day` are the days of the oldest and the newest dated article.
    """

    articles: int
    first_day: date | None
    last_day: date | None
    last_crawl: datetime | None
    coverage: list[Day]


def overview(session: Session, days: int = 7) -> Overview:
    """Return a summary of the database, with the coverage of its last `days` days."""
    first, last = first_and_last_day(session)
    return Overview(
        articles=session.scalar(select(func.count()).select_from(Article)) or 0,
        first_day=first,
        last_day=last,
        last_crawl=session.scalar(select(func.max(Crawl.finished_at))),
        coverage=coverage(session, days),
    )


def first_and_last_day(session: Session) -> tuple[date | None, date | None]:
    """Return the days of the oldest and the newest dated article."""
    # In separate statements, SQLite reads only one end of the index each.
    ends = (session.scalar(select(f(Article.day_published))) for f in (func.min, func.max))
    first, last = (date.fromisoformat(day) if day else None for day in ends)
    return first, last


Step = Literal["day", "week"]


@dataclass(frozen=True, slots=True)
class Attention:
    """The number of articles of each day or week, and how many of them searches find.

    `starts` are the first days of the steps; a week begins on Monday. `stories` counts the articles
    of each step, and `found`, by search, those that it finds.
    """

    starts: list[date]
    stories: list[int]
    found: dict[str, list[int]]

    def share(self, words: str) -> list[float | None]:
        """Return the share of articles that `words` find, 0 to 1; None for a step without any."""
        pairs = zip(self.found[words], self.stories, strict=True)
        return [found / stories if stories else None for found, stories in pairs]


def attention(
    session: Session, words: list[str], first: date, last: date, *, step: Step = "day"
) -> Attention:
    """Count the articles from day `first` to day `last`, and those that each of `words` finds.

    Raises:
        BadQuery: one of `words` can't be parsed; the message says why.
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
        for day, stories in rows:
            if day is not None:
                sums[_start(date.fromisoformat(day), step)] += stories
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
