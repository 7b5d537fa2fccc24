"""Stores pages: loads the rows that concern them, decides, and writes what has changed.

All of it happens in the caller's transaction. The rules are in `decide.py` and `lists.py`, which do
not use the database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, bindparam, delete, select, tuple_, update
from sqlalchemy.orm import aliased

from newsbot.items import Date, Precision
from newsbot.site import Site
from newsbot.store import ledger
from newsbot.store.base import chunks, insert_rows, update_rows
from newsbot.store.recording import duplicates, lists
from newsbot.store.recording.dates import Neighbour, estimate
from newsbot.store.recording.decide import decide
from newsbot.store.recording.known import Incoming, Known, Recorded, Row
from newsbot.store.recording.lists import date_columns
from newsbot.store.recording.load import (
    PAGES_BY_NUMBER,
    TABLES,
    load,
    load_articles,
    load_listings,
    rows_of,
    table_of,
)
from newsbot.store.tables import Article, Page, Shingle, Source, Version

MOST_PAGES = 2000
"""Number of rows of pages in memory above which all rows are dropped before the next batch."""

_WORDS = ("headline", "description", "article_body")

MOST_TEXTS = 500
"""Number of fingerprints above which all rows are dropped too; one takes 50 KB of memory."""


def record(
    connection: Connection, site: Site, incoming: Sequence[Incoming], known: Known | None = None
) -> list[Recorded]:
    """Store what pages say, in their order; the caller commits.

    Args:
        connection: in a transaction. This process must hold the crawl's lock, so that no other
            writes pages of the site.
        site: the site of all these pages.
        incoming: the pages, and how each is to be recorded.
        known: the rows that earlier calls have loaded, which need not be loaded again.

    Returns:
        The result of each page.

    Raises:
        ValueError: a page has an article and no id.
    """
    if known is None or known.site.name != site.name:
        known = Known(site)
    if len(known.pages) > MOST_PAGES or len(known.fingerprints) > MOST_TEXTS:
        known.forget()
    known.site = site
    try:
        load(connection, known, incoming)
        recorded = [decide(known, each) for each in incoming]
        _write(connection, known)
    except BaseException:
        known.forget()
        raise
    return recorded


def redate(connection: Connection, site: Site, page_ids: Collection[int]) -> None:
    """Weigh the evidence for the dates of pages again, and update the dates of their articles."""
    for some in chunks(sorted(page_ids)):
        known = Known(site)
        pages = rows_of(connection, known, "pages", PAGES_BY_NUMBER, some=list(some))
        for row in pages:
            if row["source_id"] is not None:
                known.put_page(row)
        load_articles(connection, known, pages, ())
        load_listings(connection, known)
        for row in pages:
            lists.redate(known, row)
        _write(connection, known)


def spell_out(
    connection: Connection, article_ids: Sequence[int], version_ids: Sequence[int]
) -> None:
    """Copy the words of articles into their versions, before the articles or versions change.

    This applies to all versions of `article_ids`, whose text is about to change, and to
    `version_ids`, which are about to move to another article.
    """
    words = select(*(getattr(Article, name) for name in _WORDS)).where(
        Article.id == Version.article_id
    )
    for column, numbers in ((Version.article_id, article_ids), (Version.id, version_ids)):
        for some in chunks(numbers):
            without = update(Version).where(column.in_(some), Version.article_body.is_(None))
            own = tuple_(*(getattr(Version, name) for name in _WORDS))
            connection.execute(without.values({own: words.scalar_subquery()}))


def leave_out_words(connection: Connection, column: Any, numbers: Collection[int]) -> None:
    """Remove the words of versions that are their article's current text.

    Only versions whose `column`, `Version.article_id` or `Version.page_id`, is in `numbers`.
    """
    shown = select(Article.text_hash).where(Article.id == Version.article_id).scalar_subquery()
    for some in chunks(sorted(numbers)):
        same = (column.in_(some), Version.text_hash == shown)
        connection.execute(update(Version).where(*same).values(dict.fromkeys(_WORDS)))


def _write(connection: Connection, known: Known) -> None:
    deleted = [row.id for row in known.deleted]
    if deleted:
        connection.execute(delete(Page).where(Page.id.in_(deleted)))
    changed = [row for row in known.changes if not row.is_new]
    edited = [row.id for row in changed if row.table == "articles" and "text_hash" in row.changed]
    moved = [row for row in changed if row.table == "versions" and "article_id" in row.changed]
    spell_out(connection, edited, [row.id for row in moved])
    for row in known.changes:
        # Only now is it certain which text of a batch is the last one.
        if row.table == "versions" and row.is_new and _is_current(known, row):
            for name in _WORDS:
                row.columns.pop(name, None)
    for name, model in TABLES.items():
        rows = [row for row in known.changes if row.table == name and row not in known.deleted]
        _insert(connection, table_of(model), (row for row in rows if row.is_new))
        _update(connection, table_of(model), (row for row in rows if not row.is_new))
    leave_out_words(
        connection, Version.article_id, {*edited, *(row["article_id"] for row in moved)}
    )
    if known.source is not None and known.source.is_new:
        insert_rows(connection, table_of(Source), [known.source.columns])
    elif known.source is not None:
        names = sorted(known.source.changed)
        update_rows(connection, table_of(Source), names, [known.source.columns])
    _write_sketches(connection, known)
    for article_id in sorted(known.to_compare):
        duplicates.compare_again(connection, article_id)
    moved_to = known.moved_to
    known.is_written()
    if moved_to is not None:
        known.forget()
        ledger.move_addresses(connection, known.site.name, *moved_to)


def _is_current(known: Known, version: Row) -> bool:
    article = known.articles[version["article_id"]]
    return bool(version["text_hash"] == article["text_hash"])


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    names = table.columns.keys()
    insert_rows(connection, table, [{name: row[name] for name in names} for row in rows])


def _update(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Write changed rows, with one statement for all that have the same columns loaded."""
    alike: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[tuple(row.columns)].append(row)
    for some in alike.values():
        names = sorted(set().union(*(row.changed for row in some)))
        update_rows(connection, table, names, [row.columns for row in some])


def _write_sketches(connection: Connection, known: Known) -> None:
    if not known.new_sketches:
        return
    rewritten = [each for each in known.new_sketches if not known.articles[each].is_new]
    if rewritten:
        connection.execute(delete(Shingle).where(Shingle.article_id.in_(rewritten)))
    rows = [
        {"hash": each, "article_id": article_id}
        for article_id, fingerprint in known.new_sketches.items()
        if known.articles[article_id]["article_body"]
        for each in fingerprint.sketch
    ]
    insert_rows(connection, table_of(Shingle), rows)


def estimate_dates(connection: Connection, site: Site) -> None:
    """Estimate the dates of articles that no page dates, from those of the neighbouring ids.

    Call this at the end of a run: an estimate may change with every date that becomes known. Below
    the lowest dated id and above the highest, nothing is estimated. If an article has several ids,
    the lowest with both neighbours is used, whichever was stored first.
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
    """Return the subquery for the number of the nearest dated page on one side."""
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
