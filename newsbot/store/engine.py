"""Opens the database, SQLite or PostgreSQL, and explains its errors."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from newsbot import DISTRIBUTION
from newsbot.errors import DatabaseUnusable

BUSY_TIMEOUT = 30.0
"""Seconds to wait for another program's lock before giving up."""

CONNECT_TIMEOUT = 10
"""Seconds to wait for a PostgreSQL server to answer."""

_FORMS = "write a path, sqlite:///folder/file.db or postgresql://user@host/database"
_SQLITE = {"sqlite", "sqlite+pysqlite"}
_POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg"}
_READ_ONLY = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """Return an engine for the database at `url`, after a test connection.

    On SQLite the file and its folder are created if they are missing, every
    transaction of a writing engine starts with BEGIN IMMEDIATE, and a committed
    one survives a power failure. A `read_only` engine can't change a row, sees one
    state of the database throughout a transaction, and blocks no other program.

    Raises:
        DatabaseUnusable: the URL can't be parsed, or the database can't be
            opened, read or (unless `read_only`) written.
    """
    parsed = _parse(url)
    if parsed.drivername in _SQLITE:
        engine = _sqlite_engine(parsed, read_only=read_only)
    else:
        engine = _postgresql_engine(parsed, read_only=read_only)
    try:
        with explained(engine), engine.connect() as connection:
            _try(connection, read_only=read_only)
    except DatabaseUnusable:
        engine.dispose()
        raise
    return engine


def _try(connection: Connection, *, read_only: bool) -> None:
    if connection.dialect.name == "sqlite":
        # Reading the file's header shows whether it is a database; only writing it shows whether
        # the file is writable. The change is never committed.
        connection.exec_driver_sql(f"PRAGMA user_version{'' if read_only else ' = 0'}")
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"The database {database_name(connection.engine.url)} stores text in {encoding}; "
            f"create one in UTF-8 with: createdb --encoding=UTF8 --template=template0 NAME."
        )


def _parse(url: str) -> URL:
    # The URL is not repeated: in what can't be parsed, a password may be anywhere.
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnusable(f"The database URL can't be parsed; {_FORMS}.") from error
    if "\0" in unquote(url):
        raise DatabaseUnusable(f"The database URL can't be parsed; {_FORMS}.")
    if parsed.drivername not in _SQLITE | _POSTGRESQL:
        raise DatabaseUnusable(f"newsbot has no driver for {parsed.drivername!r}; {_FORMS}.")
    return parsed


def _sqlite_engine(url: URL, *, read_only: bool) -> Engine:
    path = _sqlite_path(url)
    try:
        if read_only and not path.exists():
            raise DatabaseUnusable(f"There is no database at {path}; run a crawl to create it.")
        if path.is_dir():
            raise DatabaseUnusable(f"The database {path} is a folder; name a file in it.")
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "its folder is a file" if isinstance(error, FileExistsError) else error.strerror
        raise DatabaseUnusable(
            f"The database {path} can't be reached ({reason}); "
            f"name a path whose folders this user may open and write."
        ) from error
    if read_only:
        query = {"mode": "ro", "uri": "true"}
        if _is_immutable(path):
            query["immutable"] = "1"
        target = URL.create("sqlite", database=path.absolute().as_uri(), query=query)
    else:
        target = URL.create("sqlite", database=str(path))
    engine = create_engine(target, connect_args={"timeout": BUSY_TIMEOUT})
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    # SQLAlchemy's recipe to take over transactions from the driver: by default, sqlite3 begins
    # late and DEFERRED, and if another program writes, such a transaction fails without waiting.
    @event.listens_for(engine, "connect")
    def _set_up(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None
        if not read_only:
            dbapi_connection.execute("PRAGMA journal_mode = WAL").close()
            dbapi_connection.execute("PRAGMA synchronous = FULL").close()
            dbapi_connection.execute("PRAGMA foreign_keys = ON").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _is_immutable(path: Path) -> bool:
    """Return whether a database can be read without locks: on a read-only file system, without WAL.

    Otherwise SQLite would create files beside it. What is in a `-wal` file is not in it yet.
    """
    if not os.statvfs(path).f_flag & os.ST_RDONLY:
        return False
    log = Path(f"{path}-wal")
    return not log.exists() or log.stat().st_size == 0


def _sqlite_path(url: URL) -> Path:
    if url.host or url.username or url.port:
        raise DatabaseUnusable(
            "An SQLite URL has three slashes before a relative path and four before "
            "an absolute one; write sqlite:///folder/file.db."
        )
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseUnusable(
            f"The database must be a file, not {url.database or 'in memory'}; "
            "write sqlite:///folder/file.db."
        )
    if url.query:
        raise DatabaseUnusable(
            f"The URL of {database_name(url)} has options after the '?'; remove them."
        )
    return Path(url.database)


def _postgresql_engine(url: URL, *, read_only: bool) -> Engine:
    # An article may contain any character, whatever PGCLIENTENCODING says.
    arguments: dict[str, Any] = {"client_encoding": "UTF8"}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = CONNECT_TIMEOUT
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg").difference_update_query(["client_encoding"]),
            connect_args=arguments,
            execution_options=_READ_ONLY if read_only else {},
            pool_pre_ping=True,
        )
    except ImportError as error:
        raise DatabaseUnusable(
            f"PostgreSQL needs psycopg; install it with: pip install '{DISTRIBUTION}[postgres]'."
        ) from error


