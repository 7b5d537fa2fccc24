"""Hands out articles one after the other, however many there are."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsbot.store.search import article_filters, is_found
from newsbot.store.tables import Article
from newsbot.store.types import Instant

COLUMNS: dict[str, type[Any]] = {
    column.name: datetime if isinstance(column.type, Instant) else column.type.python_type
    for column in Article.__table__.columns
}
"""The columns of `articles`, and what each holds."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles: the arguments of `newsbot.store.search.search`, all of them optional.

    With a `limit`, so many of the newest, the newest first; else all, in the order in which they
    were stored.
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
        BadQuery: there is no word in `choice.words`, or they are too long.
    """
    statement = select(Article.id).where(*_conditions(session, choice)).limit(choice.limit)
    found = session.scalar(select(func.count()).select_from(statement.subquery()))
    return found or 0


def stream(session: Session, choice: Choice) -> Generator[dict[str, Any], None, None]:
    """Yield the articles as dicts by COLUMNS; few of them are in memory at a time.

    Raises:
        BadQuery: there is no word in `choice.words`, or they are too long.
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
