"""The database and the archive that a user names, and the lock that lets one crawl in at a time.

The lock is freed by whatever ends the process.
"""

import fcntl
import os
import re
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from newsbot.errors import BadSetting, DatabaseUnusable, LockHeld
from newsbot.store.engine import CONNECT_TIMEOUT, database_name, explained

_CONFIGURATION = "scrapy.cfg"
_SQLITE = "sqlite:///"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)

# The first half of all our advisory locks' keys; the other is a site's, or that of all sites.
_NAMESPACE = 0x6E657773
_ALL_SITES = 0
# With these, each side notices within half a minute that the other's machine is down.
_KEEPALIVE = {"idle": 10, "interval": 5, "count": 4}
_USER_TIMEOUT = 30_000


def database_url(value: str, *, from_here: bool = False) -> str:
    """Return the URL of a database that is given as a URL or as a path, a path made absolute.

    Args:
        value: `~/news.db`, `data/news.db`, `sqlite:///data/news.db`, `postgresql://host/name`.
        from_here: whether a relative path starts at the current folder, see `project_path`.

    Raises:
        BadSetting: the path can't be made absolute.
    """
    path = value
    if _SCHEME.match(value):
        path = unquote(value.removeprefix(_SQLITE)) if value.startswith(_SQLITE) else ""
        # A server's URL, or one with options, goes to the engine as it is.
        if not path or path.startswith("/") or "?" in value:
            return value
    # Only these two characters mean something in a URL of SQLAlchemy's.
    absolute = str(project_path(path, from_here=from_here)).replace("%", "%25").replace("?", "%3F")
    return f"{_SQLITE}{absolute}"


def file_of(url: str) -> tuple[int, int] | None:
    """Return the device and inode of a SQLite URL's file; None without one, and for a server's."""
    if not url.startswith(_SQLITE):
        return None
    try:
        status = Path(unquote(url.removeprefix(_SQLITE))).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def project_path(path: str, *, from_here: bool = False) -> Path:
    """Return `path` made absolute: from the folder of scrapy.cfg, or from here where there is none.

    scrapy.cfg is looked for as Scrapy does, here and in the folders above, unless `from_here`;
    importing Scrapy for that would take too long. `~` is the user's home.

    Raises:
        BadSetting: there is no home, or the current folder has been removed.
    """
    try:
        # Of `./~x`, a path keeps only `~x`.
        given = Path(path).expanduser() if path.startswith("~") else Path(path)
        if given.is_absolute():
            return given
        here = Path.cwd()
        folders = () if from_here else (here, *here.parents)
        return next((each for each in folders if (each / _CONFIGURATION).exists()), here) / given
    except RuntimeError as error:
        raise BadSetting(f"{path} can't be found: this user has no home; write it out.") from error
    except FileNotFoundError as error:
        raise BadSetting("The current folder has been removed; change to another one.") from error


