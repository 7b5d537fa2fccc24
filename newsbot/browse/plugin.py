"""What newsbot adds to Datasette: its pages, its search language, local times, and a guard.

Everything that comes from an article is escaped by markupsafe or by Jinja; nothing is marked safe.
"""

import re
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request
from jinja2 import Environment
from markupsafe import Markup

from newsbot.browse.pages import Pages
from newsbot.errors import BadQuery
from newsbot.store.queries import whole
from newsbot.store.search import fts5_text
from newsbot.store.search_text import MARK_END, MARK_START, parse
from newsbot.word_diff import condensed, word_diff

_STORED = "%Y-%m-%d %H:%M:%S"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_INSTANTS = re.compile(r"date_\w+|\w+_at")
_BODIES = re.compile(r"article_body|body_\w+|\w+_body")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_MARKED = re.compile(f"{MARK_START}(.*?){MARK_END}")

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
        zone: in which times are shown.
        hosts: names by which the server may be called, besides addresses of any kind. Another name
            may be one that a page elsewhere has made to lead here, to read the database.
    """

    def __init__(self, pages: Pages, zone: ZoneInfo, hosts: frozenset[str]) -> None:
        self._pages = pages
        self._zone = zone
        self._hosts = hosts
        # Datasette lists plugins by this name, as modules have it.
        self.__name__ = "newsbot"

    @hookimpl  # type: ignore[untyped-decorator]
    def register_routes(self, datasette: Datasette) -> list[tuple[str, Any]]:
        """Add the pages."""
        return self._pages.routes(datasette)

    @hookimpl  # type: ignore[untyped-decorator]
    def menu_links(self) -> list[dict[str, str]]:
        """Name the pages in Datasette's menu."""
        names = ("search", "changes", "attention")
        return [{"href": f"/{name}", "label": name.capitalize()} for name in names]

    @hookimpl  # type: ignore[untyped-decorator]
    def filters_from_request(self, request: Request) -> None:
        """Refuse a search that can't be read with its sentence, before it is one of SQL."""
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
        """Teach SQLite the site's time and the language of searches; hide whom watches tell."""
        conn.create_function("local_time", 1, self.local_time, deterministic=True)
        conn.create_function("escape_fts", 1, lambda words: fts5_text(parse(words)))
        conn.set_authorizer(_without_targets)

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[Application], Application]:
        """Send a Content-Security-Policy with every page; refuse to be called by another name."""
        return self._guarded

    def local(self, value: str | datetime, precision: str = "minute") -> Markup:
        """Return an instant, also as the database holds it, in local time; UTC is its title."""
        at = value if isinstance(value, datetime) else _instant(value)
        there = at.astimezone(self._zone)
        shown = f"{there:%Y-%m-%d %H:%M}" if precision == "minute" else f"{there:%Y-%m-%d}"
        return Markup('<time datetime="{}" title="{} UTC">{}{}</time>').format(
            at.isoformat(), f"{at:{_STORED}}", "about " * (precision == "estimated"), shown
        )

    def local_time(self, value: str | None) -> str | None:
        """Return an instant as the database holds it in local time, in the same form."""
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

            if scope["type"] == "http" and not self._is_called_by_name(scope):
                await send({"type": "http.response.start", "status": 421, "headers": []})
                text = "This server is not called so; name it with newsbot browse --host NAME.\n"
                await send({"type": "http.response.body", "body": text.encode()})
                return
            await application(scope, receive, send_with_policy)

        return wrapped

    def _is_called_by_name(self, scope: Scope) -> bool:
        called = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        try:
            name = urlsplit(f"//{called}").hostname or ""
        except ValueError:
            return False
        if name in self._hosts:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True


def paragraphs(text: str) -> Markup:
    """Return a text whose paragraphs are separated by a blank line as HTML."""
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in text.split("\n\n") if part)


def is_web(url: str) -> bool:
    """Tell whether an address leads to the web; `javascript:` does not."""
    return _WEB.match(url) is not None


def marked(snippet: str) -> Markup:
    """Return a snippet of a search as HTML."""
    pieces = enumerate(_MARKED.split(snippet))
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if place % 2 else piece for place, piece in pieces
    )


def diff(before: str, after: str) -> Markup:
    """Return the words that went and those that came as HTML, with some of those around them."""
    tags = {"=": Markup("{}"), "-": Markup("<del>{}</del>"), "+": Markup("<ins>{}</ins>")}
    pieces = condensed(word_diff(before, after), words=12)
    return Markup("").join(tags[piece.sign].format(piece.text) for piece in pieces)


def query(values: dict[str, Any]) -> str:
    """Return values as the query of an address; those that are empty are left out."""
    return urlencode({name: value for name, value in values.items() if value}, doseq=True)


def _instant(value: str) -> datetime:
    return datetime.strptime(value, _STORED).replace(tzinfo=UTC)


def _without_targets(action: int, table: str | None, name: str | None, *_rest: object) -> int:
    """Let SQLite read NULL in place of mail addresses and secret URLs."""
    is_target = action == sqlite3.SQLITE_READ and (table, name) == ("watches", "target")
    return sqlite3.SQLITE_IGNORE if is_target else sqlite3.SQLITE_OK
