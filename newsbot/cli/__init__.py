"""The `newsbot` command: its subcommands, loaded when they are run, and what an error becomes."""

import importlib
import os
import re
import sys
from typing import cast

import click
from click.shell_completion import CompletionItem

from newsbot import __version__
from newsbot.errors import LockHeld, NewsbotError
from newsbot.streams import abandon_stdout, prepare_streams
from newsbot.text import printable

_SURROGATE = re.compile("[\ud800-\udfff]")

# `--help` shows these without importing the modules, which takes long. A command is the object
# `command` in the module of its name.
_SUMMARIES = {
    "archive": "List the WARC files and what they hold.",
    "browse": "Browse the database: search, changes, plots, feeds.",
    "changes": "List what was edited, removed or given another title.",
    "check": "Compare the live site with what is expected of it.",
    "copy": "Copy the database to another one, for example from SQLite to PostgreSQL.",
    "crawl": "Fetch what is new, once.",
    "export": "Write articles for other programs.",
    "inspect": "Show what the reader sees on a page.",
    "reindex": "Rebuild the search index of a damaged database.",
    "reparse": "Read every archived response again.",
    "search": "Find articles by their words, or list the newest.",
    "show": "Show one story and everything known about it.",
    "status": "Tell how fresh and how complete the database is.",
    "watch": "Save searches, and be told what they find.",
}
_MODULES = {"reindex": "copy"}


class _Commands(click.Group):
    """Imports a command only when it is run."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(_SUMMARIES)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in _SUMMARIES:
            return None
        module = importlib.import_module(f"{__name__}.{_MODULES.get(cmd_name, cmd_name)}")
        name = cmd_name if cmd_name in _MODULES else "command"
        command = cast("click.Command", getattr(module, name))
        # Click's mark for "leave these lines as they are" is two characters in a raw docstring.
        subcommands = command.commands.values() if isinstance(command, click.Group) else ()
        for each in (command, *subcommands):
            each.help = (each.help or "").replace("\\b\n", "\b\n")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands for `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUMMARIES.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with `incomplete`."""
        commands = [
            CompletionItem(name, help=summary)
            for name, summary in _SUMMARIES.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def newsbot() -> None:
    """Query and maintain the database that the crawler keeps."""


def main() -> None:
    """Run the command; report an error of our own in one sentence on stderr.

    The exit code is then 1, or 75 if another process holds the database's lock.
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
        # Commands report their own files; without a name, this is the output.
        abandon_stdout()
        what = printable(str(error.filename or "Standard output can't be written"))
        click.echo(f"newsbot: {what}: {error.strerror or error}.", err=True)
        sys.exit(1)
