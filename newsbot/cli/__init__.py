"""The `newsbot` command: each file here whose name has no underscore is one of its commands."""

import importlib
import os
import pkgutil
import sys
from typing import cast

import click

from newsbot.errors import LockHeld, NewsbotError
from newsbot.text import printable


class _Commands(click.Group):
    """Imports a command only when it is called, so that none pays for the others."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the files in newsbot/cli that are commands."""
        modules = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name for name in modules if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the object `command` of the file of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name}")
        command = cast("click.Command", module.command)
        # Click's mark for "leave these lines as they are" is two characters in a raw docstring.
        command.help = (command.help or "").replace("\\b\n", "\b\n")
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="newsbot")
def newsbot() -> None:
    """Query and look after the archive that the crawler keeps."""


def main() -> None:
    """Run the command; an error that is ours is one sentence on stderr.

    The exit code is then 1, or 75 where a crawl works on the database: like the crawl's own.
    """
    try:
        newsbot(prog_name="newsbot")
    except NewsbotError as error:
        click.echo(f"newsbot: {printable(str(error))}", err=True)
        sys.exit(os.EX_TEMPFAIL if isinstance(error, LockHeld) else 1)
