"""`newsbot reparse`: read every archived response again."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Self

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from newsbot.cli.options import archive_option, database_option
from newsbot.cli.output import plural, print_pieces, print_text
from newsbot.rebuild.job import Outcome, reparse
from newsbot.sites import DEFAULT as SITE
from newsbot.store.comparing import TABLES, Difference
from newsbot.text import printable
from newsbot.word_diff import Piece, condensed, word_diff

_TEXTS = {"headline", "description", "article_body"}
_STYLES = {"+": "green", "-": "red", "~": "yellow"}
# What a row that is new or gone is recognised by.
_TELLING = ("headline", "status", "reason", "category")


@click.command()
@click.option("--diff", is_flag=True, help="Show what would change, row by row; change nothing.")
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Read this WARC file instead of the archive; may be given several times.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let a Dask cluster read the files: tcp://host:8786; see docs/scaling.md.",
)
@archive_option
@database_option
def command(
    *, diff: bool, files: tuple[Path, ...], scheduler: str | None, archive: Path, database: str
) -> None:
    r"""Read every archived response again, and bring the database up to date.

    The responses go through the reader and the pipelines in the order in which they were fetched.
    Nothing is asked of the site. What they say is made beside the database, which is changed in
    the end, a page's rows together: killed, it leaves a sound database, and the next run writes the
    rest. A second run changes nothing. What can't be read is named on stderr and passed over.

    With --from, history is brought in that others have kept (Common Crawl, the Wayback Machine):
    the responses of the site's host, by http or https.

    Exit codes: 0; 1 if it could not be done; 75 if a crawl works on the database.

    \b
    Examples:
      newsbot reparse --diff | less -R
      newsbot reparse
      newsbot reparse --from CC-NEWS-20251103.warc.gz
    """
    began = monotonic()
    with _Watcher(rows=diff) as watcher:
        outcome = reparse(
            database,
            archive,
            files,
            SITE,
            keep=not diff,
            audience=watcher,
            scheduler=scheduler,
        )
    seconds = max(monotonic() - began, 0.001)
    pace = outcome.captures / seconds
    number = plural(outcome.captures, "response")
    click.echo(f"{number} read in {seconds:.1f} s ({pace:.0f}/s).", err=True)
    click.echo(_summary(outcome, would=diff), err=True)


class _Watcher:
    """Shows on stderr how far it is, and with `rows` on stdout what changes."""

    def __init__(self, *, rows: bool) -> None:
        self._rows = rows
        stderr = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=stderr,
            disable=not stderr.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def indexed(self, done: int, files: int) -> None:
        """Move the bar of the files."""
        self._show("Files", done, files)

    def read(self, done: int, captures: int) -> None:
        """Move the bar of the responses."""
        self._show("Responses", done, captures)

    def passed_over(self, what: str) -> None:
        """Name it."""
        # An address of a foreign file may hold anything, Rich's own marks included.
        self._bar.console.print(Text(f"passed over: {printable(what)}"), soft_wrap=True)

    def differs(self, difference: Difference) -> None:
        """Print the row."""
        if self._rows:
            _print_difference(difference)

    def _show(self, what: str, done: int, total: int) -> None:
        if self._task is None or done == 1:
            self._task = self._bar.add_task(what, total=total)
        self._bar.update(self._task, completed=done)


def _print_difference(difference: Difference) -> None:
    """Print a line for the row, and for each changed column an indented one."""
    sign = "+" if difference.before is None else "-" if difference.after is None else "~"
    key = " ".join(str(part) for part in difference.key.values() if part != "")
    print_text((f"{sign} {difference.table} {key}", _STYLES[sign]))
    for column, pieces in _columns(difference.before, difference.after):
        print_pieces(pieces, f"    {column}: ")


def _columns(
    before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Iterator[tuple[str, list[Piece]]]:
    if before is None or after is None:
        row = before or after or {}
        for name in _TELLING:
            if row.get(name) is not None:
                yield name, [Piece("=", _shown(row[name]))]
        return
    for name, old in before.items():
        if name in _TEXTS:
            yield name, list(condensed(word_diff(old, after[name])))
        elif name != "text_hash":
            yield name, [Piece("-", _shown(old)), Piece("+", _shown(after[name]))]


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    return "NULL" if value is None else str(value)


def _summary(outcome: Outcome, *, would: bool) -> str:
    parts = [
        f"{count} {table} {what}"
        for what, counts in (
            ("new", outcome.new),
            ("changed", outcome.changed),
            ("removed", outcome.removed),
        )
        for table in TABLES
        if (count := counts[table])
    ]
    if not parts:
        return f"Nothing {'would change' if would else 'changed'}."
    return f"{'Would be' if would else 'Rows'}: {', '.join(parts)}."
