"""Kills at any moment, and signals: what was stored stays, nothing is doubled, the next goes on."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.helpers.crawling import Archive, finished
from tests.helpers.forks import ScrapyProcess
from tests.helpers.killing import check, kill, said_to_be_stored
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Delay
from tests.replica.server import Replica

KILLS = 4


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2, per_day=40), Clock(scenarios.evening(2))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    return Archive(tmp_path, replica.url, LOG_LEVEL="INFO")


def every_id(replica: Replica) -> str:
    ids = replica.site.ids(replica.clock.now())
    return f"ids={ids[0]}-{ids[-1]}"


def wait_for_requests(replica: Replica, process: ScrapyProcess, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(replica.log) < count:
        assert process.returncode is None, process.stderr
        assert time.monotonic() < deadline
        time.sleep(0.001)


def outcomes(archive: Archive) -> list[tuple[str, int | None]]:
    return archive.rows("SELECT outcome, exit_code FROM crawls ORDER BY id")


def test_kills_lose_and_double_nothing(replica: Replica, archive: Archive) -> None:
    random = Random(1)
    stored: set[int] = set()
    for _ in range(KILLS):
        with archive.start("-a", every_id(replica)) as process:
            wait_for_requests(replica, process, len(replica.log) + random.randint(1, 25))
            time.sleep(random.random() * 0.05)
            stored |= kill(process)
        check(archive, stored)

    run = archive.crawl("-a", every_id(replica))

    assert run.exit_code == 0
    check(archive, set(replica.site.ids(replica.clock.now())))
    assert outcomes(archive) == [("interrupted", None)] * KILLS + [("finished", 0)]
    assert archive.value("SELECT count(*) FROM pages WHERE attempts > 0") == 0
    # A page that was under way when its crawl was killed is asked for once more.
    asked = [entry.path.lower() for entry in replica.log if "id=" in entry.path]
    assert len(asked) - len(set(asked)) <= KILLS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_between_two_pages(
    replica: Replica, archive: Archive, number: int
) -> None:
    with archive.start("-a", every_id(replica)) as process:
        wait_for_requests(replica, process, 9)
        process.send_signal(number)
        run = finished(process, timeout=30)
        stored = said_to_be_stored(process)

    assert run.exit_code == 1
    assert run.last_line.startswith("Stopped by a signal; the next run goes on. ")
    assert f" {len(stored)} new; " in run.last_line
    assert 0 < len(stored) < 100
    check(archive, stored)
    assert outcomes(archive) == [("stopped", 1)]
    assert (
        archive.value("SELECT count(*) FROM pages WHERE status NOT IN ('stored', 'pending')") == 0
    )

    assert archive.crawl("-a", every_id(replica)).exit_code == 0
    check(archive, set(replica.site.ids(replica.clock.now())))


def test_a_second_signal_ends_it_at_once(replica: Replica, archive: Archive) -> None:
    replica.faults.add(Delay(20), "/news/")
    with archive.start() as process:
        wait_for_requests(replica, process, 2)
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 60
        while "Send again to force" not in process.stderr:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        run = finished(process, timeout=15)

    assert run.exit_code == 1
    assert run.last_line == "Cut short by a second signal; the next run goes on."
    assert outcomes(archive) == [("running", None)]

    replica.faults.clear()
    assert archive.crawl().exit_code == 0
    assert outcomes(archive) == [("interrupted", None), ("finished", 0)]
