"""The `newsbot` command: a file here is one of its commands, but for `options` and `output`."""

import importlib
import os
import re
import sys
from pathlib import Path
from typing import cast

import click
from click.shell_completion import CompletionItem

from newsbot import __version__
from newsbot.errors import LockHeld, NewsbotError
from newsbot.streams import abandon_stdout, prepare_streams
from newsbot.text import printable

_FOLDER = Path(__file__).parent
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHARED = {"options", "output"}


class _Commands(click.Group):
    """Imports a command only when it is run: the list of them is made from their files' text."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        names = {path.stem for path in _FOLDER.glob("[a-z]*.py")}
        return sorted(names - _SHARED)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the object `command` of the file of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name}")
        command = cast("click.Command", module.command)
        # Click's mark for "leave these lines as they are" is two characters in a raw docstring.
        subcommands = command.commands.values() if isinstance(command, click.Group) else ()
        for each in (command, *subcommands):
            each.help = (each.help or "").replace("\\b\n", "\b\n")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands for `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name)) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with `incomplete`."""
        commands = [
            CompletionItem(name, help=_summary(name))
            for name in self.list_commands(ctx)
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def _summary(name: str) -> str:
    """Return what the first line of a command's file says: \"\"\"`newsbot x`: do this.\"\"\"."""
    with (_FOLDER / f"{name}.py").open(encoding="utf-8") as file:
        text = file.readline().partition(": ")[2].strip(' ".\n')
    return f"{text[:1].upper()}{text[1:]}."


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def newsbot() -> None:
    """Query and look after the archive that the crawler keeps."""


def main() -> None:
    """Run the command; an error that is ours is one sentence on stderr.

    The exit code is then 1, or 75 where a crawl works on the database: like the crawl's own.
    """
    prepare_streams()
    for argument in sys.argv[1:]:
        if _SURROGATE.search(argument):
            click.echo(f"newsbot: an argument is not in UTF-8: {argument!a}.", err=True)
            sys.exit(2)
    try:
        sys.exit(newsbot(prog_name="newsbot", standalone_mode=False))
    except click.ClickException as error:
        # It may repeat what was typed, or what was pasted from a page.
        vars(error)["message"] = printable(error.message)
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Aborted!", err=True)
        sys.exit(1)
    except NewsbotError as error:
        click.echo(f"newsbot: {printable(str(error))}", err=True)
        sys.exit(os.EX_TEMPFAIL if isinstance(error, LockHeld) else 1)
    except OSError as error:
        # What commands open themselves, they name; without a name, this is the output.
        abandon_stdout()
        what = printable(str(error.filename or "Standard output can't be written"))
        click.echo(f"newsbot: {what}: {error.strerror or error}.", err=True)
        sys.exit(1)
