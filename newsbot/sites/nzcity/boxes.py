"""The boxes of an NZCity page: `Other <Section> News`, `Top Stories`, `Today's News`.

A box is its heading and the entries that follow it. A heading without entries is not a box: an
article may say "Today's News" too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsbot.html.blocks import Block, Link
from newsbot.items import Date, Listing, ListKind, NewsList
from newsbot.site import Role, Site
from newsbot.sites.nzcity.dates import listed_at, listed_on

TODAYS_NEWS = NewsList(ListKind.TODAY, "Today's News")
TOP_STORIES = NewsList(ListKind.TOP, "Top Stories")

_SECTION_BOX = re.compile(r"Other (\S.{0,60}?) News")
_HEADING_LENGTH = 80
_DECORATION = " :»«›‹<>•·|[]-–—"
_APOSTROPHES = str.maketrans("’‘´`", "''''")

# There may be a bullet in front of an entry.
_DAY = re.compile(r"[^\w\s]?\s?(\d{1,2}\s[A-Z][a-z]{2,8})(?:\s?:\s?(.*))?", re.ASCII)
_CATEGORY = re.compile(r"[^\w\s]?\s?([^\W\d_][^:]{1,40}?)\s?:\s?(.*)")
_CLOCK = re.compile(r"\(?(\d{1,2}:\d{2})\)?", re.ASCII)
_CLOCK_AT_END = re.compile(r"(.*[^\s(])(?:[\s(]{1,2}|(?<=\D))(\d{1,2}:\d{2})\)?", re.ASCII)
_MORE_AT_END = re.compile(r"\s?\b(?:Read\s)?[Mm]ore\s?(?:\.{2,}|…|[»›>]+)\Z")
_MORE_LENGTH = 20
_SHOUTED_TWICE = re.compile(r"([A-Z][A-Z &'’-]{1,40})\s\1\s(.*)")
_LABEL_WORDS = 5

# An entry may be spread over a few table cells; there may be an ad or a spacer between two.
_ENTRY_BLOCKS = 4
_STRAY_BLOCKS = 2
# This many lines below a heading tell whether it is the heading of a list.
_BELOW_HEADING = 4


@dataclass(slots=True)
class Box:
    """A box that was found: its blocks are `start` up to, not including, `stop`.

    `unlinked` holds the texts of entries that lead to no article of this site.
    """

    news_list: NewsList
    start: int
    stop: int
    listings: list[Listing] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """What the words of an entry say; its last block is the one before `stop`."""

    stop: int
    title: str
    listed: Date
    links: list[Link]
    category: str | None = None


_Grammar = Callable[[Sequence[Block], int, datetime], Entry | None]


@dataclass(slots=True, frozen=True)
class Heading:
    """The heading of a box.

    `grammar` reads its entries. `is_text` and `is_image` tell where the words are: in the text of
    the block, or in an image there, and then the first entry may be in the same block.
    """

    news_list: NewsList
    grammar: _Grammar
    is_text: bool
    is_image: bool


Headings = Mapping[int, Heading]


def find_headings(blocks: Sequence[Block]) -> Headings:
    """Return what reads like the heading of a box, by the index of its block.

    An article may quote one.
    """
    headings: dict[int, Heading] = {}
    for index, block in enumerate(blocks):
        of_text = _heading(block.text)
        of_image = next(filter(None, map(_heading, block.alts)), None) if block.alts else None
        if heading := of_text or of_image:
            headings[index] = Heading(*heading, of_text is not None, of_image is not None)
    return headings


def find_boxes(
    blocks: Sequence[Block], headings: Headings, site: Site, reference: datetime, *, ended: bool
) -> list[Box]:
    """Return the boxes of a page, in reading order.

    Args:
        blocks: the visible lines of the page.
        headings: what `find_headings` found among them.
        site: tells which links lead to an article.
        reference: when the page was served; days and times of entries are inferred from it.
        ended: whether the page has arrived whole; else its last entry may be cut.
    """
    boxes: list[Box] = []
    read_up_to = 0
    for index, heading in headings.items():
        if index < read_up_to:
            continue
        box = Box(heading.news_list, index, index + heading.is_text)
        for entry in _entries(heading.grammar, blocks, box.stop, headings, reference):
            box.stop = entry.stop
            if not ended and entry.stop >= len(blocks) - 1:
                continue
            if found := listing_of(site, box.news_list, entry):
                box.listings.append(found)
            else:
                box.unlinked.append(entry.title)
        if box.listings or box.unlinked:
            boxes.append(box)
            read_up_to = box.stop
    return boxes


def boxes_without_entries(
    blocks: Sequence[Block], headings: Headings, site: Site, roles: Mapping[int, Role]
) -> tuple[list[NewsList], list[NewsList]]:
    """Return the boxes with nothing below their heading, and those with links but no entry.

    `roles` tells what is known of the blocks: an article may quote the words of a heading.
    """
    empty: list[NewsList] = []
    unreadable: list[NewsList] = []
    for index, heading in headings.items():
        if index in roles or not heading.is_text:
            continue
        below = range(index + 1, min(index + 1 + _BELOW_HEADING, len(blocks)))
        urls = (url for each in below if each not in roles for url in blocks[each].urls)
        has_links = any(site.article_id(url) for url in urls)
        (unreadable if has_links else empty).append(heading.news_list)
    return empty, unreadable


def is_heading(text: str) -> bool:
    """Return whether a line is the heading of a box."""
    return _heading(text) is not None


def _heading(text: str) -> tuple[NewsList, _Grammar] | None:
    """Return the box that `text` is the heading of, and how its entries are read."""
    if len(text) > _HEADING_LENGTH or ("News" not in text and "Top Stories" not in text):
        return None
    name = text.translate(_APOSTROPHES).strip(_DECORATION)
    if name in _NAMED_BOXES:
        return _NAMED_BOXES[name]
    match = _SECTION_BOX.fullmatch(name)
    return (NewsList(ListKind.SECTION, name, match[1]), _section_entry) if match else None


def _entries(
    grammar: _Grammar,
    blocks: Sequence[Block],
    start: int,
    headings: Headings,
    reference: datetime,
) -> Iterator[Entry]:
    index = stop = start
    while index < len(blocks) and index - stop <= _STRAY_BLOCKS:
        heading = headings.get(index)
        if heading and heading.is_image and index > start:
            return
        if entry := grammar(blocks, index, reference):
            yield entry
            index = stop = entry.stop
        elif heading and heading.is_text:
            return
        else:
            index += 1


def listing_of(site: Site, news_list: NewsList, entry: Entry) -> Listing | None:
    """Return an entry of a list, or None if none of its links leads to an article of the site."""
    ids = (site.article_id(link.url) for link in _likeliest_first(entry.links, entry.title))
    source_id = next(filter(None, ids), None)
    if source_id is None:
        return None
    url = site.article_url(source_id)
    return Listing(source_id, url, news_list, entry.category, entry.title, entry.listed)


def _likeliest_first(links: list[Link], title: str) -> list[Link]:
    """Order the links of an entry: `More...`, then what covers the title, then the longest.

    An entry without a title has a link without words. Where an `<a>` is not closed, the entry that
    follows begins under the link of the one before.
    """
    if len(links) == 1:
        return links
    return sorted(
        links,
        key=lambda link: (
            _without_more(link.text) is not None,
            _is_of(link, title),
            len(link.text),
        ),
        reverse=True,
    )


def _is_of(link: Link, title: str) -> bool:
    if not (title and link.text):
        return title == link.text
    return link.text in title or title in link.text


def _section_entry(blocks: Sequence[Block], index: int, reference: datetime) -> Entry | None:
    """`03 Feb: headline`, the headline perhaps in a block of its own, perhaps missing."""
    match = _DAY.fullmatch(blocks[index].text)
    if match is None:
        return None
    day, title = match.groups()
    stop = index + 1
    if not title and _is_title_below(blocks, index):
        title = blocks[stop].text
        stop += 1
    links = links_of(blocks[index:stop])
    if not links:
        return None
    return Entry(stop, title or "", listed_on(day, reference) or Date(), links)


def _is_title_below(blocks: Sequence[Block], index: int) -> bool:
    """Return whether the headline of an entry is the block below its day.

    A day that links somewhere else by itself is an entry without a headline. A headline may begin
    with a day, or be a box's heading: then it is told from those by the bare day that follows it.
    """
    day, *below = blocks[index : index + 3]
    if not below or not below[0].links:
        return False
    is_odd = _DAY.fullmatch(below[0].text) or is_heading(below[0].text)
    if is_odd and not any(_is_bare_day(block) for block in below[1:]):
        return False
    return not day.links or any(url in day.urls for url in below[0].urls)


def _is_bare_day(block: Block) -> bool:
    match = _DAY.fullmatch(block.text)
    return match is not None and not match[2]


def _todays_entry(blocks: Sequence[Block], index: int, reference: datetime) -> Entry | None:
    """`Category:`, then `headline 9:57`, in one block or in up to three."""
    match = _CATEGORY.fullmatch(blocks[index].text)
    if match is None:
        return None
    category, text = match.groups()
    links = list(blocks[index].links)
    stop = index + 1
    # A headline may end with a time too: a time on a line of its own is the entry's.
    while not text or not (timed := _timed(text, links)) or _is_clock(blocks, stop):
        if stop == min(index + _ENTRY_BLOCKS, len(blocks)) or _is_category(blocks[stop]):
            return None
        text = f"{text} {blocks[stop].text}".lstrip()
        links += blocks[stop].links
        stop += 1
    if not links:
        return None
    title, clock = timed
    return Entry(stop, title, listed_at(clock, reference) or Date(), links, category)


def _timed(text: str, links: Sequence[Link]) -> tuple[str, str] | None:
    """Return title and time of `headline 9:57`, or None.

    If only the headline is a link, the time may come before it, or after it without a space.
    """
    titles = [link.text for link in links if link.text]
    if len(titles) < len(links) and (clock := _CLOCK.fullmatch(text)):
        return "", clock[1]
    for title in titles:
        before, _, after = text.partition(title)
        if clock := _CLOCK.fullmatch(f"{before}{after}".strip()):
            return title, clock[1]
    match = _CLOCK_AT_END.fullmatch(text)
    return (match[1], match[2]) if match else None


def _is_clock(blocks: Sequence[Block], index: int) -> bool:
    return index < len(blocks) and _CLOCK.fullmatch(blocks[index].text) is not None


def _is_category(block: Block) -> bool:
    """Return whether a block is the label of an entry, and nothing of the entry itself."""
    match = _CATEGORY.fullmatch(block.text) if block.text.endswith(":") else None
    return match is not None and not match[2]


def _top_entry(blocks: Sequence[Block], index: int, _: datetime) -> Entry | None:
    """A label (`RUGBY`, next to an image of the same name), a teaser, `More...`."""
    for stop in range(index, min(index + _ENTRY_BLOCKS, len(blocks))):
        if is_heading(blocks[stop].text):
            return None
        teaser = _teaser(blocks[stop])
        if teaser is not None:
            break
    else:
        return None
    before = [block.text for block in blocks[index:stop]]
    if not teaser and before:
        teaser = before.pop()
    alts = [alt for block in blocks[index : stop + 1] for alt in block.alts]
    label, teaser = _label(before, alts, teaser)
    links = links_of(blocks[index : stop + 1])
    if not teaser or not links:
        return None
    return Entry(stop + 1, teaser, Date(), links, label)


def _teaser(block: Block) -> str | None:
    """Return what comes before `More...` at the end of a block, or None if that is not there.

    A link of its own may touch the teaser: in the next table cell, it needs no space.
    """
    last = block.links[-1].text if block.links else ""
    if _without_more(last) == "" and block.text.endswith(last):
        return block.text[: -len(last)].rstrip()
    return _without_more(block.text)


def _without_more(text: str) -> str | None:
    """Return what comes before `More...` at the end of `text`, or None if that is not there."""
    match = _MORE_AT_END.search(text, max(0, len(text) - _MORE_LENGTH))
    return text[: match.start()] if match else None


def _label(before: Sequence[str], alts: Sequence[str], teaser: str) -> tuple[str | None, str]:
    """Return the label of an entry, and its teaser without it.

    The label is in the block before the teaser, or in the same one, alone or behind the same
    words again; or it is only in the image.
    """
    if before and len(before[-1].split()) <= 2 * _LABEL_WORDS:
        words = before[-1].rstrip(":").split()
        half = len(words) // 2
        return " ".join(words[:half] if words[:half] == words[half:] else words), teaser
    if match := _SHOUTED_TWICE.fullmatch(teaser):
        return match[1], match[2]
    for alt in alts:
        if teaser.startswith(f"{alt} "):
            return alt, teaser.removeprefix(f"{alt} ")
    short = (alt for alt in alts if len(alt.split()) <= _LABEL_WORDS)
    return next(short, None), teaser


def links_of(blocks: Sequence[Block]) -> list[Link]:
    """Return all links of some blocks."""
    return [link for block in blocks for link in block.links]


_NAMED_BOXES: dict[str, tuple[NewsList, _Grammar]] = {
    TODAYS_NEWS.name: (TODAYS_NEWS, _todays_entry),
    TOP_STORIES.name: (TOP_STORIES, _top_entry),
}
