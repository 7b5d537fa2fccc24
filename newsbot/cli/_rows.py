"""Rows for a person or for a pipe."""

import sys
from collections.abc import Iterable, Sequence

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_rows(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a titled table on a terminal; elsewhere the title, then a line a row, with tabs."""
    if not sys.stdout.isatty():
        click.echo(f"\n{title}")
        for row in [headings, *rows]:
            click.echo("\t".join(row))
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
