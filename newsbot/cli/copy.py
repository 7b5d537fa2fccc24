"""`newsbot copy`: copy the database to another one, say from SQLite to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.status import Status
from sqlalchemy import Engine

from newsbot.cli.options import database_option, read_database
from newsbot.cli.output import print_rows
from newsbot.crawl.database import Lock, file_of
from newsbot.sites import ZONES
from newsbot.store.copy import copy
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate


@click.command()
@click.option(
    "--to",
    required=True,
    metavar="PATH|URL",
    callback=read_database,
    help="Database to copy to: a new one, an empty one, or an earlier copy.",
)
@database_option
def command(database: str, to: str) -> None:
    r"""Copy the database to another one, and prove that it is the same there.

    What is there already is compared and left alone: a copy that was interrupted goes on, and one
    that is repeated brings over what has changed. The locks of both databases are held meanwhile;
    while a crawl runs on one of them, it ends with 75. The WARC files stay where they are.

    \b
    Example:
      newsbot copy --to postgresql://newsbot@localhost/newsbot
    """
    if to == database or (file_of(to) and file_of(to) == file_of(database)):
        raise click.UsageError("--to names the very database that is to be copied.")
    # A mistyped path must not become an empty database.
    open_engine(database, read_only=True).dispose()
    with _held(database) as source, _held(to) as target, _status() as status:
        rows = 0

        def show(table: str, number: int) -> None:
            nonlocal rows
            rows += number
            status.update(f"{table}: {rows:,} rows in all")

        copied = copy(source, target, show)
    print_rows(
        "The same in both",
        ["Table", "Rows", "SHA-256"],
        ([each.table, str(each.rows), each.sha256] for each in copied),
    )


@contextmanager
def _held(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        with Lock(engine.url):
            migrate(engine, ZONES)
            yield engine
    finally:
        engine.dispose()


def _status() -> Status:
    return Console(stderr=True).status("")
