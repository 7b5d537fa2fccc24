"""Tell which article or section an address of NZCity leads to.

An article's identity is the integer `id` in the query of `article.aspx`. The order of parameters,
the case of path and parameter names (the server is IIS) and all other parameters are no part of it.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_plus, urlsplit

_ARTICLE_PAGE = "/article.aspx"
_NUMBER = re.compile(r"0*([1-9][0-9]{0,17})", re.ASCII)
_SECTION_NAME = re.compile(r"[^\W\d_]+(?:(?: | & |-)[^\W\d_]+){0,3}")


# The sections whose numbers are known.
SECTIONS = {
    976: "Business",
    977: "Sports",
    978: "Politics",
    979: "Health & Safety",
    982: "Technology",
    983: "Education",
    985: "Entertainment",
    986: "Motoring",
    987: "Environment",
    988: "General",
    989: "Rugby League",
    990: "Basketball",
    992: "Cricket",
    995: "Rugby",
    996: "Netball",
    997: "Motorsports",
    999: "Soccer",
    1000: "Sailing",
    1005: "National",
    1008: "Tennis",
    1015: "Wellington",
    1032: "International",
    1033: "Accident and Emergency",
    1034: "Maori",
    1039: "Rural",
    1043: "Local Politics",
}


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


def section_name(text: str) -> str | None:
    """Return the name in a link to a section, or None where it is no name: `>> Read Article`."""
    name = " ".join(text.split())
    return name if _SECTION_NAME.fullmatch(name) else None


def _parameter(query: str, name: str) -> str | None:
    for parameter in query.split("&"):
        key, _, value = parameter.partition("=")
        if unquote_plus(key).casefold() == name:
            found = _NUMBER.fullmatch(unquote_plus(value).strip())
            return found[1] if found else None
    return None
