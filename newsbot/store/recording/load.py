"""Loads the rows that concern a batch of pages, in a few statements whatever its size."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import count, zip_longest
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, func, select, text, union_all

from newsbot.items import Fingerprint
from newsbot.store.base import chunks
from newsbot.store.recording import duplicates
from newsbot.store.recording.known import Incoming, Known, Row
from newsbot.store.tables import Article, Base, Listing, Page, Section, Source, Version
from newsbot.text import fingerprint_of

# In such an order that each table only refers to those before it.
TABLES: dict[str, type[Base]] = {
    model.__tablename__: model for model in (Article, Page, Version, Listing, Section)
}
_TEXTS = {"description", "article_body"}


def load(connection: Connection, known: Known, incoming: Sequence[Incoming]) -> None:
    """Load the rows that concern the pages and are not loaded yet."""
    pages = [each.page for each in incoming]
    _load_numbers(connection, known, incoming)
    asked = {page.source_id for page in pages if page.source_id is not None}
    listed = {listing.source_id for page in pages for listing in page.listings}
    wanted = [each for each in asked | listed if each not in known.pages]
    loaded = load_pages(connection, known, _PAGES_BY_ID, wanted)
    for url in {page.url for page in pages if page.source_id is None} - known.list_pages.keys():
        place = {"source": known.site.name, "url": url}
        for row in rows_of(connection, known, "pages", _LIST_PAGE, **place):
            known.list_pages[url] = row
    texts = {page.fingerprint.text_hash for page in pages if page.fingerprint is not None}
    load_articles(connection, known, loaded, texts)
    _load_versions(connection, known, asked, texts)
    load_listings(connection, known)
    load_site(connection, known)
    _load_candidates(connection, known, incoming)


def load_site(connection: Connection, known: Known) -> None:
    """Load the rows of the site and its sections, unless they are loaded."""
    if not known.is_loaded:
        place = {"source": known.site.name}
        sections = rows_of(connection, known, "sections", _SECTIONS, **place)
        known.sections = {row["section"]: row for row in sections}
        known.source = next(iter(rows_of(connection, known, "sources", _SOURCE, **place)), None)
        known.is_loaded = True


def _load_numbers(connection: Connection, known: Known, incoming: Sequence[Incoming]) -> None:
    """Load numbers for new rows: the next ones on SQLite, the sequence's on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        if not known.ids:
            largest = connection.execute(_LARGEST).one()
            known.ids = {
                name: count((number or 0) + 1) for name, number in zip(TABLES, largest, strict=True)
            }
        return
    listings = sum(len(each.page.listings) for each in incoming)
    most = {
        "articles": len(incoming),
        "pages": listings + len(incoming),
        "versions": len(incoming),
        "listings": listings,
        "sections": sum(len(each.page.boxes) + len(each.page.sections) for each in incoming) + 1,
    }
    known.ids = {name: _sequence(connection, name, number) for name, number in most.items()}


def _sequence(connection: Connection, table: str, most: int) -> Iterator[int]:
    """Yield numbers of a table's sequence, fetched together when the first is needed."""
    sequence = func.pg_get_serial_sequence(table, "id")
    numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, max(most, 1)))
    while True:
        yield from connection.scalars(numbers).all()


def load_pages(
    connection: Connection, known: Known, statement: Executable, values: Collection[Any]
) -> list[Row]:
    """Load the pages that a statement selects by `values`; return those not loaded before."""
    loaded = []
    for some in chunks(list(values)):
        for row in rows_of(connection, known, "pages", statement, some=list(some)):
            if row["source_id"] not in known.pages:
                known.put_page(row)
                loaded.append(row)
    return loaded


