"""What all tables and statements share: column types, the base class, writing rows, batches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
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
    """A timezone-aware instant, stored in UTC to the second.

    SQLite stores text, `2025-08-19 22:13:00`, which its date functions read and
    which sorts by time; PostgreSQL stores `timestamptz`. A naive datetime raises
    ValueError, because its time zone is unknown.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        return dialect.type_descriptor(DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Any:
        """Return the function that converts an instant for the database; SQLAlchemy's is slow."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Return the function that converts the database's value to an instant."""
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


# Most rows written for a response contain its instant.
@lru_cache(maxsize=256)
def _to_text(value: datetime | None) -> str | None:
    return None if value is None else str(_in_utc(value))[:19]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


# On SQLite, only an INTEGER primary key is an alias of the fast row id.
Key = BigInteger().with_variant(Integer, "sqlite")


def one_of(column: str, values: type[Status | Origin | Precision | ListKind]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows that `where` selects."""
    return Index(name, *columns, sqlite_where=text(where))


class Base(DeclarativeBase):
    """The base class of the tables; it names every constraint, for use in migrations."""

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
def _copy_conditions_for_postgresql(
    metadata: MetaData, connection: Connection, **_: object
) -> None:
    # Setting PostgreSQL's option in `partial_index` would import its drivers in every command.
    if connection.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            for index in table.indexes:
                where = index.dialect_options["sqlite"]["where"]
                index.dialect_options["postgresql"]["where"] = where


CHUNK = 500
"""Number of rows or ids in one statement, well below the limits of both databases."""

AnyRow = Row[*tuple[Any, ...]]

T = TypeVar("T")


def upsert(dialect: str, table: type[Base] | Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT into `table` that has `on_conflict_do_update` and `…_do_nothing`.

    `dialect` is `connection.dialect.name`. Building a statement takes longer than
    running it, so code that runs often should build it once.
    """
    if dialect == postgresql.dialect.name:
        return postgresql.insert(table)
    return sqlite.insert(table)


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield `rows` in pieces that fit into one statement."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows by the driver itself; all have the columns that the first one has.

    SQLAlchemy would take longer to build the parameters of a row than SQLite to insert it.
    """
    if rows:
        _write_rows(connection, table, tuple(rows[0]), rows, is_new=True)


def update_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Set the columns `names` of rows by the driver itself; each row has its primary key too."""
    if rows and names:
        _write_rows(connection, table, tuple(names), rows, is_new=False)


def _write_rows(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Mapping[str, Any]],
    *,
    is_new: bool,
) -> None:
    statement, columns = _compiled(connection.dialect, table, names, is_new=is_new)
    values = [
        tuple([row[name] if convert is None else convert(row[name]) for name, convert in columns])
        for row in rows
    ]
    connection.exec_driver_sql(statement, values)


# Building a statement takes longer than running it.
@cache
def _compiled(
    dialect: Dialect, table: Table, names: tuple[str, ...], *, is_new: bool
) -> tuple[str, list[tuple[str, Callable[[Any], Any] | None]]]:
    """Return a statement's text, and its columns with the functions that convert their values."""
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    if is_new:
        marks = ", ".join([mark] * len(names))
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    else:
        [key] = table.primary_key
        changes = ", ".join(f"{name} = {mark}" for name in names)
        statement = f"UPDATE {table.name} SET {changes} WHERE {key.name} = {mark}"  # noqa: S608
        names = (*names, key.name)
    kinds = ((name, table.c[name].type.dialect_impl(dialect)) for name in names)
    return statement, [(name, kind.bind_processor(dialect)) for name, kind in kinds]
