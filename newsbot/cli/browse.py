"""`newsbot browse`: browse the database: search, changes, plots, feeds."""

import webbrowser
from pathlib import Path

import click
from sqlalchemy import make_url

from newsbot import DISTRIBUTION
from newsbot.cli.options import archive_option, database_option, reading
from newsbot.errors import BadSetting, MissingExtra
from newsbot.sites import DEFAULT as SITE

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address or name to listen at; any but this machine's own lets others read it.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen at; 0: any free one.",
)
@click.option("--open/--no-open", "opens", default=False, help="Open a browser (default: no).")
@archive_option
@database_option
def command(*, host: str, port: int, opens: bool, archive: Path | None, database: str) -> None:
    r"""Browse the database: search it, read it, see what changed, ask it questions.

    Serves it, read-only, until you press Ctrl-C; a crawl may run meanwhile. It also serves Atom
    feeds: /feed.atom?q=WORDS&section=NAME and /changes.atom. Needs the extra `browse`.

    \b
    Examples:
      newsbot browse --open
      newsbot browse --host 192.168.1.10
    """
    with reading(database):
        url = make_url(database)
    if url.get_backend_name() != "sqlite":
        raise BadSetting(
            "newsbot browse works on SQLite only; name an SQLite file with --database."
        )
    try:
        from newsbot.browse.server import serve  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra(
            f"Browsing needs Datasette; install it with: pip install '{DISTRIBUTION}[browse]'."
        ) from error
    if host not in _LOOPBACK:
        click.echo(
            f"Anyone who can reach {host} can read the whole database: there is no password.",
            err=True,
        )

    def ready(address: str) -> None:
        click.echo(f"Browse the database at {address} (Ctrl-C ends it)")
        if opens:
            webbrowser.open(address)

    try:
        serve(Path(str(url.database)), SITE, archive, host=host, port=port, ready=ready)
    except KeyboardInterrupt:
        click.echo("", err=True)