class Lock:
    """The lock of a database, held from construction until `release`.

    On SQLite it covers the whole database, under whatever name it is opened; on PostgreSQL one
    `site` of it, or all of them where `site` is None.

    Raises:
        LockHeld: another process holds it.
        DatabaseUnusable: it can't be taken for another reason.
    """

    def __init__(self, database: URL, site: str | None = None) -> None:
        self._lock: _FileLock | _SessionLock
        if database.get_backend_name() == "sqlite":
            self._lock = _FileLock(Path(database_name(database)))
        else:
            self._lock = _SessionLock(database, site)

    def check(self) -> None:
        """Raise an error unless the lock is still held; on PostgreSQL the server is asked.

        Raises:
            DatabaseUnusable: it was lost, so another crawl may be at work by now.
        """
        self._lock.check()

    def release(self) -> None:
        """Free the lock."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class _FileLock:
    """Locks two files with `flock`; they are never removed, since that would let two crawls in.

    SQLite's own file is not locked: closing it would free the locks that SQLite has on it.
    """

    def __init__(self, database: Path) -> None:
        path = Path(f"{os.path.realpath(database)}.lock")
        self._files: list[int] = []
        try:
            self._files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
        except OSError as error:
            raise DatabaseUnusable(
                f"The lock file {path} can't be opened ({error.strerror}); "
                f"let this user write in its folder."
            ) from error
        # Hard links give one file names in several folders: only its inode identifies it.
        with suppress(OSError):
            self._files.append(_open_by_number(database.stat()))
        try:
            for file in self._files:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise LockHeld(
                f"Another crawl works on sqlite:///{database} and holds {path}; nothing was done."
            ) from error
        except OSError as error:
            self.release()
            raise DatabaseUnusable(
                f"The file {path} can't be locked ({error.strerror}); "
                f"keep the database on a file system that has locks, such as a local disk."
            ) from error

    def check(self) -> None:
        """Do nothing: the kernel takes no lock away."""

    def release(self) -> None:
        while self._files:
            os.close(self._files.pop())


def _open_by_number(status: os.stat_result) -> int:
    name = f"newsbot-{status.st_dev:x}-{status.st_ino:x}.lock"
    path = Path(tempfile.gettempdir()) / name
    # Another user's file there may be opened, but not with O_CREAT.
    with suppress(FileNotFoundError):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)


class _SessionLock:
    """Holds PostgreSQL's advisory locks in a connection of its own."""

    def __init__(self, database: URL, site: str | None) -> None:
        self._name = database_name(database)
        self._key = _ALL_SITES if site is None else _key_of(site)
        arguments: dict[str, Any] = {f"keepalives_{k}": v for k, v in _KEEPALIVE.items()}
        arguments |= {"tcp_user_timeout": _USER_TIMEOUT, "connect_timeout": CONNECT_TIMEOUT}
        given = {name: each for name, each in arguments.items() if name not in database.query}
        self._engine = create_engine(
            database.set(drivername="postgresql+psycopg"),
            connect_args=given,
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        with explained(self._engine):
            self._connection = self._engine.connect()
            try:
                is_free = self._take()
            except SQLAlchemyError:
                self.release()
                raise
        if not is_free:
            self.release()
            raise LockHeld(
                f"Another crawl of {site or 'a site'} works on {self._name}; nothing was done."
            )

    def check(self) -> None:
        # An answer would prove nothing: a pooler may have given us another session, without the
        # lock.
        try:
            held = not self._connection.invalidated and self._ask(
                "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted "
                f"AND pid = pg_backend_pid() AND classid = {_NAMESPACE} "
                f"AND objid = {self._key & 0xFFFFFFFF} AND objsubid = 2)"
            )
        except SQLAlchemyError:
            held = False
        if not held:
            raise DatabaseUnusable(
                f"The lock on {self._name} was lost with its connection, and another crawl may "
                "have it by now; check the server and the network, the next run goes on."
            )

    def release(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def _take(self) -> bool:
        for name, value in _KEEPALIVE.items():
            self._connection.exec_driver_sql(f"SET tcp_keepalives_{name} = {value}")
        # Servers before 14 don't have it.
        self._connection.exec_driver_sql(
            "SELECT set_config(name, '0', false) FROM pg_settings "
            "WHERE name = 'idle_session_timeout'"
        )
        if self._key == _ALL_SITES:
            return self._ask(f"pg_try_advisory_lock({_NAMESPACE}, {_ALL_SITES})")
        return self._ask(f"pg_try_advisory_lock_shared({_NAMESPACE}, {_ALL_SITES})") and self._ask(
            f"pg_try_advisory_lock({_NAMESPACE}, {self._key})"
        )

    def _ask(self, expression: str) -> bool:
        return bool(self._connection.exec_driver_sql(f"SELECT {expression}").scalar())


def _key_of(site: str) -> int:
    """Return a number for a site: never that of all sites, and within PostgreSQL's int4."""
    return (zlib.crc32(site.encode()) & 0x7FFFFFFF) or 1
