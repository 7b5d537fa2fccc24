"""The boxes of an NZCity page: `Other <Section> News`, `Top Stories`, `Today's News`.

A box is its heading and the entries that follow it. A heading without entries is no box: an
article may say "Today's News" too.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsbot.items import Date, Listing
from newsbot.reader.addresses import article_id, article_url, same_host
from newsbot.reader.blocks import Block, Link
from newsbot.reader.dates import listed_at, listed_on

TODAYS_NEWS = "Today's News"
TOP_STORIES = "Top Stories"

_SECTION_BOX = re.compile(r"Other \S.{0,60}? News")
_DAY_ENTRY = re.compile(r"(\d{1,2} [A-Z][a-z]{2,8})\s*:\s*(.*)", re.ASCII)
_CATEGORY = re.compile(r"([^\W\d_][^:]{1,40}?)\s*:\s*(.*)")
_TIME_AT_END = re.compile(r"(?:(.*)\s)?(\d{1,2}:\d{2})", re.ASCII)
_MORE = re.compile(r"(?:(.*?)\s*)?\bMore\s*(?:\.\.\.|…)")

# An entry may be spread over a few table cells; an ad or a spacer may stand between two entries.
_ENTRY_BLOCKS = 4
_STRAY_BLOCKS = 2


@dataclass(slots=True)
class Box:
    """A box that was found: its blocks are `start` up to, not including, `stop`.

    `unlinked` holds the texts of entries that lead to no article of this site.
    """

    name: str
    start: int
    stop: int = 0
    listings: list[Listing] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)

    def drop_last(self) -> None:
        """Forget the last entry."""
        if self.listings:
            self.listings.pop()


@dataclass(slots=True)
class _Entry:
    stop: int
    category: str | None
    title: str
    listed: Date
    links: list[Link]


_Grammar = Callable[[Sequence[Block], int, datetime | None], _Entry | None]


def find_boxes(blocks: Sequence[Block], url: str, reference: datetime | None) -> list[Box]:
    """Return the boxes among the blocks of the page at `url`, in the order of the source.

    `reference` is the instant at which the page was made; without it no entry is dated.
    """
    boxes = []
    index = 0
    while index < len(blocks):
        name, grammar = _heading(blocks[index].text)
        index += 1
        if grammar is None:
            continue
        box = Box(name, index - 1)
        _read_entries(box, grammar, blocks, url, reference)
        if box.listings or box.unlinked:
            boxes.append(box)
            index = box.stop
    return boxes


def section_of(list_name: str) -> str | None:
    """Return the section whose box bears this name, or None for the other boxes."""
    if _SECTION_BOX.fullmatch(list_name):
        return list_name.removeprefix("Other ").removesuffix(" News")
    return None


def _heading(text: str) -> tuple[str, _Grammar | None]:
    name = text.replace("’", "'").removesuffix(":")
    if name == TODAYS_NEWS:
        return name, _todays_entry
    if name == TOP_STORIES:
        return name, _top_entry
    if _SECTION_BOX.fullmatch(name):
        return name, _section_entry
    return name, None


def _read_entries(
    box: Box, grammar: _Grammar, blocks: Sequence[Block], url: str, reference: datetime | None
) -> None:
    index = box.stop = box.start + 1
    while index < len(blocks) and index - box.stop <= _STRAY_BLOCKS:
        entry = grammar(blocks, index, reference)
        if entry is None:
            if _heading(blocks[index].text)[1]:
                return
            index += 1
            continue
        listing = _listing(entry, box.name, url)
        if listing is None:
            box.unlinked.append(entry.title)
        else:
            box.listings.append(listing)
        index = box.stop = entry.stop


def _listing(entry: _Entry, list_name: str, url: str) -> Listing | None:
    for link in entry.links:
        source_id = article_id(link.url)
        if source_id is not None and same_host(link.url, url):
            address = article_url(link.url, source_id)
            return Listing(source_id, address, list_name, entry.category, entry.title, entry.listed)
    return None


def _section_entry(
    blocks: Sequence[Block], index: int, reference: datetime | None
) -> _Entry | None:
    """`20 Aug: headline`, the headline perhaps in a block of its own."""
    match = _DAY_ENTRY.fullmatch(blocks[index].text)
    if match is None:
        return None
    stop = index + 1
    title = match[2]
    if not title:
        if stop == len(blocks):
            return None
        title = blocks[stop].text
        stop += 1
    links = _links(blocks[index:stop])
    if not links:
        return None
    listed = listed_on(match[1], reference) if reference else None
    return _Entry(stop, None, title, listed or Date(), links)


def _todays_entry(blocks: Sequence[Block], index: int, reference: datetime | None) -> _Entry | None:
    """`Category:`, then `headline 9:57`, in one block or in up to three."""
    category, rest = _category(blocks[index])
    if category is None:
        return None
    parts = [rest] if rest else []
    stop = index + 1
    while not (match := _TIME_AT_END.fullmatch(" ".join(parts))):
        if stop == min(index + _ENTRY_BLOCKS, len(blocks)) or _category(blocks[stop])[1] == "":
            return None
        parts.append(blocks[stop].text)
        stop += 1
    # The category may be a link too, but to a section, not to an article.
    links = _links(blocks[index:stop])
    if not links or not match[1]:
        return None
    listed = listed_at(match[2], reference) if reference else None
    return _Entry(stop, category, match[1], listed or Date(), links)


def _category(block: Block) -> tuple[str | None, str]:
    """Split `Category: rest`; the rest is empty where the block holds the category alone."""
    match = _CATEGORY.fullmatch(block.text)
    return (match[1], match[2]) if match else (None, block.text)


def _top_entry(blocks: Sequence[Block], index: int, _: datetime | None) -> _Entry | None:
    """A label (`RUGBY`, beside an image of the same name), a teaser, `More...`."""
    parts: list[str] = []
    for stop in range(index, min(index + _ENTRY_BLOCKS, len(blocks))):
        text = blocks[stop].text
        if _heading(text)[1]:
            return None
        match = _MORE.fullmatch(text)
        parts.append(text if match is None else match[1] or "")
        if match is not None:
            break
    else:
        return None
    alt = " ".join(block.alt for block in blocks[index : stop + 1] if block.alt)
    label, teaser = _label([part for part in parts if part], alt)
    links = _links(blocks[index : stop + 1])
    if not teaser or not links:
        return None
    return _Entry(stop + 1, label, teaser, Date(), links)


def _label(parts: list[str], alt: str) -> tuple[str | None, str]:
    if len(parts) > 1:
        label, teaser = " ".join(parts[:-1]), parts[-1]
        words = label.split()
        half = len(words) // 2
        return (" ".join(words[:half]) if words[:half] == words[half:] else label), teaser
    teaser = parts[0] if parts else ""
    for label in (f"{alt} {alt}", alt):
        if alt and teaser.startswith(f"{label} "):
            return alt, teaser.removeprefix(f"{label} ")
    return alt or None, teaser


def _links(blocks: Sequence[Block]) -> list[Link]:
    return [link for block in blocks for link in block.links]
