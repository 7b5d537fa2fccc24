"""Worker processes: what is asked of them is done, whatever ends one of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from newsbot.crawl.reading import DEATHS, Readers
from newsbot.errors import NotRead
from tests.helpers import bad_readers
from tests.helpers.crawling import ROOT, Archive, finished
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica

PARENT = """
import os, sys, time
from newsbot.crawl.reading import Readers
from tests.crawl.test_readers import pid_of
if __name__ == "__main__":
    readers = Readers(1)
    print(readers.submit(pid_of, 0).result(), flush=True)
    readers.submit(time.sleep, 600)
    time.sleep(600)
"""


def square(number: int) -> int:
    return number * number


def pid_of(_: object) -> int:
    return os.getpid()


def fail(number: int) -> int:
    raise ValueError(f"not {number}")


def die_of_seven(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_once(marker: Path) -> str:
    if not marker.exists():
        marker.touch()
        os._exit(9)
    return "read"


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.mark.parametrize("count", [0, 2])
def test_results_come_in_order(count: int) -> None:
    with Readers(count) as readers:
        found = list(readers.map(square, range(100), parcel=7))

    assert found == [number * number for number in range(100)]


def test_what_work_raises_is_raised_here() -> None:
    with Readers(1) as readers, pytest.raises(ValueError, match="not 3"):
        readers.submit(fail, 3).result()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_idle_worker_that_is_ended_is_replaced(number: int) -> None:
    with Readers(1) as readers:
        first = readers.submit(pid_of, 0).result()
        os.kill(first, number)
        assert readers.submit(pid_of, 0).result() != first


def test_ctrl_c_is_not_for_the_worker() -> None:
    with Readers(1) as readers:
        first = readers.submit(pid_of, 0).result()
        os.kill(first, signal.SIGINT)
        assert readers.submit(pid_of, 0).result() == first


def test_work_whose_worker_died_is_done_again(tmp_path: Path) -> None:
    with Readers(1) as readers:
        assert readers.submit(die_once, tmp_path / "marker").result() == "read"


def test_what_ends_every_worker_is_given_up_alone() -> None:
    with Readers(2) as readers:
        found = list(readers.map(die_of_seven, range(20), parcel=5))

    assert isinstance(found[7], NotRead)
    assert str(found[7]) == f"reading it has ended {DEATHS} processes"
    assert [each for each in found if each is not found[7]] == [*range(7), *range(8, 20)]


def test_closing_ends_workers_and_cancels_work() -> None:
    readers = Readers(1)
    pid = readers.submit(pid_of, 0).result()
    busy, queued = readers.submit(time.sleep, 600.0), readers.submit(time.sleep, 600.0)

    readers.close()

    assert not is_there(pid)
    assert queued.cancelled()
    with pytest.raises((CancelledError, NotRead)):
        busy.result(30)


def test_a_killed_parent_leaves_no_worker(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=env) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_there(pid)
        parent.kill()
    until(lambda: not is_there(pid))


def test_a_crawl_reads_beside_itself_what_it_reads_alone(tmp_path: Path) -> None:
    rows = []
    for readers in (0, 2):
        with Replica(scenarios.plain(days=1, per_day=20), Clock(scenarios.evening(1))) as replica:
            archive = Archive(tmp_path / str(readers), replica.url, READERS=readers)
            archive.live_by(replica)
            run = archive.crawl(CONCURRENT_REQUESTS=4)
            assert run.exit_code == 0
            rows.append(
                archive.rows(
                    "SELECT source_id, text_hash, section_path, date_published, day_published, "
                    "date_published_evidence FROM articles ORDER BY source_id"
                )
            )

    assert len(rows[0]) > 10
    assert rows[0] == rows[1]


def test_a_page_that_ends_every_reader_gets_a_failed_attempt(tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=12), Clock(scenarios.evening(1))) as replica:
        archive = Archive(tmp_path, replica.url, READERS=1, DRIFT_LIMIT=1).live_by(replica)
        archive.before = bad_readers.let_sevens_kill
        run = archive.crawl()

    assert run.exit_code == 0
    rows = archive.rows("SELECT source_id, status, reason, attempts FROM pages ORDER BY id_number")
    assert {row[1:] for row in rows if not row[0].endswith("7")} == {("stored", None, 0)}
    assert {row[1:] for row in rows if row[0].endswith("7")} == {
        ("rejected", f"reading it has ended {DEATHS} processes", 1)
    }


def readers_of(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = {int(each) for thread in threads for each in thread.read_text().split()}
    return [each for each in children if b"spawn_main" in _command(each)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def test_a_crawl_whose_readers_are_killed_stores_everything(tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=20), Clock(scenarios.evening(1))) as replica:
        archive = Archive(tmp_path, replica.url, READERS=1).live_by(replica)
        with archive.start() as process:
            for requests in (4, 10):
                until(lambda least=requests: len(replica.log) >= least)  # type: ignore[misc]
                until(lambda: readers_of(process.pid) != [])
                for pid in readers_of(process.pid):
                    os.kill(pid, signal.SIGKILL)
            run = finished(process)

    assert run.exit_code == 0
    assert archive.rows("SELECT DISTINCT status FROM pages") == [("stored",)]


def test_sigterm_ends_the_readers_too(tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=40), Clock(scenarios.evening(1))) as replica:
        archive = Archive(tmp_path, replica.url, READERS=2).live_by(replica)
        with archive.start() as process:
            until(lambda: len(replica.log) >= 4)
            until(lambda: readers_of(process.pid) != [])
            readers = readers_of(process.pid)
            process.send_signal(signal.SIGTERM)
            run = finished(process)

    assert run.exit_code == 1
    assert not any(map(is_there, readers))
