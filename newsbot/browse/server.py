"""Serves the archive on this machine alone, read-only, also while a crawl runs."""

import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from newsbot.browse.metadata import DATABASE, metadata
from newsbot.browse.plugin import Plugin
from newsbot.errors import NewsbotError
from newsbot.site import Site

HOST = "127.0.0.1"
_PLUGIN = "newsbot"

_HERE = Path(__file__).parent
_SETTINGS = {
    "allow_download": False,
    "default_page_size": 50,
    "facet_time_limit_ms": 1000,
    "max_returned_rows": 2000,
    "sql_time_limit_ms": 10_000,
    "suggest_facets": False,
    "truncate_cells_html": 300,
}


def datasette(path: Path, site: Site) -> Datasette:
    """Return Datasette on the database at `path`, the archive of `site`.

    Its connections are opened with mode=ro: they can't change a row, and see what a crawl writes
    meanwhile.
    """
    # Plugins belong to the process: the one for another site goes.
    pm.unregister(name=_PLUGIN)
    pm.register(Plugin(site.zone), _PLUGIN)
    served = Datasette(
        [],
        metadata=metadata(site),
        settings=_SETTINGS,
        template_dir=str(_HERE / "templates"),
        static_mounts=[("newsbot-static", str(_HERE / "static"))],
    )
    served.remove_database("_memory")
    served.add_database(Database(served, path=str(path), is_mutable=True), name=DATABASE)
    return served


def serve(path: Path, site: Site, port: int, ready: Callable[[str], None]) -> None:
    """Serve the database at `path` until Ctrl-C; `ready` is called with the address.

    `port` 0 means any that is free.

    Raises:
        NewsbotError: the port is taken.
    """
    with closing(socket.socket()) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise NewsbotError(
                f"Port {port} can't be used ({error.strerror}); name another with --port."
            ) from error
        listening.listen()
        ready(f"http://{HOST}:{listening.getsockname()[1]}/")
        config = uvicorn.Config(datasette(path, site).app(), log_level="warning", lifespan="on")
        uvicorn.Server(config).run(sockets=[listening])
