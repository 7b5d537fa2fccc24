"""When was it published? The best evidence wins, in whatever order it arrives.

Today's News (to the minute), the page's own head (to the minute, unless a box
contradicts it), a section's box (the day), the dates of the neighbouring ids
(an estimate); never the time of the crawl. What the boxes and the head say of a
page stands in `pages`, so that its neighbours are found by an index; an
article has the best date among its pages.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, bindparam, func, select, true, update

from newsbot.items import Date, Precision
from newsbot.store.pages import PageRow
from newsbot.store.statements import AnyRow, chunks
from newsbot.store.tables import Article, Listing, Page

NEW_ZEALAND = ZoneInfo("Pacific/Auckland")
HEAD = "page head"

_RANK = {precision: rank for rank, precision in enumerate(Precision)}
_NEVER = datetime.max.replace(tzinfo=UTC)
_HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A dated page beside an undated one; of a `day`, `at` is the start."""

    id_number: int
    at: datetime
    precision: Precision = Precision.MINUTE


def weigh(head: datetime | None, listed: Iterable[Date]) -> Date:
    """The best date that a page's own head and its entries in boxes give it.

    An entry's `evidence` is the box's name. A time in Today's News wins; then
    the head's, unless it falls on another day in New Zealand than a section's
    box says; then that day. Of equals the earliest wins.
    """
    boxes = [date for date in listed if date.precision is not Precision.UNKNOWN]
    best = min(boxes, key=worth, default=Date())
    if head is None or best.precision is Precision.MINUTE:
        return best
    if best.at is not None and _new_zealand_day(best.at) != _new_zealand_day(head):
        return best
    return Date(head, Precision.MINUTE, HEAD)


