"""A section's feed: RSS 2.0, the only source of exact times for most articles.

Items have `title`, `description`, `link` and `pubDate`; their order is not that of their ids.
"""

import html
import re
from collections.abc import Iterator

from lxml import etree

from newsbot.html.answers import parse_http_date
from newsbot.items import Date, Listing, ListKind, NewsList, Precision, Reason
from newsbot.site import Answer, Reading, Site
from newsbot.sites.nzcity.addresses import SECTIONS, section_in

MOST_ITEMS = 1_000
"""A feed with more is not one of the site's; nothing of it is read."""

_START = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*(?:<!--.*?-->\s*)*)?<rss\b", re.DOTALL
)
_FEED_PATH = re.compile(r"/rss/", re.IGNORECASE)
# XML knows five names of characters; feeds use HTML's too.
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)(\w{2,8});")
_BARE_AMPERSAND = re.compile(rb"<!\[CDATA\[.*?\]\]>|(&)(?!#?\w+;)", re.DOTALL)


def is_feed(site: Site, answer: Answer) -> bool:
    """Tell whether a response is a feed, or was asked for as one."""
    if site.article_id(answer.asked_url) is not None:
        return False
    return bool(_START.match(answer.body) or _FEED_PATH.search(answer.asked_url))


def read_feed(site: Site, answer: Answer) -> Reading:
    """Return what a feed lists. What is not a feed has the reason `not a feed`; never raises."""
    root = _parse(answer.body)
    if root is None or not (root.tag == "rss" or root.find("channel") is not None):
        return Reading(reason=Reason.NOT_A_FEED)
    items = list(root.iter("item"))
    if len(items) > MOST_ITEMS:
        return Reading(reason=Reason.TOO_LARGE)
    number = section_in(answer.asked_url) or section_in(answer.url)
    section = SECTIONS.get(number or 0)
    news_list = NewsList(ListKind.FEED, f"{section or number or 'News'} feed", section)
    reading = Reading(reason=Reason.NOT_AN_ARTICLE, boxes=[news_list])
    for title, link, date in map(_fields, items):
        source_id = site.article_id(link)
        if source_id is None:
            reading.unlinked.append(title)
            continue
        url = site.article_url(source_id)
        reading.listings.append(Listing(source_id, url, news_list, None, title, date))
    return reading


def _parse(body: bytes) -> etree._Element | None:
    """Parse a feed, also one with faults: a bare `&`, HTML's names of characters, half an item."""
    whole, end, rest = body.strip().rpartition(b"</item>")
    if b"<item" in rest:
        # Cut off there, an address may hold half an id.
        rest = b"" if end else b"<rss/>"
    body = _BARE_AMPERSAND.sub(lambda match: b"&amp;" if match[1] else match[0], whole + end + rest)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(_ENTITY.sub(_character, body), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _character(name: re.Match[bytes]) -> bytes:
    text = html.unescape(name[0].decode("ascii", "replace"))
    return "".join(f"&#{ord(each)};" for each in text).encode() if len(text) <= 2 else b""  # noqa: PLR2004


def _fields(item: etree._Element) -> tuple[str, str, Date]:
    title, link, published = (" ".join(_text(item, name)) for name in ("title", "link", "pubDate"))
    at = parse_http_date(published)
    return title, link, Date(at, Precision.MINUTE) if at else Date()


def _text(item: etree._Element, name: str) -> Iterator[str]:
    element = item.find(name)
    if element is not None:
        yield from "".join(map(str, element.itertext())).split()
