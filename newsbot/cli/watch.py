"""`newsbot watch`: saved searches, and whom to tell of what they find."""

import re
import shlex
from datetime import UTC, datetime

import click

from newsbot.cli.options import as_stored, changing, database_option, reading
from newsbot.cli.output import print_rows
from newsbot.errors import BadQuery
from newsbot.site import host_of
from newsbot.store import watches
from newsbot.store.search_text import parse
from newsbot.store.tables import Watch

_NAME = re.compile(r"[\w-]{1,50}")
_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")
_SPACE = re.compile(r"\s")


@click.group()
def command() -> None:
    r"""Save searches, and be told of new and edited stories that they find, after each crawl.

    \b
    Examples:
      newsbot watch add ferries 'ferr* NOT strike' --mail me@example.com
      newsbot watch list
    """


@command.command("add")
@click.argument("name")
@click.argument("words", nargs=-1)
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="NAME",
    help="Only this section; may be repeated.",
)
@click.option("--mail", metavar="ADDRESS", help="Send a mail to this address.")
@click.option("--webhook", metavar="URL", help="Send a POST request with JSON to this address.")
@click.option("--exec", "program", metavar="COMMAND", help="Run this, with JSON on its input.")
@database_option
def add(
    *,
    name: str,
    words: tuple[str, ...],
    sections: tuple[str, ...],
    mail: str | None,
    webhook: str | None,
    program: str | None,
    database: str,
) -> None:
    r"""Save a search under NAME, and say whom to tell of what it finds.

    WORDS are those of `newsbot search`. All that one crawl found for a watch is one message; what
    can't be delivered waits for the next crawl. A message may come twice, with the same id: in the
    mail's Message-ID, the header Idempotency-Key, the JSON's "id". Settings for mail: SMTP_….

    \b
    Examples:
      newsbot watch add ferries 'ferr* NOT strike' --mail me@example.com
      newsbot watch add rugby --section Rugby --webhook https://example.com/hook
      newsbot watch add saved council --exec 'tee -a council.jsonl'
    """
    channels = {"mail": mail, "webhook": webhook, "exec": program}
    given = [(channel, target) for channel, target in channels.items() if target]
    if len(given) != 1:
        raise click.UsageError("Give one of --mail, --webhook and --exec.")
    [(channel, target)] = given
    _check(name, " ".join(words), channel, target, has_section=bool(sections))
    now = datetime.now(UTC)
    with changing(database) as session:
        watch = Watch(
            name=name,
            words=" ".join(words),
            sections=as_stored(session, sections),
            channel=channel,
            target=target,
            created_at=now,
            matched_until=now,
        )
        if not watches.add(session, watch):
            raise click.ClickException(
                f"There is a watch {name} already; remove it first, or take another name."
            )
    click.echo(f"The watch {name} begins with the next crawl.")


@command.command("list")
@database_option
def list_(database: str) -> None:
    """List the saved searches, how many stories wait to be told of, and why."""
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
        print_rows("Watches", ["Name", "Words", "Sections", "Tells", "Waiting", "Failure"], rows)
    else:
        click.echo("There are no watches; newsbot watch add makes one.", err=True)


@command.command("remove")
@click.argument("name")
@database_option
def remove(name: str, database: str) -> None:
    """Remove a saved search, and what waits to be told of."""
    with changing(database) as session:
        if not watches.remove(session, name):
            raise click.ClickException(f"There is no watch {name}; newsbot watch list names them.")
    click.echo(f"The watch {name} is removed.")


def _check(name: str, words: str, channel: str, target: str, *, has_section: bool) -> None:
    if not _NAME.fullmatch(name):
        raise click.BadParameter(
            "use up to 50 letters, digits, hyphens and underscores.", param_hint="NAME"
        )
    if not words and not has_section:
        raise click.UsageError("Give words to search for, or a --section.")
    try:
        if words:
            parse(words)
    except BadQuery as error:
        raise click.BadParameter(str(error), param_hint="WORDS") from error
    if channel == "mail" and not _ADDRESS.fullmatch(target):
        raise click.BadParameter(f"{target!r} is no mail address.", param_hint="--mail")
    if channel == "webhook" and (host_of(target) is None or _SPACE.search(target)):
        raise click.BadParameter(f"{target!r} is no address of the web.", param_hint="--webhook")
    if channel == "exec":
        try:
            shlex.split(target)
        except ValueError as error:
            raise click.BadParameter(
                f"{target!r} can't be read ({error}).", param_hint="--exec"
            ) from error
