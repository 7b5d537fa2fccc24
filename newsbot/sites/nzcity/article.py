"""The article of an NZCity page: what is between its breadcrumb and its copyright line.

It is read from both ends: the head (headline, standfirst, byline, date line, image) and the foot
(credit, sponsor) are known by their words and their place, and what is between them is the body.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from newsbot.html.blocks import Block
from newsbot.items import DATE_LINE, Article, Date, Reason
from newsbot.site import Role
from newsbot.sites.nzcity.boxes import is_heading
from newsbot.sites.nzcity.dates import printed_on
from newsbot.sites.nzcity.span import NoArticle, Span
from newsbot.sites.nzcity.words import (
    AD_LABELS,
    FURNITURE,
    PUBLISHERS,
    date_line,
    is_byline,
    is_credit,
    is_shouted,
    is_sponsor,
)
from newsbot.text import ends_sentence

_WORD = re.compile(r"\w")
_AD_LABEL_LENGTH = max(map(len, AD_LABELS))
_CAPTION_WORDS = 40
_SPONSOR_LINES = 2


@dataclass(slots=True, frozen=True)
class _Lines:
    """Blocks that say one thing, and what they say."""

    indexes: list[int]
    text: str


@dataclass(slots=True)
class _Head:
    """What the lines before the body say."""

    roles: dict[int, Role] = field(default_factory=dict)
    author: _Lines | None = None
    credit: _Lines | None = None
    caption: _Lines | None = None
    day: date | None = None


def read_article(
    blocks: Sequence[Block],
    span: Span,
    roles: dict[int, Role],
    places: dict[str, list[int]],
    hidden: Sequence[tuple[int, str]] = (),
) -> Article:
    """Return the article in `span`; note in `roles` what each block is, in `places` its fields'.

    Args:
        blocks: the visible lines of the page.
        span: the place of the article.
        roles: what is known of some blocks already: they are no part of it.
        places: receives, by field, the blocks that it was read from.
        hidden: lines that are not shown, with the index of the block that follows each.

    Raises:
        NoArticle: it has no headline or no standfirst, or where its body ends can't be told.
    """
    breadcrumb = span.breadcrumb
    found: dict[int, Role] = dict.fromkeys(
        range(breadcrumb.start, breadcrumb.stop), Role.BREADCRUMB
    )
    region: list[int] = []
    for index in range(breadcrumb.stop, span.end):
        if index in roles:
            continue
        if role := _furniture(blocks[index], is_first=not region):
            found[index] = role
        else:
            region.append(index)
    holder = span.copyright.holder if span.copyright else None
    try:
        head, (headline, standfirst), rest = _read_head(blocks, region, holder)
    except NoArticle as finding:
        raise finding if span.copyright else NoArticle(Reason.NO_COPYRIGHT) from None
    body = list(_paragraphs(blocks, rest))
    foot_credit = _read_foot(body, found)
    if span.copyright is None and (body or head.day is None):
        raise NoArticle(Reason.NO_COPYRIGHT)
    body_start = body[0].indexes[0] if body else span.end
    day = head.day or _hidden_day(hidden, headline, body_start)
    found |= head.roles
    found |= {headline: Role.HEADLINE, standfirst: Role.DESCRIPTION}
    for paragraph in body:
        found |= dict.fromkeys(paragraph.indexes, Role.BODY)
    if span.copyright:
        found[span.end] = Role.COPYRIGHT
    credit = head.credit or foot_credit or _credit_of(span)
    caption = head.caption or _figure_caption(blocks, found, body_start)
    roles |= found
    places |= {
        "headline": [headline],
        "description": [standfirst],
        "article_body": [index for paragraph in body for index in paragraph.indexes],
        "section_path": list(range(breadcrumb.start, breadcrumb.stop)),
        "author": head.author.indexes if head.author else [],
        "credit_text": credit.indexes if credit else [],
        "copyright_holder": [span.end] if span.copyright else [],
        "image_caption": caption.indexes if caption else [],
        "day_printed": [
            index for index, role in head.roles.items() if head.day and role is Role.DATE_LINE
        ],
    }
    path = breadcrumb.path
    if not breadcrumb.is_confirmed and path[-1] == blocks[headline].text:
        path = path[:-1]
    return Article(
        headline=blocks[headline].text,
        description=blocks[standfirst].text,
        article_body="\n\n".join(paragraph.text for paragraph in body),
        article_section=path[-1],
        section_path=" > ".join(path),
        author=head.author.text if head.author else None,
        credit_text=credit.text if credit else None,
        copyright_holder=holder,
        image_caption=caption.text if caption else None,
        day_printed=day.isoformat() if day else None,
        date_published=printed_on(day, DATE_LINE) if day else Date(),
    )


def _furniture(block: Block, *, is_first: bool) -> Role | None:
    """Return what a block is that is among the article's lines and no part of it, or None."""
    if block.in_figure:
        return Role.CAPTION
    if _is_ad_label(block.text) or _is_row_of_links(block):
        return Role.FURNITURE
    if is_first and (block.text in FURNITURE or not _WORD.search(block.text)):
        return Role.FURNITURE
    return None


