"""What an address says: which article it leads to.

An article's identity is the integer `id` in the query of `article.aspx`. Other parameters, their
order, the case of path and parameter names (the server is IIS) and the fragment are not part of it.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_plus, urlsplit

_PAGE = "/article.aspx"
_ID = re.compile(r"0*([1-9][0-9]{0,17})", re.ASCII)
_PORTS = {"http": 80, "https": 443}


# The same links stand on page after page.
@lru_cache(maxsize=4096)
def article_id(url: str) -> str | None:
    """Return the id of the article that an absolute `url` leads to, or None; never raises."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.path.casefold().endswith(_PAGE):
        return None
    for parameter in parts.query.split("&"):
        name, _, value = parameter.partition("=")
        if unquote_plus(name).casefold() == "id":
            found = _ID.fullmatch(unquote_plus(value).strip())
            return found[1] if found else None
    return None


@lru_cache(maxsize=4096)
def article_url(url: str, source_id: str) -> str:
    """Return the address of article `source_id` in the form of `url`: its place, no tracking."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}?id={source_id}"


def same_host(url: str, other: str) -> bool:
    """Tell whether two absolute addresses name the same host and port, http or https alike."""
    return _host(url) == _host(other) is not None


@lru_cache(maxsize=4096)
def _host(url: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(url)
        default = _PORTS[parts.scheme]
        port = parts.port or default
    except (KeyError, ValueError):
        return None
    if not parts.hostname:
        return None
    return parts.hostname, None if port == default else port
