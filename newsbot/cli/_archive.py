"""The option by which a command is told where the WARC files are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from newsbot import settings
from newsbot.crawl.places import project_path


def _folder(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    if not value:
        raise click.BadParameter("ARCHIVE_DIR is empty, so there is no archive; name its folder.")
    return project_path(value)


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--archive FOLDER`; the command gets it as `archive`, a path."""
    return click.option(
        "--archive",
        metavar="FOLDER",
        default=settings.ARCHIVE_DIR,
        callback=_folder,
        help=f"Folder of the WARC files (default: NEWSBOT_ARCHIVE_DIR, or {settings.ARCHIVE_DIR}).",
    )(command)
