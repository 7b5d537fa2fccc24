"""The ledger as a plan: which pages to ask for, in which order, and from which id on."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from newsbot.items import Ask, Origin, Status
from newsbot.store.pages import add_pages
from newsbot.store.statements import CHUNK, AnyRow
from newsbot.store.tables import Page, Source

GAP_ROWS = 500
"""So many of the newest rows show whether gaps pay."""

GAP_ANSWERS, GAP_SHARE = 20, 0.1
"""Gaps pay until, of so many answers, less than this share held an article."""

# A partial index is used only where its condition stands in the statement, not in a parameter.
IS_PENDING = Page.status == literal_column(f"'{Status.PENDING}'")


def pending(
    session: Session,
    source: str,
    now: datetime,
    limit: int,
    origins: Collection[Origin] = tuple(Origin),
    *,
    not_since: datetime | None = None,
) -> list[Ask]:
    """At most `limit` pages that are due and have no article yet, the newest id first.

    Those never asked for, and those that failed, were rejected or gone and
    are to be tried again by now; not those asked for at `not_since` or later.
    """
    found: list[AnyRow] = []
    for origin in origins:
        of_origin = (Page.origin == origin.value, _not_asked_since(not_since))
        waiting = (
            select(Page.id_number, Page.source_id, Page.url, Page.next_fetch_at)
            .where(
                Page.source == source,
                *of_origin,
                IS_PENDING,
                or_(Page.next_fetch_at.is_(None), Page.next_fetch_at <= now),
            )
            .order_by(Page.id_number.desc())
            .limit(limit)
        )
        found += session.execute(waiting)
        for status in (Status.REJECTED, Status.GONE):
            due = _due(source, status, now).where(*of_origin, Page.article_id.is_(None))
            found += session.execute(due.limit(limit))
    found.sort(key=lambda row: row.id_number or 0, reverse=True)
    return [Ask(row.source_id, row.url) for row in found[:limit]]


def count_pending(session: Session, source: str, now: datetime, origins: Collection[Origin]) -> int:
    """How many pending pages of these origins are due."""
    waiting = select(func.count()).where(
        Page.source == source,
        Page.origin.in_([origin.value for origin in origins]),
        IS_PENDING,
        or_(Page.next_fetch_at.is_(None), Page.next_fetch_at <= now),
    )
    return session.scalars(waiting).one()


def due_rechecks(
    session: Session,
    source: str,
    now: datetime,
    limit: int,
    *,
    not_since: datetime | None = None,
) -> list[Ask]:
    """At most `limit` pages with an article that are due to be asked again, longest due first.

    Not those asked for at `not_since` or later.
    """
    found: list[AnyRow] = []
    for status in (Status.STORED, Status.GONE):
        due = _due(source, status, now).where(
            Page.article_id.is_not(None), _not_asked_since(not_since)
        )
        found += session.execute(due.limit(limit))
    found.sort(key=attrgetter("next_fetch_at"))
    return [Ask(row.source_id, row.url) for row in found[:limit]]


def add_ids(
    session: Session,
    source: str,
    ids: Iterable[int],
    *,
    origin: Origin,
    now: datetime,
    url_template: str,
) -> int:
    """Add a pending row for each id that has none, and return how many had none.

    `url_template` is an article's address with `{id}` in place of its id.
    """
    added = 0
    rest = iter(ids)
    while some := list(islice(rest, CHUNK)):
        urls = {str(number): url_template.replace("{id}", str(number)) for number in some}
        added += add_pages(session.connection(), source, urls, origin=origin, now=now)
    return added


def article_url(session: Session, source: str) -> str | None:
    """An article's address as the boxes show it, `{id}` in place of its id; None before one did."""
    return session.scalar(select(Source.article_url).where(Source.source == source))


