"""`newsbot status`."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from newsbot.cli.options import duration
from newsbot.cli.output import in_words
from tests.helpers.console import Console
from tests.helpers.rows import NOON, article, page


def crawl(began: timedelta, **columns: Any) -> dict[str, Any]:
    at = NOON - began
    row = {
        "source": "nzcity",
        "started_at": at,
        "finished_at": at + timedelta(minutes=5),
        "outcome": "finished",
        "exit_code": 0,
        "requests": 14,
        "new": 3,
        "message": "3 new.",
    }
    return row | columns


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(
        articles=[article(2, id=1)],
        pages=[
            page(2, "stored", article_id=1, date_published=NOON, stored_at=NOON),
            page(3, "gone", reason="HTTP 404"),
            page(4, "rejected", reason="no headline"),
            page(5, "rejected", reason="no headline"),
            page(6, "pending"),
            page(7, "stored", article_id=1),
        ],
        sources=[{"source": "nzcity", "first_id": 2}],
        crawls=[
            crawl(timedelta(hours=3, minutes=5)),
            crawl(timedelta(hours=2), outcome="drift", exit_code=3, message="It changed."),
            crawl(timedelta(hours=1), outcome="running", exit_code=None, finished_at=None),
        ],
        sent_requests=[
            {"host": "news.example", "sent_at": NOON.timestamp() - number} for number in range(14)
        ],
    )
    return console


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def test_says_how_the_archive_stands(console: Console) -> None:
    lines = console.run("status").stdout.splitlines()

    assert "3 h" in lines[0]
    assert lines[1:3] == [
        "Articles: 1, the newest of 2025-08-20 12:00.",
        "Pages: 1 pending, 2 stored, 1 gone, 2 rejected.",
    ]
    assert "4 min 47 s" in lines[3]
    assert "2025-08-20\t83 %\t████████░░\t6\t2\t1\t2\t1\t1" in lines
    assert [line for line in lines if line.startswith(("gone", "pending", "rejected"))] == [
        "gone\t1\tHTTP 404",
        "pending\t1\t",
        "rejected\t2\tno headline",
    ]
    assert "2025-08-20 10:00\t5 min\tdrift\t3\tIt changed." in lines
    assert "2025-08-20 11:00\t\trunning\t\t3 new." in lines


def test_a_host_that_said_to_wait_is_left_until_then(console: Console) -> None:
    console.fill(hosts=[{"host": "news.example", "retry_at": NOON + timedelta(hours=1)}])

    assert console.run("status").stdout.splitlines()[3].endswith(" 1 h.")


@pytest.mark.parametrize("days", ["9999", "10000", "2147483647"])
def test_any_number_of_days_is_all_that_there_are(console: Console, days: str) -> None:
    assert console.run("status", "--days", days).stdout == console.run("status").stdout


def test_json_says_the_same(console: Console) -> None:
    found = json.loads(console.run("status", "--json").stdout)

    assert found["pages"] == {"pending": 1, "stored": 2, "gone": 1, "rejected": 2}
    assert found["age_seconds"] == 3 * 3600
    assert found["last_good_crawl"] == "2025-08-19T21:00:00+00:00"
    assert found["next_request_at"] == "2025-08-20T00:04:47+00:00"
    assert found["coverage"][0]["accounted"] == pytest.approx(5 / 6)
    assert [each["outcome"] for each in found["crawls"]] == ["running", "drift", "finished"]
    assert {"status": "rejected", "reason": "no headline", "pages": 2} in found["troubles"]


@pytest.mark.parametrize(
    ("max_age", "exit_code"), [("2h", 1), ("2h59m59s", 1), ("3h", 0), ("1d", 0)]
)
def test_max_age_is_for_monitoring(console: Console, max_age: str, exit_code: int) -> None:
    result = console.run("status", "--max-age", max_age)

    assert result.exit_code == exit_code
    limit = in_words(duration(max_age))
    assert (limit in result.stderr) == (exit_code == 1)


def test_a_crawl_in_the_future_is_stale_and_says_so(console: Console) -> None:
    console.fill(crawls=[crawl(timedelta(days=-1133))])

    result = console.run("status", "--max-age", "2h")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].partition(", at ")[2].startswith("2028-")
    assert "2028-" in result.stderr


def test_stories_from_before_the_archives_start_are_named(console: Console) -> None:
    console.fill(
        articles=[article(1, id=8)], pages=[page(1, "stored", article_id=8, date_published=NOON)]
    )

    lines = console.run("status").stdout.splitlines()

    [line] = [line for line in lines if line.startswith("2025-08-20: ")]
    assert re.findall(r"\d+", line.partition(": ")[2]) == ["1", "2"]


def test_an_empty_archive_is_stale_and_says_so(tmp_path: Path, empty_archive: Path) -> None:
    result = Console(tmp_path, empty_archive).run("status", "--max-age", "9d")

    assert result.exit_code == 1
    assert "Articles: 0, " in result.stdout


@pytest.mark.parametrize("text", ["", "2", "h", "2 hours", "0h", "-1h", "1h2d"])
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        duration(text)


@given(st.integers(1, 10**7))
def test_a_span_of_seconds_reads_back(seconds: int) -> None:
    assert duration(f"{seconds % 99999 + 1}s") == timedelta(seconds=seconds % 99999 + 1)
    assert in_words(timedelta(seconds=seconds))[0].isdigit()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3661, "1 h 1 min"), (90000, "1 d 1 h")],
)
def test_a_span_is_told_by_its_greatest_units(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
