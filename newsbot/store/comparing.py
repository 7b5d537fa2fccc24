"""Tells two states of a site's rows apart, page by page, and brings one to the state of the other.

Rows are known by the site's ids, lists and titles, whatever numbers a database gives them.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, repeat
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import aliased

from newsbot.store.statements import CHUNK, chunks
from newsbot.store.tables import Article, ArticleVersion, Base, Listing, Page, Shingle, Source

AT_ONCE = 2000
"""About so many differences are written in one transaction."""

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that one of two states lacks, or has with other values.

    `key` names it in the words of the site: its ids, its lists and titles. `before` and `after`
    hold the other columns that differ, or all of them where the other state lacks the row; None
    means a row that is not there. `number` is the row's own number before, None if it is new.
    """

    table: str
    key: _Row
    before: _Row | None
    after: _Row | None
    number: Any = field(default=None, compare=False)


def differences(
    before: Connection, after: Connection, source: str
) -> Generator[Difference, None, None]:
    """Yield what differs between two states of a site's rows, in the order of the site's ids.

    Compared is all that pages have said: articles, the ledger, versions, listings; then the site. A
    row that belongs to an article names it by the site's id. Rows are read as they are needed, so a
    large archive takes no more memory.
    """
    by_page = (_compared(view, before, after, source) for view in _BY_PAGE)
    yield from merge(*by_page, key=_page_of)
    for view in _OTHERS:
        yield from _compared(view, before, after, source)


def write(target: Engine, after: Connection, source: str, found: Iterable[Difference]) -> None:
    """Give the rows of `target` the state `after`, of which `found` is how they differ.

    Rows keep their numbers. All that is new of a page is one transaction, together with that of
    other pages; so whatever ends this leaves a sound database, and comparing again finds the rest.
    """
    writer = _Writer(after, source)
    for _, of_page in groupby(found, _page_of):
        writer.waiting += of_page
        if len(writer.waiting) >= AT_ONCE:
            with target.begin() as connection:
                writer.write(connection)
    with target.begin() as connection:
        writer.write(connection)
        writer.finish(connection)


class _View:
    """A table without the numbers that only this database gives its rows."""

    def __init__(
        self, table: type[Base], keys: dict[str, Any], statement: Select[Any], source: Any
    ) -> None:
        self.table = _table(table)
        self.keys = tuple(keys)
        own = [each for each in self.table.columns if not (each.primary_key or each.foreign_keys)]
        others = [column for column in own if column.name not in keys]
        named = [column.label(name) for name, column in keys.items()]
        [self.number] = self.table.primary_key
        self._source = source
        self._statement = statement.with_only_columns(
            *named, *statement.selected_columns, *others, self.number.label("number")
        )
        self.names = tuple(self._statement.selected_columns.keys())[len(keys) : -1]
        self._order = list(keys.values())

    def rows(self, connection: Connection, source: str) -> Iterator[Sequence[Any]]:
        """Yield its rows in the order of the keys: key, other columns, number."""
        # Python compares strings by their code points, and so must the database.
        binary = "C" if connection.dialect.name == "postgresql" else "BINARY"
        order = [key.collate(binary) if key.type.python_type is str else key for key in self._order]
        statement = self._statement.where(self._source == source).order_by(*order)
        with connection.execute(statement.execution_options(yield_per=CHUNK)) as found:
            yield from found


def _compared(
    view: _View, before: Connection, after: Connection, source: str
) -> Iterator[Difference]:
    size = len(view.keys)

    def key(found: tuple[bool, Sequence[Any]]) -> tuple[Any, ...]:
        return tuple(found[1][:size])

    states = (
        zip(repeat(is_new), view.rows(connection, source))
        for is_new, connection in ((False, before), (True, after))
    )
    for values, found in groupby(merge(*states, key=key), key):
        rows = dict(found)
        old, new = rows.get(False), rows.get(True)
        if old is not None and new is not None and old[size:-1] == new[size:-1]:
            continue
        yield Difference(
            view.table.name,
            dict(zip(view.keys, values, strict=True)),
            _unlike(view, old, new),
            _unlike(view, new, old),
            None if old is None else old[-1],
        )