def move_start(session: Session | Connection, source: str, first_id: int) -> None:
    """Account for every id from `first_id` on, if the archive does not start earlier already."""
    known = select(Source.source).where(Source.source == source)
    if session.scalar(known) is None:
        session.execute(insert(Source).values(source=source))
    earlier = or_(Source.first_id.is_(None), Source.first_id > first_id)
    session.execute(
        update(Source).where(Source.source == source, earlier).values(first_id=first_id)
    )


def missing_ids(session: Session, source: str, limit: int) -> list[int]:
    """At most `limit` ids without a row between the archive's start and its end, newest first.

    The end is the largest id that a box showed or an article was stored
    from; one that proved to be gone does not count. Where Today's News has
    not fixed the start by now, the smallest id listed with a date does: Top
    Stories, which has none, may link to an article of years ago.
    """
    first_id = _first_id(session, source)
    real = or_(
        Page.article_id.is_not(None),
        and_(Page.origin == Origin.LIST.value, Page.status != Status.GONE.value),
    )
    last_id = session.scalar(_ids(source).where(real).order_by(Page.id_number.desc()).limit(1))
    if first_id is None or last_id is None:
        return []
    found: list[int] = []
    ranges = [range(first_id, last_id + 1)]
    while ranges and len(found) < limit:
        # Counting what an index holds is quick: a range without gaps is passed over whole.
        ids = ranges.pop()
        within = _ids(source).where(Page.id_number.between(ids.start, ids.stop - 1))
        known = session.scalar(select(func.count()).select_from(within.subquery())) or 0
        if known == 0:
            found += ids[: -(limit - len(found)) - 1 : -1]
        elif known < len(ids) <= CHUNK:
            held = set(session.scalars(within))
            found += [number for number in reversed(ids) if number not in held]
        elif known < len(ids):
            half = len(ids) // 2
            ranges += [ids[:half], ids[half:]]
    return found[:limit]


def gaps_pay(session: Session, source: str) -> bool:
    """Whether enough of the gaps that were asked for lately held an article.

    Looks at the newest rows of the ledger only, so that gaps are given
    another chance as the archive grows.
    """
    lately = (
        select(Page.id, Page.source, Page.origin, Page.status)
        .order_by(Page.id.desc())
        .limit(GAP_ROWS)
        .subquery()
    )
    answers = session.scalars(
        select(lately.c.status)
        .where(
            lately.c.source == source,
            lately.c.origin == Origin.GAP.value,
            lately.c.status.in_([Status.STORED, Status.GONE]),
        )
        .order_by(lately.c.id.desc())
        .limit(GAP_ANSWERS)
    ).all()
    found = answers.count(Status.STORED)
    return len(answers) < GAP_ANSWERS or found / len(answers) >= GAP_SHARE


def newest_gap(session: Session, source: str) -> int:
    """The largest id that was asked for as a gap; 0 if none was."""
    gaps = _ids(source).where(Page.origin == Origin.GAP.value)
    return session.scalar(gaps.order_by(Page.id_number.desc()).limit(1)) or 0


def _due(source: str, status: Status, now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(Page.id_number, Page.source_id, Page.url, Page.next_fetch_at)
        .where(Page.status == status.value, Page.next_fetch_at <= now, Page.source == source)
        .order_by(Page.next_fetch_at)
    )


def _not_asked_since(instant: datetime | None) -> ColumnElement[bool]:
    if instant is None:
        return true()
    return or_(Page.last_fetched_at.is_(None), Page.last_fetched_at < instant)


def _first_id(session: Session, source: str) -> int | None:
    first_id = session.scalar(select(Source.first_id).where(Source.source == source))
    if first_id is None:
        listed = _ids(source).where(
            Page.origin == Origin.LIST.value, Page.date_published.is_not(None)
        )
        first_id = session.scalar(listed.order_by(Page.id_number).limit(1))
        if first_id is not None:
            move_start(session, source, first_id)
    return first_id


def _ids(source: str) -> Select[int | None]:
    return select(Page.id_number).where(Page.source == source, Page.id_number.is_not(None))
