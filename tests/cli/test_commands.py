"""Every command explains itself, completes itself and stands in docs/commands.md."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from newsbot.cli import newsbot
from tests.command_reference import reference
from tests.helpers.crawling import ROOT

NEWSBOT = Path(sys.executable).with_name("newsbot")
COMMANDS = newsbot.list_commands(click.Context(newsbot))


def test_the_reference_is_made_of_the_help() -> None:
    written = (ROOT / "docs/commands.md").read_text(encoding="utf-8")

    assert written == reference(), "run: make docs"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name: str) -> None:
    with click.Context(newsbot, info_name="newsbot") as context:
        command = newsbot.get_command(context, name)
    assert command is not None
    text = command.get_help(click.Context(command, info_name=name))

    assert f"  newsbot {name}" in text.partition("Example")[2]


def completions(typed: str, shell: str = "bash") -> list[str]:
    words = typed.split(" ")
    result = subprocess.run(
        [NEWSBOT],
        env=os.environ
        | {
            "_NEWSBOT_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return [line.partition(",")[2] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("newsbot ", COMMANDS),
        ("newsbot sea", ["search"]),
        ("newsbot search --ord", ["--order"]),
        ("newsbot search --order ", ["newest", "best"]),
        ("newsbot export --format p", ["parquet"]),
    ],
)
def test_the_shell_completes(typed: str, offered: list[str]) -> None:
    assert completions(typed) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_documented_line_gives_a_script(shell: str) -> None:
    variable = f"_NEWSBOT_COMPLETE={shell}_source"
    assert variable in (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    name, value = variable.split("=")

    result = subprocess.run(
        [NEWSBOT], env=os.environ | {name: value}, capture_output=True, text=True, check=False
    )

    assert "_newsbot_completion" in result.stdout
    assert result.returncode == 0
