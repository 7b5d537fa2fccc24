"""Mends what a run has noted whose clock was ahead: else later runs would wait for that time."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from newsbot.store.internal_tables import Section, Source
from newsbot.store.refetch import BACKOFF
from newsbot.store.tables import Crawl, Page

# So much the clocks of two machines may differ.
_SLACK = timedelta(days=1)

_DONE: dict[type[Page | Section | Source], tuple[str, ...]] = {
    Page: ("first_seen_at", "stored_at", "last_fetched_at"),
    Section: ("looked_at", "fed_at", "asked_at", "missing_at"),
    Source: ("start_page_at", "accepted_at"),
}


def mend(connection: Connection, source: str, now: datetime) -> None:
    """Take whatever was noted of a time that is still to come for noted now, and ask again.

    Nothing is looked through unless a run of the site began in the future.
    """
    ahead = now + _SLACK
    last = select(func.max(Crawl.started_at)).where(Crawl.source == source)
    latest = connection.scalar(last)
    if latest is None or latest <= ahead:
        return
    was_ahead = or_(*(getattr(Page, name) > ahead for name in _DONE[Page]))
    is_never = and_(Page.attempts > 0, Page.next_fetch_at > ahead + BACKOFF[-1])
    connection.execute(
        update(Page)
        .where(Page.source == source, Page.next_fetch_at > now, or_(was_ahead, is_never))
        .values(next_fetch_at=now)
    )
    for model, names in _DONE.items():
        for name in names:
            _bring_back(connection, source, getattr(model, name), ahead, now)
    _bring_back(connection, source, Section.feed_retry_at, ahead + BACKOFF[-1], now)


def _bring_back(
    connection: Connection,
    source: str,
    column: InstrumentedAttribute[datetime | None],
    limit: datetime,
    now: datetime,
) -> None:
    model = column.class_
    rows = update(model).where(model.source == source, column > limit)
    connection.execute(rows.values({column: now}))
