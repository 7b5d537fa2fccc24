"""Dates for articles that no page dates: an estimate by the dates of the neighbouring ids."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, bindparam, select, update
from sqlalchemy.orm import aliased

from newsbot.items import Date, Precision
from newsbot.site import Site
from newsbot.store.dates import Neighbour, estimate
from newsbot.store.lists import date_columns
from newsbot.store.tables import Article, Page


def estimate_dates(connection: Connection, site: Site) -> None:
    """Date the articles that no page dates by the known dates of the neighbouring ids.

    To be called at the end of a run: an estimate may change with every date that becomes known.
    Below the lowest dated id, and above the highest, nothing is estimated. Of the ids of an article
    the lowest that has both neighbours counts, whichever was stored first.
    """
    undated: dict[int, Any] = {}
    for row in connection.execute(_UNDATED, {"source": site.name}):
        former = undated.setdefault(row.id, row)
        if former.lower_id is None or former.upper_id is None:
            undated[row.id] = row
    changes = []
    for row in undated.values():
        date = Date()
        if row.lower_id is not None and row.upper_id is not None:
            lower = Neighbour(row.lower_id, row.lower_at, Precision(row.lower_precision))
            upper = Neighbour(row.upper_id, row.upper_at, Precision(row.upper_precision))
            date = estimate(row.id_number, lower, upper, site.zone)
        if (date.at, date.evidence) != (row.date_published, row.date_published_evidence):
            changes.append({"of_row": row.id, **date_columns(date, site.zone)})
    if changes:
        connection.execute(_SET_DATE, changes)


_own, _lower, _upper = aliased(Page), aliased(Page), aliased(Page)


def _neighbour(page: Any, order: Any, *, is_lower: bool) -> Any:
    """Return the number of the nearest dated page on one side."""
    beside = page.id_number < _own.id_number if is_lower else page.id_number > _own.id_number
    return (
        select(page.id)
        .where(page.source == _own.source, page.date_published.is_not(None), beside)
        .order_by(order)
        .limit(1)
        .correlate(_own)
        .scalar_subquery()
    )


_below, _above = aliased(Page), aliased(Page)
_UNDATED = (
    select(
        Article.id,
        Article.date_published,
        Article.date_published_evidence,
        _own.id_number,
        _lower.id_number.label("lower_id"),
        _lower.date_published.label("lower_at"),
        _lower.date_published_precision.label("lower_precision"),
        _upper.id_number.label("upper_id"),
        _upper.date_published.label("upper_at"),
        _upper.date_published_precision.label("upper_precision"),
    )
    .select_from(_own)
    .join(Article, Article.id == _own.article_id)
    .outerjoin(_lower, _lower.id == _neighbour(_below, _below.id_number.desc(), is_lower=True))
    .outerjoin(_upper, _upper.id == _neighbour(_above, _above.id_number, is_lower=False))
    .where(
        _own.source == bindparam("source"),
        _own.date_published.is_(None),
        _own.article_id.is_not(None),
        Article.date_published_precision.in_(["estimated", "unknown"]),
    )
    .order_by(_own.id_number)
)

_ARTICLES: Table = Article.__table__  # type: ignore[assignment]
_SET_DATE = (
    update(_ARTICLES)
    .where(_ARTICLES.c.id == bindparam("of_row"))
    .values({name: bindparam(name) for name in date_columns(Date(), ZoneInfo("UTC"))})
)