def _is_ad_label(text: str) -> bool:
    return len(text) <= _AD_LABEL_LENGTH and text.casefold() in AD_LABELS


def _is_row_of_links(block: Block) -> bool:
    """Return whether a block is links and what separates them: `Print | E-mail | Share`."""
    if len(block.links) < 2:  # noqa: PLR2004
        return False
    after = 0
    for link in block.links:
        start = block.text.find(link.text, after)
        if _WORD.search(block.text, after, start):
            return False
        after = start + len(link.text)
    return not _WORD.search(block.text, after)


def _read_head(
    blocks: Sequence[Block], region: Sequence[int], holder: str | None
) -> tuple[_Head, tuple[int, int], list[int]]:
    """Return the head, the blocks of headline and standfirst, and the blocks that are left.

    Raises:
        NoArticle: there is no headline, or no standfirst.
    """
    head = _Head()
    texts: list[int] = []
    place = 0
    while place < len(region):
        is_below = len(texts) == 2  # noqa: PLR2004 - headline and standfirst
        taken = _take_head_line(blocks, region[place:], head, holder, is_below=is_below)
        if not taken and is_below:
            break
        if not taken:
            texts.append(region[place])
        place += taken or 1
    if not texts:
        raise NoArticle(Reason.NO_HEADLINE)
    if len(texts) == 1:
        raise NoArticle(Reason.NO_STANDFIRST)
    return head, (texts[0], texts[1]), list(region[place:])


def _take_head_line(
    blocks: Sequence[Block],
    region: Sequence[int],
    head: _Head,
    holder: str | None,
    *,
    is_below: bool,
) -> int:
    """Note what the first lines of `region` say if they are of the head; return how many are.

    `is_below` tells whether they are below the standfirst: only a date may be above it.
    """
    text = blocks[region[0]].text
    if head.day is None and (line := date_line(text)):
        head.day = line.day
        head.roles[region[0]] = Role.DATE_LINE
        if line.source and head.credit is None:
            head.credit = _Lines([region[0]], line.source)
        return 1
    if not is_below:
        return 0
    if text in PUBLISHERS and head.credit is None:
        head.credit = _Lines([region[0]], text)
        head.roles[region[0]] = Role.CREDIT
        return 1
    if head.author is None and _is_authors(blocks, region, holder):
        head.author = _Lines([region[0]], text)
        head.roles[region[0]] = Role.BYLINE
        return 1
    if head.caption is None and (lines := _caption_lines(blocks, region)):
        head.caption = _Lines(list(region[:lines]), text)
        head.roles |= dict.fromkeys(region[:lines], Role.CAPTION)
        return lines
    return 0


