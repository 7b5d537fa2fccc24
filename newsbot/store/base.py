"""What all tables and statements share: column types, the base class, upserts, batches."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

from newsbot.items import ListKind, Origin, Precision, Status


class Instant(TypeDecorator[datetime]):
    """A timezone-aware instant, kept in UTC to the second.

    SQLite holds `2025-08-19 22:13:00`, which its own date functions read and
    which sorts as text; PostgreSQL holds `timestamptz`. A naive datetime is
    refused with ValueError, because nobody could say which zone it means.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        return dialect.type_descriptor(DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Any:
        """Return what turns an instant into the database's form; SQLite's own way is slow."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Return what turns the database's form into an instant."""
        if dialect.name == "sqlite":
            return _from_text
        return super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; instants are stored in UTC")
    return value.astimezone(UTC).replace(microsecond=0)


# The instant of a response is in most of the rows that follow from it.
@lru_cache(maxsize=256)
def _to_text(value: datetime | None) -> str | None:
    return None if value is None else str(_in_utc(value))[:19]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


# SQLite gives only an INTEGER primary key its fast row id.
Key = BigInteger().with_variant(Integer, "sqlite")


def one_of(column: str, values: type[Status | Origin | Precision | ListKind]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows that `where` selects."""
    return Index(name, *columns, sqlite_where=text(where))


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can name it too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, datetime: Instant, float: Float}


@event.listens_for(Base.metadata, "before_create")
def _mend_partial_indexes(metadata: MetaData, connection: Connection, **_: object) -> None:
    # To name PostgreSQL's option above would import all of its drivers, for every command.
    if connection.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            for index in table.indexes:
                where = index.dialect_options["sqlite"]["where"]
                index.dialect_options["postgresql"]["where"] = where


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
