"""`newsbot show`."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbot.store.engine import open_engine
from tests.helpers.console import Console
from tests.helpers.rows import NOON, article, page

HOUR = timedelta(hours=1)
NOON_THERE, MORNING = "2025-08-20 12:00", "2025-08-20 11:00"
TEXTS = (
    ("Ferry runs again", "The ferry left on time.\n\nIt had been away for a week."),
    ("Ferry runs again", "The old ferry left on time.\n\nIt had been away for a week."),
    ("Ferry stops again", "The old ferry left on time.\n\nIt had been away for a day."),
)


def version(number: int, page_id: int = 1, **columns: Any) -> dict[str, Any]:
    headline, body = TEXTS[number - 1]
    row = {
        "article_id": 1,
        "page_id": page_id,
        "version": number,
        "headline": headline,
        "description": "The morning boat is back",
        "article_body": body,
        "text_hash": f"hash {number}",
        "observed_at": NOON + number * HOUR,
        "last_observed_at": NOON + number * HOUR + HOUR / 2,
    }
    return row | columns


def listing(list_name: str, title: str, **columns: Any) -> dict[str, Any]:
    row = {
        "page_id": 1,
        "source": "nzcity",
        "source_id": "1",
        "list_kind": "top" if list_name == "Top Stories" else "section",
        "list_name": list_name,
        "category": None,
        "title": title,
        "date_listed": None,
        "date_listed_precision": "unknown",
        "seen_on_url": "https://home.nzcity.co.nz/news/",
        "first_seen_at": NOON,
        "last_seen_at": NOON + 2 * HOUR,
    }
    return row | columns


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    near = {"duplicate_of_id": 1, "similarity": 0.876}
    console.fill(
        articles=[
            article(1, id=1, headline=TEXTS[2][0], article_body=TEXTS[2][1], credit_text="ABC"),
            article(4, id=2, headline="Ferry runs once more", **near),
        ],
        pages=[
            page(1, "stored", id=1, article_id=1),
            page(2, "stored", id=2, article_id=1),
            page(3, "rejected", id=3, reason="no headline"),
            page(4, "gone", id=4, article_id=2, reason="HTTP 404"),
        ],
        versions=[version(1), version(2), version(3), version(1, page_id=2)],
        listings=[
            listing("Top Stories", "All aboard", category="NATIONAL"),
            listing(
                "Today's News",
                "Ferry runs again",
                category="National",
                date_listed=NOON,
                date_listed_precision="minute",
                first_seen_at=NOON - HOUR,
            ),
        ],
    )
    return console


def test_the_story_is_shown_as_text(console: Console) -> None:
    lines = console.run("show", "1").stdout.splitlines()

    assert lines[:10] == [
        "Ferry stops again",
        "National · 2025-08-20 12:00 · ABC · 12 words",
        "https://home.nzcity.co.nz/news/article.aspx?id=1",
        "",
        "The morning boat is back",
        "",
        "The old ferry left on time.",
        "",
        "It had been away for a day.",
        "",
    ]
    assert lines[10] == "© NZCity"


def test_its_duplicates_are_named(console: Console) -> None:
    assert "\n".join(console.run("show", "1").stdout.splitlines()[11:15]) == (
        "\nDuplicates\n"
        "\tId\tSimilarity\tHeadline or address\n"
        "the same text\t2\t\thttps://home.nzcity.co.nz/news/article.aspx?id=2"
    )
    assert "nearly repeated by\t4\t88%\tFerry runs once more" in console.run("show", "1").stdout
    assert "nearly repeats\t1\t88%\tFerry stops again" in console.run("show", "4").stdout


def test_it_says_where_it_was_listed_and_when(console: Console) -> None:
    lines = console.run("show", "1").stdout.splitlines()

    start = lines.index("Listings")
    assert lines[start + 1 : start + 4] == [
        "List\tDate\tCategory\tFirst seen\tLast seen\tTitle",
        f"Today's News\t{NOON_THERE}\tNational\t{MORNING}\t2025-08-20 14:00\tFerry runs again",
        "Top Stories\t\tNATIONAL\t2025-08-20 12:00\t2025-08-20 14:00\tAll aboard",
    ]


def test_each_version_shows_what_changed(console: Console) -> None:
    output = console.run("show", "1").stdout

    assert output[output.index("Versions") :].splitlines() == [
        "Versions",
        "1: seen 2025-08-20 13:00 to 2025-08-20 13:30",
        "",
        "2: seen 2025-08-20 14:00 to 2025-08-20 14:30",
        "… The morning boat is back The {+old+} ferry left on time. It had …",
        "",
        "3: seen 2025-08-20 15:00 to 2025-08-20 15:30",
        (
            "Ferry [-runs-] {+stops+} again The morning boat is back … It had been away for a "
            "[-week.-] {+day.+}"
        ),
    ]


def test_a_page_with_one_text_shows_no_versions(console: Console) -> None:
    assert "Versions" not in console.run("show", "2").stdout


def test_a_page_without_a_story_says_why(console: Console) -> None:
    assert console.run("show", "3").stdout == (
        "https://home.nzcity.co.nz/news/article.aspx?id=3\nrejected: no headline\n"
    )


def test_a_story_whose_page_is_gone_is_shown_with_that(console: Console) -> None:
    assert console.run("show", "4").stdout.splitlines()[3] == "gone: HTTP 404"


def test_an_unknown_id_is_an_error(console: Console) -> None:
    result = console.run("show", "99")

    assert result.exit_code == 1
    assert "99" in result.stderr


@pytest.mark.parametrize(
    "page",
    [
        "https://home.nzcity.co.nz/news/article.aspx?id=1",
        "https://s7.nzcity.co.nz/News/Article.aspx?cat=978&ID=0001&fm=newsmain",
        "http://127.0.0.1:8001/newsbot/articles/{own}",
        "http://127.0.0.1:8001/newsbot/articles/{own}?_next=2#top",
    ],
)
def test_an_address_names_a_story_too(console: Console, page: str) -> None:
    engine = open_engine(console.url, read_only=True)
    with engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT id FROM articles WHERE source_id = '1'").scalar()
    engine.dispose()

    result = console.run("show", page.format(own=own))

    assert result.stdout == console.run("show", "1").stdout


def test_the_browsers_id_serves_where_the_site_has_none(console: Console) -> None:
    console.fill(
        articles=[article(433_912, id=77, headline="From far away")],
        pages=[page(433_912, "stored", article_id=77, date_published=NOON)],
    )

    assert console.run("show", "77").stdout.startswith("From far away")
    assert console.run("show", "9" * 30).exit_code == 1


def test_on_a_terminal_it_is_in_colour(console: Console) -> None:
    newsbot = Path(sys.executable).with_name("newsbot")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [newsbot, "show", "1", "--database", console.url],
        stdout=theirs,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"},
    ):
        os.close(theirs)
        output = b"".join(_chunks(ours)).decode()
    os.close(ours)

    assert "\x1b[1mFerry stops again\x1b[0m" in output
    assert "\x1b[9;31mruns " in output
    assert "\x1b[32mstops " in output
    assert "[-" not in output


def _chunks(terminal: int) -> Iterator[bytes]:
    # At its end a terminal is no file that is empty, but one that can't be read.
    with suppress(OSError):
        while chunk := os.read(terminal, 65536):
            yield chunk
