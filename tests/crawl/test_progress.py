"""The live panel: what it says, that a terminal shows it, and that nothing else does."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from newsbot.crawl.report import describe
from newsbot.crawl.verdict import Tally
from newsbot.store.budget import Budget, Window
from newsbot.store.crawls import Counts
from tests.helpers import clocks
from tests.helpers.crawling import Archive
from tests.helpers.terminals import Terminal
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Status
from tests.replica.server import Replica


def window(left: int = 9, limit: int = 14) -> Window:
    return Window(Budget(limit, 300.0), 0.0, (0.0,) * (limit - left), 0.0)


def test_the_panel_says_what_was_done_and_what_is_to_come() -> None:
    counts = Counts(new=10, duplicates=1, rejected=2)
    tally = Tally(counts, articles=12, pending=31, awaited=31)

    assert describe(
        tally, window(left=0), waiting=213.2, waiting_for="the site asked for it"
    ).splitlines() == [
        "12 stored · 10 new · 1 duplicate · 2 rejected · 31 pending",
        "0 of 14 requests left · waiting 214 s: the site asked for it · about 14 min left",
    ]


def test_what_happens_seldom_is_told_when_it_does() -> None:
    tally = Tally(Counts(updated=3, gone=1), articles=3, pending=31, awaited=31)

    assert describe(tally, window()).splitlines() == [
        "3 stored · 0 new · 0 duplicate · 0 rejected · 3 updated · 1 gone · 31 pending",
        "9 of 14 requests left · about 10 min left",
    ]


@pytest.mark.parametrize("budget", [None, window(0, limit=0)])
def test_without_a_limit_there_is_no_budget_and_no_estimate(budget: Window | None) -> None:
    lines = describe(Tally(pending=31), budget)

    assert lines == "0 stored · 0 new · 0 duplicate · 0 rejected · 31 pending"


@pytest.mark.parametrize(
    ("awaited", "left", "waiting", "said"),
    [
        (0, 9, 0.0, "about 1 min"),
        (9, 9, 0.0, "about 1 min"),
        (10, 9, 0.0, "about 5 min"),
        (24, 9, 0.0, "about 10 min"),
        (14, 0, 30.5, "about 1 min"),
        (15, 0, 30.5, "about 6 min"),
        (9 + 24 * 14, 9, 0.0, "about 120 min"),
        (10 + 24 * 14, 9, 0.0, "about 3 h"),
        (100_000, 9, 0.0, "about 25 days"),
    ],
)
def test_time_left_counts_the_windows_that_are_still_needed(
    awaited: int, left: int, waiting: float, said: str
) -> None:
    tally = Tally(pending=5000, awaited=awaited)

    assert describe(tally, window(left), waiting=waiting).endswith(f"{said} left")


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2, per_day=24), Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    """An archive whose crawls keep the budget, and say "waiting" until the test lets them go on."""
    archive = Archive(tmp_path, replica.url, RATE_LIMIT_REQUESTS=14, RATE_LIMIT_PERIOD=300)
    archive.live_by(replica).settings["CLOCK"] = "tests.helpers.clocks.HeldClock"
    archive.env[clocks.RELEASE] = str(tmp_path / "release")
    return archive


def test_a_terminal_shows_it_and_then_the_last_line_alone(
    tmp_path: Path, replica: Replica, archive: Archive
) -> None:
    third = replica.site.ids(replica.clock.now())[-3]
    replica.faults.add(Status(429, "213"), third, times=1)
    archive.env |= {"TERM": "xterm-256color", "COLUMNS": "100"}
    with Terminal() as terminal:
        archive.before = terminal.attach
        with archive.start() as process:
            terminal.wait_for(" stored · ")
            terminal.wait_for("requests left · waiting 214 s: the site asked for it · about ")
            (tmp_path / "release").touch()
            assert process.wait(60) == 0
        seen = terminal.seen

    message = archive.value("SELECT message FROM crawls")
    erased, shown = seen.rsplit("\x1b[2K", 1)
    assert shown == f"{message} Database: {archive.path} (just created).\n"
    assert erased.endswith("\x1b[1A")


def test_a_wait_for_the_budget_says_so(tmp_path: Path, archive: Archive) -> None:
    archive.env |= {"TERM": "xterm-256color", "COLUMNS": "100"}
    with Terminal() as terminal:
        archive.before = terminal.attach
        with archive.start() as process:
            terminal.wait_for("0 of 14 requests left · waiting ")
            terminal.wait_for(" s: the budget is used up · about ")
            (tmp_path / "release").touch()
            assert process.wait(60) == 0


def test_what_is_logged_stands_above_it(tmp_path: Path, archive: Archive) -> None:
    archive.env |= {"TERM": "xterm-256color", "COLUMNS": "200"}
    with Terminal() as terminal:
        archive.before = terminal.attach
        (tmp_path / "release").touch()
        with archive.start(LOG_LEVEL="INFO") as process:
            assert process.wait(60) == 0
        seen = terminal.seen

    lines = [line for line in seen.splitlines() if line.endswith(": stored")]
    assert len(lines) == archive.value("SELECT count(*) FROM articles") > 10
    # Each begins where the panel was wiped off, or below the line before it.
    assert {line.rpartition("\x1b[2K")[2][:2] for line in lines} == {"20"}


def test_a_terminal_that_is_closed_does_not_end_the_crawl(tmp_path: Path, archive: Archive) -> None:
    with ExitStack() as stack:
        with Terminal() as terminal:
            archive.before = terminal.attach
            process = stack.enter_context(archive.start())
            terminal.wait_for("waiting ")
        (tmp_path / "release").touch()
        process.wait(60)

    assert archive.rows("SELECT outcome, exit_code FROM crawls") == [("finished", 0)]


@pytest.mark.parametrize("force", ["", "1"])
def test_without_a_terminal_nothing_of_it_is_printed(
    tmp_path: Path, archive: Archive, force: str
) -> None:
    (tmp_path / "release").touch()
    archive.env |= {"FORCE_COLOR": force, "TTY_COMPATIBLE": force}

    run = archive.crawl()

    assert run.exit_code == 0
    assert run.stdout == ""
    assert run.stderr.splitlines() == [archive.value("SELECT message FROM crawls")]
