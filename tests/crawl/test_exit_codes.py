"""What cron is told: the exit code, the last line on stderr, and the run's row in `crawls`."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsbot import settings
from tests.helpers.crawling import Archive, Run, finished
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import (
    BlockPage,
    Delay,
    Fault,
    HalfEmpty,
    NoBoxes,
    Redesign,
    Renamed,
    Status,
)
from tests.replica.server import Replica


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2, per_day=30), Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    return Archive(tmp_path, replica.url, RETRY_AFTER_MAX=10)


def ended(archive: Archive, run: Run, outcome: str, exit_code: int) -> dict[str, Any]:
    """Check how a run ended by all three of its witnesses, and return its row in `crawls`."""
    names = "outcome exit_code message requests responses new updated rejected gone pending_left"
    [values] = archive.rows(
        f"SELECT {names.replace(' ', ', ')} FROM crawls ORDER BY id DESC LIMIT 1"  # noqa: S608
    )
    row = dict(zip(names.split(), values, strict=True))
    assert run.exit_code == exit_code, run.stderr
    assert (row["outcome"], row["exit_code"], row["message"]) == (outcome, exit_code, run.last_line)
    assert archive.value("SELECT finished_at IS NULL FROM crawls ORDER BY id DESC LIMIT 1") == 0
    return row


def later(replica: Replica) -> None:
    replica.clock.set(scenarios.evening(2))


def test_all_well(replica: Replica, archive: Archive) -> None:
    run = archive.crawl()

    row = ended(archive, run, "finished", 0)
    assert run.stderr == f"{run.last_line}\n"
    assert row["new"] == archive.value("SELECT count(*) FROM articles") > 20
    assert (row["updated"], row["rejected"], row["gone"], row["pending_left"]) == (0, 0, 0, 0)
    assert row["requests"] == len(replica.log)
    statuses = Counter(str(entry.status) for entry in replica.log)
    assert json.loads(row["responses"]) == statuses


def test_nothing_new_is_well_too(archive: Archive) -> None:
    archive.crawl()

    run = archive.crawl()

    assert ended(archive, run, "finished", 0)["new"] == 0
    assert run.last_line == "0 new; 0 pending; 1 request."


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/news/", "connection refused"),
        ("http://nowhere.invalid/news/", "host name not found"),
    ],
)
def test_nobody_is_there(archive: Archive, url: str, reason: str) -> None:
    archive.start_url = url

    run = archive.crawl()

    ended(archive, run, "failed", 1)
    assert reason in run.last_line
    assert run.stderr == f"{run.last_line}\n"


@pytest.mark.parametrize("code", [404, 429, 500])
def test_every_page_is_refused(replica: Replica, archive: Archive, code: int) -> None:
    archive.crawl()
    later(replica)
    rule = replica.faults.add(Status(code, "1"), "pages")

    run = archive.crawl()

    ended(archive, run, "failed", 1)
    assert f"{code}" in run.last_line
    assert archive.value("SELECT count(*) FROM pages WHERE status = 'gone'") == 0

    replica.faults.remove(rule)
    assert ended(archive, archive.crawl(), "finished", 0)["new"] > 10


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Redesign(), "not an article"), (BlockPage(), "block page")],
)
def test_pages_that_say_something_else(
    replica: Replica, archive: Archive, fault: Fault, reason: str
) -> None:
    archive.crawl()
    later(replica)
    replica.faults.add(fault, "pages")

    for _ in range(2):
        run = archive.crawl()

        ended(archive, run, "drift", 3)
        assert f"{reason} (" in run.last_line


def test_boxes_are_gone_but_articles_are_fine(replica: Replica, archive: Archive) -> None:
    replica.faults.add(NoBoxes(), "pages")
    ids = replica.site.ids(replica.clock.now())[-8:]

    run = archive.crawl("-a", f"ids={ids[0]}-{ids[-1]}")

    assert ended(archive, run, "drift", 3)["new"] == len(ids)


def test_pages_that_the_boxes_show_are_not_there(replica: Replica, archive: Archive) -> None:
    archive.crawl()
    later(replica)
    replica.faults.add(Status(404), "articles")

    run = archive.crawl()

    ended(archive, run, "failed", 1)
    assert "HTTP 404 (" in run.last_line
    # None is believed: all are asked for again.
    assert archive.value("SELECT count(*) FROM pages WHERE status = 'gone'") == 0
    assert archive.value("SELECT count(*) FROM pages WHERE status = 'pending'") > 5


def test_bodies_that_are_half_empty(replica: Replica, archive: Archive) -> None:
    archive.crawl()
    later(replica)
    replica.faults.add(HalfEmpty(entries=99, paragraphs=0), "pages")

    run = archive.crawl()

    assert ended(archive, run, "drift", 3)["new"] > 5


def test_a_list_that_is_renamed_is_drift_until_it_is_back(
    replica: Replica, archive: Archive
) -> None:
    for _ in range(2):
        assert archive.crawl().exit_code == 0
        replica.clock.advance(7 * 3600)
    replica.faults.add(Renamed("Today's News", "Latest News"), "pages")
    for _ in range(2):
        ended(archive, archive.crawl(), "drift", 3)
        replica.clock.advance(7 * 3600)

    replica.faults.clear()
    assert archive.crawl().exit_code == 0


def test_fewer_entries_than_usual_are_no_drift(replica: Replica, archive: Archive) -> None:
    for _ in range(2):
        archive.crawl()
        replica.clock.advance(7 * 3600)
    replica.faults.add(HalfEmpty(entries=1, paragraphs=99), "pages")

    assert archive.crawl().exit_code == 0


def test_more_pages_can_not_be_read_than_usual(replica: Replica, archive: Archive) -> None:
    archive.crawl()
    later(replica)
    for article_id in replica.site.ids(replica.clock.now())[-10::2]:
        replica.faults.add(Redesign(), article_id)

    run = archive.crawl()

    row = ended(archive, run, "drift", 3)
    assert row["rejected"] == 5 < 0.2 * row["requests"]


@pytest.mark.parametrize("place", [150, 350])
def test_a_pipeline_that_fails(replica: Replica, archive: Archive, place: int) -> None:
    archive.settings["ITEM_PIPELINES"] = json.dumps(
        settings.ITEM_PIPELINES | {"tests.helpers.broken.BreakingPipeline": place}
    )

    run = archive.crawl()

    assert ended(archive, run, "failed", 1)["new"] > 10
    assert "(ZeroDivisionError: a slip of the pen)" in run.last_line
    assert "Traceback" not in run.stderr
    # Nothing stood in the way of the pages beside those it failed on.
    asked = {entry.path for entry in replica.log if "id=" in entry.path}
    assert len(asked) == archive.value("SELECT count(*) FROM pages")

    del archive.settings["ITEM_PIPELINES"]
    ended(archive, archive.crawl(), "finished", 0)
    assert archive.value("SELECT count(*) FROM pages WHERE status <> 'stored'") == 0


def test_a_middleware_that_fails_is_no_fault_of_a_page(archive: Archive) -> None:
    archive.settings["DOWNLOADER_MIDDLEWARES"] = json.dumps(
        settings.DOWNLOADER_MIDDLEWARES | {"tests.helpers.broken.BreakingMiddleware": 500}
    )

    run = archive.crawl()

    ended(archive, run, "failed", 1)
    assert "(KeyError: 'a slip of the pen')" in run.last_line
    assert archive.value("SELECT sum(attempts) FROM pages") == 0
    assert archive.value("SELECT count(*) FROM pages WHERE reason IS NOT NULL") == 0


def test_what_a_downloader_middleware_ignores_is_in_the_ledger_with_its_reason(
    archive: Archive,
) -> None:
    archive.settings["DOWNLOADER_MIDDLEWARES"] = json.dumps(
        settings.DOWNLOADER_MIDDLEWARES | {"tests.helpers.broken.IgnoringMiddleware": 500}
    )

    run = archive.crawl()

    # Some pages failed and others were stored, as on any day.
    row = ended(archive, run, "finished", 0)
    ignored = archive.rows("SELECT status, reason, attempts FROM pages WHERE status <> 'stored'")
    assert set(ignored) == {("pending", "not wanted", 1)}
    assert row["pending_left"] == len(ignored) > 3


@pytest.mark.parametrize(
    ("setting", "part", "place"),
    [
        ("SPIDER_MIDDLEWARES", "DroppingSpiderMiddleware", 500),
        ("ITEM_PIPELINES", "DroppingPipeline", 150),
    ],
)
def test_what_a_setting_drops_before_it_is_in_the_ledger_ends_the_run_with_1(
    archive: Archive, setting: str, part: str, place: int
) -> None:
    archive.settings[setting] = json.dumps(
        getattr(settings, setting) | {f"tests.helpers.broken.{part}": place}
    )

    run = archive.crawl()

    assert ended(archive, run, "failed", 1)["new"] > 10
    assert "in your settings drops it" in run.last_line
    assert archive.value("SELECT sum(attempts) FROM pages") == 0
    assert archive.value("SELECT count(*) FROM pages WHERE status = 'pending'") > 3


def test_two_at_once(replica: Replica, archive: Archive) -> None:
    replica.faults.add(Delay(4), "/news/", times=1)
    with archive.start() as first:
        deadline = time.monotonic() + 60
        while not any(entry.path == "/news/" for entry in replica.log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        archive.output /= "second"

        second = archive.crawl()

        assert second.exit_code == 75
        assert f"{archive.path}.lock" in second.stderr
        assert [entry.path for entry in replica.log] == ["/robots.txt", "/news/"]
        run = finished(first)

    assert ended(archive, run, "finished", 0)["new"] > 20
    assert archive.value("SELECT count(*) FROM crawls") == 1
