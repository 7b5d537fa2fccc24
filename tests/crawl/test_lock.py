"""One crawl at a time on one database, by whatever name and from whatever machine."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from newsbot.crawl.database import Lock, lock_path
from scrapy.utils.test import get_crawler
from sqlalchemy import create_engine, make_url

from newsbot.cli import newsbot
from newsbot.crawl import crawl_run
from newsbot.errors import DatabaseUnusable, LockHeld
from newsbot.sites import DEFAULT as SITE
from tests.helpers.crawling import Archive, finished
from tests.helpers.databases import ON_POSTGRESQL
from tests.helpers.postgresql import Server
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Delay
from tests.replica.server import Replica

LOCKED = 75
# Half a minute at the most, usually no time at all.
PATIENCE = 30.0
HOLDER = """
import sys
from sqlalchemy import make_url
from newsbot.crawl.database import Lock
lock = Lock(make_url(sys.argv[1]), sys.argv[2] or None)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(url: str, site: str = "nzcity") -> Iterator[subprocess.Popen[bytes]]:
    """Hold a lock in another process until the end of the block."""
    command = [sys.executable, "-c", HOLDER, url, site]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def taken_over(take: Callable[[], Lock]) -> Lock:
    """Return the lock as soon as it is free."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return take()
        except LockHeld:
            assert time.monotonic() < deadline
            time.sleep(0.002)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    path.touch()
    return path


def lock(path: Path) -> Lock:
    return Lock(make_url(f"sqlite:///{path}"))


def test_the_second_is_told_who_holds_it(database: Path) -> None:
    with lock(database), pytest.raises(LockHeld, match=r"a\.db.*nothing was done"):
        lock(database)


def test_a_lock_can_be_taken_again(database: Path) -> None:
    lock(database).release()

    with lock(database) as again:
        assert lock_path(database).exists()
        again.check()


@pytest.mark.parametrize("other", ["link.db", "folder/a.db", "hard.db", "chain.db"])
def test_every_name_of_a_file_has_its_lock(database: Path, tmp_path: Path, other: str) -> None:
    with lock(database):
        # Names that came after the lock count as well.
        (tmp_path / "link.db").symlink_to("a.db")
        (tmp_path / "chain.db").symlink_to("link.db")
        (tmp_path / "folder").symlink_to(tmp_path)
        (tmp_path / "hard.db").hardlink_to(database)
        with pytest.raises(LockHeld):
            lock(tmp_path / other)
    with lock(tmp_path / other), pytest.raises(LockHeld):
        lock(database)


def test_a_link_to_a_database_that_is_to_be_made(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("new.db")

    with lock(tmp_path / "link.db"), pytest.raises(LockHeld):
        lock(tmp_path / "new.db")


def test_other_databases_have_other_locks(database: Path, tmp_path: Path) -> None:
    with lock(database), lock(tmp_path / "b.db"):
        pass


def test_a_kill_frees_it(database: Path) -> None:
    with holder(f"sqlite:///{database}") as process:
        with pytest.raises(LockHeld):
            lock(database)
        process.kill()
        process.wait()
        lock(database).release()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="can't be opened"):
        lock(tmp_path / "no" / "a.db")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EIO])
def test_a_file_system_without_locks(
    database: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(DatabaseUnusable, match=r"a\.db\.lock can't be locked"):
        lock(database)


def test_a_migration_that_fails_frees_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseUnusable("The database is of another age.")

    monkeypatch.setattr(crawl_run, "migrate", fail)
    crawler = get_crawler(settings_dict={})
    with pytest.raises(DatabaseUnusable, match="of another age"):
        crawl_run.CrawlRun(crawler, database_url, crawl_run.Clock(), SITE)

    with Lock(make_url(database_url), SITE.name):
        pass


@pytest.mark.parametrize("command", [["reindex"], ["copy", "--to", "sqlite:///other.db"]])
def test_commands_that_write_take_it_through_a_link(
    empty_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(empty_archive)

    with lock(empty_archive):
        run = CliRunner().invoke(newsbot, [*command, "--database", f"sqlite:///{tmp_path}/link.db"])

    assert isinstance(run.exception, LockHeld)


def test_a_copy_to_a_link_to_itself_is_refused(empty_archive: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(empty_archive)
    command = ["copy", "--database", f"sqlite:///{empty_archive}"]

    run = CliRunner().invoke(newsbot, [*command, "--to", f"sqlite:///{tmp_path}/link.db"])

    assert run.exit_code == 2


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=1, per_day=24), Clock(scenarios.evening(1))) as replica:
        yield replica


def wait_for_a_request(replica: Replica, path: str) -> None:
    deadline = time.monotonic() + 60
    while not any(entry.path == path for entry in replica.log):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_a_crawl_through_a_link(tmp_path: Path, replica: Replica, kind: str) -> None:
    replica.faults.add(Delay(4), "/news/", times=1)
    archive = Archive(tmp_path, replica.url)
    with archive.start() as first:
        wait_for_a_request(replica, "/news/")
        link = tmp_path / "link.db"
        if kind == "symbolic":
            link.symlink_to(archive.path)
        else:
            link.hardlink_to(archive.path)
        other = Archive(tmp_path / "other", replica.url)
        other.url = f"sqlite:///{link}"

        second = other.crawl()

        assert second.exit_code == LOCKED
        assert len(second.stderr.splitlines()) == 1
        assert finished(first).exit_code == 0


@ON_POSTGRESQL
def test_a_session_holds_one_site(database_url: str) -> None:
    url = make_url(database_url)
    with Lock(url, "nzcity") as held:
        with pytest.raises(LockHeld, match=r"crawl of nzcity works on .*nothing was done"):
            Lock(url, "nzcity")
        with Lock(url, "toy"):
            held.check()
        with pytest.raises(LockHeld):
            Lock(url)
    with Lock(url) as everything:
        everything.check()
        with pytest.raises(LockHeld):
            Lock(url, "toy")


@ON_POSTGRESQL
def test_each_database_of_a_server_has_its_own(
    database_url: str, postgresql_server: Server
) -> None:
    with (
        postgresql_server.empty_database() as other,
        Lock(make_url(database_url), "nzcity"),
        Lock(make_url(other), "nzcity"),
    ):
        pass


@ON_POSTGRESQL
def test_a_kill_frees_a_session(database_url: str) -> None:
    with holder(database_url) as process:
        with pytest.raises(LockHeld):
            Lock(make_url(database_url), "nzcity")
        process.send_signal(signal.SIGKILL)
        process.wait()
        taken_over(lambda: Lock(make_url(database_url), "nzcity")).release()


def break_the_lock(database_url: str) -> None:
    """End the session of a database that holds an advisory lock."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND "
            "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    engine.dispose()