def _unlike(view: _View, row: Sequence[Any] | None, other: Sequence[Any] | None) -> _Row | None:
    if row is None:
        return None
    columns = zip(view.names, row[len(view.keys) :], strict=False)
    if other is None:
        return dict(columns)
    others = other[len(view.keys) :]
    return {name: one for (name, one), two in zip(columns, others, strict=False) if one != two}


def _page_of(difference: Difference) -> str:
    source_id: str = difference.key.get("source_id", "")
    return source_id


class _Writer:
    """Writes differences; `waiting` are those to come."""

    def __init__(self, after: Connection, source: str) -> None:
        self._after = after
        self._source = source
        self.waiting: list[Difference] = []
        # What refers to an article that is still to come, and what others may still refer to.
        self._later: list[Difference] = []
        self._repeats: list[tuple[Any, Any]] = []
        self._gone: dict[Table, list[Any]] = {_PAGES: [], _ARTICLES: []}

    def write(self, connection: Connection) -> None:
        """Write what waits, unless it has to wait longer."""
        waiting, self.waiting = self.waiting, []
        for view in (*_BY_PAGE, *_OTHERS):
            found = [each for each in waiting if each.table == view.table.name]
            removed = [each.number for each in found if each.after is None]
            if view.table in self._gone:
                self._gone[view.table] += removed
            else:
                _delete(connection, view.number, removed)
            self._write(connection, view, [each for each in found if each.after is not None])

    def finish(self, connection: Connection) -> None:
        """Write the rest."""
        self.waiting, self._later = self._later, []
        self.write(connection)
        ids = {source_id for pair in self._repeats for source_id in pair}
        numbers = self._numbers(connection, _ARTICLES, ids)
        for one, earlier in self._repeats:
            row = update(_ARTICLES).where(_ARTICLES.c.id == numbers[one])
            connection.execute(row.values(duplicate_of_id=numbers.get(earlier)))
        _delete(connection, _PAGES.c.id, self._gone[_PAGES])
        _delete(connection, _SHINGLES.c.article_id, self._gone[_ARTICLES])
        _delete(connection, _ARTICLES.c.id, self._gone[_ARTICLES])

    def _write(self, connection: Connection, view: _View, found: list[Difference]) -> None:
        table, columns = view.table, view.table.columns.keys()
        articles = self._numbers(
            connection, _ARTICLES, {_after(each).get("story") for each in found}
        )
        pages = {}
        if "page_id" in columns:
            pages = self._numbers(connection, _PAGES, {each.key["source_id"] for each in found})
        postponed = set(map(_page_of, self._later)) - {""}
        new: list[_Row] = []
        changed: dict[Any, _Row] = {}
        for each in found:
            values = _after(each)
            story = values.pop("story", None)
            if (story is not None and story not in articles) or _page_of(each) in postponed:
                self._later.append(each)
                continue
            if "story" in (each.after or ()):
                values["article_id"] = articles.get(story)
            earlier = values.pop("duplicate_of", None)
            if "duplicate_of" in (each.after or ()) and (each.number is not None or earlier):
                self._repeats.append((each.key["source_id"], earlier))
            if each.number is not None:
                changed[each.number] = values
                continue
            values |= {name: value for name, value in each.key.items() if name in columns}
            if "page_id" in columns:
                values["page_id"] = pages[each.key["source_id"]]
            new.append(values)
        _update(connection, view, changed)
        if new:
            connection.execute(insert(table), [_as_stored(row) for row in new])
        if table is _ARTICLES:
            self._write_sketches(
                connection, [each for each in found if "text_hash" in _after(each)]
            )

    def _write_sketches(self, connection: Connection, found: list[Difference]) -> None:
        numbers = self._numbers(connection, _ARTICLES, set(map(_page_of, found)))
        _delete(connection, _SHINGLES.c.article_id, list(numbers.values()))
        for some in chunks(list(numbers)):
            sketches = select(Article.source_id, Shingle.hash).join(
                Article, Article.id == Shingle.article_id
            )
            wanted = sketches.where(Article.source == self._source, Article.source_id.in_(some))
            rows = [
                {"hash": each.hash, "article_id": numbers[each.source_id]}
                for each in self._after.execute(wanted)
            ]
            if rows:
                connection.execute(insert(_SHINGLES), rows)

    def _numbers(
        self, connection: Connection, table: Table, source_ids: set[Any]
    ) -> dict[str, int]:
        """Return the numbers of a table's rows by the site's ids."""
        numbers: dict[str, int] = {}
        for some in chunks(sorted(source_ids - {None})):
            found = select(table.c.source_id, table.c.id).where(
                table.c.source == self._source, table.c.source_id.in_(some)
            )
            numbers |= {row.source_id: row.id for row in connection.execute(found)}
        return numbers


