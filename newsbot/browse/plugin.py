"""How Datasette shows what the archive holds: texts as paragraphs, times as the site's.

Everything that comes from an article is escaped by markupsafe or by Jinja; nothing is marked safe.
"""

import re
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from datasette import hookimpl
from jinja2 import Environment
from markupsafe import Markup

_STORED = "%Y-%m-%d %H:%M:%S"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_INSTANTS = re.compile(r"date_\w+|\w+_at")
_BODIES = re.compile(r"article_body|body_\w+|\w+_body")
_ARTICLES = re.compile(r"(article|earlier|later)_id")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)

# Datasette's pages and Vega need scripts in the page; but nothing may come from, or go, elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Plugin:
    """A plugin of Datasette for an archive whose times are shown in a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        # Datasette lists plugins by this name, as modules have it.
        self.__name__ = "newsbot"

    @hookimpl  # type: ignore[untyped-decorator]
    def render_cell(self, row: Any, value: Any, column: str, table: str | None) -> Markup | None:
        """Show bodies as paragraphs and instants in local time, as exactly as they are known.

        What a question names by its id becomes a link to the article.
        """
        if table is None and isinstance(value, int) and _ARTICLES.fullmatch(column):
            return Markup('<a href="/newsbot/articles/{0}">{0}</a>').format(value)
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
        env.filters |= {"paragraphs": paragraphs, "local": self.local, "is_web": is_web}

    @hookimpl  # type: ignore[untyped-decorator]
    def prepare_connection(self, conn: sqlite3.Connection) -> None:
        """Add the function `local_time`, which SQLite lacks: it knows no zones."""
        conn.create_function("local_time", 1, self.local_time, deterministic=True)

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[Application], Application]:
        """Send a Content-Security-Policy with every page."""
        return _with_policy

    def local(self, value: str, precision: str = "minute") -> Markup:
        """Return an instant as the database holds it in local time, UTC as its title."""
        at = datetime.strptime(value, _STORED).replace(tzinfo=UTC)
        there = at.astimezone(self._zone)
        shown = f"{there:%Y-%m-%d %H:%M}" if precision == "minute" else f"{there:%Y-%m-%d}"
        return Markup('<time datetime="{}" title="{} UTC">{}{}</time>').format(
            at.isoformat(), value, "about " * (precision == "estimated"), shown
        )

    def local_time(self, value: str | None) -> str | None:
        """Return an instant as the database holds it in local time, in the same form."""
        if value is None:
            return None
        at = datetime.strptime(value, _STORED).replace(tzinfo=UTC)
        return at.astimezone(self._zone).strftime(_STORED)


def paragraphs(text: str) -> Markup:
    """Return a text whose paragraphs are separated by a blank line as HTML."""
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in text.split("\n\n") if part)


def is_web(url: str) -> bool:
    """Tell whether an address leads to the web; `javascript:` does not."""
    return _WEB.match(url) is not None


def _with_policy(application: Application) -> Application:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Scope) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), (b"referrer-policy", b"no-referrer")]
                message["headers"] = [*headers, (b"content-security-policy", _POLICY.encode())]
            await send(message)

        await application(scope, receive, send_with_policy)

    return wrapped
