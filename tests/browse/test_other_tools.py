"""What other tools make of the database by themselves, without being told anything."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from tests.helpers.crawling import Archive

BIN = Path(sys.executable).parent
COUNT = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'ferry'"


def said(program: str, *arguments: str) -> str:
    """Return what a program prints."""
    command = [str(BIN / program), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def stories(demo: Archive) -> Iterator[pd.DataFrame]:
    with closing(sqlite3.connect(demo.path)) as connection:
        yield pd.read_sql("SELECT * FROM articles", connection)


def test_plain_datasette_has_a_search_box(demo: Archive) -> None:
    page = said("datasette", str(demo.path), "--get", "/newsbot/articles")
    found = said(
        "datasette", str(demo.path), "--get", "/newsbot/articles.json?_search=ferry&_size=max"
    )

    assert 'name="_search"' in page
    assert json.loads(found)["filtered_table_rows_count"] == demo.value(COUNT) > 0


def test_sqlite_utils_searches(demo: Archive) -> None:
    found = said("sqlite-utils", "search", str(demo.path), "articles", "ferry", "-c", "headline")

    assert len(json.loads(found)) == demo.value(COUNT)


def test_pandas_groups_by_day(demo: Archive, stories: pd.DataFrame) -> None:
    by_day = stories.groupby("day_published").size().to_dict()

    counted = "SELECT day_published, count(*) FROM articles WHERE day_published <> '' GROUP BY 1"
    assert by_day == dict(demo.rows(counted))
    assert list(pd.to_datetime(stories.day_published).dt.strftime("%a").unique()) != []


def test_pandas_has_texts_as_texts(stories: pd.DataFrame) -> None:
    paragraphs = stories.article_body.str.split("\n\n").str.len()
    words = stories.article_body.str.split().str.len()

    assert (paragraphs > 1).any()
    assert words.tolist() == stories.word_count.tolist()


def test_pandas_reads_the_instants(demo: Archive, stories: pd.DataFrame) -> None:
    newest = pd.to_datetime(stories.date_published).max()

    assert f"{newest:%Y-%m-%d %H:%M:%S}" == demo.value("SELECT max(date_published) FROM articles")
