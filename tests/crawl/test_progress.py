"""The live panel: what it says, that a terminal shows it, and that nothing else does."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsbot.crawl.outlook import Outlook, look
from newsbot.crawl.progress import describe
from newsbot.crawl.verdict import Tally
from newsbot.errors import DatabaseUnusable
from newsbot.items import Origin
from newsbot.store import ledger, limits
from newsbot.store.crawls import Counts
from tests.helpers import clocks
from tests.helpers.crawling import Archive
from tests.helpers.made_up import (
    NOON,
    SITE,
    SOURCE,
    a_failure,
    a_list_page,
    a_listing,
    hours,
    minute,
    save,
)
from tests.helpers.terminals import Terminal
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Status
from tests.replica.server import Replica


def ahead(**changes: Any) -> Outlook:
    values = {"pending": 31, "awaited": 31, "left": 9, "limit": 14, "period": 300.0}
    return Outlook(**(values | changes))


def test_the_panel_says_what_was_done_and_what_is_to_come() -> None:
    tally = Tally(Counts(new=10, duplicates=1, rejected=2), articles=12)

    assert describe(
        tally, ahead(left=0), waiting=213.2, waiting_for="the site asked for it"
    ).splitlines() == [
        "12 stored · 10 new · 1 duplicate · 2 rejected · 31 pending",
        "0 of 14 requests left · waiting 214 s: the site asked for it · about 14 min left",
    ]


def test_what_happens_seldom_is_told_when_it_does() -> None:
    tally = Tally(Counts(updated=3, gone=1), articles=3)

    assert describe(tally, ahead()).splitlines() == [
        "3 stored · 0 new · 0 duplicate · 0 rejected · 3 updated · 1 gone · 31 pending",
        "9 of 14 requests left · about 10 min left",
    ]


def test_before_the_first_look_there_is_only_what_was_done() -> None:
    assert describe(Tally(), None) == "0 stored · 0 new · 0 duplicate · 0 rejected"


def test_without_a_limit_there_is_no_budget_and_no_estimate() -> None:
    lines = describe(Tally(), ahead(limit=0, left=0))

    assert lines == "0 stored · 0 new · 0 duplicate · 0 rejected · 31 pending"


@pytest.mark.parametrize(
    ("changes", "waiting", "said"),
    [
        ({"awaited": 0}, 0.0, "about 1 min"),
        ({"awaited": 9}, 0.0, "about 1 min"),
        ({"awaited": 10}, 0.0, "about 5 min"),
        ({"awaited": 24}, 0.0, "about 10 min"),
        ({"awaited": 14, "left": 0}, 30.5, "about 1 min"),
        ({"awaited": 15, "left": 0}, 30.5, "about 6 min"),
        ({"awaited": 9 + 24 * 14}, 0.0, "about 120 min"),
        ({"awaited": 10 + 24 * 14}, 0.0, "about 3 h"),
        ({"awaited": 100_000}, 0.0, "about 25 days"),
        ({"awaited": 5, "pending": 5000}, 0.0, "about 1 min"),
    ],
)
def test_time_left_counts_the_windows_that_are_still_needed(
    changes: dict[str, int], waiting: float, said: str
) -> None:
    assert describe(Tally(), ahead(**changes), waiting=waiting).endswith(f"{said} left")


def see(engine: Engine, *origins: Origin) -> Outlook:
    url = engine.url.render_as_string(hide_password=False)
    return look(url, SOURCE, "site", NOON, origins=origins, limit=14, period=300)


def test_a_look_counts_what_is_pending_and_what_is_waited_for(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        save(session, a_list_page([a_listing(each, minute(NOON)) for each in (7, 8, 9)]))
        # It failed a minute ago, and is not due yet.
        save(session, a_failure(7, "HTTP 500", status=500, at=NOON - hours(1 / 60)))
        ledger.add_ids(session, SITE, [1, 2], origin=Origin.GAP, now=NOON)
        limits.reserve(session, "site", NOON - hours(1 / 60), limit=14, period=300, spacing=0)
        limits.hold(session, "site", NOON + hours(1))

    assert see(engine, Origin.LIST, Origin.START) == Outlook(5, 2, 13, 14, 300)
    assert see(engine, Origin.LIST, Origin.GAP).awaited == 4


def test_a_look_waits_for_no_writer(engine: Engine) -> None:
    with Session(engine) as writing, writing.begin():
        save(writing, a_list_page([a_listing(7, minute(NOON))]))

        assert see(engine, Origin.LIST).pending == 0


def test_a_look_at_what_can_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "newsbot.db"
    sqlite3.connect(path).close()

    with pytest.raises(DatabaseUnusable):
        look(f"sqlite:///{path}", SOURCE, "site", NOON, origins=[], limit=14, period=300)


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
            terminal.wait_for("2 stored · 2 new · 0 duplicate · 0 rejected · 15 pending")
            terminal.wait_for(
                "9 of 14 requests left · waiting 214 s: the site asked for it · about 9 min left"
            )
            (tmp_path / "release").touch()
            assert process.wait(60) == 0
        seen = terminal.seen

    last_line = archive.value("SELECT message FROM crawls")
    erased, shown = seen[-len(last_line) - 40 :].rsplit("\x1b[2K", 1)
    assert shown == f"{last_line}\n"
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
