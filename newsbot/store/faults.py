"""What a database's error means to the person who has to repair it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from newsbot.errors import DatabaseUnusable

# Keyed by SQLite's primary result codes: https://www.sqlite.org/rescode.html
_SQLITE_FAULTS = {
    sqlite3.SQLITE_PERM: "may not be opened; give this user read and write permission on the file",
    sqlite3.SQLITE_BUSY: "is locked by another program; close that program or wait for it",
    sqlite3.SQLITE_LOCKED: "is locked by another program; close that program or wait for it",
    sqlite3.SQLITE_READONLY: "may not be written; "
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
# A database that is only read is opened by such a URI.
_FILE = "file://"


def database_name(url: URL) -> str:
    """Return what to call the database in a message: its path, or its URL without secrets."""
    if url.get_backend_name() != "sqlite":
        return URL.create(
            url.get_backend_name(), url.username, None, url.host, url.port, url.database
        ).render_as_string()
    database = url.database or ""
    return unquote(database.removeprefix(_FILE)) if database.startswith(_FILE) else database


def explain(error: SQLAlchemyError, url: URL) -> DatabaseUnusable:
    """Return one sentence that names the database, what is wrong with it and the remedy.

    No part of a password in `url` is in it, and no statement or parameter.
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
    # A full disk may first show as a savepoint that is gone; what happened before tells why.
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
