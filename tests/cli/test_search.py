"""`newsbot search` and `newsbot reindex`."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsbot.crawl.database import Lock

from newsbot.errors import DatabaseUnusable, LockHeld
from newsbot.store.engine import open_engine
from tests.helpers.console import Console
from tests.helpers.rows import article


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(
        articles=[
            article(
                1, headline="Whangārei votes", date_published=datetime(2025, 8, 19, tzinfo=UTC)
            ),
            article(
                2,
                headline="New stadium",
                article_body="A stadium for Christchurch [bold] is planned.",
                article_section="Law and Order",
                date_published=datetime(2025, 8, 19, 12, tzinfo=UTC),
                date_published_precision="day",
            ),
            article(
                3,
                headline="Stadium opens",
                article_body="It opens.",
                date_published=datetime(2025, 8, 20, 11, 30, tzinfo=UTC),
                date_published_precision="estimated",
            ),
            article(
                4,
                headline="Stadium sold",
                date_published=None,
                date_published_precision="unknown",
            ),
        ]
    )
    return console


def ids(console: Console, *arguments: str) -> list[str]:
    result = console.run("search", *arguments, "--json")
    assert result.exit_code == 0, result.output
    return [hit["identifier"] for hit in json.loads(result.stdout)]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["whangarei"], ["1"]),
        (["STADIUM"], ["3", "2", "4"]),
        (["stadium AND christchurch"], ["2"]),
        (["stadium", "christchurch"], ["2"]),
        (["stadium NOT christchurch"], ["3", "4"]),
        (["stadium", "--order", "best"], ["4", "3", "2"]),
        (["stadium", "--limit", "1"], ["3"]),
        (["stadium", "--section", "law and order"], ["2"]),
        # A day is New Zealand's, and --until includes it.
        (["stadium", "--since", "2025-08-20"], ["3", "2"]),
        (["stadium", "--until", "2025-08-20"], ["3", "2"]),
        (["stadium", "--since", "2025-08-21"], []),
        (["stadium", "--until", "2025-08-19"], []),
        (["stadium", "--until", "2025-08-20 23:30"], ["2"]),
        (["stadium", "--since", "2025-08-20T11:30+00:00"], ["3"]),
        (["stad*", "AND", "christ*"], ["2"]),
        (['"stadium planned'], ["2"]),
    ],
)
def test_finds(console: Console, arguments: list[str], found: list[str]) -> None:
    assert sorted(ids(console, *arguments)) == sorted(found)


def test_the_newest_come_first(console: Console) -> None:
    assert ids(console, "stadium") == ["3", "2", "4"]


def test_a_pipe_gets_a_line_each_with_dates_as_exact_as_they_are_known(console: Console) -> None:
    lines = console.run("search", "stadium OR votes").stdout.splitlines()

    assert [line.split("\t")[:4] for line in lines] == [
        ["~2025-08-20", "National", "3", "Stadium opens"],
        ["2025-08-20", "Law and Order", "2", "New stadium"],
        ["2025-08-19 12:00", "National", "1", "Whangārei votes"],
        ["", "National", "4", "Stadium sold"],
    ]
    assert lines[1].split("\t")[5].endswith("A stadium for Christchurch [bold] is planned.")


def test_json_has_schema_orgs_names_and_dates(console: Console) -> None:
    [hit] = json.loads(console.run("search", "christchurch", "--json").stdout)

    assert hit["articleSection"] == "Law and Order"
    assert hit["datePublished"] == "2025-08-20"
    assert hit["datePublishedPrecision"] == "day"
    [hit] = json.loads(console.run("search", "votes", "--json").stdout)
    assert hit["datePublished"] == "2025-08-19T12:00:00+12:00"


def test_finding_nothing_is_said_and_no_error(console: Console) -> None:
    result = console.run("search", "zeppelin")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No article was found.\n"


def test_an_unknown_section_is_told_the_known_ones(console: Console) -> None:
    result = console.run("search", "stadium", "--section", "Sport")

    assert "no section 'Sport' in the database. It has: Law and Order, National." in result.stderr


@pytest.mark.parametrize("words", ["()", '""', "!?", " "])
def test_a_search_without_a_word_is_a_sentence_and_2(console: Console, words: str) -> None:
    result = console.run("search", words)

    assert result.exit_code == 2
    assert "The search text has no word in it" in result.stderr


def test_an_operator_without_a_word_is_a_sentence_and_2(console: Console) -> None:
    result = console.run("search", "stadium AND")

    assert result.exit_code == 2
    assert "AND belongs between two words" in result.stderr


@pytest.mark.parametrize("date", ["tomorrow", "2025-13-01", "2025-08-32", "9999-12-31x"])
def test_a_date_that_is_none_is_a_sentence_and_2(console: Console, date: str) -> None:
    result = console.run("search", "stadium", "--since", date)

    assert result.exit_code == 2
    assert f"'{date}' is no date; write 2025-08-20" in result.stderr


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(words=st.text(min_size=1).filter(lambda words: not words.startswith("-")))
def test_no_words_bring_it_down(console: Console, words: str) -> None:
    assert console.run("search", words).exit_code in {0, 2}


def test_reindex_mends_the_index(console: Console) -> None:
    with sqlite3.connect(console.path) as connection:
        connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    connection.close()
    assert ids(console, "stadium") == []

    result = console.run("reindex")

    assert result.stderr == "The search index is rebuilt.\n"
    assert ids(console, "stadium") == ["3", "2", "4"]


def test_reindex_waits_for_no_crawl(console: Console) -> None:
    engine = open_engine(console.url)
    with Lock(engine.url), pytest.raises(LockHeld):
        console.run("reindex")
    engine.dispose()


@pytest.mark.parametrize("command", [["search", "word"], ["reindex"], ["status"]])
def test_a_mistyped_path_makes_no_database(console: Console, command: list[str]) -> None:
    console.path.unlink()

    with pytest.raises(DatabaseUnusable, match="There is no database"):
        console.run(*command)

    assert not console.path.exists()