# Keyed by SQLite's primary result codes: https://www.sqlite.org/rescode.html
_SQLITE_FAULTS = {
    sqlite3.SQLITE_PERM: "can't be opened; give this user read and write permission on the file",
    sqlite3.SQLITE_BUSY: "is locked by another program; close that program or wait for it",
    sqlite3.SQLITE_LOCKED: "is locked by another program; close that program or wait for it",
    sqlite3.SQLITE_READONLY: "can't be written; "
    "give this user write permission on the file and on its folder",
    sqlite3.SQLITE_IOERR: "can't be read or written because the disk failed; "
    "check the disk and the free space, then run the same command again",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore a backup, "
    "or save what can be read with sqlite3's .recover",
    sqlite3.SQLITE_FULL: "can't grow because the disk is full; "
    "free some space and run the same command again",
    sqlite3.SQLITE_CANTOPEN: "can't be opened; "
    "give this user read and write permission on the file and on its folder",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database; move the file away or name another one",
}
_PRIMARY_CODE = 0xFF
# A read-only engine opens the database by such a URI.
_FILE = "file://"


def database_name(url: URL) -> str:
    """Return the name of the database in messages: its path, or its URL without the password."""
    if url.get_backend_name() != "sqlite":
        return URL.create(
            url.get_backend_name(), url.username, None, url.host, url.port, url.database
        ).render_as_string()
    database = url.database or ""
    return unquote(database.removeprefix(_FILE)) if database.startswith(_FILE) else database


def explain(error: SQLAlchemyError, url: URL) -> DatabaseUnusable:
    """Return an error whose message names the database, what is wrong with it and the remedy.

    The message contains no password, no statement and no parameter.
    """
    name = database_name(url)
    for cause in _causes(error):
        code = getattr(cause, "sqlite_errorcode", None)
        if code is not None and (fault := _SQLITE_FAULTS.get(code & _PRIMARY_CODE)):
            return DatabaseUnusable(f"The database {name} {fault}.")
    cause = getattr(error, "orig", None) or error
    said = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    if url.password:
        said = said.replace(str(url.password), "***")
    remedy = (
        "restore a backup or name another file"
        if url.get_backend_name() == "sqlite"
        else "check that the server runs and that the URL, user and password are right"
    )
    return DatabaseUnusable(f"The database {name} can't be used ({said}); {remedy}.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    # A full disk may first appear as a missing savepoint; the errors before that say why.
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Raise any SQLAlchemyError of the block as DatabaseUnusable, see `explain`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explain(error, engine.url) from error
