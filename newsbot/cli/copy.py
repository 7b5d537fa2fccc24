"""`newsbot copy` and `newsbot reindex`: copy the database, rebuild its search index."""

import click
from rich.console import Console

from newsbot.cli.options import changing, database_option, locked, must_exist, read_database
from newsbot.cli.output import print_rows
from newsbot.crawl.database import file_of
from newsbot.store.copy import copy
from newsbot.store.search_index import rebuild_search_index


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
    r"""Copy the database to another one, and prove that both are the same.

    Rows that are there already are compared and left alone: an interrupted copy can be repeated to
    finish it, and a finished one to bring over what has changed since. The locks of both databases
    are held until the end, so no crawl can run meanwhile; while a crawl runs on one of them, the
    exit code is 75. The WARC files are not copied.

    \b
    Example:
      newsbot copy --to postgresql://newsbot@localhost/newsbot
    """
    if to == database or (file_of(to) and file_of(to) == file_of(database)):
        raise click.UsageError("--to names the database that is to be copied.")
    must_exist(database)
    status = Console(stderr=True).status("")
    with locked(database) as source, locked(to) as target, status:
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


@click.command()
@database_option
def reindex(database: str) -> None:
    r"""Rebuild the search index from the articles.

    The database keeps its index up to date by itself; this repairs a damaged one. It takes about
    0.3 ms an article and holds the crawl's lock until the end; while a crawl runs, the exit code is
    75.

    \b
    Example:
      newsbot reindex
    """
    with changing(database) as session:
        rebuild_search_index(session.connection())
    click.echo("The search index is rebuilt.", err=True)
