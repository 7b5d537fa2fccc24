"""The request budget, and silence when the site asks for it: over HTTP, by the replica's clock."""

import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.helpers.crawling import Archive, finished
from tests.replica import scenarios
from tests.replica.application import LogEntry
from tests.replica.clock import Clock
from tests.replica.faults import Redirect, Status
from tests.replica.limit import RateLimit
from tests.replica.server import Replica

BUDGET, PERIOD = 14, 300


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2, per_day=30), Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    """An archive that lives by the replica's clock and keeps the usual budget."""
    archive = Archive(tmp_path, replica.url, RATE_LIMIT_REQUESTS=BUDGET, RATE_LIMIT_PERIOD=PERIOD)
    return archive.live_by(replica)


def times(log: list[LogEntry]) -> list[float]:
    return [datetime.fromisoformat(entry.time).timestamp() for entry in log]


def most_in_a_period(log: list[LogEntry]) -> int:
    sent = times(log)
    return max(sum(1 for at in sent if first <= at < first + PERIOD) for first in sent)


def newest(replica: Replica, count: int) -> list[int]:
    """The ids that a crawl asks for first, in that order."""
    return replica.site.ids(replica.clock.now())[: -count - 1 : -1]


def attempts(archive: Archive) -> int:
    return int(archive.value("SELECT sum(attempts) FROM pages"))


def test_a_site_that_limits_never_has_to_say_so(replica: Replica, archive: Archive) -> None:
    replica.application.limit = RateLimit(15, PERIOD)

    run = archive.crawl()

    assert run.exit_code == 0
    assert archive.value("SELECT count(*) FROM articles") > 2 * BUDGET - 10
    assert {entry.status for entry in replica.log} == {200, 404}
    assert most_in_a_period(replica.log) == BUDGET
    waited = archive.value("SELECT waited_seconds FROM crawls")
    assert PERIOD - 60 < waited < PERIOD + 60
    assert run.last_line.endswith(f"requests, {waited:.0f} s waited.")


def test_requests_stand_apart(replica: Replica, archive: Archive) -> None:
    archive.crawl()

    sent = times(replica.log)
    apart = [later - sooner for sooner, later in pairwise(sent)]
    assert min(apart) >= 0.1 * PERIOD / BUDGET - 0.001


def test_the_budget_is_one_for_all_runs(replica: Replica, archive: Archive) -> None:
    for _ in range(4):
        archive.crawl()

    assert most_in_a_period(replica.log) == BUDGET
    assert archive.value("SELECT sum(requests) FROM crawls") == len(replica.log)


def test_without_a_budget_nothing_waits(replica: Replica, archive: Archive) -> None:
    archive.crawl(RATE_LIMIT_REQUESTS=0)

    assert len(replica.log) > 2 * BUDGET - 10
    assert len(set(times(replica.log))) == 1


def test_everything_that_is_asked_for_counts(replica: Replica, archive: Archive) -> None:
    target, moved = newest(replica, 2)
    replica.faults.add(Redirect(f"/news/article.aspx?id={target}"), moved, times=1)
    replica.faults.add(Status(429, "0"), target, times=1)

    archive.crawl()

    asked = [entry.path for entry in replica.log]
    assert asked[0] == "/robots.txt"
    assert archive.value("SELECT requests FROM crawls") == len(asked)
    window = replica.clock.now().timestamp() - PERIOD
    assert archive.value("SELECT count(*) FROM sent_requests WHERE sent_at > ?", [window]) == sum(
        at > window for at in times(replica.log)
    )


SILENCES = {
    "429 with seconds": (Status(429, "120"), 120),
    "429 with a date": (Status(429, retry_at=90), 90),
    "429 without": (Status(429), 300),
    "429 with junk": (Status(429, "soon"), 300),
    "429 with less than nothing": (Status(429, "-5"), 300),
    "503 with seconds": (Status(503, "120"), 120),
    "503 with a date": (Status(503, retry_at=90), 90),
    "503 without": (Status(503), 300),
}


