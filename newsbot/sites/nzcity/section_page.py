"""Read the page of a section, `default.aspx?cat=978&page=3`: a lead and about ten entries.

The lead is a headline, `25 February 2026`, a standfirst and `>> Read Article`. An entry is a
headline and, on the next line, `25 Feb: standfirst... more`; the year is printed when it is not the
current one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbot.html.blocks import Block, Link
from newsbot.items import Date, Listing, ListKind, NewsList
from newsbot.site import Reading, Role, Site
from newsbot.sites.nzcity.boxes import likeliest_first, links_of
from newsbot.sites.nzcity.dates import listed_on, parse_date_line, printed_on
from newsbot.sites.nzcity.span import Breadcrumb

_READ_ARTICLE = re.compile(r"\W*Read Article\W*", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2}\s[A-Z][a-z]{2,8}(?:\s\d{4})?)\s?:\s?(.*)", re.ASCII | re.DOTALL)
_MORE = re.compile(r"(?:^|\.\.|…)\s?more\W*\Z", re.IGNORECASE)
_MORE_LENGTH = 40
# A lead may spread over so many lines, an entry's standfirst over so many.
_LEAD_BLOCKS, _ENTRY_BLOCKS = 8, 3


@dataclass(slots=True)
class _Entry:
    indexes: list[int]
    title: str
    listed: Date
    links: list[Link]


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
    entries = [*_lead(blocks, free), *_entries(blocks, free, reference)]
    listings = []
    for entry in entries:
        ids = (site.article_id(link.url) for link in likeliest_first(entry.links, entry.title))
        source_id = next(filter(None, ids), None)
        if source_id is None:
            reading.unlinked.append(entry.title)
            continue
        url = site.article_url(source_id)
        listings.append(Listing(source_id, url, news_list, None, entry.title, entry.listed))
        reading.roles |= dict.fromkeys(entry.indexes, Role.ENTRY)
    if listings:
        reading.listings += listings
        reading.boxes.append(news_list)
        reading.roles |= dict.fromkeys(range(breadcrumb.start, breadcrumb.stop), Role.BREADCRUMB)


def _lead(blocks: Sequence[Block], free: Sequence[int]) -> Iterator[_Entry]:
    """Yield the lead, if there is one: it ends with `>> Read Article` and has a date line."""
    for place, index in enumerate(free[:_LEAD_BLOCKS]):
        if not _READ_ARTICLE.fullmatch(blocks[index].text):
            continue
        lines = list(free[: place + 1])
        for line in lines[1:]:
            if day := parse_date_line(blocks[line].text):
                links = links_of([blocks[each] for each in lines])
                yield _Entry(lines, blocks[lines[0]].text, printed_on(day), links)
                return
        return


def _entries(blocks: Sequence[Block], free: Sequence[int], reference: datetime) -> Iterator[_Entry]:
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
        if not is_whole:
            continue
        listed = listed_on(match[1], reference)
        links = links_of([blocks[line] for line in lines])
        yield _Entry(lines, blocks[lines[0]].text, listed or Date(), links)


def _ends_with_more(text: str) -> bool:
    return _MORE.search(text, max(0, len(text) - _MORE_LENGTH)) is not None