def _after(difference: Difference) -> _Row:
    return dict(difference.after or {})


def _as_stored(row: _Row) -> _Row:
    # The key of a list page has no id, which sorts as an empty one.
    return row | {"source_id": row["source_id"] or None} if "source_id" in row else row


def _update(connection: Connection, view: _View, changed: dict[Any, _Row]) -> None:
    if view.table is _VERSIONS:
        # Texts of a page may change places: for a moment no two are to be the same.
        for some in chunks([each for each, row in changed.items() if "text_hash" in row]):
            swapped = update(view.table).where(view.number.in_(some))
            connection.execute(swapped.values(text_hash=cast(view.number, Text)))
    alike: dict[tuple[str, ...], list[_Row]] = {}
    for number, row in changed.items():
        alike.setdefault(tuple(row), []).append({"of_row": number, **row})
    for names, rows in alike.items():
        if names:
            statement = update(view.table).where(view.number == bindparam("of_row"))
            connection.execute(statement.values({name: bindparam(name) for name in names}), rows)


def _delete(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> None:
    for some in chunks(values):
        connection.execute(delete(column.table).where(column.in_(some)))


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - for the type alone
    return table


_ARTICLES, _PAGES, _VERSIONS, _SHINGLES = map(_table, (Article, Page, ArticleVersion, Shingle))
_STORY = aliased(Article)
_EARLIER = aliased(Article)

_BY_PAGE = (
    _View(
        Article,
        {"source": Article.source, "source_id": Article.source_id},
        select(_EARLIER.source_id.label("duplicate_of"))
        .select_from(Article)
        .outerjoin(_EARLIER, _EARLIER.id == Article.duplicate_of_id),
        Article.source,
    ),
    _View(
        Page,
        {
            "source": Page.source,
            "source_id": func.coalesce(Page.source_id, ""),
            "list_page": case((Page.source_id.is_(None), Page.url), else_=""),
        },
        select(_STORY.source_id.label("story"))
        .select_from(Page)
        .outerjoin(_STORY, _STORY.id == Page.article_id),
        Page.source,
    ),
    _View(
        ArticleVersion,
        {
            "source": Page.source,
            "source_id": Page.source_id,
            "version": ArticleVersion.version,
        },
        select(_STORY.source_id.label("story"))
        .select_from(ArticleVersion)
        .join(Page, Page.id == ArticleVersion.page_id)
        .join(_STORY, _STORY.id == ArticleVersion.article_id),
        Page.source,
    ),
    _View(
        Listing,
        {
            "source": Listing.source,
            "source_id": Listing.source_id,
            "list_name": Listing.list_name,
            "title": Listing.title,
        },
        select().select_from(Listing),
        Listing.source,
    ),
)
_OTHERS = (_View(Source, {"source": Source.source}, select().select_from(Source), Source.source),)

TABLES = tuple(view.table.name for view in (*_BY_PAGE, *_OTHERS))
"""What is compared."""
