"""`newsbot browse`: the archive in a browser."""

import webbrowser
from pathlib import Path

import click
from sqlalchemy import make_url

from newsbot.cli._options import database_option
from newsbot.cli._reading import reading
from newsbot.errors import BadSetting, MissingExtra
from newsbot.sites import DEFAULT as SITE


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Where to listen, on this machine only; 0: any port that is free.",
)
@click.option("--open/--no-open", "opens", default=False, help="Open a browser (default: no).")
@database_option
def command(*, port: int, opens: bool, database: str) -> None:
    r"""Browse the archive: search it, read it, ask it questions, see it in plots.

    Serves Datasette on this machine until Ctrl-C, read-only; a crawl may run meanwhile. Needs
    newsbot[browse].

    \b
    Example:
      newsbot browse --open
    """
    with reading(database):
        url = make_url(database)
    if url.get_backend_name() != "sqlite":
        raise BadSetting("newsbot browse works on SQLite only; name such a file with --database.")
    try:
        from newsbot.browse.server import serve  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra(
            "Browsing needs Datasette; install it with: pip install 'newsbot[browse]'."
        ) from error

    def ready(address: str) -> None:
        click.echo(f"Browse the archive at {address} (Ctrl-C ends it)")
        if opens:
            webbrowser.open(address)

    try:
        serve(Path(str(url.database)), SITE, port, ready)
    except KeyboardInterrupt:
        click.echo("", err=True)
