"""A request as it came in, and an answer with the manner in which it is to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request; names in `headers` and `query` are lower-case, as IIS treats them."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    keep_alive: bool = True

    @property
    def path(self) -> str:
        """The path in lower case, without the query."""
        return unquote(urlsplit(self.target).path).lower()

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last."""
        pairs = parse_qsl(urlsplit(self.target).query, keep_blank_values=True)
        return {name.lower(): value for name, value in pairs}

    @property
    def article_id(self) -> int | None:
        """The id asked for, if the address is that of an article page."""
        value = self.query.get("id", "") if self.path == "/news/article.aspx" else ""
        return int(value) if value.isascii() and value.isdigit() else None

    def number(self, name: str) -> int:
        """A parameter of the query as a number; 0 where it is none."""
        value = self.query.get(name, "")
        return int(value) if value.isascii() and value.isdigit() else 0


class Framing(Enum):
    """How the client learns where the body ends."""

    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"
    HTTP_1_0 = "http/1.0"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, and how.

    `delay` is the seconds before the first byte, `pace` the seconds after each
    byte of the body (0: all at once). The body ends after `stop_at` bytes,
    whatever the head announced; then the connection is closed, or reset.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pace: float = 0.0
    framing: Framing = Framing.LENGTH
    stop_at: int | None = None
    reset: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it can be sent in one go on a connection that stays open."""
        return not self.delay and not self.pace and self.stop_at is None and not self.reset


def html_answer(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A page of HTML in UTF-8, and says so."""
    return Answer(
        status,
        html.encode(),
        {"Content-Type": "text/html; charset=utf-8", **(headers or {})},
    )