def test_a_silence_that_the_site_asks_for_is_kept(replica: Replica, archive: Archive) -> None:
    pages = dict(zip(newest(replica, len(SILENCES)), SILENCES, strict=True))
    for article_id, name in pages.items():
        replica.faults.add(SILENCES[name][0], article_id, times=1)

    run = archive.crawl(RATE_LIMIT_REQUESTS=0)

    log = replica.log
    kept = {
        pages[int(refused.path.rpartition("=")[2])]: later - sooner
        for refused, (sooner, later) in zip(log, pairwise(times(log)), strict=False)
        if refused.status in {429, 503}
    }
    # Instants are kept to the second, and the rest of the last one is waited for.
    assert {
        name: silence - 2 < kept[name] <= silence + 2 for name, (_, silence) in SILENCES.items()
    }
    assert all(0 <= kept[name] - silence < 2 for name, (_, silence) in SILENCES.items()), kept
    assert run.exit_code == 0
    assert archive.value("SELECT count(*) FROM pages WHERE status <> 'stored'") == 0
    assert attempts(archive) == 0


def test_a_long_silence_ends_the_run_and_holds_for_the_next(
    replica: Replica, archive: Archive
) -> None:
    replica.faults.add(Status(429, "7200"), newest(replica, 3)[2], times=1)

    run = archive.crawl()

    asked = "the site answered 429 and asked for 7200 seconds of silence"
    assert run.exit_code == 0
    assert asked in run.last_line
    assert archive.value("SELECT count(*) FROM pages WHERE status = 'pending'") > 5
    assert attempts(archive) == 0
    before = len(replica.log)

    replica.clock.advance(timedelta(hours=1))
    run = archive.crawl()

    assert run.exit_code == 1
    assert "the site asked for 36" in run.last_line
    assert len(replica.log) == before
    assert attempts(archive) == 0

    replica.clock.advance(timedelta(minutes=50))
    run = archive.crawl()

    assert run.exit_code == 0
    first = datetime.fromisoformat(replica.log[before].time)
    refused = datetime.fromisoformat(replica.log[before - 1].time)
    assert first - refused >= timedelta(hours=2)
    assert archive.value("SELECT count(*) FROM pages WHERE status = 'pending'") == 0


def test_a_site_that_only_refuses_is_left(replica: Replica, archive: Archive) -> None:
    replica.faults.add(Status(429, "10"), "pages")

    run = archive.crawl()

    assert run.exit_code == 1
    assert "429" in run.last_line
    assert [entry.status for entry in replica.log] == [404, 429, 429, 429, 429]
    assert archive.rows("SELECT * FROM pages") == []


def test_a_page_that_is_never_available_does_not_keep_the_others(
    replica: Replica, archive: Archive
) -> None:
    bad = newest(replica, 2)[1]
    replica.faults.add(Status(503, "10"), bad)

    run = archive.crawl()

    assert run.exit_code == 0
    refused = [entry.path.rpartition("=")[2] for entry in replica.log if entry.status == 503]
    assert refused == [str(bad), str(bad)]
    assert archive.rows("SELECT id_number, status, reason FROM pages WHERE attempts") == [
        (bad, "pending", "HTTP 503")
    ]
    assert archive.value("SELECT count(*) FROM articles") > 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_wait(tmp_path: Path, replica: Replica, number: int) -> None:
    replica.faults.add(Status(429, "600"), newest(replica, 2)[1])
    archive = Archive(tmp_path, replica.url)
    with archive.start() as process:
        deadline = time.monotonic() + 60
        while not any(entry.status == 429 for entry in replica.log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        run = finished(process, timeout=30)

    assert run.exit_code == 1
    assert run.stderr.strip() == run.last_line
    assert archive.rows("SELECT outcome, exit_code, message FROM crawls") == [
        ("stopped", 1, run.last_line)
    ]
    assert attempts(archive) == 0
    assert archive.value("SELECT retry_at > datetime('now', '+9 minutes') FROM hosts") == 1