@ON_POSTGRESQL
def test_a_lost_connection_is_a_lost_lock_for_good(database_url: str) -> None:
    url = make_url(database_url)
    with Lock(url, "nzcity") as held:
        held.check()
        break_the_lock(database_url)
        with taken_over(lambda: Lock(url, "nzcity")):
            for _ in range(2):
                with pytest.raises(DatabaseUnusable, match=r"lock .* was lost"):
                    held.check()
        with pytest.raises(DatabaseUnusable):
            held.check()


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(DatabaseUnusable, match="can't be used"):
        Lock(make_url("postgresql://u:secret@127.0.0.1:1/x"), "nzcity")


@ON_POSTGRESQL
def test_a_crawl_that_loses_it_asks_for_nothing_more(
    tmp_path: Path, replica: Replica, database_url: str
) -> None:
    replica.faults.add(Delay(4), "/news/", times=1)
    archive = Archive(tmp_path, replica.url, DATABASE_URL=database_url)
    with archive.start() as first:
        wait_for_a_request(replica, "/news/")
        archive.output /= "second"
        assert archive.crawl().exit_code == LOCKED
        sent = len(replica.log)

        break_the_lock(database_url)
        run = finished(first)

    assert run.exit_code == 1
    assert "The lock on postgresql://" in run.last_line
    assert run.stderr.strip() == run.last_line
    assert len(replica.log) == sent
    # The standby goes on.
    again = archive.crawl()
    assert again.exit_code == 0, again.stderr
