"""The options by which commands choose articles."""

from collections.abc import Callable
from typing import Any

import click

from newsbot.cli._dates import LocalDate


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--section`, `--since` and `--until`; the last two become instants in UTC."""
    options = (
        click.option("--section", metavar="NAME", help="Only this section, as stored."),
        click.option(
            "--since",
            type=LocalDate(),
            metavar="DATE",
            help="Only published from this day or time on, in the site's time.",
        ),
        click.option(
            "--until",
            type=LocalDate(last=True),
            metavar="DATE",
            help="Only published up to this day, itself included, or before this time.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
