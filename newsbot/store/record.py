"""The one way in: load what is known of some pages, decide, write what has changed.

All of it happens in the caller's transaction. The rules are in `decide.py` and `lists.py`, which
know no database; here are only the statements, a few for a batch of any size.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import count, zip_longest
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Executable,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)

from newsbot.items import Fingerprint
from newsbot.site import Site
from newsbot.store import duplicates, ledger, lists
from newsbot.store.decide import decide
from newsbot.store.fingerprints import fingerprint_of
from newsbot.store.known import FORGOTTEN, Known, Row
from newsbot.store.outcomes import Incoming, Recorded
from newsbot.store.statements import chunks
from newsbot.store.tables import (
    Article,
    ArticleVersion,
    Base,
    Listing,
    Page,
    Section,
    Shingle,
    Source,
)

MOST_PAGES = 2000
"""So many rows of pages are kept in memory from one batch to the next."""

MOST_TEXTS = 500
"""So many fingerprints are kept; one takes 50 KB of memory."""

# In the order in which one table's rows refer to another's.
_TABLES: dict[str, type[Base]] = {
    model.__tablename__: model for model in (Article, Page, ArticleVersion, Listing, Section)
}
_TEXTS = {"description", "article_body"}


def record(
    connection: Connection, site: Site, incoming: Sequence[Incoming], known: Known | None = None
) -> list[Recorded]:
    """Store all that some pages say, in their order; the caller commits.

    Args:
        connection: in a transaction. This process must be the only one that writes pages of the
            site: it holds the crawl's lock.
        site: the site of all these pages.
        incoming: the pages, and how each is to be recorded.
        known: what former calls have loaded, so that it is not loaded again: see `Known`.

    Returns:
        What came of each.

    Raises:
        ValueError: a page has an article and no id.
    """
    if known is None or known.site.name != site.name:
        known = Known(site)
    if len(known.pages) > MOST_PAGES or len(known.fingerprints) > MOST_TEXTS:
        known.forget()
    known.site = site
    try:
        _load(connection, known, incoming)
        recorded = [decide(known, each) for each in incoming]
        _write(connection, known)
    except BaseException:
        known.forget()
        raise
    return recorded


def redate(connection: Connection, site: Site, page_ids: Collection[int]) -> None:
    """Weigh the evidence for the dates of some pages again, and date their articles by it."""
    for some in chunks(sorted(page_ids)):
        known = Known(site)
        pages = _rows(connection, known, "pages", _PAGES_BY_NUMBER, some=list(some))
        for row in pages:
            if row["source_id"] is not None:
                known.put_page(row)
        _load_articles(connection, known, pages, (), ())
        _load_listings(connection, known)
        for row in pages:
            lists.redate(known, row)
        _write(connection, known)


def _load(connection: Connection, known: Known, incoming: Sequence[Incoming]) -> None:
    """Load what the pages are about and is not known yet."""
    pages = [each.page for each in incoming]
    _load_numbers(connection, known, incoming)
    asked = {page.source_id for page in pages if page.source_id is not None}
    listed = {listing.source_id for page in pages for listing in page.listings}
    wanted = [each for each in asked | listed if each not in known.pages]
    loaded = _load_pages(connection, known, _PAGES_BY_ID, wanted)
    for url in {page.url for page in pages if page.source_id is None} - known.list_pages.keys():
        place = {"source": known.site.name, "url": url}
        for row in _rows(connection, known, "pages", _LIST_PAGE, **place):
            known.list_pages[url] = row
    texts = {page.fingerprint.text_hash for page in pages if page.fingerprint is not None}
    _load_articles(connection, known, loaded, asked, texts)
    _load_versions(connection, known, asked, texts)
    _load_listings(connection, known)
    load_site(connection, known)
    _load_candidates(connection, known, incoming)


def load_site(connection: Connection, known: Known) -> None:
    """Load what is known of the site and its sections, unless it is loaded."""
    if not known.is_loaded:
        place = {"source": known.site.name}
        sections = _rows(connection, known, "sections", _SECTIONS, **place)
        known.sections = {row["section"]: row for row in sections}
        known.source = next(iter(_rows(connection, known, "sources", _SOURCE, **place)), None)
        known.is_loaded = True


def _load_numbers(connection: Connection, known: Known, incoming: Sequence[Incoming]) -> None:
    """Load numbers for new rows: the next ones on SQLite, the sequence's own on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        if not known.ids:
            largest = connection.execute(_LARGEST).one()
            known.ids = {
                name: count((number or 0) + 1)
                for name, number in zip(_TABLES, largest, strict=True)
            }
        return
    listings = sum(len(each.page.listings) for each in incoming)
    most = {
        "articles": len(incoming),
        "pages": listings + len(incoming),
        "article_versions": len(incoming),
        "listings": listings,
        "sections": sum(len(each.page.boxes) + len(each.page.sections) for each in incoming) + 1,
    }
    known.ids = {name: _sequence(connection, name, number) for name, number in most.items()}


