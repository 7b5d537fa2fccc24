"""An Atom feed: RFC 4287."""

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import IO, Any

from lxml import etree

from newsbot.site import Site

_ATOM = "http://www.w3.org/2005/Atom"
_XHTML = "http://www.w3.org/1999/xhtml"

# What XML 1.0 has no way to write: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(rows: Iterable[Mapping[str, Any]], out: IO[bytes], now: datetime, site: Site) -> None:
    """Write rows of `articles`, newest first, as one feed.

    An entry's id is its article's address. Its `updated` is when its text last changed, else when
    it was published, else when it was first seen; the feed's is that of its newest entry, or `now`
    for a feed without entries.
    """
    articles = list(rows)
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap=_default(_ATOM))
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", site.language)
    _add(feed, "id", uuid.uuid5(uuid.NAMESPACE_URL, site.start_url).urn)
    _add(feed, "title", site.title)
    _add(feed, "updated", _instant(max(map(_updated, articles), default=now)))
    _add(_add(feed, "author"), "name", site.title)
    _add(feed, "generator", "newsbot")
    for row in articles:
        _add_entry(feed, row)
    out.write(etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _add_entry(feed: etree._Element, row: Mapping[str, Any]) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", row["url"])
    _add(entry, "title", row["headline"])
    _add(entry, "link", rel="alternate", type="text/html", href=row["url"])
    _add(entry, "updated", _instant(_updated(row)))
    if row["date_published"]:
        _add(entry, "published", _instant(row["date_published"]))
    _add(_add(entry, "author"), "name", _author(row))
    _add(entry, "category", term=row["article_section"])
    if row["copyright_holder"]:
        _add(entry, "rights", f"© {row['copyright_holder']}")
    _add(entry, "summary", row["description"])
    text = etree.SubElement(
        _add(entry, "content", type="xhtml"), f"{{{_XHTML}}}div", nsmap=_default(_XHTML)
    )
    for paragraph in filter(None, row["article_body"].split("\n\n")):
        etree.SubElement(text, f"{{{_XHTML}}}p").text = _xml(paragraph)


def _author(row: Mapping[str, Any]) -> str:
    return str(row["author"] or row["credit_text"] or row["copyright_holder"] or row["source"])


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    for attribute, value in attributes.items():
        element.set(attribute, _xml(value))
    element.text = None if text is None else _xml(text)
    return element


def _default(namespace: str) -> Any:
    # lxml's stubs know no default namespace.
    return {None: namespace}


def _updated(row: Mapping[str, Any]) -> datetime:
    updated: datetime = row["date_modified"] or row["date_published"] or row["first_seen_at"]
    return updated


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
