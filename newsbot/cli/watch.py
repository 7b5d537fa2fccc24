"""`newsbot watch`: saved searches, and who is told what they find."""

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime

import click

from newsbot.cli.options import as_stored, changing, database_option, reading, section_option
from newsbot.cli.output import print_rows
from newsbot.errors import BadQuery
from newsbot.site import host_of
from newsbot.store import watches
from newsbot.store.reading.search_text import parse
from newsbot.store.tables import Watch


def _like(pattern: str, what: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise click.BadParameter(f"{value!r} is not {what}.")
        return value

    return read


def _web_address(value: str) -> str:
    if host_of(value) is None or not value.isprintable() or " " in value:
        raise click.BadParameter(f"{value!r} is not an address of the web.")
    return value


def _program(value: str) -> str:
    try:
        shlex.split(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} can't be read ({error}).") from error
    return value


@click.group()
def command() -> None:
    r"""Save searches, and be told after each crawl what new and edited stories they find.

    \b
    Examples:
      newsbot watch add ferries 'ferr* NOT strike' --mail me@example.com
      newsbot watch list
    """


@command.command("add")
@click.argument("name", type=_like(r"[\w-]{1,50}", "1 to 50 letters, digits, _ and -"))
@click.argument("words", nargs=-1)
@section_option
@click.option(
    "--mail",
    type=_like(r"[^@\s<>,]+@[^@\s<>,]+", "a mail address"),
    metavar="ADDRESS",
    help="Send a mail to this address.",
)
@click.option(
    "--webhook",
    type=_web_address,
    metavar="URL",
    help="Send a POST request with JSON to this address.",
)
@click.option(
    "--exec", type=_program, metavar="COMMAND", help="Run this command, with JSON on its input."
)
@database_option
def add(
    *,
    name: str,
    words: tuple[str, ...],
    section: tuple[str, ...],
    database: str,
    **channels: str | None,
) -> None:
    r"""Save a search under NAME, and say who is told what it finds.

    WORDS are those of `newsbot search`. Everything that one crawl finds for a watch is one message;
    a message that can't be delivered is sent after the next crawl. A message may arrive twice, with
    the same id: in the mail's Message-ID, the header Idempotency-Key, the JSON's "id". The settings
    SMTP_… say how mail is sent.

    \b
    Examples:
      newsbot watch add ferries 'ferr* NOT strike' --mail me@example.com
      newsbot watch add rugby --section Rugby --webhook https://example.com/hook
      newsbot watch add saved council --exec 'tee -a council.jsonl'
    """
    given = [(channel, target) for channel, target in channels.items() if target]
    if len(given) != 1:
        raise click.UsageError("Give one of --mail, --webhook and --exec.")
    if not words and not section:
        raise click.UsageError("Give words to search for, or a --section.")
    try:
        if words:
            parse(" ".join(words))
    except BadQuery as error:
        raise click.BadParameter(str(error), param_hint="WORDS") from error
    [(channel, target)] = given
    now = datetime.now(UTC)
    with changing(database) as session:
        watch = Watch(
            name=name,
            words=" ".join(words),
            sections=as_stored(session, section),
            channel=channel,
            target=target,
            created_at=now,
            matched_until=now,
        )
        if not watches.add(session, watch):
            raise click.ClickException(
                f"There is already a watch {name}; remove it first, or choose another name."
            )
    click.echo(f"The watch {name} begins with the next crawl.")


@command.command("list")
@database_option
def list_(database: str) -> None:
    """List the saved searches, and for each how many stories wait to be sent, and why."""
    with reading(database) as session:
        rows = [
            [
                each.watch.name,
                each.watch.words,
                ", ".join(each.watch.sections),
                f"{each.watch.channel}: {each.watch.target}",
                str(each.waiting),
                each.watch.failure or "",
            ]
            for each in watches.watches(session)
        ]
    if rows:
        headings = ["Name", "Words", "Sections", "Sent to", "Waiting", "Failure"]
        print_rows("Watches", headings, rows)
    else:
        click.echo("There are no watches; newsbot watch add makes one.", err=True)


@command.command("remove")
@click.argument("name")
@database_option
def remove(name: str, database: str) -> None:
    """Remove a saved search, with the stories that wait to be sent."""
    with changing(database) as session:
        if not watches.remove(session, name):
            raise click.ClickException(f"There is no watch {name}; newsbot watch list names them.")
    click.echo(f"The watch {name} is removed.")