def _sequence(connection: Connection, table: str, most: int) -> Iterator[int]:
    """Yield numbers of a table's sequence, drawn together when the first is needed."""
    sequence = func.pg_get_serial_sequence(table, "id")
    numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, max(most, 1)))
    while True:
        yield from connection.scalars(numbers).all()


def _load_pages(
    connection: Connection, known: Known, statement: Executable, values: Collection[Any]
) -> list[Row]:
    """Load the pages that a statement finds by some values; return those not known before."""
    loaded = []
    for some in chunks(list(values)):
        for row in _rows(connection, known, "pages", statement, some=list(some)):
            if row["source_id"] not in known.pages:
                known.put_page(row)
                loaded.append(row)
    return loaded


def _load_articles(
    connection: Connection,
    known: Known,
    pages: Iterable[Row],
    asked: Collection[str],
    texts: Collection[str],
) -> None:
    """Load the articles of some pages, those with the same texts, and all pages that show them."""
    shown = {row["article_id"] for row in pages} - {None} - known.articles.keys()
    new_texts = [each for each in texts if known.article_with(each) is None]
    some_of_each = (chunks(list(values)) for values in (shown, new_texts, asked))
    found = []
    for numbers, hashes, ids in zip_longest(*some_of_each, fillvalue=()):
        place = {"numbers": numbers, "hashes": hashes, "ids": ids}
        given = {name: values for name, values in place.items() if values}
        # With an empty list, SQLite would go through all articles of the source.
        statement = _articles_by(tuple(given))
        for row in _rows(connection, known, "articles", statement, **given):
            if row.id not in known.articles:
                known.put_article(row)
                found.append(row.id)
    _load_pages(connection, known, _PAGES_BY_ARTICLE, found)


def _load_versions(
    connection: Connection, known: Known, asked: Collection[str], texts: Collection[str]
) -> None:
    """Load the versions of the articles whose text may be edited, and that text itself."""
    of_asked = {
        page["article_id"]
        for source_id in asked
        if (page := known.pages.get(source_id)) and page["article_id"] is not None
    }
    for some in chunks(sorted(of_asked - known.with_versions)):
        known.versions |= {article_id: [] for article_id in some}
        for row in _rows(connection, known, "article_versions", _VERSIONS, some=list(some)):
            known.versions[row["article_id"]].append(row)
    known.with_versions |= of_asked
    changing = [
        each
        for each in sorted(of_asked)
        if (row := known.articles[each])["text_hash"] not in texts and row["article_body"] is None
    ]
    for some in chunks(changing):
        for row in _rows(connection, known, "articles", _ARTICLE_TEXTS, some=list(some)):
            known.articles[row.id].columns |= row.columns


def _load_listings(connection: Connection, known: Known) -> None:
    numbers = [row.id for row in known.pages.values() if row.id not in known.listings]
    for some in chunks(numbers):
        known.listings |= {number: {} for number in some}
        for row in _rows(connection, known, "listings", _LISTINGS, some=list(some)):
            known.listings[row["page_id"]][row["list_name"], row["title"]] = row


def _rows(
    connection: Connection, known: Known, table: str, statement: Executable, **parameters: Any
) -> list[Row]:
    found = connection.execute(statement, {"source": known.site.name, **parameters})
    names = tuple(found.keys())
    return [known.row(table, dict(zip(names, values, strict=True))) for values in found.all()]


def _load_candidates(connection: Connection, known: Known, incoming: Iterable[Incoming]) -> None:
    """Load the articles that a new text of the batch may nearly repeat."""
    texts = [
        each.page.fingerprint
        for each in incoming
        if each.page.fingerprint is not None and _is_new(known, each, each.page.fingerprint)
    ]
    found = {
        article_id
        for fingerprint in texts
        for article_id in duplicates.candidates(connection, fingerprint.sketch)
    }
    for row in duplicates.texts(connection, found - known.fingerprints.keys()):
        text = fingerprint_of(row.headline, row.description, row.article_body)
        known.fingerprints[row.id] = text
    for article_id in found:
        known.remember_text(article_id, known.fingerprints[article_id])


def _is_new(known: Known, incoming: Incoming, fingerprint: Fingerprint) -> bool:
    row = known.pages.get(incoming.page.source_id or "")
    article = incoming.page.article
    return (
        (row is None or row["article_id"] is None)
        and article is not None
        and bool(article.article_body)
        and known.article_with(fingerprint.text_hash) is None
    )


def _write(connection: Connection, known: Known) -> None:
    deleted = [row.id for row in known.deleted]
    if deleted:
        connection.execute(delete(Page).where(Page.id.in_(deleted)))
    for name, model in _TABLES.items():
        rows = [row for row in known.changes if row.table == name and row not in known.deleted]
        _insert(connection, model, [row for row in rows if row.is_new])
        _update(connection, model, [row for row in rows if not row.is_new])
    if known.source is not None:
        _write_source(connection, known.source)
    _write_sketches(connection, known)
    for article_id in sorted(known.to_compare):
        duplicates.compare_again(connection, article_id)
    moved_to = known.moved_to
    known.is_written()
    if moved_to is not None:
        known.forget()
        ledger.move_addresses(connection, known.site.name, *moved_to)


