"""A PostgreSQL server of our own: from Debian's binaries, in a folder that is thrown away."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate

USER = "newsbot"

# Nothing here outlives the tests: no write has to reach the disk.
OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"


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
        run(
            "initdb",
            "-D",
            data,
            "-U",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        run(
            "pg_ctl", "start", "-w", "-D", data, "-l", str(folder / "log"),
            "-o", f"{OPTIONS} -k {folder}",
        )  # fmt: skip
        try:
            with contextlib.closing(Server(folder)) as running:
                yield running
        finally:
            run("pg_ctl", "stop", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder)


class Server:
    """A running server, with a migrated database to copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        self._execute("CREATE DATABASE template_archive")
        engine = open_engine(self.url("template_archive"))
        migrate(engine)
        engine.dispose()

    def url(self, name: str) -> str:
        """Return the URL of the database `name`."""
        return f"postgresql+psycopg://{USER}@/{name}?host={self._folder}"

    @contextlib.contextmanager
    def database(self, template: str = "template_archive") -> Iterator[str]:
        """Yield the URL of a fresh database, dropped at the end."""
        self._execute(f"CREATE DATABASE archive TEMPLATE {template}")
        try:
            yield self.url("archive")
        finally:
            self._execute("DROP DATABASE archive WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Close the connection by which databases are made."""
        self._admin.dispose()
