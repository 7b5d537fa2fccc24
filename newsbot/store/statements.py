"""What statements in several rooms need: upserts on either database, batches that fit into one."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from newsbot.store.tables import Base

CHUNK = 500
"""Rows or ids in one statement: well below what either database takes."""

AnyRow = Row[*tuple[Any, ...]]

T = TypeVar("T")


def upsert(dialect: str, table: type[Base] | Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT into `table` that knows `on_conflict_do_update` and `…_do_nothing`.

    `dialect` is the database's: `connection.dialect.name`. To build a
    statement takes longer than to run it: those of the hot path are kept.
    """
    if dialect == postgresql.dialect.name:
        return postgresql.insert(table)
    return sqlite.insert(table)


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield `rows` in pieces that fit into one statement."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
