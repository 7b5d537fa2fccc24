"""The simulation of `make simulation` in small: two days, one of which has 2:30 twice."""

import shutil
import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.simulation import figures
from benchmarks.simulation.news import Change
from benchmarks.simulation.play import Played, in_utc, play
from benchmarks.simulation.requests import Kind, kind
from benchmarks.simulation.stretch import Span, Stretch, month
from benchmarks.simulation.tables import markdown, tables
from newsbot.items import Precision
from tests.helpers.crawling import Archive
from tests.replica.application import LogEntry

HOURS = 8
# The day after the night has 25 hours.
NIGHT = Stretch(
    "night",
    date(2026, 4, 4),
    2,
    articles_a_day=20,
    seed=6,
    refused=(Span.of(date(2026, 4, 5), 16, 17),),
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(NIGHT, tmp_path_factory.mktemp("simulation"), every=HOURS)


@pytest.fixture
def spoilt(tmp_path: Path, played: Played) -> Played:
    """The same with an archive that a test may spoil."""
    archive = Archive(tmp_path, played.archive.start_url)
    shutil.copyfile(played.archive.path, archive.path)
    return replace(played, archive=archive)


def spoil(played: Played, statement: str) -> None:
    connection = sqlite3.connect(played.archive.path)
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def test_two_days_of_crawls(played: Played) -> None:
    present, absent = figures.completeness(played)
    kinds = sum((run.kinds for run in played.runs), Counter[Kind]())

    assert [run.exit_code for run in played.runs] == [0, 0, 0, 0, 0, 1, 0]
    assert (present.in_time, present.missing, absent.of) == (present.of, [], 0)
    assert present.of > 15
    assert figures.doubles(played) == 0
    assert all(run.statuses[429] == 0 for run in played.runs)
    assert kinds[Kind.NEW] == played.archive.value("SELECT count(*) FROM pages WHERE stored_at > 0")
    # robots.txt is kept for a day.
    assert kinds[Kind.ROBOTS] == 2
    assert 3 <= kinds[Kind.START] <= 7


def test_its_dates_are_right(played: Played) -> None:
    dates = figures.dates(played)

    assert dates[Precision.MINUTE].right == dates[Precision.MINUTE].of > 20
    assert dates[Precision.DAY].right == dates[Precision.DAY].of > 2
    assert dates[Precision.UNKNOWN].of == 0


def test_it_prints_what_it_found(played: Played) -> None:
    lines = markdown({"night": tables(played)}).splitlines()

    assert lines[:3] == ["| runs | night |", "| --- | --- |", "| days | 2 |"]
    assert "| published while we ran: stored within 24 h | " in "\n".join(lines)
    assert "| answered 429 | 0 |" in lines


def test_an_article_that_is_lost_is_missed(spoilt: Played) -> None:
    present, _ = figures.completeness(spoilt)
    spoil(spoilt, "UPDATE pages SET stored_at = NULL WHERE id_number % 2")

    found, _ = figures.completeness(spoilt)

    assert found.of == present.of
    assert 0.3 < len(found.missing) / found.of < 0.7


def test_an_article_that_is_late_is_told(spoilt: Played) -> None:
    spoil(spoilt, "UPDATE pages SET stored_at = datetime(stored_at, '+1 day')")

    found, _ = figures.completeness(spoilt)

    assert (found.in_time, found.missing) == (0, [])


def test_a_wrong_date_is_wrong(spoilt: Played) -> None:
    spoil(spoilt, "UPDATE articles SET date_published = datetime(date_published, '+1 minute')")

    dates = figures.dates(spoilt)

    assert dates[Precision.MINUTE].right == dates[Precision.DAY].right == 0
    assert dates[Precision.MINUTE].usual_error == 1


def test_an_edit_that_is_not_stored_is_missed(spoilt: Played) -> None:
    [(source_id, stored_at, asked_at)] = spoilt.archive.rows(
        "SELECT id_number, stored_at, last_fetched_at FROM pages "
        "WHERE last_fetched_at > stored_at ORDER BY id_number LIMIT 1"
    )
    stored, asked = in_utc(stored_at), in_utc(asked_at)
    assert stored is not None
    assert asked is not None
    edit = Change(source_id, stored + timedelta(seconds=1), spoilt.site.story(source_id, asked))
    spoilt = replace(spoilt, changes=[edit])
    before = figures.edits(spoilt)
    assert before.seen == 1
    spoil(spoilt, "UPDATE versions SET headline = '', article_body = ''")

    after = figures.edits(spoilt)

    assert (after.seen, len(after.missed)) == (0, before.seen)


def test_a_story_stored_twice_is_counted(spoilt: Played) -> None:
    spoil(spoilt, "UPDATE articles SET headline = 'x', description = 'x', article_body = 'x'")

    assert figures.doubles(spoilt) == spoilt.archive.value("SELECT count(*) FROM articles") - 1


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/robots.txt", 200, Kind.ROBOTS),
        ("/robots.txt", 503, Kind.REFUSED),
        ("/news/", 200, Kind.START),
        ("/news/article.aspx?id=1", 200, Kind.NEW),
        ("/news/article.aspx?id=1", 404, Kind.HOLE),
        ("/news/article.aspx?id=1", 429, Kind.REFUSED),
        ("/news/article.aspx?id=2", 200, Kind.RECHECK),
        ("/news/Article.aspx?ID=3", 200, Kind.SECTION),
        ("/news/article.aspx?id=4", 404, Kind.SECTION),
    ],
)
def test_what_a_request_was_for(path: str, status: int, expected: Kind) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    entry = LogEntry(noon.isoformat(), "GET", path, "host", "agent", status)
    due = {2: noon, 3: noon + timedelta(minutes=9), 4: None}

    assert kind(entry, due) is expected


def test_the_month_has_its_outages() -> None:
    runs = list(month().runs())
    away = [later - sooner for sooner, later in pairwise(runs)]

    assert Counter(away) == {
        timedelta(hours=1): 31 * 24 - 10 - 7 * 24 - 3,
        timedelta(hours=11): 1,
        timedelta(days=7, hours=1): 1,
    }
    assert runs[0] < datetime(2026, 1, 1, tzinfo=UTC) < runs[-1]
