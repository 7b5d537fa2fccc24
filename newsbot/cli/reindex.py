"""`newsbot reindex`: rebuild the search index of a damaged database."""

import click

from newsbot.cli.options import changing, database_option
from newsbot.store.search_index import rebuild_search_index


@click.command()
@database_option
def command(database: str) -> None:
    r"""Rebuild the search index from the articles.

    The database keeps its index by itself; this is for one that was damaged. It takes about 0.3 ms
    an article, and holds the crawl's lock meanwhile: while a crawl runs, it ends with 75.

    \b
    Example:
      newsbot reindex
    """
    with changing(database) as session:
        rebuild_search_index(session.connection())
    click.echo("The search index is rebuilt.", err=True)
