"""Brings one database to the state of another: from SQLite to PostgreSQL, back, or anywhere.

What is there already is compared and left alone. So a copy that was
interrupted goes on, and one that is repeated brings over what has changed.
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
    """A table that is the same in both databases: how many rows, and their SHA-256 (hex)."""

    table: str
    rows: int
    sha256: str


def copy(source: Engine, target: Engine, progress: Progress) -> list[Copied]:
    """Make every table of `target` what it is in `source`; return each when it is proven so.

    Nobody else may write to either meanwhile. `target` has the tables, and is
    empty or holds an earlier state of the same archive. Some hundred rows are
    one transaction; `progress` is told of each, with the table's name and the
    number of rows. The search index follows by itself, as with any write.

    Raises:
        CopyFailed: `target` holds another archive, and was left as it is; or
            a table is not the same in the end.
        DatabaseUnusable: one of them can't be read or written.
    """
    with explained(source), source.connect() as original, explained(target):
        _require_same_archive(original, target)
        for table in reversed(TABLES):
            _remove(table, original, target)
        for table in TABLES:
            _bring_over(table, original, target, progress)
        with target.begin() as connection:
            _set_sequences(connection)
        with target.connect() as connection:
            return [_proven(table, original, connection) for table in TABLES]


def _require_same_archive(original: Connection, target: Engine) -> None:
    """Refuse a target with an article that the source does not have under that number."""
    articles = select(Article.id, Article.source, Article.source_id)
    with target.connect() as connection:
        for rows in _partitions(connection, articles):
            known = original.execute(articles.where(Article.id.in_([row.id for row in rows])))
            if not set(map(tuple, rows)) <= set(map(tuple, known)):
                raise CopyFailed(
                    f"The database {database_name(target.url)} holds articles that "
                    f"{database_name(original.engine.url)} does not have; name an empty one."
                )


def _remove(table: Table, original: Connection, target: Engine) -> None:
    """Delete the rows of the target that the source does not have.

    Where no other table refers to them, those that differ go too: one of them
    may bear what is unique in another row that is to come.
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
        stretch = _stretch(table, connection, after, up_to)
        present = connection.execute(select(*columns).where(stretch)).all()
        gone = [_key_of(table, row) for row in present if repr(row) not in kept]
        for some in chunks(gone):
            connection.execute(delete(table).where(tuple_(*table.primary_key).in_(some)))


def _bring_over(table: Table, original: Connection, target: Engine, progress: Progress) -> None:
    """Insert the rows that the target lacks, and rewrite those that differ."""
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
            stretch = _stretch(table, connection, after, last)
            present = set(map(repr, connection.execute(select(table).where(stretch))))
            others = [row._asdict() for row in rows if repr(row) not in present]
            if others:
                connection.execute(statement, others)
        after = last
        progress(table.name, len(rows))


def _set_sequences(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in TABLES:
        if table.autoincrement_column is not None:
            sequence = func.pg_get_serial_sequence(table.name, table.autoincrement_column.name)
            last = select(func.max(table.autoincrement_column)).scalar_subquery()
            connection.execute(select(func.setval(sequence, func.coalesce(last, 1))))


def _proven(table: Table, original: Connection, copied: Connection) -> Copied:
    one, other = (_sum_of(table, connection) for connection in (original, copied))
    if one != other:
        raise CopyFailed(
            f"The table {table.name} in {database_name(copied.engine.url)} is not the same: "
            f"{other.rows} rows where there are {one.rows}, or other ones. Copy again, while "
            f"nothing writes to either database."
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


def _stretch(
    table: Table, connection: Connection, after: Key | None, up_to: Key | None
) -> ColumnElement[bool]:
    """Whether a row's key comes after `after`, but not after `up_to`; None is no limit."""
    key = tuple_(*_key(table, connection))
    return and_(
        true() if after is None else key > tuple_(*after),
        true() if up_to is None else key <= tuple_(*up_to),
    )


def _key(table: Table, connection: Connection) -> list[ColumnElement[Any]]:
    """The primary key, text in the order of its characters, whatever the database's locale."""
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