def estimate(id_number: int, lower: Neighbour, upper: Neighbour) -> Date:
    """A date between those of the neighbouring ids, in proportion to the ids.

    Ids rise with time. Where the neighbours' dates do not, the lower
    neighbour's is the estimate.
    """
    begins, ends = _likely(lower, upper), _likely(upper, lower)
    span = max(int((ends - begins).total_seconds()), 0)
    share = id_number - lower.id_number
    ids = upper.id_number - lower.id_number
    at = datetime.fromtimestamp(int(begins.timestamp()) + span * share // ids, UTC)
    return Date(at, Precision.ESTIMATED, f"ids {lower.id_number} and {upper.id_number}")


def _likely(neighbour: Neighbour, other: Neighbour) -> datetime:
    """When a neighbour was published: of a day its middle, or the other's time if it is on it."""
    if neighbour.precision is not Precision.DAY:
        return neighbour.at
    is_of_that_day = _new_zealand_day(neighbour.at) == _new_zealand_day(other.at)
    if is_of_that_day and other.precision is Precision.MINUTE:
        return other.at
    return neighbour.at + _HALF_A_DAY


def worth(date: Date) -> tuple[int, datetime, str]:
    """A key to sort dates by: the more exact first, then the earlier."""
    return _RANK[date.precision], date.at or _NEVER, date.evidence or ""


def of_page(connection: Connection, page: PageRow, head: datetime | None) -> Date:
    """The best date of a page by itself, `head` being new evidence of its own."""
    if head is None:
        return known_date(page)
    return weigh(head, _listed(connection, [page.id]).get(page.id, ()))


def of_story(connection: Connection, source: str, id_number: int | None, own: Date) -> Date:
    """The date of a story that one page alone shows: the page's own, or else an estimate."""
    return own if own.at is not None else _estimate(connection, source, id_number)


def known_date(page: AnyRow | PageRow) -> Date:
    """The date that a page's row has; no date where it has none."""
    if page.date_published is None or page.date_published_precision is None:
        return Date()
    precision = Precision(page.date_published_precision)
    return Date(page.date_published, precision, page.date_published_evidence)


def page_columns(date: Date) -> dict[str, Any]:
    """The date as the columns of `pages`."""
    return story_columns(date) if date.at else dict.fromkeys(story_columns(date))


def story_columns(date: Date) -> dict[str, Any]:
    """The date as the columns of `articles`."""
    return {
        "date_published": date.at,
        "date_published_precision": date.precision.value,
        "date_published_evidence": date.evidence,
    }


def redate_pages(connection: Connection, page_ids: Collection[int]) -> None:
    """Weigh the evidence for these pages anew, and date again whatever depends on them.

    That is their own articles, and those of the undated pages on both sides
    up to the next dated one.
    """
    for ids in chunks(sorted(page_ids)):
        listed = _listed(connection, ids)
        articles: set[int] = set()
        for page in connection.execute(_PAGES, {"page_ids": ids}).all():
            best = weigh(page.date_in_head, listed.get(page.id, ()))
            if best == known_date(page):
                continue
            connection.execute(_SET_PAGE, {"of_page": page.id, **page_columns(best)})
            if page.article_id is not None:
                articles.add(page.article_id)
            articles |= _undated_around(connection, page.source, page.id_number)
        redate_articles(connection, articles)


def redate_around(connection: Connection, source: str, id_number: int | None) -> None:
    """Date again what is estimated from a page whose date is new."""
    redate_articles(connection, _undated_around(connection, source, id_number))


def redate_articles(connection: Connection, article_ids: Collection[int]) -> None:
    """Give each article the best date among its pages, or an estimate, or none."""
    for ids in chunks(sorted(article_ids)):
        former: dict[int, Date] = {}
        found: dict[int, list[Date]] = {}
        for row in connection.execute(_DATES_OF_ARTICLES, {"article_ids": ids}):
            former[row.id] = Date(row.at, Precision(row.precision), row.evidence)
            date = of_story(connection, row.source, row.id_number, known_date(row))
            found.setdefault(row.id, []).append(date)
        for article_id, dates in found.items():
            best = min(dates, key=worth)
            if best != former[article_id]:
                values = {"of_article": article_id, **story_columns(best)}
                connection.execute(_SET_ARTICLE, values)


def _listed(connection: Connection, page_ids: Sequence[int]) -> dict[int, list[Date]]:
    listed: dict[int, list[Date]] = {}
    for page_id, at, precision, list_name in connection.execute(_LISTED, {"page_ids": page_ids}):
        listed.setdefault(page_id, []).append(Date(at, Precision(precision), list_name))
    return listed


def _undated_around(connection: Connection, source: str, id_number: int | None) -> set[int]:
    if id_number is None:
        return set()
    run = {"source": source, "id_number": id_number}
    return set(connection.scalars(_UNDATED_AROUND, run))


def _estimate(connection: Connection, source: str, id_number: int | None) -> Date:
    if id_number is None:
        return Date()
    place = {"source": source, "id_number": id_number}
    found = connection.execute(_NEIGHBOURS, place).one_or_none()
    return estimate(id_number, _neighbour(*found[:3]), _neighbour(*found[3:])) if found else Date()


def _neighbour(id_number: int, at: datetime, precision: str) -> Neighbour:
    return Neighbour(id_number, at, Precision(precision))


def _new_zealand_day(at: datetime) -> date:
    return at.astimezone(NEW_ZEALAND).date()


_PAGES: Executable = select(
    Page.id,
    Page.source,
    Page.id_number,
    Page.article_id,
    Page.date_in_head,
    Page.date_published,
    Page.date_published_precision,
    Page.date_published_evidence,
).where(Page.id.in_(bindparam("page_ids", expanding=True)))

_LISTED = select(
    Listing.page_id, Listing.date_listed, Listing.date_listed_precision, Listing.list_name
).where(
    Listing.page_id.in_(bindparam("page_ids", expanding=True)), Listing.date_listed.is_not(None)
)

_SET_PAGE = update(Page).where(Page.id == bindparam("of_page"))
_SET_ARTICLE = update(Article).where(Article.id == bindparam("of_article"))

_DATES_OF_ARTICLES = (
    select(
        Article.id,
        Article.date_published.label("at"),
        Article.date_published_precision.label("precision"),
        Article.date_published_evidence.label("evidence"),
        Page.source,
        Page.id_number,
        Page.date_published,
        Page.date_published_precision,
        Page.date_published_evidence,
    )
    .join(Page, Page.article_id == Article.id)
    .where(Article.id.in_(bindparam("article_ids", expanding=True)))
)

_DATED = select(Page.id_number, Page.date_published, Page.date_published_precision).where(
    Page.source == bindparam("source"), Page.date_published.is_not(None)
)
_LOWER = (
    _DATED.where(Page.id_number < bindparam("id_number")).order_by(Page.id_number.desc()).limit(1)
)
_UPPER = _DATED.where(Page.id_number > bindparam("id_number")).order_by(Page.id_number).limit(1)
# Below the lowest dated page, and above the highest, nothing is estimated.
_lower, _upper = _LOWER.subquery("lower_neighbour"), _UPPER.subquery("upper_neighbour")
_NEIGHBOURS: Executable = select(_lower, _upper).join_from(_lower, _upper, true())

_UNDATED_AROUND = select(Page.article_id).where(
    Page.source == bindparam("source"),
    Page.date_published.is_(None),
    Page.article_id.is_not(None),
    Page.id_number
    > func.coalesce(
        _LOWER.with_only_columns(Page.id_number).scalar_subquery(), bindparam("id_number")
    ),
    Page.id_number
    < func.coalesce(
        _UPPER.with_only_columns(Page.id_number).scalar_subquery(), bindparam("id_number")
    ),
)
