"""A command imports what it needs, and no more: to start must take no time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.console import Console
from tests.helpers.rows import article

SLOW = {"alembic", "datasette", "pyarrow", "rapidfuzz", "rich", "scrapy", "sqlalchemy", "twisted"}
RUN = """
import json, sys
sys.argv = ["newsbot", *{arguments!r}]
from newsbot.cli import main
try:
    main()
finally:
    sys.stdout.flush()
    sys.stderr.write("MODULES " + json.dumps(sorted(name.split(".")[0] for name in sys.modules)))
"""


def imported(*arguments: str) -> set[str]:
    """Return the slow packages that a command has imported in a fresh process."""
    code = RUN.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    return SLOW & set(json.loads(done.stderr.partition("MODULES ")[2]))


def test_help_imports_none_of_them() -> None:
    assert imported("--help") == set()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["search", "ferry"], set()),
        (["search", "--limit", "1"], set()),
        (["status"], set()),
        (["export"], set()),
        (["show", "1"], {"rapidfuzz"}),
        (["changes"], {"rapidfuzz"}),
    ],
)
def test_a_command_that_asks_the_database_imports_sqlalchemy_alone(
    tmp_path: Path, empty_archive: Path, arguments: list[str], needed: set[str]
) -> None:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1)])

    assert imported(*arguments, "--database", console.url) - {"sqlalchemy"} == needed
