"""What every command makes of paths, dates, numbers and the environment."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from newsbot.cli.options import since_date, until_date
from newsbot.text import UNPRINTABLE
from tests.helpers.console import Console
from tests.helpers.forks import newsbot
from tests.helpers.rows import NOON, ZONE, article

NEWSBOT = Path(sys.executable).with_name("newsbot")


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1), article(2, article_section="Rugby")])
    return console


def run(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return newsbot(*arguments, cwd=cwd, env=env)


def span(text: str) -> tuple[str, str]:
    """Return what `--since` and `--until` make of a text, in the site's time."""
    since, until = since_date(text), until_date(text)
    return tuple(f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" for at in (since, until))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2025-08-20", "2025-08-20 00:00", "2025-08-21 00:00"),
        ("20250820", "2025-08-20 00:00", "2025-08-21 00:00"),
        ("2025-W34", "2025-08-18 00:00", "2025-08-25 00:00"),
        ("2025W34", "2025-08-18 00:00", "2025-08-25 00:00"),
        ("2025-W34-3", "2025-08-20 00:00", "2025-08-21 00:00"),
        ("2025W343", "2025-08-20 00:00", "2025-08-21 00:00"),
        ("today", "2025-08-20 00:00", "2025-08-21 00:00"),
        ("yesterday", "2025-08-19 00:00", "2025-08-20 00:00"),
        ("7d", "2025-08-13 00:00", "2025-08-14 00:00"),
        ("0d", "2025-08-20 00:00", "2025-08-21 00:00"),
        ("36h", "2025-08-19 00:00", "2025-08-19 00:00"),
        ("2025-08-20 10:13", "2025-08-20 10:13", "2025-08-20 10:13"),
        ("20250820T1013", "2025-08-20 10:13", "2025-08-20 10:13"),
        ("2025-08-20T10:13+00:00", "2025-08-20 22:13", "2025-08-20 22:13"),
        # The day on which the clocks are set forward has 23 hours.
        ("2025-09-28", "2025-09-28 00:00", "2025-09-29 00:00"),
    ],
)
def test_a_date_is_the_whole_day_or_week_that_it_names(text: str, since: str, until: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert span(text) == (since, until)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "2025", "2025-08", "2025-232", "2025-W60", "2025-w34", "2025-W34-8", "20250832"),
        *("202508", "10:13", "7", "d", "-7d", "7 days", "999999d", "tomorrow", "last week"),
        "２０２５-08-20",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    for read in (since_date, until_date):
        with pytest.raises(click.BadParameter):
            read(text)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        at = since_date(text)
    except click.BadParameter:
        return
    assert at.tzinfo is UTC


@given(st.dates(datetime(1900, 1, 1).date(), datetime(2100, 1, 1).date()))  # noqa: DTZ001
def test_every_day_has_its_start_and_its_end(day: datetime) -> None:
    since, until = span(day.isoformat())

    assert since == f"{day:%Y-%m-%d} 00:00"
    assert until == f"{day + timedelta(days=1):%Y-%m-%d} 00:00"
    assert span(f"{day:%Y%m%d}") == (since, until)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["search", "--since", "2025-08-20", "--until", "2025-08-19"], "--until"),
        (["export", "--since", "2025-08-20 11:00", "--until", "2025-08-20 10:00"], "--until"),
        (["search", "--since", "tomorrow"], "'--since'"),
        (["search", "--limit", "9223372036854775808"], "'--limit'"),
        (["search", "--limit", "0"], "'--limit'"),
        (["export", "--limit", "99999999999999999999999"], "'--limit'"),
        (["changes", "--limit", "-1"], "'--limit'"),
        (["status", "--days", "9999999999"], "'--days'"),
        (["search", "--order", "best"], "--order"),
        (["export", "-o", "x.xlsx"], ".csv, .parquet"),
        (["export", "-o", "x.tsv"], ".csv, .parquet"),
        (["export", "-o", "x.csv.gz"], ".csv, .parquet"),
        (["show", "https://example.com/"], "https://example.com/"),
    ],
)
def test_what_is_typed_wrongly_is_named_and_2(
    console: Console, arguments: list[str], named: str
) -> None:
    result = console.run(*arguments)

    assert result.exit_code == 2
    assert named in result.stderr


