"""Saved searches, and the messages about what they find.

A message is all that a watch found at one instant. It waits in `alerts` until it was delivered, so
that no crawl and no receiver that is down loses one; it has the same id each time it is sent.
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
from newsbot.store.search import article_filters, is_among
from newsbot.store.tables import Alert, Article, Watch

# Clocks go back a little at times; what was told already is not told again.
_OVERLAP = timedelta(hours=1)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Message:
    """What a watch found at one instant, `matched_at`; `id` is the same whenever it is sent."""

    id: str
    watch: Watch
    matched_at: datetime
    stories: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch, and how many stories wait to be told of."""

    watch: Watch
    waiting: int


def add(session: Session, watch: Watch) -> bool:
    """Save a watch; return whether that was possible: another one may have its name."""
    if session.get(Watch, watch.name) is not None:
        return False
    session.add(watch)
    session.flush()
    # Instants are kept to the second: what came in this very second came before.
    since = watch.created_at.replace(microsecond=0)
    _note(session, watch, since, since, told=since)
    return True


def remove(session: Session, name: str) -> bool:
    """Remove a watch and what waits for it; return whether there was one."""
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
    """Return how many stories wait to be told of, over all watches."""
    counted = select(func.count()).select_from(Alert).where(Alert.delivered_at.is_(None))
    return session.scalar(counted) or 0


def match(session: Session, now: datetime) -> list[Message]:
    """Note what each watch finds of the stories that came or changed since it last looked.

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
    # They are used after the transaction.
    session.flush()
    session.expunge_all()
    return found


def _note(
    session: Session, watch: Watch, since: datetime, now: datetime, told: datetime | None = None
) -> None:
    """Note what a watch finds among the stories that came or changed from `since` on."""
    statement = select(Article.source, Article.source_id, Article.text_hash).where(
        or_(Article.first_seen_at >= since, Article.date_modified >= since),
        *article_filters(watch.sections, None, None),
    )
    if watch.words:
        statement = statement.where(is_among(session, watch.words))
    rows = [
        {**row, "watch": watch.name, "matched_at": now, "delivered_at": told}
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
    """Note that a message was delivered."""
    session.execute(
        update(Alert)
        .where(Alert.watch == message.watch.name, Alert.matched_at == message.matched_at)
        .values(delivered_at=now)
    )
    _set_failure(session, message, None)


def note_failed(session: Session, message: Message, why: str) -> None:
    """Note why a message could not be delivered; it waits for the next crawl."""
    _set_failure(session, message, why)


def _set_failure(session: Session, message: Message, why: str | None) -> None:
    of_watch = Watch.name == message.watch.name
    session.execute(update(Watch).where(of_watch).values(failure=why))