def load_articles(
    connection: Connection,
    known: Known,
    pages: Iterable[Row],
    texts: Collection[str],
) -> None:
    """Load the articles of pages and those with one of `texts`, and all pages that show them."""
    shown = {row["article_id"] for row in pages} - {None} - known.articles.keys()
    new_texts = [each for each in texts if known.article_with(each) is None]
    some_of_each = (chunks(list(values)) for values in (shown, new_texts))
    found = []
    for numbers, hashes in zip_longest(*some_of_each, fillvalue=()):
        place = {"numbers": numbers, "hashes": hashes}
        given = {name: values for name, values in place.items() if values}
        # With an empty list, SQLite would scan all articles of the source.
        statement = _articles_by(tuple(given))
        for row in rows_of(connection, known, "articles", statement, **given):
            if row.id not in known.articles:
                known.put_article(row)
                found.append(row.id)
    load_pages(connection, known, _PAGES_BY_ARTICLE, found)


def _load_versions(
    connection: Connection, known: Known, asked: Collection[str], texts: Collection[str]
) -> None:
    """Load the versions of the articles whose text may have been edited, and that text."""
    of_asked = {
        page["article_id"]
        for source_id in asked
        if (page := known.pages.get(source_id)) and page["article_id"] is not None
    }
    for some in chunks(sorted(of_asked - known.with_versions)):
        known.versions |= {article_id: [] for article_id in some}
        for row in rows_of(connection, known, "versions", _VERSIONS, some=list(some)):
            known.versions[row["article_id"]].append(row)
    known.with_versions |= of_asked
    changing = [
        each
        for each in sorted(of_asked)
        if set(texts) - {(row := known.articles[each])["text_hash"]} and row["article_body"] is None
    ]
    for some in chunks(changing):
        for row in rows_of(connection, known, "articles", _ARTICLE_TEXTS, some=list(some)):
            known.articles[row.id].columns |= row.columns


def load_listings(connection: Connection, known: Known) -> None:
    numbers = [row.id for row in known.pages.values() if row.id not in known.listings]
    for some in chunks(numbers):
        known.listings |= {number: {} for number in some}
        for row in rows_of(connection, known, "listings", _LISTINGS, some=list(some)):
            known.listings[row["page_id"]][row["list_name"], row["title"]] = row


def rows_of(
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


def table_of(model: type[Base]) -> Table:
    """Return a model's table."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - for the type alone
    return table


# Building a statement takes longer than running it.
@cache
def _articles_by(lists: tuple[str, ...]) -> Executable:
    return union_all(*(_ARTICLES[name] for name in lists))


def _some(column: Any, name: str = "some") -> Any:
    return column.in_(bindparam(name, expanding=True))


_PAGE = tuple(table_of(Page).columns)
_ARTICLE = tuple(each for each in table_of(Article).columns if each.name not in _TEXTS)
_PAGES_BY_ID = select(*_PAGE).where(Page.source == bindparam("source"), _some(Page.source_id))
PAGES_BY_NUMBER = select(*_PAGE).where(_some(Page.id))
_PAGES_BY_ARTICLE = select(*_PAGE).where(_some(Page.article_id))
_LIST_PAGE = select(*_PAGE).where(
    Page.source == bindparam("source"),
    Page.source_id.is_(None),
    Page.url == bindparam("url"),
)
# By number and by text: each by an index.
_OF_SOURCE = Article.source == bindparam("source")
_ARTICLES = {
    "numbers": select(*_ARTICLE).where(_some(Article.id, "numbers")),
    "hashes": select(*_ARTICLE).where(_OF_SOURCE, _some(Article.text_hash, "hashes")),
}
_ARTICLE_TEXTS = select(Article.id, Article.description, Article.article_body).where(
    _some(Article.id)
)
_VERSIONS = select(
    *(each for each in table_of(Version).columns if each.name not in {*_TEXTS, "headline"})
).where(_some(Version.article_id))
_LISTINGS = select(*table_of(Listing).columns).where(_some(Listing.page_id))
_SECTIONS = select(*table_of(Section).columns).where(Section.source == bindparam("source"))
_SOURCE = select(*table_of(Source).columns).where(Source.source == bindparam("source"))
_LARGEST = text(f"SELECT {', '.join(f'(SELECT max(id) FROM {name})' for name in TABLES)}")  # noqa: S608
