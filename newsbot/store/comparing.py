"""Tells two states of the archive apart, row by row, whatever numbers their rows have."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby, repeat
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.orm import aliased

from newsbot.store.tables import Article, ArticleVersion, Base, Listing, Page, Source

_Row = dict[str, Any]

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that one of two states lacks, or has with other values.

    `key` names it in the words of the site: its ids, its lists and titles. `before` and `after`
    hold the columns that differ, or all of a row that the other state lacks; None stands for a row
    that is not there.
    """

    table: str
    key: _Row
    before: _Row | None
    after: _Row | None


def differences(before: Connection, after: Connection) -> Iterator[Difference]:
    """Yield what differs, table by table, in the order of the keys.

    Compared is all that pages have said: stories, the ledger, versions, listings. A row that
    belongs to a story names it by the site's id. Rows are read as they are needed, so a large
    archive takes no more memory.
    """
    for view in _VIEWS:
        yield from _compared(view, view.rows(before), view.rows(after))


class _View:
    """A table without the numbers that only this database gives its rows."""

    def __init__(
        self,
        table: type[Base],
        keys: dict[str, Any],
        statement: Select[Any],
    ) -> None:
        self.name = table.__tablename__
        self.keys = tuple(keys)
        own = [column for column in table.__table__.columns if not _is_number(column)]
        others = [column for column in own if column.name not in keys]
        named = [column.label(name) for name, column in keys.items()]
        self._statement = statement.add_columns(*named, *others)
        self._order = list(keys.values())

    def rows(self, connection: Connection) -> Iterator[_Row]:
        """Yield its rows in the order of the keys."""
        # Python compares strings by their code points, and so must the database.
        binary = "C" if connection.dialect.name == "postgresql" else "BINARY"
        order = [key.collate(binary) if key.type.python_type is str else key for key in self._order]
        statement = self._statement.order_by(*order).execution_options(yield_per=_AT_ONCE)
        for row in connection.execute(statement).mappings():
            yield dict(row)


def _is_number(column: ColumnElement[Any]) -> bool:
    return bool(column.primary_key or column.foreign_keys)


def _compared(view: _View, before: Iterator[_Row], after: Iterator[_Row]) -> Iterator[Difference]:
    def key(found: tuple[str, _Row]) -> tuple[Any, ...]:
        return tuple(found[1][name] for name in view.keys)

    states = [zip(repeat(name), rows) for name, rows in (("before", before), ("after", after))]
    for _, found in groupby(merge(*states, key=key), key):
        rows = dict(found)
        old, new = rows.get("before"), rows.get("after")
        if old == new:
            continue
        row = old or new or {}
        names = [name for name in row if not (old and new and old[name] == new[name])]
        yield Difference(
            view.name,
            {name: row[name] for name in view.keys},
            old and {name: old[name] for name in names},
            new and {name: new[name] for name in names},
        )


_STORY = aliased(Article)
_EARLIER = aliased(Article)

_VIEWS = (
    _View(
        Article,
        {"source": Article.source, "source_id": Article.source_id},
        select(_EARLIER.source_id.label("duplicate_of"))
        .select_from(Article)
        .outerjoin(_EARLIER, _EARLIER.id == Article.duplicate_of_id),
    ),
    _View(
        Page,
        {
            "source": Page.source,
            "source_id": func.coalesce(Page.source_id, ""),
            "url": Page.url,
        },
        select(_STORY.source_id.label("story"))
        .select_from(Page)
        .outerjoin(_STORY, _STORY.id == Page.article_id),
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
    ),
    _View(Source, {"source": Source.source}, select().select_from(Source)),
)
