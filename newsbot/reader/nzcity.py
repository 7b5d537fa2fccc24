"""What an NZCity page says: its article, its boxes, the time in its head.

Everything is found by the words of the page in reading order, whichever tags carry them and
wherever the boxes stand in the source: the article starts after the breadcrumb `Home > News >
<Section>` and ends with its copyright line. Where the words are not found, the reading says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsbot.items import Article, Date, Listing, Precision, Reason
from newsbot.reader.blocks import Block, TooDeepError, read_blocks
from newsbot.reader.dates import CLOCK_SKEW, is_own_time, parse_page_time, reference_time
from newsbot.reader.decoding import decode
from newsbot.reader.nzcity_article import NoArticle, read_article
from newsbot.reader.nzcity_boxes import Box, find_boxes
from newsbot.reader.nzcity_words import Role, is_site_copyright, page_title
from newsbot.reader.refusals import looks_binary, says_no_such_article, wall

PAGE_HEAD = "page head"
_HEAD_LENGTH = 80


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
    if looks_binary(body, content_type):
        return Reading(reason=Reason.NOT_HTML)
    html = decode(body, content_type)
    try:
        blocks = read_blocks(html, url)
    except TooDeepError:
        return Reading(reason=Reason.TOO_DEEP)
    return _read_blocks(blocks, html, url, served_at)


def _read_blocks(blocks: list[Block], html: str, url: str, served_at: datetime | None) -> Reading:
    reading = Reading(blocks=blocks)
    reading.page_time = _find_head(blocks, reading.roles, served_at)
    boxes = find_boxes(blocks, url, reference_time(reading.page_time, served_at))
    for box in boxes:
        _note_box(box, reading.roles)
    footer = _find_footer(blocks)
    if footer is not None:
        reading.roles[footer] = Role.FOOTER
    whole = footer is not None or "</html" in html[-200:].lower()
    if not whole and boxes and boxes[-1].stop == len(blocks):
        # The cut may have gone through the last entry's title.
        boxes[-1].drop_last()
    reading.boxes = [box.name for box in boxes]
    reading.listings = [listing for box in boxes for listing in box.listings]
    reading.unlinked = [title for box in boxes for title in box.unlinked]
    try:
        reading.article = read_article(blocks, reading.roles, whole=whole)
    except NoArticle as finding:
        reading.reason = _reason(finding.reason, reading, html, whole=whole)
    else:
        reading.article.date_published = _own_date(reading.page_time, served_at)
    return reading


def _find_head(
    blocks: Sequence[Block], roles: dict[int, Role], served_at: datetime | None
) -> datetime | None:
    page_time = None
    not_after = served_at + CLOCK_SKEW if served_at else None
    for index, block in enumerate(blocks):
        if len(block.text) > _HEAD_LENGTH:
            continue
        if page_title(block.text):
            roles[index] = Role.PAGE_TITLE
        if page_time is None and (page_time := parse_page_time(block.text, not_after)):
            roles.setdefault(index, Role.PAGE_TIME)
    return page_time


def _find_footer(blocks: Sequence[Block]) -> int | None:
    for index in range(len(blocks) - 1, -1, -1):
        if is_site_copyright(blocks[index].text):
            return index
    return None


def _note_box(box: Box, roles: dict[int, Role]) -> None:
    roles |= dict.fromkeys(range(box.start, box.stop), Role.ENTRY)
    roles[box.start] = Role.BOX


def _reason(found: Reason, reading: Reading, html: str, *, whole: bool) -> Reason:
    """Return the most telling reason why a page without an article is none."""
    texts = [block.text for index, block in enumerate(reading.blocks) if index not in reading.roles]
    if found in {Reason.NO_HEADLINE, Reason.NO_BODY}:
        return found
    if says_no_such_article(texts):
        return Reason.NO_SUCH_ARTICLE
    if not reading.roles and (refusal := wall(html, texts)):
        return refusal
    if not whole:
        return Reason.CUT_OFF
    return found if reading.blocks else Reason.EMPTY


def _own_date(page_time: datetime | None, served_at: datetime | None) -> Date:
    if page_time and served_at and is_own_time(page_time, served_at):
        return Date(page_time, Precision.MINUTE, PAGE_HEAD)
    return Date()
