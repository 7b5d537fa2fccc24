"""One crawl at a time on a database: a lock that is freed by whatever ends the process."""

import fcntl
import os
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from newsbot.errors import DatabaseUnusable, LockHeld
from newsbot.store.engine import CONNECT_TIMEOUT, database_name, explained

# The first half of all our advisory locks' keys; the other is a site's, or that of all sites.
_NAMESPACE = 0x6E657773
_ALL_SITES = 0
# Either side notices within half a minute that the other one's machine is gone.
_KEEPALIVE = {"idle": 10, "interval": 5, "count": 4}
_USER_TIMEOUT = 30_000


class Lock:
    """Holds the lock of a database from construction until `release`.

    On SQLite it locks the whole database, under whatever name it is opened. On PostgreSQL it locks
    one `site` of the database, or all of them where `site` is None.

    Raises:
        LockHeld: another process has it.
        DatabaseUnusable: it can't be taken, and not because another process has it.
    """

    def __init__(self, database: URL, site: str | None = None) -> None:
        self._lock: _FileLock | _SessionLock
        if database.get_backend_name() == "sqlite":
            self._lock = _FileLock(Path(database_name(database)))
        else:
            self._lock = _SessionLock(database, site)

    def check(self) -> None:
        """Make sure that the lock is still held; on PostgreSQL that asks the server.

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


def lock_path(database: Path) -> Path:
    """Return the lock's file: beside the file that the path leads to."""
    return Path(f"{os.path.realpath(database)}.lock")


class _FileLock:
    """Locks two files with `flock`; they stay, since removing one would let two crawls in.

    SQLite's own file is not locked: closing it would free the locks that SQLite has on it.
    """

    def __init__(self, database: Path) -> None:
        path = lock_path(database)
        self._files: list[int] = []
        try:
            self._files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
        except OSError as error:
            raise DatabaseUnusable(
                f"The lock file {path} can't be opened ({error.strerror}); "
                f"let this user write in its folder."
            ) from error
        # Hard links are names of one file in several folders: only its number tells.
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
        # The server is asked for the lock rather than for an answer: behind a pooler the session
        # may have become another one.
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
