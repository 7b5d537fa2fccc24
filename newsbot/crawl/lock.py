"""One crawl at a time on one database: a kernel lock, freed by whatever ends the process."""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Self

from sqlalchemy import URL

from newsbot.errors import DatabaseUnusable, LockHeld


class Lock:
    """Holds the lock of a database from construction until `release`.

    Raises:
        LockHeld: another process has it.
        DatabaseUnusable: the lock's file can't be made.
    """

    def __init__(self, database: URL) -> None:
        path = lock_path(database)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise DatabaseUnusable(
                f"The lock file {path} can't be opened ({error.strerror}); "
                f"let this user write in its folder."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise LockHeld(
                f"Another crawl works on {database.render_as_string()} and holds {path}; "
                f"nothing was done."
            ) from error

    def release(self) -> None:
        """Free the lock; the file stays, since removing it would let two crawls in."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def lock_path(database: URL) -> Path:
    """Return the lock's file: beside a SQLite database, in the temporary folder for a server."""
    if database.get_backend_name() == "sqlite":
        return Path(f"{database.database}.lock")
    name = hashlib.sha256(database.render_as_string().encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"newsbot-{name}.lock"
