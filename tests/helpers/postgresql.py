"""A PostgreSQL server of our own: from Debian's binaries, in a folder that is thrown away."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from newsbot.store.tables import Base
from tests.helpers.made_up import ZONES

USER = "newsbot"

# Nothing here outlives the tests: no write has to reach the disk.
OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"

LOCALE = ["--locale=C.UTF-8"]


def binaries() -> Path | None:
    """Return the folder of the newest server's programs, or None if there is no server."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextlib.contextmanager
def server() -> Iterator["Server"]:
    """Run a server until the end of the block; on a Unix socket, with no port open."""
    programs = binaries()
    if programs is None:
        missing = "no PostgreSQL server on this machine: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    # Not pytest's folder: the server refuses to run as root, and another user can't look in there.
    folder = Path(tempfile.mkdtemp(prefix="newsbot-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        as_user = ["runuser", "-u", "nobody", "--"]
    data = str(folder / "data")

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )

    try:
        run("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", *LOCALE)
        run("pg_ctl", "start", "-w", "-D", data, "-l", "log", "-o", f"{OPTIONS} -k {folder}")
        try:
            with contextlib.closing(Server(folder)) as running:
                yield running
        finally:
            run("pg_ctl", "stop", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder)


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        self._archive: Engine | None = None

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}@/{name}?host={self._folder}"

    @contextlib.contextmanager
    def empty_database(self, encoding: str | None = None) -> Iterator[str]:
        """Yield the URL of a database without tables, dropped at the end."""
        options = f"TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'" if encoding else ""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE fresh {options}")
            yield self._url("fresh")
            connection.exec_driver_sql("DROP DATABASE fresh WITH (FORCE)")

    def archive(self) -> str:
        """Return the URL of a migrated database without rows: one for all tests, but emptied."""
        url = self._url("archive")
        if self._archive is None:
            with self._admin.connect() as connection:
                connection.exec_driver_sql("CREATE DATABASE archive")
            self._archive = open_engine(url)
            migrate(self._archive, ZONES)
        with self._archive.begin() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = 'archive' AND pid <> pg_backend_pid()"
            )
            tables = ", ".join(Base.metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        return url

    def close(self) -> None:
        """Close the connections of its own."""
        if self._archive is not None:
            self._archive.dispose()
        self._admin.dispose()
