"""Read a page of NZCity: its article, its lists, the time in its head.

Everything is found by the words of the page in reading order, whichever tags hold them and wherever
the boxes are in the source: the article begins behind the breadcrumb `Home > News > Politics` and
ends with its copyright line. Where the words are not found, the reading gives the reason.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from newsbot.html.answers import served_at
from newsbot.html.blocks import Block, Document, TooDeepError, read_document
from newsbot.html.decoding import decode
from newsbot.html.refusals import is_not_html, says_no_such_article, wall
from newsbot.items import ListKind, Reason
from newsbot.site import Answer, Reading, Role, Site
from newsbot.sites.nzcity.addresses import SECTIONS, section_in, section_name
from newsbot.sites.nzcity.article import read_article
from newsbot.sites.nzcity.boxes import (
    Box,
    boxes_without_entries,
    find_boxes,
    find_headings,
)
from newsbot.sites.nzcity.dates import CLOCK_SKEW, parse_page_time
from newsbot.sites.nzcity.feed import is_feed, read_feed
from newsbot.sites.nzcity.section_page import read_section_page
from newsbot.sites.nzcity.span import Breadcrumb, NoArticle, find_breadcrumbs, find_span
from newsbot.sites.nzcity.words import (
    FURNITURE,
    Copyright,
    copyright_line,
    is_page_title,
)
from newsbot.text import is_prose

_HEAD_LENGTH = 80
# A comment or a counter may follow the end tag.
_END = re.compile("</(?:body|html)", re.IGNORECASE)
_END_LENGTH = 1000
# The footer's line, and a row of links or two behind it.
_FOOTER_BLOCKS = 3


def read(site: Site, answer: Answer) -> Reading:
    """Read a response: an article's page, a section's page, or a feed; never raises.

    The lists of a page are read by the instant at which it was served: the HTTP `Date` less `Age`;
    without it the page's own clock; without both, the instant of the fetch.
    """
    body = answer.body
    if not body.strip():
        return Reading(reason=Reason.EMPTY)
    if is_feed(site, answer):
        return read_feed(site, answer)
    if is_not_html(body, answer.content_type):
        return Reading(reason=Reason.NOT_HTML)
    html = decode(body, answer.content_type)
    try:
        document = read_document(html, answer.url)
    except TooDeepError:
        return Reading(reason=Reason.TOO_DEEP)
    return _read_document(site, answer, document, html)


def _read_document(site: Site, answer: Answer, document: Document, html: str) -> Reading:
    blocks = document.blocks
    ended = _END.search(html, max(0, len(html) - _END_LENGTH)) is not None
    reading = Reading(title=document.title, blocks=blocks, hidden=document.hidden)
    roles = reading.roles
    _note_title(blocks, roles)
    titles = [document.title, *(blocks[index].text for index in roles)]
    breadcrumbs = find_breadcrumbs(blocks, titles)
    if breadcrumbs and roles and min(roles) >= breadcrumbs[0].start:
        # A paragraph with these words: the page's title is above the breadcrumb.
        roles.clear()
    served = served_at(answer)
    reading.page_time = _find_page_time(blocks, breadcrumbs, roles, served)
    reference = served or reading.page_time or answer.fetched_at
    headings = find_headings(blocks)
    for box in find_boxes(blocks, headings, site, reference, ended=ended):
        reading.boxes.append(box.news_list)
        reading.listings += box.listings
        reading.unlinked += box.unlinked
        _note_box(box, blocks, roles)
    copyrights = {
        index: line
        for index, block in enumerate(blocks)
        if index not in roles and (line := copyright_line(block.text))
    }
    reading.anchors = _anchors(breadcrumbs, copyrights)
    reading.sections = _sections(site, blocks)
    _note_footers(copyrights, breadcrumbs, roles)
    if breadcrumbs and site.article_id(answer.url) is None:
        read_section_page(site, blocks, breadcrumbs[0], reference, reading)
    try:
        span = find_span(blocks, breadcrumbs, copyrights, roles, ended=ended)
        reading.article = read_article(blocks, span, roles, reading.places, document.hidden)
    except NoArticle as finding:
        is_article = site.article_id(answer.url) is not None
        reading.reason = _reason(
            finding.reason, reading, document.title, html, ended=ended, is_article=is_article
        )
    else:
        reading.article.has_foreign_section = section_in(answer.url) is not None
    reading.empty, reading.unreadable = boxes_without_entries(blocks, headings, site, roles)
    for name, role in (("page title", Role.PAGE_TITLE), ("page time", Role.PAGE_TIME)):
        reading.anchors[name] = [index for index, each in roles.items() if each is role]
    reading.anchors["box"] = sorted(index for index, each in roles.items() if each is Role.BOX)
    return reading


def _sections(site: Site, blocks: Sequence[Block]) -> dict[int, str]:
    """Return the sections to which the page links: menu and breadcrumb name each by its number."""
    found: dict[int, str] = {}
    for block in blocks:
        for link in block.links:
            if "cat=" not in link.href.casefold():
                continue
            number = section_in(link.url)
            is_section = number and site.list_kind(link.url) and site.serves(link.url)
            if number and is_section and (name := SECTIONS.get(number) or section_name(link.text)):
                found.setdefault(number, name)
    return found


def _anchors(
    breadcrumbs: Sequence[Breadcrumb], copyrights: Mapping[int, Copyright]
) -> dict[str, list[int]]:
    return {
        "breadcrumb": [each.start for each in breadcrumbs],
        "copyright line": [n for n, line in copyrights.items() if not line.is_of_the_site],
        "site's copyright line": [n for n, line in copyrights.items() if line.is_of_the_site],
    }


def _note_title(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    for index, block in enumerate(blocks):
        if is_page_title(block.text):
            roles[index] = Role.PAGE_TITLE
            return


def _find_page_time(
    blocks: Sequence[Block],
    breadcrumbs: Sequence[Breadcrumb],
    roles: dict[int, Role],
    served: datetime | None,
) -> datetime | None:
    """Return the time in the page's head; behind the breadcrumb it must be a block's only text."""
    head = min((breadcrumb.start for breadcrumb in breadcrumbs), default=len(blocks))
    not_after = served + CLOCK_SKEW if served else None
    for index, block in enumerate(blocks):
        if len(block.text) <= _HEAD_LENGTH and (
            page_time := parse_page_time(block.text, not_after, alone=index >= head)
        ):
            roles.setdefault(index, Role.PAGE_TIME)
            return page_time
    return None


def _note_box(box: Box, blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    roles |= dict.fromkeys(range(box.start, box.stop), Role.ENTRY)
    roles[box.start] = Role.BOX
    after = box.stop
    while after < len(blocks) and blocks[after].text in FURNITURE:
        roles[after] = Role.FURNITURE
        after += 1


def _note_footers(
    copyrights: Mapping[int, Copyright],
    breadcrumbs: Sequence[Breadcrumb],
    roles: dict[int, Role],
) -> None:
    """Note the site's own copyright line: the last on the page, or in front of the breadcrumb.

    An article may have or quote the same line.
    """
    start = min((breadcrumb.start for breadcrumb in breadcrumbs), default=0)
    front = [index for index, line in copyrights.items() if line.is_of_the_site and index < start]
    after = [index for index in copyrights if index >= start]
    roles |= dict.fromkeys(front, Role.FURNITURE)
    if after and copyrights[after[-1]].is_of_the_site and (len(after) > 1 or not front):
        roles[after[-1]] = Role.FOOTER


def _reason(
    found: Reason,
    reading: Reading,
    title: str,
    html: str,
    *,
    ended: bool,
    is_article: bool,
) -> Reason:
    """Return the most telling reason why there is no article on a page.

    `is_article` tells whether the page's address is an article's.
    """
    unread = [
        block.text for index, block in enumerate(reading.blocks) if index not in reading.roles
    ]
    is_whole = ended or any(
        role is Role.FOOTER and index >= len(reading.blocks) - _FOOTER_BLOCKS
        for index, role in reading.roles.items()
    )
    if found is Reason.NO_COPYRIGHT and not is_whole:
        found = Reason.CUT_OFF
    elif found in {Reason.NO_HEADLINE, Reason.NO_STANDFIRST}:
        pass
    elif says_no_such_article([title, *unread]):
        found = Reason.NO_SUCH_ARTICLE
    elif not reading.roles and (refusal := wall(title, unread, html)):
        found = refusal
    elif "<" not in html:
        found = Reason.NOT_HTML
    elif not is_whole:
        found = Reason.CUT_OFF
    elif not reading.blocks:
        found = Reason.EMPTY
    elif is_article and _is_bare(reading, unread):
        found = Reason.NO_SUCH_ARTICLE
    return found


def _is_bare(reading: Reading, unread: Sequence[str]) -> bool:
    """Return whether an article's page shows a breadcrumb and lists, but no article."""
    kinds = {news_list.kind for news_list in reading.boxes}
    is_whole = ListKind.TODAY in kinds and bool(reading.anchors["breadcrumb"])
    return is_whole and not any(map(is_prose, unread))