def test_the_same_day_twice_is_that_day(console: Console) -> None:
    result = console.run("search", "--since", "2025-08-20", "--until", "2025-08-20")

    assert len(result.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    "arguments", [["status", "--database", b"\xff.db"], ["export", "-o", b"a\xe9.csv"]]
)
def test_arguments_that_are_no_utf_8_are_refused(
    tmp_path: Path, arguments: list[str | bytes]
) -> None:
    done = subprocess.run(
        [NEWSBOT, *arguments],
        cwd=tmp_path,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("newsbot: ")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "\x1b]0;x\x07"],
        ["watch", "remove", "\x1b[2J\u202e"],
        ["export", "-o", "\x1b[2J.csv"],
        ["export", "-o", "\x1b[2J/x.csv"],
        ["search", "--since", "\x1b[2J"],
        ["search", "--\x1b[2J"],
        ["\x1b[2J"],
    ],
)
def test_no_message_hands_an_argument_to_the_terminal_as_it_is(
    tmp_path: Path, console: Console, arguments: list[str]
) -> None:
    done = run(*arguments, cwd=tmp_path, NEWSBOT_DATABASE_URL=console.url)

    assert "x1b" in done.stderr
    assert UNPRINTABLE.search(done.stderr) is None


@pytest.mark.parametrize("folder", ["x#y%41", "50% off what?", "Whangārei+a&b=c", "a'b\"c"])
def test_a_folder_may_have_any_name(tmp_path: Path, console: Console, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir()
    console.path.rename(place / "news.db")
    done = run("search", "ferry", "--database", f"../{folder}/news.db", cwd=place)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2), done.stderr
    done = run("status", cwd=place, NEWSBOT_DATABASE_URL="sqlite:///news.db")
    assert done.returncode == 0, done.stderr

    # What SQLite keeps beside a database while it is read is all that may come.
    others = {path.name.removesuffix("-wal").removesuffix("-shm") for path in place.iterdir()}
    assert (others, list(tmp_path.iterdir())) == ({"news.db"}, [place])


def test_a_path_may_begin_at_home(tmp_path: Path, console: Console) -> None:
    for value in ("~/newsbot.db", "sqlite:///~/newsbot.db"):
        done = run("search", "ferry", "--database", value, cwd=Path("/"), HOME=str(tmp_path))

        assert len(done.stdout.splitlines()) == 2, done.stderr
        assert console.path.exists()


@pytest.mark.usefixtures("console")
def test_an_option_starts_here_and_the_environment_at_the_project(tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").touch()
    here = tmp_path / "a/folder"
    here.mkdir(parents=True)

    assert run("status", "--database", "newsbot.db", cwd=here).returncode == 1
    assert run("status", "--database", "../../newsbot.db", cwd=here).returncode == 0
    assert run("status", cwd=here, NEWSBOT_DATABASE_URL="newsbot.db").returncode == 0


def test_an_empty_environment_means_the_default(tmp_path: Path, console: Console) -> None:
    (tmp_path / "data").mkdir()
    console.path.rename(tmp_path / "data/newsbot.db")

    assert run("status", cwd=tmp_path, NEWSBOT_DATABASE_URL="").returncode == 0
    assert run("status", "--database", "", cwd=tmp_path).returncode == 2


def test_without_an_archive_what_needs_one_says_so(tmp_path: Path, console: Console) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Hello</p>")
    env = {"NEWSBOT_ARCHIVE_DIR": "", "NEWSBOT_DATABASE_URL": "/dev/null/nothing.db"}

    assert run("inspect", str(page), cwd=tmp_path, **env).returncode == 0
    for arguments in (["archive"], ["reparse"], ["inspect", "1", "--database", console.url]):
        done = run(*arguments, cwd=tmp_path, **env)
        assert done.returncode == 2
        assert "ARCHIVE_DIR" in done.stderr


def test_reading_makes_no_file(tmp_path: Path) -> None:
    for command in ("search", "reindex"):
        done = run(command, "--database", "new#1/x.db", cwd=tmp_path)

        assert done.returncode == 1
        assert str(tmp_path / "new#1/x.db") in done.stderr
    assert list(tmp_path.iterdir()) == []
