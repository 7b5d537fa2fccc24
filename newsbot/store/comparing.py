"""Finds the differences between two states of a site's rows, page by page, and writes them.

Rows are matched by the site's ids, lists and titles, not by the numbers that a database gives them.
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
    case,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import aliased

from newsbot.store.base import CHUNK, chunks, insert_rows, update_rows
from newsbot.store.recording.load import table_of
from newsbot.store.recording.record import leave_out_words, spell_out
from newsbot.store.tables import (
    Article,
    ArticleVersion,
    Base,
    Listing,
    Page,
    Shingle,
    Source,
    Version,
)

AT_ONCE = 2000
"""About how many differences are written in one transaction."""

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that one of two states lacks, or has with other values.

    `key` identifies it by the site's ids, lists and titles. `before` and `after` hold the other
    columns that differ, or all of them if the other state lacks the row; None means that there is
    no such row. `number` is the row's number in the first state, None if it is new.
    """

    table: str
    key: _Row
    before: _Row | None
    after: _Row | None
    number: Any = field(default=None, compare=False)


def differences(
    before: Connection, after: Connection, source: str
) -> Generator[Difference, None, None]:
    """Yield the differences between two states of a site's rows, in the order of the site's ids.

    Articles, pages, versions and listings are compared, then the row of the site. A row that
    belongs to an article refers to it by the site's id. Rows are read as they are needed, so a
    large database takes no more memory than a small one.
    """
    by_page = (_compared(view, before, after, source) for view in _BY_PAGE)
    yield from merge(*by_page, key=_page_of)
    for view in _OTHERS:
        yield from _compared(view, before, after, source)


def write(target: Engine, after: Connection, source: str, found: Iterable[Difference]) -> None:
    """Write the differences `found` to `target`, which then has the state `after`.

    Rows keep their numbers. Everything new of a page is written in one transaction, with that of
    other pages; an interruption leaves a consistent database, and comparing again finds the rest.
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
    """A table without the numbers that a database itself gives to its rows.

    `written` is the table to write to if `read` is a view.
    """

    def __init__(
        self,
        read: type[Base],
        keys: dict[str, Any],
        statement: Select[Any],
        source: Any,
        written: type[Base] | None = None,
    ) -> None:
        self.name = read.__tablename__
        self.table = table_of(written or read)
        self.keys = tuple(keys)
        own = [each for each in table_of(read).columns if each.name not in keys]
        others = [each for each in own if not (each.primary_key or each.foreign_keys)]
        named = [column.label(name) for name, column in keys.items()]
        [self.number] = table_of(read).primary_key
        self._source = source
        self._statement = statement.with_only_columns(
            *named, *statement.selected_columns, *others, self.number.label("number")
        )
        self.names = tuple(self._statement.selected_columns.keys())[len(keys) : -1]
        self._order = list(keys.values())

    def rows(self, connection: Connection, source: str) -> Iterator[Sequence[Any]]:
        """Yield the rows in the order of their keys; each is key, other columns, number."""
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
            view.name,
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
    """Writes differences; `waiting` are those not yet written."""

    def __init__(self, after: Connection, source: str) -> None:
        self._after = after
        self._source = source
        self.waiting: list[Difference] = []
        # Differences that refer to an article not yet written, references between articles, and
        # rows to be deleted once nothing refers to them.
        self._later: list[Difference] = []
        self._repeats: list[tuple[Any, Any]] = []
        self._gone: dict[Table, list[Any]] = {_PAGES: [], _ARTICLES: []}

    def write(self, connection: Connection) -> None:
        """Write what is waiting, except what refers to an article not yet written."""
        waiting, self.waiting = self.waiting, []
        for view in (*_BY_PAGE, *_OTHERS):
            found = [each for each in waiting if each.table == view.name]
            removed = [each.number for each in found if each.after is None]
            if view.table in self._gone:
                self._gone[view.table] += removed
            else:
                _delete(connection, _key(view.table), removed)
            self._write(connection, view, [each for each in found if each.after is not None])

    def finish(self, connection: Connection) -> None:
        """Write the rest, and delete the rows that are gone."""
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
        _write_rows(connection, table, changed, [_as_stored(row) for row in new])
        if table is _VERSIONS:
            leave_out_words(connection, Version.page_id, pages.values())
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
            insert_rows(connection, _SHINGLES, rows)

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
    # A list page has no id: in keys it is an empty string, so that it can be sorted.
    return row | {"source_id": row["source_id"] or None} if "source_id" in row else row


def _write_rows(
    connection: Connection, table: Table, changed: dict[Any, _Row], new: Sequence[_Row]
) -> None:
    rewritten = [number for number, row in changed.items() if "text_hash" in row]
    if table is _ARTICLES:
        spell_out(connection, rewritten, ())
    elif table is _VERSIONS:
        spell_out(connection, (), list(changed))
        # Two versions of a page may swap texts, but never have the same hash, even for a moment.
        for some in chunks(rewritten):
            swapped = update(table).where(table.c.id.in_(some))
            connection.execute(swapped.values(text_hash=cast(table.c.id, Text)))
    alike: dict[tuple[str, ...], list[_Row]] = {}
    for number, row in changed.items():
        alike.setdefault(tuple(row), []).append({_key(table).name: number, **row})
    for names, rows in alike.items():
        update_rows(connection, table, names, rows)
    insert_rows(connection, table, new)
    if table is _ARTICLES:
        leave_out_words(connection, Version.article_id, rewritten)


def _key(table: Table) -> ColumnElement[Any]:
    [key] = table.primary_key
    return key


def _delete(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> None:
    for some in chunks(values):
        connection.execute(delete(column.table).where(column.in_(some)))


_ARTICLES, _PAGES, _VERSIONS, _SHINGLES = map(table_of, (Article, Page, Version, Shingle))
_SHOWN_ARTICLE = aliased(Article)
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
        select(_SHOWN_ARTICLE.source_id.label("story"))
        .select_from(Page)
        .outerjoin(_SHOWN_ARTICLE, _SHOWN_ARTICLE.id == Page.article_id),
        Page.source,
    ),
    _View(
        ArticleVersion,
        {
            "source": Page.source,
            "source_id": Page.source_id,
            "version": ArticleVersion.version,
        },
        select(_SHOWN_ARTICLE.source_id.label("story"))
        .select_from(ArticleVersion)
        .join(Page, Page.id == ArticleVersion.page_id)
        .join(_SHOWN_ARTICLE, _SHOWN_ARTICLE.id == ArticleVersion.article_id),
        Page.source,
        Version,
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

TABLES = tuple(view.name for view in (*_BY_PAGE, *_OTHERS))
"""The names of the tables that are compared."""