def _insert(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    if rows:
        names = tuple(_table(model).columns.keys())
        _run(connection, model, names, is_new=True, rows=[row.columns for row in rows])


def _update(connection: Connection, model: type[Base], rows: Iterable[Row]) -> None:
    """Write what has changed: one statement for all rows of which the same columns are known."""
    alike: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[tuple(row.columns)].append(row)
    for some in alike.values():
        names = tuple(sorted(set().union(*(row.changed for row in some))))
        _run(connection, model, names, is_new=False, rows=[row.columns for row in some])


def _run(
    connection: Connection,
    model: type[Base],
    names: tuple[str, ...],
    *,
    is_new: bool,
    rows: Sequence[dict[str, Any]],
) -> None:
    """Insert rows, or update the columns of these names, by the driver's own parameters.

    For twenty rows SQLAlchemy's own way takes longer than SQLite.
    """
    text, columns = _compiled(connection.dialect, model, names, is_new=is_new)
    values = [
        tuple(
            [
                row.get(name) if convert is None else convert(row.get(name))
                for name, convert in columns
            ]
        )
        for row in rows
    ]
    connection.exec_driver_sql(text, values)


def _write_source(connection: Connection, source: Row) -> None:
    if source.is_new:
        connection.execute(insert(Source), [source.columns])
    elif source.changed:
        values = {name: source[name] for name in source.changed}
        of_source = update(Source).where(Source.source == source["source"])
        connection.execute(of_source.values(values))


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
    if rows:
        connection.execute(insert(Shingle), rows)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - for the type alone
    return table


# To build a statement takes longer than to run it.
@cache
def _compiled(
    dialect: Dialect, model: type[Base], names: tuple[str, ...], *, is_new: bool
) -> tuple[str, list[tuple[str, Callable[[Any], Any] | None]]]:
    """Return a statement's text, and its parameters: columns, with what converts their values."""
    table, mark = _table(model), "?" if dialect.paramstyle == "qmark" else "%s"
    if is_new:
        marks = ", ".join([mark] * len(names))
        text = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    else:
        changes = ", ".join(f"{name} = {mark}" for name in names)
        text = f"UPDATE {table.name} SET {changes} WHERE id = {mark}"  # noqa: S608
        names = (*names, "id")
    kinds = ((name, table.c[name].type.dialect_impl(dialect)) for name in names)
    return text, [(name, kind.bind_processor(dialect)) for name, kind in kinds]


@cache
def _articles_by(lists: tuple[str, ...]) -> Executable:
    return union_all(*(_ARTICLES[name] for name in lists))


def _some(column: Any, name: str = "some") -> Any:
    return column.in_(bindparam(name, expanding=True))


_PAGE = tuple(_table(Page).columns)
_ARTICLE = tuple(each for each in _table(Article).columns if each.name not in _TEXTS)
_PAGES_BY_ID = select(*_PAGE).where(Page.source == bindparam("source"), _some(Page.source_id))
_PAGES_BY_NUMBER = select(*_PAGE).where(_some(Page.id))
_PAGES_BY_ARTICLE = select(*_PAGE).where(_some(Page.article_id))
_LIST_PAGE = select(*_PAGE).where(
    Page.source == bindparam("source"),
    Page.source_id.is_(None),
    Page.url == bindparam("url"),
)
# By number, by text, and those that a reparse has set back: each by an index.
_OF_SOURCE = Article.source == bindparam("source")
_ARTICLES = {
    "numbers": select(*_ARTICLE).where(_some(Article.id, "numbers")),
    "hashes": select(*_ARTICLE).where(_OF_SOURCE, _some(Article.text_hash, "hashes")),
    "ids": select(*_ARTICLE).where(
        _OF_SOURCE, _some(Article.source_id, "ids"), Article.text_hash == FORGOTTEN
    ),
}
_ARTICLE_TEXTS = select(Article.id, Article.description, Article.article_body).where(
    _some(Article.id)
)
_VERSIONS = select(
    *(each for each in _table(ArticleVersion).columns if each.name not in {*_TEXTS, "headline"})
).where(_some(ArticleVersion.article_id))
_LISTINGS = select(*_table(Listing).columns).where(_some(Listing.page_id))
_SECTIONS = select(*_table(Section).columns).where(Section.source == bindparam("source"))
_SOURCE = select(*_table(Source).columns).where(Source.source == bindparam("source"))
_LARGEST = text(f"SELECT {', '.join(f'(SELECT max(id) FROM {name})' for name in _TABLES)}")  # noqa: S608
