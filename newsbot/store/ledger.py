"""The ledger as a queue: which pages to request, in which order, and from which id on."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from newsbot.items import Ask, Origin, Status
from newsbot.site import Site
from newsbot.store.base import CHUNK, AnyRow, upsert
from newsbot.store.recording.known import NEAR, id_number
from newsbot.store.recording.refetch import BACKOFF
from newsbot.store.tables import Article, Page, Source

GAP_ROWS = 500
"""How many of the newest rows are examined to decide whether gaps are worth requesting."""

NEWEST_OF_SECTION = 50
"""How many of a section's newest articles are searched for a page that shows its box."""

_NUMBERS = re.compile(r"(\d+)")

GAP_ANSWERS, GAP_SHARE = 20, 0.1
"""Gaps are requested until, of this many responses, less than this share held an article."""

NEVER = datetime.max.replace(tzinfo=UTC)
"""An instant later than every request."""

# A partial index is used only where its condition is in the statement, not in a parameter.
IS_PENDING = Page.status == literal_column(f"'{Status.PENDING}'")


def to_fetch(
    connection: Connection,
    site: Site,
    now: datetime,
    limit: int,
    origins: Collection[Origin] = tuple(Origin),
    *,
    not_since: datetime = NEVER,
) -> list[Ask]:
    """Return at most `limit` pages that are due and have no article yet, the newest id first.

    They were never requested; or they failed, were rejected or were gone, and are due to be tried
    again. Pages requested at `not_since` or later are left out.
    """
    place = {"source": site.name, "now": now, "limit": limit, "not_since": not_since}
    found = connection.execute(_to_fetch(tuple(origin.value for origin in origins)), place)
    newest = sorted(found, key=lambda row: row.id_number or 0, reverse=True)
    return [_ask(site, row) for row in newest[:limit]]


def count_due(
    connection: Connection, source: str, now: datetime, origins: Collection[Origin]
) -> int:
    """Return how many pending pages of these origins are due."""
    waiting = select(func.count()).where(
        Page.source == source,
        Page.origin.in_([origin.value for origin in origins]),
        IS_PENDING,
        or_(Page.next_fetch_at.is_(None), Page.next_fetch_at <= now),
    )
    return connection.scalars(waiting).one()


def due_rechecks(
    connection: Connection, site: Site, now: datetime, limit: int, *, not_since: datetime = NEVER
) -> list[Ask]:
    """Return at most `limit` pages with an article that are due for a recheck, longest due first.

    Pages requested at `not_since` or later are left out.
    """
    place = {"source": site.name, "now": now, "limit": limit, "not_since": not_since}
    found = sorted(connection.execute(_RECHECKS, place), key=attrgetter("next_fetch_at"))
    return [_ask(site, row) for row in found[:limit]]


def newest_of_section(connection: Connection, site: Site, section: str) -> Ask | None:
    """Return the newest stored page of a section, which shows the section's box, or None."""
    of_section = select(Article.id, Article.date_published).where(
        Article.article_section == section, Article.source == site.name
    )
    # Two statements, since the databases, and so their indexes, sort NULL at different ends.
    for articles in (
        of_section.where(Article.date_published.is_not(None)).order_by(
            Article.date_published.desc(), Article.id.desc()
        ),
        of_section.where(Article.date_published.is_(None)).order_by(Article.id.desc()),
    ):
        # Limited before the join, or SQLite would scan all stored pages.
        newest = articles.limit(NEWEST_OF_SECTION).subquery()
        page = connection.execute(
            select(Page.source_id, Page.url)
            .join(newest, newest.c.id == Page.article_id)
            .where(Page.status == Status.STORED.value)
            .order_by(newest.c.date_published.desc(), Page.id_number.desc())
            .limit(1)
        ).one_or_none()
        if page is not None:
            return _ask(site, page)
    return None


def add_ids(
    connection: Connection, site: Site, ids: Iterable[int], *, origin: Origin, now: datetime
) -> None:
    """Add a pending row for each id that has none."""
    address = addresses(connection, site)
    rest = iter(ids)
    statement = upsert(connection.dialect.name, Page).on_conflict_do_nothing()
    while some := [str(number) for number in islice(rest, CHUNK)]:
        rows = [
            {
                "source": site.name,
                "source_id": source_id,
                "id_number": id_number(source_id),
                "url": address(source_id),
                "status": Status.PENDING.value,
                "origin": origin.value,
                "first_seen_at": now,
            }
            for source_id in some
        ]
        connection.execute(statement, rows)


