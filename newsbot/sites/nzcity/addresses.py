"""Tell which article or section an address of NZCity leads to.

An article's identity is the integer `id` in the query of `article.aspx`. The order of parameters,
the case of path and parameter names (the server is IIS) and all other parameters are no part of it.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_plus, urlsplit

_ARTICLE_PAGE = "/article.aspx"
_NUMBER = re.compile(r"0*([1-9][0-9]{0,17})", re.ASCII)


# A page repeats the links of the page before.
@lru_cache(maxsize=4096)
def id_in(url: str) -> str | None:
    """Return the id of the article that an absolute `url` leads to, or None; never raises."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    if not parts.path.casefold().endswith(_ARTICLE_PAGE):
        return None
    return _parameter(parts.query, "id")


def section_in(url: str) -> int | None:
    """Return the number of the section that an address names, or None.

    On an article's page, `cat` is the section in which the page is shown; on a section's page and
    in a feed's address (`catid`), the section itself.
    """
    try:
        query = urlsplit(url).query
    except ValueError:
        return None
    found = _parameter(query, "cat") or _parameter(query, "catid")
    return int(found) if found else None


def _parameter(query: str, name: str) -> str | None:
    for parameter in query.split("&"):
        key, _, value = parameter.partition("=")
        if unquote_plus(key).casefold() == name:
            found = _NUMBER.fullmatch(unquote_plus(value).strip())
            return found[1] if found else None
    return None
