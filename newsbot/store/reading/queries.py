"""Queries for readers: a page with all its rows, recent changes, articles one by one, questions.

`QUESTIONS` are the canned queries of Datasette, for SQLite; `local_time`, which newsbot/browse
adds, converts an instant of the database to the site's time.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, column, func, select, table
from sqlalchemy.orm import Session

from newsbot.store.base import Instant
from newsbot.store.reading.search import article_filters, is_found
from newsbot.store.tables import Article, ArticleVersion, Listing, Page

# The most digits that fit an integer on every database.
_LONGEST_ID = 9


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the ledger and what belongs to it, as rows of their tables.

    `story` is its article, None if none was ever read from it. `listings` are in the order in which
    they were first seen, `versions` in that of their numbers. `same` are the other pages with this
    article, `repeats` is the earlier article that it nearly repeats, and `repeated_by` are the
    later ones that nearly repeat it.
    """

    page: Page
    listings: Sequence[Listing]
    versions: Sequence[ArticleVersion]
    story: Article | None
    same: Sequence[Page]
    repeats: Article | None
    repeated_by: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Archived:
    """A page of the ledger; `warc_file` and `warc_offset` are None if no response is archived."""

    url: str
    status: str
    reason: str | None
    warc_file: str | None
    warc_offset: int | None


def shown(
    session: Session, source: str, source_id: str | None, article_id: str | None = None
) -> Shown | None:
    """Return what is known of a page; None if it is unknown.

    Args:
        session: to read with.
        source: the site's name.
        source_id: the site's id of the page; None if that is not known.
        article_id: an id of `articles`, in digits; its page is used if `source_id` finds none.
    """
    of_page = (Page.source == source, Page.source_id == source_id)
    page = session.scalars(select(Page).where(*of_page)).one_or_none()
    if page is None and article_id is not None and len(article_id) <= _LONGEST_ID:
        of_article = select(Page).join(Article, Page.source_id == Article.source_id)
        page = session.scalars(
            of_article.where(Page.source == Article.source, Article.id == int(article_id))
        ).one_or_none()
    if page is None:
        return None
    listings = select(Listing).where(Listing.page_id == page.id)
    versions = select(ArticleVersion).where(ArticleVersion.page_id == page.id)
    story = session.get(Article, page.article_id) if page.article_id else None
    same = select(Page).where(Page.article_id == page.article_id, Page.id != page.id)
    repeated_by = select(Article).where(Article.duplicate_of_id == page.article_id)
    return Shown(
        page=page,
        listings=session.scalars(listings.order_by(Listing.first_seen_at, Listing.id)).all(),
        versions=session.scalars(versions.order_by(ArticleVersion.version)).all(),
        story=story,
        same=session.scalars(same.order_by(Page.id_number)).all() if story else [],
        repeats=(
            session.get(Article, story.duplicate_of_id) if story and story.duplicate_of_id else None
        ),
        repeated_by=session.scalars(repeated_by.order_by(Article.id)).all() if story else [],
    )


def archived(session: Session, source: str, source_id: str) -> Archived | None:
    """Return what the ledger has of a page, or None if it does not contain the id."""
    columns = (Page.url, Page.status, Page.reason, Page.warc_file, Page.warc_offset)
    of_page = (Page.source == source, Page.source_id == source_id)
    row = session.execute(select(*columns).where(*of_page)).one_or_none()
    return Archived(*row) if row else None


# The newest changes are searched for in this many days, then in more: each part of the view has an
# index of its instants, but the view as a whole has none.
_WINDOWS = (2, 60, 1000, 100_000)