def addresses(connection: Connection, site: Site) -> Callable[[str], str]:
    """Return a function that makes an article's address from its id.

    The address has the form to which the site permanently redirects, if that is known.
    """
    template = connection.scalar(select(Source.article_url).where(Source.source == site.name))
    if template is not None and site.may_ask(template):
        return lambda source_id: template.replace("{id}", source_id)
    return site.article_url


def move_addresses(connection: Connection, source: str, source_id: str, address: str) -> None:
    """Adopt the form of an address to which the site has permanently redirected an article.

    If the form is new, all known addresses change; otherwise only that of the article, whose row
    may be older than the form. An address that does not contain the article's id exactly once is
    ignored.
    """
    parts = _NUMBERS.split(address)
    if parts.count(source_id) != 1:
        return
    place = parts.index(source_id)
    before, after = "".join(parts[:place]), "".join(parts[place + 1 :])
    template = f"{before}{{id}}{after}"
    of_source = Source.source == source
    former = connection.execute(select(Source.article_url).where(of_source)).one_or_none()
    if former is None:
        connection.execute(insert(Source).values(source=source, article_url=template))
    elif former.article_url != template:
        connection.execute(update(Source).where(of_source).values(article_url=template))
    is_known = former is not None and former.article_url == template
    for table in (Page, Article):
        url = literal(before) + table.source_id + literal(after)
        which = table.source_id == source_id if is_known else table.source_id.is_not(None)
        connection.execute(update(table).where(table.source == source, which).values(url=url))


def take_back(
    connection: Connection, source: str, source_ids: Sequence[str], now: datetime
) -> None:
    """Restore pages that were marked gone while most requests failed, to be fetched again.

    The failures may have begun after these pages, so this is only known at the end of the run.
    """
    gone = (Page.source == source, Page.source_id.in_(source_ids), Page.status == Status.GONE.value)
    again = {"next_fetch_at": now + BACKOFF[0], "gone_at": None}
    for has_article, status in (
        (Page.article_id.is_not(None), Status.STORED),
        (Page.article_id.is_(None), Status.PENDING),
    ):
        connection.execute(
            update(Page).where(*gone, has_article).values(status=status.value, **again)
        )


def move_start(connection: Connection, source: str, first_id: int) -> None:
    """Move the archive's start back to `first_id`, unless it is earlier already."""
    known = select(Source.source).where(Source.source == source)
    if connection.scalar(known) is None:
        connection.execute(insert(Source).values(source=source))
    earlier = or_(Source.first_id.is_(None), Source.first_id > first_id)
    connection.execute(
        update(Source).where(Source.source == source, earlier).values(first_id=first_id)
    )


def missing_ids(connection: Connection, source: str, limit: int) -> list[int]:
    """Return at most `limit` ids without a row between the archive's start and end, newest first.

    If no `today` list has set the start yet, the smallest id listed with a date does; a list
    without dates may link to an article of years ago.
    """
    first_id, last_id = _first_id(connection, source), end_id(connection, source)
    if first_id is None or last_id is None:
        return []
    found: list[int] = []
    ranges = [range(first_id, last_id + 1)]
    while ranges and len(found) < limit:
        # Counting entries of an index is fast, so a range without gaps is skipped as a whole.
        ids = ranges.pop()
        within = _ids(source).where(Page.id_number.between(ids.start, ids.stop - 1))
        known = connection.scalar(select(func.count()).select_from(within.subquery())) or 0
        if known == 0:
            found += ids[: -(limit - len(found)) - 1 : -1]
        elif known < len(ids) <= CHUNK:
            held = set(connection.scalars(within))
            found += [number for number in reversed(ids) if number not in held]
        elif known < len(ids):
            half = len(ids) // 2
            ranges += [ids[:half], ids[half:]]
    return found[:limit]


def end_id(connection: Connection, source: str) -> int | None:
    """Return the archive's end: the largest real id near one of an article, or near the start.

    An id is real if it held an article, or if a list names it and it is not gone. A distant one
    does not move the end, nor do several that are near only each other: one digit too many in a
    link would put millions of ids in between.
    """
    other = aliased(Page)
    near = select(other.id).where(
        other.source == source,
        other.article_id.is_not(None),
        other.id_number.between(Page.id_number - NEAR, Page.id_number - 1),
    )
    starts = _first_id(connection, source) or 0
    is_near = or_(near.exists(), Page.id_number.between(starts, starts + NEAR))
    real = _ids(source).where(_is_real(Page)).order_by(Page.id_number.desc())
    end: int | None = connection.scalar(real.where(is_near).limit(1))
    return end


