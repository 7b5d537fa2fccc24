"""A command imports what it needs, and no more: to start must take no time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.console import Console
from tests.helpers.rows import article, page

SLOW = {"alembic", "datasette", "pyarrow", "rapidfuzz", "rich", "scrapy", "sqlalchemy", "twisted"}
RUN = """
import json, sys
from newsbot.cli import main
for arguments in {commands!r}:
    sys.argv = ["newsbot", *arguments]
    try:
        main()
    except SystemExit as end:
        sys.stdout.flush()
        assert end.code in (None, 0), arguments
sys.stderr.write("MODULES " + json.dumps(sorted(name.split(".")[0] for name in sys.modules)))
"""


def imported(*commands: list[str]) -> set[str]:
    """Return the slow packages that commands, run one after the other, have imported."""
    code = RUN.format(commands=commands)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    return SLOW & set(json.loads(done.stderr.partition("MODULES ")[2]))


def test_help_imports_none_of_them() -> None:
    assert imported(["--help"]) == set()


@pytest.mark.parametrize(
    ("commands", "needed"),
    [
        ([["search", "ferry"], ["search", "--limit", "1"], ["status"], ["export"]], set()),
        ([["show", "1"], ["changes"]], {"rapidfuzz"}),
    ],
)
def test_a_command_that_asks_the_database_imports_sqlalchemy_alone(
    tmp_path: Path, empty_archive: Path, commands: list[list[str]], needed: set[str]
) -> None:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1, id=1)], pages=[page(1, "stored", article_id=1)])
    database = ["--database", console.url]

    assert imported(*([*each, *database] for each in commands)) - {"sqlalchemy"} == needed
