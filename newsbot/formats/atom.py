"""An Atom feed (RFC 4287), written by feedgen."""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import IO, Any

from feedgen.feed import FeedGenerator

from newsbot.site import Site

# Characters that XML 1.0 can't represent: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed; `content` is HTML."""

    id: str
    title: str
    url: str
    updated: datetime
    content: str
    summary: str | None = None
    published: datetime | None = None
    author: str | None = None
    category: str | None = None
    rights: str | None = None


def write(rows: Iterable[Mapping[str, Any]], out: IO[bytes], now: datetime, site: Site) -> None:
    """Write rows of `articles` as a feed; without any rows, it was updated `now`."""
    out.write(feed(site, "", site.title, map(story_entry, rows), updated=now))


def feed(
    site: Site, key: str, title: str, entries: Iterable[Entry], *, updated: datetime = _LONG_AGO
) -> bytes:
    """Return a feed of a site as XML.

    Args:
        site: whose stories they are.
        key: distinguishes this feed from the site's others; its id is made from it.
        title: the feed's title.
        entries: in the order in which to show them.
        updated: when a feed without entries was updated; others are as new as their newest entry.
    """
    listed = list(entries)
    made = FeedGenerator()
    url = f"{site.start_url}#{key}" if key else site.start_url
    made.id(uuid.uuid5(uuid.NAMESPACE_URL, url).urn)
    made.title(_xml(title))
    made.updated(max((entry.updated for entry in listed), default=updated))
    made.author(name=site.title)
    made.language(site.language)
    made.generator("newsbot")
    for entry in listed:
        _add(made.add_entry(order="append"), entry)
    return bytes(made.atom_str(pretty=True))


def _add(made: Any, entry: Entry) -> None:
    made.id(_xml(entry.id))
    made.title(_xml(entry.title))
    made.link(href=_xml(entry.url), rel="alternate", type="text/html")
    made.updated(entry.updated)
    made.content(_xml(entry.content), type="html")
    # feedgen leaves out a value of None, but not a property made of None.
    made.summary(_xml(entry.summary))
    made.published(entry.published)
    made.rights(_xml(entry.rights))
    if entry.author:
        made.author(name=_xml(entry.author))
    if entry.category:
        made.category(term=_xml(entry.category))


def _xml(text: str | None) -> str | None:
    return None if text is None else _NOT_XML.sub("\ufffd", text)


def story_entry(row: Mapping[str, Any]) -> Entry:
    """Return a row of `articles` as an entry.

    Its id is the article's address. It was updated when its text last changed, else when it was
    published, else when it was first seen.
    """
    paragraphs = filter(None, row["article_body"].split("\n\n"))
    return Entry(
        id=row["url"],
        title=row["headline"],
        url=row["url"],
        updated=row["date_modified"] or row["date_published"] or row["first_seen_at"],
        content="".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs),
        summary=row["description"],
        published=row["date_published"],
        author=row["author"] or row["credit_text"] or row["copyright_holder"] or row["source"],
        category=row["article_section"],
        rights=f"© {row['copyright_holder']}" if row["copyright_holder"] else None,
    )