_CHANGES = table(
    "changes",
    *(column(name) for name in ("source", "source_id", "article_id", "kind", "version")),
    column("changed_at", Instant),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the view `changes`, with the texts before and after.

    `before` and `after` are the full texts of an edit, the titles of a retitled listing, and empty
    for a removal. `headline` and `url` are the article's current ones.
    """

    source_id: str
    kind: str
    changed_at: datetime
    headline: str
    url: str
    before: str
    after: str


def changes(
    session: Session, until: datetime, *, since: datetime | None = None, limit: int = 50
) -> list[Change]:
    """Return the newest changes before `until`, at most `limit`, none of them before `since`."""
    statement = (
        select(_CHANGES, Article.headline, Article.url)
        .join(Article, Article.id == _CHANGES.c.article_id)
        .where(_CHANGES.c.changed_at < until)
        .order_by(_CHANGES.c.changed_at.desc(), _CHANGES.c.source_id.desc(), _CHANGES.c.kind)
        .limit(limit)
    )
    rows: list[Any] = []
    for days in _WINDOWS:
        first = since or until - timedelta(days=days)
        rows = list(session.execute(statement.where(_CHANGES.c.changed_at >= first)))
        if since or len(rows) == limit:
            break
    found = (
        Change(
            row.source_id,
            row.kind,
            row.changed_at,
            row.headline,
            row.url,
            *_before_and_after(session, row),
        )
        for row in rows
    )
    # Several lists may have changed a title at once.
    return list(dict.fromkeys(found))


def whole(version: ArticleVersion) -> str:
    """Return the full text of a version: headline, description, body."""
    return f"{version.headline}\n\n{version.description}\n\n{version.article_body}"


def _before_and_after(session: Session, row: Any) -> tuple[str, str]:
    of_page = (Page.source == row.source, Page.source_id == row.source_id)
    if row.kind == "edited":
        versions = (
            select(ArticleVersion)
            .join(Page, Page.id == ArticleVersion.page_id)
            .where(*of_page, ArticleVersion.version.in_([row.version - 1, row.version]))
            .order_by(ArticleVersion.version)
        )
        texts = [whole(version) for version in session.scalars(versions)]
        return texts[0], texts[-1]
    if row.kind == "retitled":
        entries = (
            select(Listing)
            .join(Page, Page.id == Listing.page_id)
            .where(*of_page, Listing.title != "", Listing.first_seen_at <= row.changed_at)
            .order_by(Listing.first_seen_at.desc())
        )
        seen = session.scalars(entries).all()
        for new in seen:
            for former in seen:
                if (
                    new.first_seen_at == row.changed_at > former.first_seen_at
                    and former.list_name == new.list_name
                ):
                    return former.title, new.title
    return "", ""


COLUMNS: dict[str, type[Any]] = {
    column.name: datetime if isinstance(column.type, Instant) else column.type.python_type
    for column in Article.__table__.columns
}
"""The columns of `articles`, with the Python type of each."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles to select: the arguments of `search.search`, all of them optional.

    With a `limit`, these are that many of the newest, newest first; else all, in the order in which
    they were stored.
    """

    words: str | None = None
    section: str | Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    seen_since: datetime | None = None
    limit: int | None = None


def count(session: Session, choice: Choice) -> int:
    """Return how many articles `stream` will yield.

    Raises:
        BadQuery: `choice.words` can't be parsed; the message says why.
    """
    statement = select(Article.id).where(*_conditions(session, choice)).limit(choice.limit)
    found = session.scalar(select(func.count()).select_from(statement.subquery()))
    return found or 0


def stream(session: Session, choice: Choice) -> Generator[dict[str, Any], None, None]:
    """Yield the articles as dicts with the keys of COLUMNS, a few hundred in memory at a time.

    Raises:
        BadQuery: `choice.words` can't be parsed; the message says why.
    """
    statement = select(*Article.__table__.columns).where(*_conditions(session, choice))
    if choice.limit is None:
        statement = statement.order_by(Article.id)
    else:
        newest_first = (Article.date_published.desc().nulls_last(), Article.id.desc())
        statement = statement.order_by(*newest_first).limit(choice.limit)
    with session.execute(statement, execution_options={"yield_per": _AT_ONCE}) as rows:
        for row in rows.mappings():
            yield dict(row)


def _conditions(session: Session, choice: Choice) -> list[ColumnElement[bool]]:
    conditions = article_filters(choice.section, choice.since, choice.until, choice.seen_since)
    if choice.words is not None:
        conditions.append(is_found(session, choice.words))
    return conditions


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the statement that answers it; `name` is used in its address."""

    name: str
    title: str
    description: str
    sql: str


def _of_the_last(days: int) -> str:
    # Selected by the index; counted from the newest article, so that an old database has rows too.
    newest = "(SELECT max(date_published) FROM articles)"
    return f"date_published >= datetime({newest}, '-{days} days')"


QUESTIONS = (
    Question(
        "by_day_and_section",
        "Articles by day and section",
        "How many articles each section had on each day of the last year, in the site's time.",
        f"""SELECT day_published AS day, article_section, count(*) AS stories
FROM articles
WHERE {_of_the_last(365)}
GROUP BY day, article_section
ORDER BY day DESC, stories DESC""",
    ),
    Question(
        "by_hour",
        "Articles by hour",
        "How many articles of the last year came out in each hour of the day, in the site's time.",
        f"""SELECT CAST(substr(local_time(date_published), 12, 2) AS INTEGER) AS hour,
    count(*) AS stories
FROM articles
WHERE {_of_the_last(365)} AND date_published_precision = 'minute'
GROUP BY hour
ORDER BY hour""",
    ),
    Question(
        "near_duplicates",
        "Near duplicates, side by side",
        "Articles that nearly repeat an earlier one; the similarity is from 0.8 to 1.",
        """SELECT round(later.similarity, 3) AS similarity,
    earlier.id AS earlier_id, earlier.headline AS earlier_headline,
    later.id AS later_id, later.headline AS later_headline,
    earlier.article_body AS earlier_body, later.article_body AS later_body
FROM articles AS later
JOIN articles AS earlier ON earlier.id = later.duplicate_of_id
ORDER BY later.similarity DESC, later.id DESC""",
    ),
    Question(
        "gaps",
        "Gaps: ids without a page",
        "Ranges of ids from the archive's start on that no list showed and no crawl requested.",
        """SELECT source, before + 1 AS first_missing, id_number - 1 AS last_missing,
    id_number - before - 1 AS ids
FROM (
    SELECT source, id_number,
        lag(id_number) OVER (PARTITION BY source ORDER BY id_number) AS before
    FROM pages
    JOIN sources USING (source)
    WHERE id_number >= first_id
)
WHERE id_number - before > 1
ORDER BY first_missing DESC""",
    ),
    Question(
        "most_listed",
        "Most-listed articles",
        "Articles by the number of lists and titles under which they appeared.",
        """SELECT article_id, headline, listings, boxes, listed_from_at, listed_until_at
FROM (
    SELECT page_id, count(*) AS listings, count(DISTINCT list_name) AS boxes,
        min(first_seen_at) AS listed_from_at, max(last_seen_at) AS listed_until_at
    FROM listings
    GROUP BY page_id
    ORDER BY listings DESC, page_id DESC
    LIMIT 100
)
JOIN pages ON pages.id = page_id
JOIN articles ON articles.id = article_id
ORDER BY listings DESC, article_id DESC""",
    ),
)
