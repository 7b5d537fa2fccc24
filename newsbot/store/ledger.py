"""The ledger as a plan: which pages to ask for, in which order, and from which id on."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice
from operator import itemgetter

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from newsbot.items import Ask, Origin, Status
from newsbot.store.models import Page, Source
from newsbot.store.pages import add_pages
from newsbot.store.statements import CHUNK

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
    found: list[tuple[int, Ask]] = []
    for origin in origins:
        candidates = select(Page.id_number, Page.source_id, Page.url).where(
            Page.source == source, Page.origin == origin.value, _not_asked_since(not_since)
        )
        due = Page.next_fetch_at <= now
        waiting = candidates.where(IS_PENDING, or_(Page.next_fetch_at.is_(None), due))
        again = candidates.where(
            Page.status.in_([Status.REJECTED, Status.GONE]), due, Page.article_id.is_(None)
        )
        for statement in (waiting, again):
            rows = session.execute(statement.order_by(Page.id_number.desc()).limit(limit))
            found += [(number or 0, Ask(source_id, url)) for number, source_id, url in rows]
    found.sort(key=itemgetter(0), reverse=True)
    return [ask for _, ask in found[:limit]]


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
    found: list[tuple[datetime | None, Ask]] = []
    for status in (Status.STORED, Status.GONE):
        rows = session.execute(
            select(Page.next_fetch_at, Page.source_id, Page.url)
            .where(
                Page.status == status.value,
                Page.next_fetch_at <= now,
                Page.source == source,
                Page.article_id.is_not(None),
                _not_asked_since(not_since),
            )
            .order_by(Page.next_fetch_at)
            .limit(limit)
        )
        found += [(due, Ask(source_id, url)) for due, source_id, url in rows]
    found.sort(key=itemgetter(0))
    return [ask for _, ask in found[:limit]]


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
    not fixed the start by now, the smallest listed id does.
    """
    first_id = _first_id(session, source)
    real = or_(
        Page.article_id.is_not(None),
        and_(Page.origin == Origin.LIST.value, Page.status != Status.GONE.value),
    )
    last_id = session.scalar(_ids(source).where(real).order_by(Page.id_number.desc()).limit(1))
    if first_id is None or last_id is None:
        return []
    known = _ids(source).where(Page.id_number.between(first_id, last_id)).subquery()
    number = known.c.id_number
    next_lower = func.lead(number, 1, literal(first_id - 1)).over(order_by=number.desc())
    gaps = select(number, next_lower.label("next_lower")).subquery()
    found: list[int] = []
    for above, below in session.execute(
        select(gaps).where(gaps.c.id_number - gaps.c.next_lower > 1).limit(limit)
    ):
        room = limit - len(found)
        found += range(above - 1, max(below, above - 1 - room), -1)
    return found


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


def _not_asked_since(instant: datetime | None) -> ColumnElement[bool]:
    if instant is None:
        return true()
    return or_(Page.last_fetched_at.is_(None), Page.last_fetched_at < instant)


def _first_id(session: Session, source: str) -> int | None:
    first_id = session.scalar(select(Source.first_id).where(Source.source == source))
    if first_id is None:
        listed = _ids(source).where(Page.origin == Origin.LIST.value)
        first_id = session.scalar(listed.order_by(Page.id_number).limit(1))
        if first_id is not None:
            move_start(session, source, first_id)
    return first_id


def _ids(source: str) -> Select[int | None]:
    return select(Page.id_number).where(Page.source == source, Page.id_number.is_not(None))
