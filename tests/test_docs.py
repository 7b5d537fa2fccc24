"""The docs are true: SQL runs, commands and settings are those of the code, links lead on."""

import re
import shlex
import sqlite3
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from newsbot import settings
from newsbot.cli import newsbot
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


def commands() -> Iterator[tuple[str, str]]:
    """Yield each page's name and the arguments of each `newsbot` that it tells readers to run."""
    for page in PAGES:
        for block in re.findall(r"```(?:console|text)\n(.*?)```", page.read_text(), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                if match := re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?newsbot (.*)", line):
                    yield page.name, match[1]


@pytest.mark.parametrize(("page", "line"), list(commands()))
def test_commands_have_the_options_that_docs_give_them(page: str, line: str) -> None:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(takewhile(lambda word: not set(word) & set("();<>|&"), lexer))

    command: click.Command | None = newsbot
    context = click.Context(newsbot, **newsbot.context_settings)
    while isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
    assert command is not None, page
    command.make_parser(click.Context(command, parent=context)).parse_args(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []
