"""What users rely on is there: nothing that docs/stability.md calls public has disappeared."""

import inspect as introspection
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from newsbot import settings
from newsbot.cli import newsbot
from newsbot.crawl import verdict
from newsbot.formats.schema_org import news_article
from newsbot.items import Origin, Precision, Status
from newsbot.sites import DEFAULT
from newsbot.spiders.nzcity import NZCitySpider
from tests.helpers.crawling import ROOT
from tests.helpers.rows import NOON, article

PUBLIC: dict[str, Any] = tomllib.loads((ROOT / "tests/public_interface.toml").read_text())
STABILITY = (ROOT / "docs/stability.md").read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize(("name", "columns"), [*PUBLIC["tables"].items(), *PUBLIC["views"].items()])
def test_tables_and_views_have_their_columns(empty_archive: Path, name: str, columns: str) -> None:
    connection = sqlite3.connect(f"{empty_archive.as_uri()}?mode=ro", uri=True)
    try:
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
    finally:
        connection.close()

    assert [column for column in words(columns) if column not in there] == []


@pytest.mark.parametrize("name", PUBLIC["commands"])
def test_commands_are_there(name: str) -> None:
    with click.Context(newsbot) as context:
        assert newsbot.get_command(context, name) is not None


@pytest.mark.parametrize("name", PUBLIC["settings"])
def test_settings_are_there(name: str) -> None:
    assert hasattr(settings, name)


@pytest.mark.parametrize("name", PUBLIC["environment"])
def test_settings_are_read_from_the_environment(name: str) -> None:
    assert f'os.environ.get("{name}"' in introspection.getsource(settings)


def test_the_spider_takes_its_arguments() -> None:
    assert set(PUBLIC["spider_arguments"]) <= set(introspection.signature(NZCitySpider).parameters)


def test_exit_codes_mean_what_they_meant() -> None:
    assert {name: getattr(verdict, name) for name in PUBLIC["exit_codes"]} == PUBLIC["exit_codes"]


def test_words_in_columns_are_those_that_were() -> None:
    assert PUBLIC["values"] == {
        "status": list(Status),
        "origin": list(Origin),
        "precision": list(Precision),
    }


def test_json_lines_have_their_names() -> None:
    row = article(1, credit_text="ABC", date_modified=NOON)

    assert list(news_article(row, DEFAULT)) == words(PUBLIC["json_lines"]["names"])


@pytest.mark.parametrize(
    "name", [*PUBLIC["tables"], *PUBLIC["views"], *PUBLIC["commands"], *PUBLIC["environment"]]
)
def test_the_promise_names_it(name: str) -> None:
    assert f"`{name}`" in STABILITY or f"`newsbot {name}`" in STABILITY
