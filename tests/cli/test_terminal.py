"""What a person sees on a terminal: tables and highlights, and a bar while an export goes on."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.console import Console
from tests.helpers.rows import article

NEWSBOT = Path(sys.executable).with_name("newsbot")


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1, headline="[red]Ferry[/red] runs again")])
    return console


def on_a_terminal(console: Console, *arguments: str, stdout: int | None = None) -> str:
    """Return what a command writes to a terminal of 100 columns."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [NEWSBOT, *arguments, "--database", console.url],
        stdout=its if stdout is None else stdout,
        stderr=its,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"},
    ) as process:
        os.close(its)
        written = b""
        # On Linux, the end of a terminal is an error.
        try:
            while some := os.read(ours, 65536):
                written += some
        except OSError:
            pass
        os.close(ours)
    assert process.returncode == 0
    return written.decode()


def test_search_is_a_table_with_the_words_highlighted(console: Console) -> None:
    seen = on_a_terminal(console, "search", "week")

    assert "┏" in seen
    assert "[red]Ferry[/red] runs again" in seen
    assert re.search(r"\x1b\[[0-9;]*33m+week\x1b\[0m", seen)


def test_status_is_tables(console: Console) -> None:
    console.fill(
        crawls=[
            {
                "source": "nzcity",
                "started_at": article()["first_seen_at"],
                "finished_at": article()["first_seen_at"],
                "outcome": "finished",
                "exit_code": 0,
                "message": "1 new.",
            }
        ]
    )

    seen = on_a_terminal(console, "status")

    assert "Last crawls" in seen
    assert "─────" in seen
    assert "\t" not in seen


def test_an_export_to_a_file_shows_how_far_it_is(console: Console, tmp_path: Path) -> None:
    seen = on_a_terminal(console, "export", "--output", str(tmp_path / "out.csv"))

    assert "1/1" in seen
    assert (tmp_path / "out.csv").read_text().startswith("id,")


def test_an_export_to_the_terminal_has_no_bar_in_it(console: Console) -> None:
    seen = on_a_terminal(console, "export")

    assert seen.startswith('{"@context"')
    assert seen.count("\n") == 1
