"""What an NZCity page says: its article, its boxes, the time in its head.

Everything is found by the words of the page in reading order, whichever tags carry them and
wherever the boxes stand in the source: the article starts after the breadcrumb `Home > News >
<Section>` and ends with its copyright line. Where the words are not found, the reading says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsbot.html.blocks import Block, Document, TooDeepError, read_document
from newsbot.html.decoding import decode
from newsbot.html.refusals import is_not_html, says_no_such_article, wall
from newsbot.items import Article, Date, Listing, Precision, Reason
from newsbot.sites.nzcity.article import read_article
from newsbot.sites.nzcity.boxes import Box, find_boxes
from newsbot.sites.nzcity.dates import CLOCK_SKEW, is_own_time, parse_page_time, reference_time
from newsbot.sites.nzcity.span import Breadcrumb, NoArticle, find_breadcrumbs, find_span
from newsbot.sites.nzcity.words import FURNITURE, Copyright, Role, copyright_line, page_title

PAGE_HEAD = "page head"
_HEAD_LENGTH = 80
# A comment or a counter may stand behind the end tag.
_END = re.compile("</(?:body|html)", re.IGNORECASE)
_END_LENGTH = 1000
# The footer's line, and a row of links or two behind it.
_FOOTER_BLOCKS = 3


@dataclass(slots=True)
class Reading:
    """What the reader made of a page. Exactly one of `article` and `reason` is None.

    `page_time` is the instant in the page's head. `unlinked` holds box entries that lead to no
    article of this site. `roles` tells, by index, what each of the `blocks` was taken for.
    """

    article: Article | None = None
    reason: Reason | None = None
    listings: list[Listing] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    page_time: datetime | None = None
    blocks: list[Block] = field(default_factory=list)
    roles: dict[int, Role] = field(default_factory=dict)


def read(
    body: bytes, url: str, *, served_at: datetime | None = None, content_type: str = ""
) -> Reading:
    """Read a page; never raises.

    Args:
        body: the page, decompressed.
        url: the address that answered; links are resolved by it.
        served_at: the HTTP `Date` less `Age`, or the instant of the fetch where there is none.
        content_type: the HTTP header's value.
    """
    if not body.strip():
        return Reading(reason=Reason.EMPTY)
    if is_not_html(body, content_type):
        return Reading(reason=Reason.NOT_HTML)
    html = decode(body, content_type)
    try:
        document = read_document(html, url)
    except TooDeepError:
        return Reading(reason=Reason.TOO_DEEP)
    return _read_document(document, html, url, served_at)


def _read_document(document: Document, html: str, url: str, served_at: datetime | None) -> Reading:
    blocks = document.blocks
    ended = _END.search(html, max(0, len(html) - _END_LENGTH)) is not None
    reading = Reading(blocks=blocks)
    roles = reading.roles
    _note_title(blocks, roles)
    titles = [document.title, *(blocks[index].text for index in roles)]
    breadcrumbs = find_breadcrumbs(blocks, titles)
    reading.page_time = _find_page_time(blocks, breadcrumbs, roles, served_at)
    reference = reference_time(reading.page_time, served_at)
    for box in find_boxes(blocks, url, reference, ended=ended):
        reading.boxes.append(box.name)
        reading.listings += box.listings
        reading.unlinked += box.unlinked
        _note_box(box, blocks, roles)
    copyrights = {
        index: line
        for index, block in enumerate(blocks)
        if index not in roles and (line := copyright_line(block.text))
    }
    _note_footers(copyrights, breadcrumbs, roles)
    try:
        span = find_span(blocks, breadcrumbs, copyrights, roles, ended=ended)
        reading.article = read_article(blocks, span, roles)
    except NoArticle as finding:
        reading.reason = _reason(finding.reason, reading, document.title, html, ended=ended)
    else:
        reading.article.date_published = _own_date(reading.page_time, served_at)
    return reading


def _note_title(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    for index, block in enumerate(blocks):
        if page_title(block.text):
            roles[index] = Role.PAGE_TITLE
            return


def _find_page_time(
    blocks: Sequence[Block],
    breadcrumbs: Sequence[Breadcrumb],
    roles: dict[int, Role],
    served_at: datetime | None,
) -> datetime | None:
    """Return the time in the page's head; behind the breadcrumb it must be a block's only text."""
    head = min((breadcrumb.start for breadcrumb in breadcrumbs), default=len(blocks))
    not_after = served_at + CLOCK_SKEW if served_at else None
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

    An article may bear or quote the same line.
    """
    start = min((breadcrumb.start for breadcrumb in breadcrumbs), default=0)
    front = [index for index, line in copyrights.items() if line.is_of_the_site and index < start]
    after = [index for index in copyrights if index >= start]
    roles |= dict.fromkeys(front, Role.FURNITURE)
    if after and copyrights[after[-1]].is_of_the_site and (len(after) > 1 or not front):
        roles[after[-1]] = Role.FOOTER


def _reason(found: Reason, reading: Reading, title: str, html: str, *, ended: bool) -> Reason:
    """Return the most telling reason why a page without an article is none."""
    unread = [
        block.text for index, block in enumerate(reading.blocks) if index not in reading.roles
    ]
    is_whole = ended or any(
        role is Role.FOOTER and index >= len(reading.blocks) - _FOOTER_BLOCKS
        for index, role in reading.roles.items()
    )
    if found is Reason.NO_COPYRIGHT and not is_whole:
        found = Reason.CUT_OFF
    elif found in {Reason.NO_HEADLINE, Reason.NO_BODY}:
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
    return found


def _own_date(page_time: datetime | None, served_at: datetime | None) -> Date:
    if page_time and served_at and is_own_time(page_time, served_at):
        return Date(page_time, Precision.MINUTE, PAGE_HEAD)
    return Date()
