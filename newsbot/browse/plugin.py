"""What newsbot adds to Datasette: its pages, its search language, local times, and a Host check."""

import re
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from datasette import hookimpl
from datasette.utils.asgi import BadRequest, Request
from jinja2 import Environment
from markupsafe import Markup

from newsbot.browse.filters import diff, is_web, marked, paragraphs, query
from newsbot.browse.pages import Pages
from newsbot.errors import BadQuery
from newsbot.store.reading.queries import whole
from newsbot.store.reading.search import fts5_text
from newsbot.store.reading.search_text import parse

_STORED = "%Y-%m-%d %H:%M:%S"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_INSTANTS = re.compile(r"date_\w+|\w+_at")
_BODIES = re.compile(r"article_body|body_\w+|\w+_body")

# The pages of newsbot run no script and load nothing but their own style sheet.
_OWN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Datasette's pages need scripts in the page; but nothing may come from, or go, elsewhere.
_DATASETTE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_DATASETTE = re.compile(r"/(?:newsbot|-)(?:[/.]|$)")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Plugin:
    """The plugin of Datasette for one database.

    Args:
        pages: the pages to add.
        zone: the time zone in which times are shown.
        hosts: the names that requests may use for the server, besides IP addresses. Any other name
            could belong to a hostile page that has pointed it here to read the database (DNS
            rebinding).
    """

    def __init__(self, pages: Pages, zone: ZoneInfo, hosts: frozenset[str]) -> None:
        self._pages = pages
        self._zone = zone
        self._hosts = hosts
        # Datasette expects a plugin to be a module, and lists it by this name.
        self.__name__ = "newsbot"

    @hookimpl  # type: ignore[untyped-decorator]
    def register_routes(self) -> list[tuple[str, Any]]:
        """Add the pages."""
        return self._pages.routes()

    @hookimpl  # type: ignore[untyped-decorator]
    def menu_links(self) -> list[dict[str, str]]:
        """Name the pages in Datasette's menu."""
        names = ("search", "changes", "attention")
        return [{"href": f"/{name}", "label": name.capitalize()} for name in names]

    @hookimpl  # type: ignore[untyped-decorator]
    def filters_from_request(self, request: Request) -> None:
        """Refuse a search text that can't be read with our message, before SQLite gives its own."""
        for words in request.args.getlist("_search") or []:
            if words:
                try:
                    parse(words)
                except BadQuery as error:
                    raise BadRequest(str(error)) from error

    @hookimpl  # type: ignore[untyped-decorator]
    def render_cell(self, row: Any, value: Any, column: str) -> Markup | None:
        """Show bodies as paragraphs and instants in local time, as exactly as they are known.

        A page's id becomes a link to its story.
        """
        if column == "source_id" and value and str(value).isalnum():
            return Markup('<a href="/story/{0}">{0}</a>').format(value)
        if not isinstance(value, str):
            return None
        if _BODIES.fullmatch(column):
            return Markup('<div class="newsbot-text">{}</div>').format(paragraphs(value))
        if _INSTANTS.fullmatch(column) and _INSTANT.fullmatch(value):
            precision = f"{column}_precision"
            known = row[precision] if precision in row.keys() else "minute"  # noqa: SIM118
            return self.local(value, known)
        return None

    @hookimpl  # type: ignore[untyped-decorator]
    def prepare_jinja2_environment(self, env: Environment) -> None:
        """Give the templates the filters that they use."""
        env.filters |= {
            "paragraphs": paragraphs,
            "local": self.local,
            "is_web": is_web,
            "marked": marked,
            "edits": lambda versions: list(pairwise(versions)),
            "whole": whole,
            "with": lambda values, **more: {**values, **more},
            "query": query,
        }
        env.globals["diff"] = diff

    # Last, because Datasette has its own `escape_fts`.
    @hookimpl(trylast=True)  # type: ignore[untyped-decorator]
    def prepare_connection(self, conn: sqlite3.Connection) -> None:
        """Add functions for local times and searches to SQLite; hide the targets of watches."""
        conn.create_function("local_time", 1, self.local_time, deterministic=True)
        conn.create_function("escape_fts", 1, lambda words: fts5_text(parse(words)))
        conn.set_authorizer(_without_targets)

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[Application], Application]:
        """Send a Content-Security-Policy with every page; refuse requests for another host."""
        return self._guarded

    def local(self, value: str | datetime, precision: str = "minute") -> Markup:
        """Return an instant, or its text from the database, in local time; the title has UTC."""
        at = value if isinstance(value, datetime) else _instant(value)
        there = at.astimezone(self._zone)
        shown = f"{there:%Y-%m-%d %H:%M}" if precision == "minute" else f"{there:%Y-%m-%d}"
        return Markup('<time datetime="{}" title="{} UTC">{}{}</time>').format(
            at.isoformat(), f"{at:{_STORED}}", "about " * (precision == "estimated"), shown
        )

    def local_time(self, value: str | None) -> str | None:
        """Convert the text of an instant in the database to local time, in the same format."""
        if value is None:
            return None
        return _instant(value).astimezone(self._zone).strftime(_STORED)

    def _guarded(self, application: Application) -> Application:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_with_policy(message: Scope) -> None:
                if message["type"] == "http.response.start":
                    headers = [*message.get("headers", []), (b"referrer-policy", b"no-referrer")]
                    if b"content-security-policy" not in dict(headers):
                        is_datasettes = _DATASETTE.match(scope["path"])
                        policy = _DATASETTE_POLICY if is_datasettes else _OWN_POLICY
                        headers.append((b"content-security-policy", policy.encode()))
                    message["headers"] = headers
                await send(message)

            if scope["type"] == "http" and not self._is_for_this_host(scope):
                await send({"type": "http.response.start", "status": 421, "headers": []})
                text = (
                    "This server has another name; to allow this one: newsbot browse --host NAME.\n"
                )
                await send({"type": "http.response.body", "body": text.encode()})
                return
            await application(scope, receive, send_with_policy)

        return wrapped

    def _is_for_this_host(self, scope: Scope) -> bool:
        called = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        try:
            name = urlsplit(f"//{called}").hostname or ""
            return name in self._hosts or bool(ip_address(name))
        except ValueError:
            return False


def _instant(value: str) -> datetime:
    return datetime.strptime(value, _STORED).replace(tzinfo=UTC)


def _without_targets(action: int, table: str | None, name: str | None, *_rest: object) -> int:
    """Make SQLite read NULL instead of mail addresses and secret URLs."""
    is_target = action == sqlite3.SQLITE_READ and (table, name) == ("watches", "target")
    return sqlite3.SQLITE_IGNORE if is_target else sqlite3.SQLITE_OK
