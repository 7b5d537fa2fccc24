"""The option by which every command is told which database it works on."""

from collections.abc import Callable
from typing import Any

import click

from newsbot import settings
from newsbot.crawl.places import database_url


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--database URL`; the command gets it as `database`, made absolute."""
    return click.option(
        "--database",
        metavar="URL",
        default=settings.DATABASE_URL,
        callback=lambda _context, _parameter, value: database_url(value),
        help=f"Database to work on (default: NEWSBOT_DATABASE_URL, or {settings.DATABASE_URL}).",
    )(command)
