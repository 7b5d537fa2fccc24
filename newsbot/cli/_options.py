"""The options that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from newsbot import settings
from newsbot.cli._times import LocalDate
from newsbot.crawl.places import database_url, project_path


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--database URL`; the command gets it as `database`, made absolute."""
    return click.option(
        "--database",
        metavar="URL",
        default=settings.DATABASE_URL,
        callback=lambda _context, _parameter, value: database_url(value),
        help=f"Database to work on (default: NEWSBOT_DATABASE_URL, or {settings.DATABASE_URL}).",
    )(command)


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--archive FOLDER`; the command gets it as `archive`, a path."""
    return click.option(
        "--archive",
        metavar="FOLDER",
        default=settings.ARCHIVE_DIR,
        callback=_folder,
        help=f"Folder of the WARC files (default: NEWSBOT_ARCHIVE_DIR, or {settings.ARCHIVE_DIR}).",
    )(command)


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


def _folder(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    if not value:
        raise click.BadParameter("ARCHIVE_DIR is empty, so there is no archive; name its folder.")
    return project_path(value)