def _is_real(page: Any) -> Any:
    is_listed = (page.origin == Origin.LIST.value) & (page.status != Status.GONE.value)
    return or_(page.article_id.is_not(None), is_listed)


def gaps_pay(connection: Connection, source: str) -> bool:
    """Return whether enough of the recently requested gaps held an article.

    Only the newest rows of the ledger count, so that gaps get another chance as the ledger grows.
    A failed request counts as an empty gap, so that the search ends when everything fails.
    """
    lately = (
        select(Page.id, Page.source, Page.origin, Page.status, Page.last_fetched_at)
        .order_by(Page.id.desc())
        .limit(GAP_ROWS)
        .subquery()
    )
    answers = connection.scalars(
        select(lately.c.status)
        .where(
            lately.c.source == source,
            lately.c.origin == Origin.GAP.value,
            lately.c.last_fetched_at.is_not(None),
        )
        .order_by(lately.c.id.desc())
        .limit(GAP_ANSWERS)
    ).all()
    found = answers.count(Status.STORED)
    return len(answers) < GAP_ANSWERS or found / len(answers) >= GAP_SHARE


def newest_gap(connection: Connection, source: str) -> int:
    """Return the largest id that was added as a gap; 0 if there was none."""
    gaps = _ids(source).where(Page.origin == Origin.GAP.value)
    return connection.scalar(gaps.order_by(Page.id_number.desc()).limit(1)) or 0


def _ask(site: Site, row: AnyRow) -> Ask:
    # A run against a replica or a mirror may not request the stored address.
    url = row.url
    if row.source_id is not None and not site.may_ask(url):
        url = site.article_url(row.source_id)
    return Ask(row.source_id, url, getattr(row, "article_section", None))


# Building a statement takes longer than running it.
@cache
def _to_fetch(origins: tuple[str, ...]) -> CompoundSelect[Any]:
    """Return the statement of `to_fetch`, made of one ordered index search for each origin."""
    parts = []
    for origin in origins:
        of_origin = (Page.origin == origin, _NOT_SINCE, Page.source == bindparam("source"))
        not_yet_due = (Page.next_fetch_at.is_(None), Page.next_fetch_at <= bindparam("now"))
        waiting = select(*_FOUND).where(*of_origin, IS_PENDING, or_(*not_yet_due))
        parts.append(waiting.order_by(Page.id_number.desc()))
        parts += [
            _due(status).where(*of_origin, Page.article_id.is_(None))
            for status in (Status.REJECTED, Status.GONE)
        ]
    return _first_of_each(parts)


def _first_of_each(parts: Iterable[Select[*tuple[Any, ...]]]) -> CompoundSelect[Any]:
    limited = (part.limit(bindparam("limit")).subquery() for part in parts)
    return union_all(*(select(each) for each in limited))


def _due(status: Status) -> Select[*tuple[Any, ...]]:
    return (
        select(*_FOUND)
        .where(Page.status == status.value, Page.next_fetch_at <= bindparam("now"))
        .where(Page.source == bindparam("source"))
        .order_by(Page.next_fetch_at)
    )


def _first_id(connection: Connection, source: str) -> int | None:
    first_id = connection.scalar(select(Source.first_id).where(Source.source == source))
    if first_id is None:
        listed = _ids(source).where(
            Page.origin == Origin.LIST.value, Page.date_published.is_not(None)
        )
        first_id = connection.scalar(listed.order_by(Page.id_number).limit(1))
        if first_id is not None:
            move_start(connection, source, first_id)
    return first_id


def _ids(source: str) -> Select[int | None]:
    return select(Page.id_number).where(Page.source == source, Page.id_number.is_not(None))


_FOUND = (Page.id_number, Page.source_id, Page.url, Page.article_section, Page.next_fetch_at)
_NOT_SINCE = or_(Page.last_fetched_at.is_(None), Page.last_fetched_at < bindparam("not_since"))
_RECHECKS = _first_of_each(
    _due(status).where(Page.article_id.is_not(None), _NOT_SINCE)
    for status in (Status.STORED, Status.GONE)
)
