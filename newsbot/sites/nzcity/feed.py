"""Read a section's feed: RSS 2.0, the only source of exact times for most articles.

Items have `title`, `description`, `link` and `pubDate`; their order is not that of their ids.
"""

import html
import re

from lxml import etree

from newsbot.html.answers import parse_http_date
from newsbot.html.blocks import Link
from newsbot.html.decoding import decode
from newsbot.items import Date, ListKind, NewsList, Precision, Reason
from newsbot.site import Answer, Reading, Site
from newsbot.sites.nzcity.addresses import SECTIONS, section_in
from newsbot.sites.nzcity.boxes import Entry, listing_of

MOST_ITEMS = 1_000
"""A feed with more is not one of the site's; nothing of it is read."""

_START = re.compile(
    rb"(?:<\?xml[^>]*>\s*(?:<!--(?:(?!-->).)*-->\s*|<\?(?:(?!\?>).)*\?>\s*)*)?<rss\b", re.DOTALL
)
_START_LENGTH = 4096
_FEED_PATH = re.compile(r"/rss/", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\b[^>]*>")
_CDATA = r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
# An end tag in a comment or in CDATA is text.
_END_OF_ITEM = re.compile(rf"{_CDATA}|<!--.*?(?:-->|\Z)|(?P<end></item\s*>)", re.DOTALL)
_END_OF_FEED = re.compile(r"</(?:rss|rdf:RDF)\b")
_AMPERSAND = re.compile(_CDATA + r"|&(?:#?\w{1,10};)?", re.DOTALL | re.ASCII)
# Characters that XML may not contain: the parser would read nothing after them.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# XML knows these names of characters; feeds use HTML's too.
_XML_NAMES = frozenset({"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})


def is_feed(site: Site, answer: Answer) -> bool:
    """Return whether a response is a feed, or was asked for as one."""
    if site.article_id(answer.asked_url) is not None:
        return False
    start = answer.body[:_START_LENGTH].lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(_START.match(start) or _FEED_PATH.search(answer.asked_url))


def read_feed(site: Site, answer: Answer) -> Reading:
    """Return what a feed lists; never raises.

    Where it is cut off, its whole items are read, and the reason is `cut off before the end`. What
    is not a feed has the reason `not a feed`.
    """
    text = decode(answer.body, answer.content_type).lstrip()
    # The text is decoded, whatever encoding is declared.
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :].lstrip()
    ends = [found.end() for found in _END_OF_ITEM.finditer(text) if found["end"]]
    is_cut = not _END_OF_FEED.search(text, ends[-1] if ends else 0)
    if is_cut:
        # After the last whole item, an address may contain half an id.
        text = text[: ends[-1]] if ends else text.partition("<item")[0]
    root = _parse(text)
    if root is None or not (root.tag == "rss" or root.find("channel") is not None):
        return Reading(reason=Reason.NOT_A_FEED)
    items = list(root.iter("item"))
    if len(items) > MOST_ITEMS:
        return Reading(reason=Reason.TOO_LARGE)
    number = section_in(answer.asked_url) or section_in(answer.url)
    section = SECTIONS.get(number or 0)
    news_list = NewsList(ListKind.FEED, f"{section or number or 'News'} feed", section)
    reading = Reading(reason=Reason.CUT_OFF if is_cut else Reason.NOT_AN_ARTICLE, boxes=[news_list])
    for item in items:
        title, link, published = (_text(item, name) for name in ("title", "link", "pubDate"))
        at = parse_http_date(published)
        date = Date(at, Precision.MINUTE) if at else Date()
        if found := listing_of(site, news_list, Entry(0, title, date, [Link(title, link, link)])):
            reading.listings.append(found)
        else:
            reading.unlinked.append(title)
    return reading


def _parse(text: str) -> etree._Element | None:
    """Parse a feed, also one with faults: a bare `&`, HTML's names of characters."""
    body = _AMPERSAND.sub(_escaped, _NO_XML.sub(" ", text)).encode()
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, encoding="utf-8"
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _escaped(match: re.Match[str]) -> str:
    """Return a reference to a character as XML has it; CDATA stays as it is."""
    found = match[0]
    if found.startswith("<") or found in _XML_NAMES:
        return found
    # An unknown name stays as it is printed.
    return html.escape(_NO_XML.sub(" ", html.unescape(found)))


def _text(item: etree._Element, name: str) -> str:
    element = item.find(name)
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())
