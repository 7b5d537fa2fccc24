"""The article of an NZCity page: what stands between its breadcrumb and its copyright line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsbot.html.blocks import Block
from newsbot.items import Article, Reason
from newsbot.sites.nzcity.boxes import is_heading
from newsbot.sites.nzcity.span import NoArticle, Span
from newsbot.sites.nzcity.words import (
    AD_LABELS,
    FURNITURE,
    Role,
    ends_sentence,
    is_credit,
)

_WORD = re.compile(r"\w")
_ABBREVIATION = re.compile(r".*\b(?:\w|Co|Inc|Jr|Ltd|Sr|St)\.", re.DOTALL)
_HEADLINE_WORDS = 12
_AD_LABEL_LENGTH = max(map(len, AD_LABELS))


@dataclass(slots=True)
class _Paragraph:
    indexes: list[int]
    text: str


def read_article(blocks: Sequence[Block], span: Span, roles: dict[int, Role]) -> Article:
    """Return the article that stands in `span`, and note in `roles` what each block is.

    Blocks that have a role already are no part of it.

    Raises:
        NoArticle: it has no headline or no body.
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
    if not region or _is_paragraph(blocks[region[0]].text):
        raise NoArticle(Reason.NO_HEADLINE)
    headline, *rest = region
    paragraphs = list(_paragraphs(blocks, rest))
    credit = span.copyright.credit or None
    if credit is None and paragraphs and _is_credit(paragraphs[-1].text):
        credit_line = paragraphs.pop()
        credit = credit_line.text
        found |= dict.fromkeys(credit_line.indexes, Role.CREDIT)
    description, body = paragraphs[:1], paragraphs[1:]
    if not body:
        raise NoArticle(Reason.NO_BODY)
    found[headline] = Role.HEADLINE
    found |= dict.fromkeys(description[0].indexes, Role.DESCRIPTION)
    for paragraph in body:
        found |= dict.fromkeys(paragraph.indexes, Role.BODY)
    found[span.end] = Role.COPYRIGHT
    roles |= found
    return Article(
        headline=blocks[headline].text,
        description=description[0].text,
        article_body="\n\n".join(paragraph.text for paragraph in body),
        article_section=breadcrumb.section,
        credit_text=credit,
        copyright_holder=span.copyright.holder,
        copyright_year=span.copyright.year,
    )


def _furniture(block: Block, *, is_first: bool) -> Role | None:
    """Return what a block is that stands among the article's and is none of it, or None."""
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
    """Tell whether a block is links and what parts them: `Print | E-mail | Share`."""
    if len(block.links) < 2:  # noqa: PLR2004
        return False
    after = 0
    for link in block.links:
        start = block.text.find(link.text, after)
        if _WORD.search(block.text, after, start):
            return False
        after = start + len(link.text)
    return not _WORD.search(block.text, after)


def _is_credit(text: str) -> bool:
    """Tell whether the last line is a credit, and not the site's words in an article about it."""
    return is_credit(text) and not is_heading(text) and text not in FURNITURE


def _is_paragraph(text: str) -> bool:
    """Tell whether what stands in the headline's place is a sentence of the text."""
    return (
        text.endswith(".")
        and not text.endswith("..")
        and len(text.split()) > _HEADLINE_WORDS
        and not _ABBREVIATION.fullmatch(text)
    )


def _paragraphs(blocks: Sequence[Block], indexes: Sequence[int]) -> Iterator[_Paragraph]:
    """Join what only a single `<br>` parts, unless the lines are paragraphs themselves."""
    if not any(blocks[index].starts_paragraph for index in indexes):
        yield from (_Paragraph([index], blocks[index].text) for index in indexes)
        return
    group: list[int] = []
    for index in indexes:
        if group and (blocks[index].starts_paragraph or index != group[-1] + 1):
            yield from _split(blocks, group)
            group = []
        group.append(index)
    if group:
        yield from _split(blocks, group)


def _split(blocks: Sequence[Block], group: list[int]) -> Iterator[_Paragraph]:
    if len(group) == 1:
        yield _Paragraph(group, blocks[group[0]].text)
        return
    sentences = sum(1 for index in group if ends_sentence(blocks[index].text))
    if 2 * sentences >= len(group):
        yield from (_Paragraph([index], blocks[index].text) for index in group)
    else:
        yield _Paragraph(group, "\n".join(blocks[index].text for index in group))
