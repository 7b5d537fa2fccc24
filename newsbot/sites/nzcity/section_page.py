"""Read the page of a section, `default.aspx?cat=978&page=3`: a lead and about ten entries.

The lead is a headline, `25 February 2026`, a standfirst and `>> Read Article`. An entry is a
headline and, on the next line, `25 Feb: standfirst... more`; the year is printed when it is not the
current one.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from newsbot.html.blocks import Block
from newsbot.items import Date, ListKind, NewsList
from newsbot.site import Reading, Role, Site
from newsbot.sites.nzcity.boxes import Entry, links_of, listing_of
from newsbot.sites.nzcity.dates import listed_on, parse_date_line, printed_on
from newsbot.sites.nzcity.span import Breadcrumb

_READ_ARTICLE = re.compile(r"\W*Read Article\W*", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2}\s[A-Z][a-z]{2,8}(?:\s\d{4})?)\s?:\s?(.*)", re.ASCII | re.DOTALL)
_MORE = re.compile(r"(?:^|\.\.|…)\s?more\W*\Z", re.IGNORECASE)
_MORE_LENGTH = 40
# The most lines of a lead, and of an entry's standfirst.
_LEAD_BLOCKS, _ENTRY_BLOCKS = 8, 3


def read_section_page(
    site: Site,
    blocks: Sequence[Block],
    breadcrumb: Breadcrumb,
    reference: datetime,
    reading: Reading,
) -> None:
    """Add what a section's page lists to `reading`; a page that lists nothing changes nothing."""
    free = [index for index in range(breadcrumb.stop, len(blocks)) if index not in reading.roles]
    section = breadcrumb.path[-1]
    news_list = NewsList(ListKind.SECTION_PAGE, f"{section} page", section)
    listings = []
    for indexes in (*_lead(blocks, free), *_entries(blocks, free)):
        lines = [blocks[index] for index in indexes]
        entry = Entry(indexes[-1] + 1, lines[0].text, _day(lines, reference), links_of(lines))
        if found := listing_of(site, news_list, entry):
            listings.append(found)
            reading.roles |= dict.fromkeys(indexes, Role.ENTRY)
        else:
            reading.unlinked.append(entry.title)
    if listings:
        reading.listings += listings
        reading.boxes.append(news_list)
        reading.roles |= dict.fromkeys(range(breadcrumb.start, breadcrumb.stop), Role.BREADCRUMB)


def _lead(blocks: Sequence[Block], free: Sequence[int]) -> Iterator[list[int]]:
    """Yield the lines of the lead, if there is one: it has a date line, and ends with a link."""
    for place, index in enumerate(free[:_LEAD_BLOCKS]):
        if _READ_ARTICLE.fullmatch(blocks[index].text):
            if any(parse_date_line(blocks[line].text) for line in free[1 : place + 1]):
                yield list(free[: place + 1])
            return


def _entries(blocks: Sequence[Block], free: Sequence[int]) -> Iterator[list[int]]:
    """Yield the lines of each entry: its headline, its day, and what follows up to `... more`."""
    for place, index in enumerate(free):
        match = _DAY.fullmatch(blocks[index].text)
        if match is None or place == 0:
            continue
        lines = [free[place - 1], index]
        is_whole = _ends_with_more(match[2])
        for after in free[place + 1 : place + _ENTRY_BLOCKS]:
            if is_whole or _DAY.fullmatch(blocks[after].text):
                break
            lines.append(after)
            is_whole = _ends_with_more(blocks[after].text)
        if is_whole:
            yield lines


def _day(lines: Sequence[Block], reference: datetime) -> Date:
    """Return the day of an entry, or of the lead."""
    if match := _DAY.fullmatch(lines[1].text):
        return listed_on(match[1], reference) or Date()
    days = (parse_date_line(line.text) for line in lines[1:])
    day = next(filter(None, days), None)
    return printed_on(day) if day else Date()


def _ends_with_more(text: str) -> bool:
    return _MORE.search(text, max(0, len(text) - _MORE_LENGTH)) is not None
