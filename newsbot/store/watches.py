"""Saved searches, and the messages about what they find.

A message has all that a watch found at one instant. It waits in `alerts` until it is delivered, so
that none is lost if a crawl or a receiver fails; it has the same id each time it is sent.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsbot.errors import BadQuery
from newsbot.store.reading.search import article_filters, is_among
from newsbot.store.tables import Alert, Article, Watch

# Clocks are sometimes set back a little; what was sent already is not sent again.
_OVERLAP = timedelta(hours=1)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Message:
    """What a watch found at one instant, `matched_at`; `id` is the same each time it is sent."""

    id: str
    watch: Watch
    matched_at: datetime
    stories: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch, and how many articles wait to be sent."""

    watch: Watch
    waiting: int


def add(session: Session, watch: Watch) -> bool:
    """Save a watch and return True, or return False if another one has its name."""
    if session.get(Watch, watch.name) is not None:
        return False
    session.add(watch)
    session.flush()
    # Instants are stored to the second: articles of this second count as older than the watch.
    since = watch.created_at.replace(microsecond=0)
    _note(session, watch, since, since, delivered_at=since)
    return True


def remove(session: Session, name: str) -> bool:
    """Remove a watch and its waiting messages; return whether there was one."""
    session.execute(delete(Alert).where(Alert.watch == name))
    removed = session.scalars(delete(Watch).where(Watch.name == name).returning(Watch.name))
    return removed.one_or_none() is not None


def watches(session: Session) -> list[Watched]:
    """Return all watches in the order of their names."""
    waits = (Alert.watch == Watch.name) & Alert.delivered_at.is_(None)
    counted = (
        select(Watch, func.count(Alert.watch))
        .join(Alert, waits, isouter=True)
        .group_by(Watch.name)
        .order_by(Watch.name)
    )
    return [Watched(*row) for row in session.execute(counted)]


def waiting(session: Session) -> int:
    """Return how many articles wait to be sent, over all watches."""
    counted = select(func.count()).select_from(Alert).where(Alert.delivered_at.is_(None))
    return session.scalar(counted) or 0


def match(session: Session, now: datetime) -> list[Message]:
    """Record what each watch finds among the articles that came or changed since its last search.

    Returns:
        Every message that waits, the oldest first.
    """
    for watch in session.scalars(select(Watch)):
        try:
            _note(session, watch, max(watch.created_at, watch.matched_until - _OVERLAP), now)
        except BadQuery as error:
            watch.failure = str(error)
            continue
        watch.matched_until = now
    is_story = and_(Article.source == Alert.source, Article.source_id == Alert.source_id)
    session.execute(delete(Alert).where(Alert.delivered_at.is_(None), ~exists().where(is_story)))
    found = _waiting(session)
    # The caller uses the objects after the transaction.
    session.flush()
    session.expunge_all()
    return found


def _note(
    session: Session,
    watch: Watch,
    since: datetime,
    now: datetime,
    delivered_at: datetime | None = None,
) -> None:
    """Record what a watch finds among the articles that came or changed from `since` on."""
    statement = select(Article.source, Article.source_id, Article.text_hash).where(
        or_(Article.first_seen_at >= since, Article.date_modified >= since),
        *article_filters(watch.sections, None, None),
    )
    if watch.words:
        statement = statement.where(is_among(session, watch.words))
    rows = [
        {**row, "watch": watch.name, "matched_at": now, "delivered_at": delivered_at}
        for row in session.execute(statement).mappings()
    ]
    if rows:
        insert = _INSERT[session.get_bind().dialect.name](Alert)
        session.execute(insert.on_conflict_do_nothing(), rows)


def _waiting(session: Session) -> list[Message]:
    is_story = and_(Article.source == Alert.source, Article.source_id == Alert.source_id)
    rows = session.execute(
        select(Watch, Alert.matched_at, Article)
        .join(Alert, Alert.watch == Watch.name)
        .join(Article, is_story)
        .where(Alert.delivered_at.is_(None))
        .order_by(Alert.matched_at, Watch.name, Article.id)
    )
    return [
        Message(_id(watch, at), watch, at, list(dict.fromkeys(row[2] for row in group)))
        for (watch, at), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


def _id(watch: Watch, matched_at: datetime) -> str:
    key = f"newsbot:{watch.name}:{watch.created_at.isoformat()}:{matched_at.isoformat()}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, key))


def note_delivered(session: Session, message: Message, now: datetime) -> None:
    """Record that a message was delivered."""
    session.execute(
        update(Alert)
        .where(Alert.watch == message.watch.name, Alert.matched_at == message.matched_at)
        .values(delivered_at=now)
    )
    _set_failure(session, message, None)


def note_failed(session: Session, message: Message, why: str) -> None:
    """Record why a message could not be delivered; it waits for the next crawl."""
    _set_failure(session, message, why)


def _set_failure(session: Session, message: Message, why: str | None) -> None:
    of_watch = Watch.name == message.watch.name
    session.execute(update(Watch).where(of_watch).values(failure=why))
