"""`newsbot reparse`: read the archive again."""

import sys
from pathlib import Path
from time import monotonic
from typing import Self

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

from newsbot.cli._differences import coloured, plain
from newsbot.cli._options import archive_option, database_option
from newsbot.rebuild.job import Outcome, reparse
from newsbot.sites import DEFAULT as SITE
from newsbot.store.comparing import TABLES, Difference
from newsbot.text import printable


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
    click.echo(f"{outcome.captures} responses read in {seconds:.1f} s ({pace:.0f}/s).", err=True)
    click.echo(_summary(outcome, would=diff), err=True)


class _Watcher:
    """Shows on stderr how far it is, and with `rows` on stdout what changes."""

    def __init__(self, *, rows: bool) -> None:
        self._rows = rows
        self._stdout = Console(highlight=False, soft_wrap=True) if sys.stdout.isatty() else None
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
        if not self._rows:
            return
        if self._stdout is None:
            for line in plain(difference):
                click.echo(line)
        else:
            for text in coloured(difference):
                self._stdout.print(text)

    def _show(self, what: str, done: int, total: int) -> None:
        if self._task is None or done == 1:
            self._task = self._bar.add_task(what, total=total)
        self._bar.update(self._task, completed=done)


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
