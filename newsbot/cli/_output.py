"""Where results go: a file that appears when it is whole, standard output, a table."""

import errno
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


@contextmanager
def output(path: Path | None) -> Iterator[IO[bytes]]:
    """Yield what to write to: the file at `path`, or standard output where that is None.

    The file is written beside its place and put there at the end of the block, on the disk, so
    that nobody sees half of it, and an old one stays if something goes wrong.

    Raises:
        ClickException: it can't be written.
    """
    try:
        if path is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif path.exists() and not path.is_file():
            # A device or a pipe is written to, not replaced.
            with path.open("wb") as device:
                yield device
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        name = "Standard output" if path is None else str(path)
        raise click.ClickException(f"{name} can't be written: {error.strerror}.") from error


def print_rows(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a titled table on a terminal; elsewhere the title, then a line a row, with tabs."""
    if not sys.stdout.isatty():
        click.echo(f"\n{title}")
        for row in [headings, *rows]:
            click.echo("\t".join(row))
        return
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
