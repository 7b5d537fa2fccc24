"""`newsbot reparse`: read every archived response again."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from newsbot.cli.options import archive_option, database_option, needed
from newsbot.cli.output import plural, print_diff, print_text
from newsbot.rebuild.job import Outcome, reparse
from newsbot.sites import DEFAULT as SITE
from newsbot.store.comparing import TABLES, Difference
from newsbot.text import printable
from newsbot.word_diff import Piece, condensed, word_diff

_TEXTS = {"headline", "description", "article_body"}
_STYLES = {"+": "green", "-": "red", "~": "yellow"}
# The columns that identify a row that is new or gone.
_TELLING = ("headline", "status", "reason", "category")


@click.command()
@click.option("--diff", is_flag=True, help="Show what would change, row by row; change nothing.")
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Read this WARC file instead of the WARC archive; may be given several times.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let a Dask cluster read the files: tcp://host:8786; see docs/scaling.md.",
)
@archive_option
@database_option
def command(
    *,
    diff: bool,
    files: tuple[Path, ...],
    scheduler: str | None,
    archive: Path | None,
    database: str,
) -> None:
    r"""Read every archived response again, and bring the database up to date.

    The responses go through the reader and the pipelines in the order in which they were fetched;
    nothing is requested from the site. The result is built beside the database, and the differences
    are written into it at the end, those of a page together: if it is killed, the database is valid
    and the next run writes the rest. A second run changes nothing. Files and responses that can't
    be read are named on stderr and skipped.

    With --from, it reads history that others have archived (Common Crawl, the Wayback Machine): the
    responses of the site's hosts, by http or https.

    Exit codes: 0; 1 if it could not be done; 75 if a crawl works on the database.

    \b
    Examples:
      newsbot reparse --diff | less -R
      newsbot reparse
      newsbot reparse --from CC-NEWS-20251103.warc.gz
    """
    folder = needed(archive)
    began = monotonic()
    stderr = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=stderr,
        disable=not stderr.is_terminal,
    ) as bar:
        outcome = reparse(
            database,
            folder,
            files,
            SITE,
            keep=not diff,
            audience=_Audience(bar, prints_rows=diff),
            scheduler=scheduler,
        )
    seconds = max(monotonic() - began, 0.001)
    pace = outcome.captures / seconds
    number = plural(outcome.captures, "response")
    click.echo(f"{number} read in {seconds:.1f} s ({pace:.0f}/s).", err=True)
    click.echo(_summary(outcome, would=diff), err=True)


class _Audience:
    """Shows the progress on stderr and, if asked to, the changed rows on stdout."""

    def __init__(self, bar: Progress, *, prints_rows: bool) -> None:
        self._bar = bar
        self._prints_rows = prints_rows
        self._files = bar.add_task("Files", total=None)
        self._responses = bar.add_task("Responses", total=None)

    def indexed(self, done: int, files: int) -> None:
        """Move the bar of the files."""
        self._bar.update(self._files, completed=done, total=files)

    def read(self, done: int, captures: int) -> None:
        """Move the bar of the responses."""
        self._bar.update(self._responses, completed=done, total=captures)

    def passed_over(self, what: str) -> None:
        """Name it."""
        # An address in a foreign file may hold anything, even Rich's own markup.
        self._bar.console.print(Text(f"skipped: {printable(what)}"), soft_wrap=True)

    def differs(self, difference: Difference) -> None:
        """Print a line for the row, and for each changed column an indented one."""
        if not self._prints_rows:
            return
        sign = "+" if difference.before is None else "-" if difference.after is None else "~"
        key = " ".join(str(part) for part in difference.key.values() if part != "")
        print_text((f"{sign} {difference.table} {key}", _STYLES[sign]))
        for column, pieces in _columns(difference.before, difference.after):
            print_diff(pieces, f"    {column}: ")


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
        for what in ("new", "changed", "removed")
        for table in TABLES
        if (count := getattr(outcome, what)[table])
    ]
    if not parts:
        return f"Nothing {'would change' if would else 'changed'}."
    return f"{'Would be' if would else 'Rows'}: {', '.join(parts)}."
