"""What an address says: which article it leads to.

An article's identity is the integer `id` in the query of `article.aspx`. Other parameters, their
order, the case of path and parameter names (the server is IIS) and the fragment are not part of it.
"""

import re
from urllib.parse import parse_qsl, urlsplit, urlunsplit

_PAGE = "/article.aspx"
_ID = re.compile(r"0*([1-9][0-9]{0,17})", re.ASCII)


def article_id(url: str) -> str | None:
    """Return the id of the article that an absolute `url` leads to, or None; never raises."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.path.casefold().endswith(_PAGE):
            return None
        for name, value in parse_qsl(parts.query):
            if name.casefold() == "id":
                found = _ID.fullmatch(value.strip())
                return found[1] if found else None
    except ValueError:
        return None
    return None


def article_url(url: str, source_id: str) -> str:
    """Return the address of article `source_id` in the form of `url`: its place, no tracking."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, f"id={source_id}", ""))


def same_host(url: str, other: str) -> bool:
    """Tell whether two absolute addresses name the same host and port, http or https alike."""
    return _host(url) == _host(other) is not None


def _host(url: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(url)
        default = {"http": 80, "https": 443}[parts.scheme]
        port = parts.port or default
    except (KeyError, ValueError):
        return None
    return (parts.hostname or "", None if port == default else port)
