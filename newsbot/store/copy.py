"""Copies one database to another: from SQLite to PostgreSQL, back, or to the same kind.

Rows that are already equal are left alone. So a copy that was interrupted
continues where it stopped, and a repeated one copies only what has changed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    Text,
    and_,
    collate,
    delete,
    func,
    select,
    true,
    tuple_,
)

from newsbot.errors import CopyFailed
from newsbot.store.base import CHUNK, AnyRow, chunks, upsert
from newsbot.store.engine import database_name, explained
from newsbot.store.tables import Article, Base

TABLES = tuple(Base.metadata.sorted_tables)
"""All tables, each after those that it refers to."""

_REFERRED_TO = {key.column.table for table in TABLES for key in table.foreign_keys}

Progress = Callable[[str, int], None]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """A table that is equal in both databases: its number of rows, and their SHA-256 (hex)."""

    table: str
    rows: int
    sha256: str


def copy(source: Engine, target: Engine, progress: Progress) -> list[Copied]:
    """Make every table of `target` equal to that of `source`; return each once it is verified.

    Nothing else may write to either database meanwhile. `target` must have the
    tables, and be empty or an earlier copy of `source`. A few hundred rows are
    one transaction; `progress` is called after each, with the table's name and
    the number of rows. Triggers keep the search index up to date.

    Raises:
        CopyFailed: `target` has articles that `source` lacks, and was left as it
            is; or a table differs at the end.
        DatabaseUnusable: one of them can't be read or written.
    """
    with explained(source), source.connect() as original, explained(target):
        _require_same_articles(original, target)
        for table in reversed(TABLES):
            _remove(table, original, target)
        for table in TABLES:
            _copy_rows(table, original, target, progress)
        with target.begin() as connection:
            _set_sequences(connection)
        with target.connect() as connection:
            return [_verified(table, original, connection) for table in TABLES]


def _require_same_articles(original: Connection, target: Engine) -> None:
    """Raise CopyFailed if the target has an article that the source lacks under that id."""
    articles = select(Article.id, Article.source, Article.source_id)
    with target.connect() as connection:
        for rows in _partitions(connection, articles):
            known = original.execute(articles.where(Article.id.in_([row.id for row in rows])))
            if not set(map(tuple, rows)) <= set(map(tuple, known)):
                raise CopyFailed(
                    f"The database {database_name(target.url)} holds articles that "
                    f"{database_name(original.engine.url)} does not have; copy to an empty one."
                )


def _remove(table: Table, original: Connection, target: Engine) -> None:
    """Delete the rows of the target that the source does not have.

    If no other table refers to them, rows that differ are deleted too: one of them
    may hold a unique value of another row that is still to be copied.
    """
    after: Key | None = None
    columns = table.primary_key if table in _REFERRED_TO else table.columns
    rows_of_source = select(*columns).order_by(*_key(table, original))
    for rows in _partitions(original, rows_of_source):
        last = _key_of(table, rows[-1])
        _remove_but(table, target, rows, after, last)
        after = last
    _remove_but(table, target, [], after, None)


def _remove_but(
    table: Table, target: Engine, rows: Sequence[AnyRow], after: Key | None, up_to: Key | None
) -> None:
    columns = table.primary_key if table in _REFERRED_TO else table.columns
    kept = set(map(repr, rows))
    with target.begin() as connection:
        between = _between(table, connection, after, up_to)
        present = connection.execute(select(*columns).where(between)).all()
        gone = [_key_of(table, row) for row in present if repr(row) not in kept]
        for some in chunks(gone):
            connection.execute(delete(table).where(tuple_(*table.primary_key).in_(some)))


def _copy_rows(table: Table, original: Connection, target: Engine, progress: Progress) -> None:
    """Insert the rows that the target lacks, and update those that differ."""
    statement = upsert(target.dialect.name, table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={column.name: statement.excluded[column.name] for column in table.columns},
    )
    after: Key | None = None
    every = select(table).order_by(*_key(table, original))
    for rows in _partitions(original, every):
        last = _key_of(table, rows[-1])
        with target.begin() as connection:
            between = _between(table, connection, after, last)
            present = set(map(repr, connection.execute(select(table).where(between))))
            others = [row._asdict() for row in rows if repr(row) not in present]
            if others:
                connection.execute(statement, others)
        after = last
        progress(table.name, len(rows))


def _set_sequences(connection: Connection) -> None:
    """Set PostgreSQL's sequences to continue after the numbers of the copied rows."""
    if connection.dialect.name != "postgresql":
        return
    for table in TABLES:
        if table.autoincrement_column is not None:
            sequence = func.pg_get_serial_sequence(table.name, table.autoincrement_column.name)
            last = select(func.max(table.autoincrement_column)).scalar_subquery()
            connection.execute(select(func.setval(sequence, func.coalesce(last, 1))))


def _verified(table: Table, original: Connection, copied: Connection) -> Copied:
    one, other = (_sum_of(table, connection) for connection in (original, copied))
    if one != other:
        raise CopyFailed(
            f"The table {table.name} in {database_name(copied.engine.url)} differs from the "
            f"original ({other.rows} rows; the original has {one.rows}). Copy again while nothing "
            f"writes to either database."
        )
    return one


def _sum_of(table: Table, connection: Connection) -> Copied:
    digest = sha256()
    number = 0
    for rows in _partitions(connection, select(table).order_by(*_key(table, connection))):
        digest.update("".join(map(repr, rows)).encode())
        number += len(rows)
    return Copied(table.name, number, digest.hexdigest())


def _key_of(table: Table, row: AnyRow) -> Key:
    return tuple(getattr(row, column.name) for column in table.primary_key)


def _between(
    table: Table, connection: Connection, after: Key | None, up_to: Key | None
) -> ColumnElement[bool]:
    """Return the condition that a key is above `after` and at most `up_to`; None: no limit."""
    key = tuple_(*_key(table, connection))
    return and_(
        true() if after is None else key > tuple_(*after),
        true() if up_to is None else key <= tuple_(*up_to),
    )


def _key(table: Table, connection: Connection) -> list[ColumnElement[Any]]:
    """Return the primary key to sort by: text by code points, whatever the database's locale."""
    columns: list[ColumnElement[Any]] = list(table.primary_key)
    if connection.dialect.name == "postgresql":
        return [collate(key, "C") if isinstance(key.type, Text) else key for key in columns]
    return columns


def _partitions(
    connection: Connection, statement: Select[*tuple[Any, ...]]
) -> Iterator[Sequence[AnyRow]]:
    options = {"yield_per": CHUNK}
    with connection.execute(statement, execution_options=options) as result:
        yield from result.partitions()