def _is_authors(blocks: Sequence[Block], region: Sequence[int], holder: str | None) -> bool:
    """Return whether a line is a byline: a publisher below it, or as the holder, proves that."""
    text = blocks[region[0]].text
    if len(region) > 1 and blocks[region[1]].text in PUBLISHERS:
        return not ends_sentence(text)
    is_published = holder is not None and any(holder.startswith(name) for name in PUBLISHERS)
    return is_published and is_byline(text)


def _caption_lines(blocks: Sequence[Block], region: Sequence[int]) -> int:
    """Return how many lines repeat an image's alternative text: none, one or two.

    Where a page shows that text itself, it is a line of its own above the caption. Two sentences
    alike that no image repeats are two paragraphs.
    """
    block = blocks[region[0]]
    if len(block.text.split()) > _CAPTION_WORDS:
        return 0
    after = [blocks[index] for index in region[1:2]]
    # An image comes before its caption, or right behind it.
    is_of_image = any(block.text in other.alts for other in (block, *after))
    if any(block.text == other.text for other in after):
        return 2 if is_of_image or not ends_sentence(block.text) else 0
    return int(is_of_image)


def _figure_caption(
    blocks: Sequence[Block], roles: dict[int, Role], body_start: int
) -> _Lines | None:
    """Return the caption of the first figure that is above the body."""
    captions = (
        index for index, role in roles.items() if role is Role.CAPTION and index < body_start
    )
    first = min(captions, default=None)
    return None if first is None else _Lines([first], blocks[first].text)


def _credit_of(span: Span) -> _Lines | None:
    """Return the credit in the article's copyright line, if there is one."""
    credit = span.copyright.credit if span.copyright else ""
    return _Lines([span.end], credit) if credit else None


def _hidden_day(hidden: Sequence[tuple[int, str]], headline: int, body_start: int) -> date | None:
    """Return the day of a date line that is in the page and not shown, between headline and body.

    A date elsewhere may be anything's.
    """
    for follows, text in hidden:
        if headline < follows <= body_start and (line := date_line(text)) and line.day:
            return line.day
    return None


def _read_foot(body: list[_Lines], roles: dict[int, Role]) -> _Lines | None:
    """Take the sponsor's lines and the credit off the end of the body; return the credit."""
    for lines in range(_SPONSOR_LINES, 0, -1):
        last = body[-lines:]
        if last and is_sponsor(last[0].text) and all(is_shouted(each.text) for each in last):
            for paragraph in last:
                roles |= dict.fromkeys(paragraph.indexes, Role.SPONSOR)
            del body[-lines:]
            break
    if body and _is_credit(body[-1].text):
        line = body.pop()
        roles |= dict.fromkeys(line.indexes, Role.CREDIT)
        return line
    return None


def _is_credit(text: str) -> bool:
    """Return whether the last line is a credit, and not the site's words in an article about it."""
    return is_credit(text) and not is_heading(text) and text not in FURNITURE


def _paragraphs(blocks: Sequence[Block], indexes: Sequence[int]) -> Iterator[_Lines]:
    """Join what only a single `<br>` separates, unless the lines are paragraphs themselves.

    They are where hardly any of them begins a paragraph: such a page has a gap here and there.
    """
    starts = sum(1 for index in indexes[1:] if blocks[index].starts_paragraph)
    if not starts or 2 * starts < len(indexes) - 1:
        yield from (_Lines([index], blocks[index].text) for index in indexes)
        return
    group: list[int] = []
    for index in indexes:
        if group and (blocks[index].starts_paragraph or index != group[-1] + 1):
            yield from _split(blocks, group)
            group = []
        group.append(index)
    if group:
        yield from _split(blocks, group)


def _split(blocks: Sequence[Block], group: list[int]) -> Iterator[_Lines]:
    sentences = sum(1 for index in group if ends_sentence(blocks[index].text))
    if len(group) == 1 or 2 * sentences >= len(group):
        yield from (_Lines([index], blocks[index].text) for index in group)
    else:
        yield _Lines(group, "\n".join(blocks[index].text for index in group))
