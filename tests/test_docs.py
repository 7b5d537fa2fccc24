"""The docs tell the truth: their SQL runs, their settings are those of the code, links lead on."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsbot import settings
from tests.helpers.crawling import ROOT, Archive

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
# Pages whose SQL has a test of its own.
TESTED_ELSEWHERE = {"querying.md"}


def queries() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        if page.name not in TESTED_ELSEWHERE:
            for match in re.finditer(r"```sql\n(.*?)```", page.read_text(), re.DOTALL):
                yield page, match[1]


@pytest.mark.parametrize(("page", "query"), list(queries()))
def test_every_query_runs(page: Path, query: str, demo: Archive) -> None:
    for statement in query.split(";"):
        if statement.strip():
            try:
                demo.rows(statement)
            except sqlite3.Error as error:
                pytest.fail(f"{page.name}: {error}")


def test_the_readmes_query_has_the_readmes_answer(demo: Archive) -> None:
    readme = (ROOT / "README.md").read_text()
    match = re.search(r"```sql\n(.*?)```.*?```text\n(.*?)```", readme, re.DOTALL)
    assert match is not None

    expected = [tuple(line.split("│")[1:-1]) for line in match[2].splitlines() if "│" in line]
    rows = demo.rows(match[1])

    assert [tuple(cell.strip() for cell in line) for line in expected[1:]] == [
        tuple(str(value) for value in row) for row in rows
    ]


def test_settings_are_those_of_the_code() -> None:
    table = (ROOT / "docs/settings.md").read_text()
    documented = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]*)` \|", table, re.MULTILINE))

    assert {name: str(getattr(settings, name)) for name in documented} == documented


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []
