"""Serve the database to browsers, read-only, also while a crawl runs."""

import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from newsbot.browse.metadata import DATABASE, metadata
from newsbot.browse.pages import Pages
from newsbot.browse.plugin import Plugin
from newsbot.errors import NewsbotError
from newsbot.site import Site

LOOPBACK = "127.0.0.1"
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


class _ReadOnly(Database):  # type: ignore[misc]  # Datasette has no types
    """A database opened with mode=ro, also if its path has characters that mean something."""

    def connect(self, write: bool = False) -> sqlite3.Connection:  # noqa: ARG002 - there is one way
        uri = f"{Path(self.path).absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._all_file_connections.append(connection)
        return connection


def datasette(
    path: Path,
    site: Site,
    archive: Path | None = None,
    host: str = LOOPBACK,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Datasette:
    """Return Datasette on the database at `path`, with the pages of newsbot.

    Its connections can't change a row, and they see what a crawl commits meanwhile.

    Args:
        path: the database's file.
        site: the site whose stories it holds.
        archive: the folder of its WARC files, if there is one.
        host: a name or address that requests may use for the server, besides this machine's.
        now: returns the time.
    """
    # Plugins belong to the process: an earlier one is replaced.
    pm.unregister(name=_PLUGIN)
    hosts = frozenset({"localhost", host.lower(), socket.gethostname().lower()})
    pm.register(Plugin(Pages(path, site, archive, now), site.zone, hosts), _PLUGIN)
    # With Rich, Datasette prints a traceback for every mistyped address.
    pm.get_plugin("datasette.handle_exception").rich = None
    served = Datasette(
        [],
        metadata=metadata(site),
        settings=_SETTINGS,
        template_dir=str(_HERE / "templates"),
        static_mounts=[("newsbot-static", str(_HERE / "static"))],
    )
    served.remove_database("_memory")
    served.add_database(_ReadOnly(served, path=str(path), is_mutable=True), name=DATABASE)
    return served


def serve(
    path: Path,
    site: Site,
    archive: Path | None,
    *,
    host: str,
    port: int,
    ready: Callable[[str], None],
) -> None:
    """Serve the database at `path` until Ctrl-C; `ready` is called with the address.

    `port` 0 means any that is free.

    Raises:
        NewsbotError: the host or the port can't be used.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family)
    except OSError as error:
        raise NewsbotError(
            f"newsbot browse can't listen at port {port} of {host}: "
            f"{str(error.strerror).partition(' (')[0]}; choose others with --port or --host."
        ) from error
    with listening:
        name = f"[{host}]" if ":" in host else host
        ready(f"http://{name}:{listening.getsockname()[1]}/")
        config = uvicorn.Config(
            datasette(path, site, archive, host).app(), log_level="warning", lifespan="on"
        )
        uvicorn.Server(config).run(sockets=[listening])
