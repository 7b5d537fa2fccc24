"""The article of an NZCity page: from its breadcrumb to its copyright line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsbot.items import Article, Reason
from newsbot.reader.blocks import Block
from newsbot.reader.nzcity_words import (
    AD_LABELS,
    COPYRIGHT,
    FURNITURE,
    Role,
    is_credit,
    is_prose,
    page_title,
)

_SEPARATORS = re.compile(r"\s*[>»›→|/·•]+\s*")
_PLAIN_BREADCRUMB = re.compile(r"Home\s+News\s+(.+)")
_BREADCRUMB_BLOCKS = 8
_SECTION_LENGTH = 60
_SENTENCE_END = re.compile(r".*[.!?…][\"'”’)\]]*", re.DOTALL)
_HEADLINE_WORDS = 12


class NoArticle(Exception):
    """The page shows no whole article; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, frozen=True)
class _Breadcrumb:
    start: int
    stop: int
    section: str


def read_article(blocks: Sequence[Block], roles: dict[int, Role], *, whole: bool) -> Article:
    """Return the article among `blocks`, and note in `roles` what each block was taken for.

    Blocks that have a role already are no part of it. `whole` tells whether the page is known to
    have arrived to its end.

    Raises:
        NoArticle: there is none, or its end can't be proven.
    """
    breadcrumb, end, copyright_line = _span(blocks, roles, whole=whole)
    region = [i for i in range(breadcrumb.stop, end) if i not in roles]
    captions = [i for i in region if blocks[i].in_figure]
    labels = [i for i in region if blocks[i].text.casefold() in AD_LABELS]
    region = [i for i in region if i not in captions and i not in labels]
    furniture = []
    while region and blocks[region[0]].text in FURNITURE:
        furniture.append(region.pop(0))
    if not region or _is_paragraph(blocks[region[0]].text):
        raise NoArticle(Reason.NO_HEADLINE)
    headline, *rest = region
    paragraphs = list(_paragraphs(blocks, rest))
    if copyright_line["before"]:
        paragraphs.append(_Paragraph([end], copyright_line["before"]))
    credit = paragraphs.pop() if paragraphs and is_credit(paragraphs[-1].text) else None
    description, body = paragraphs[:1], paragraphs[1:]
    if not body:
        raise NoArticle(Reason.NO_BODY)

    roles |= dict.fromkeys(range(breadcrumb.start, breadcrumb.stop), Role.BREADCRUMB)
    roles |= dict.fromkeys(captions, Role.CAPTION)
    roles |= dict.fromkeys([*furniture, *labels], Role.FURNITURE)
    roles[headline] = Role.HEADLINE
    roles |= dict.fromkeys(description[0].indexes, Role.DESCRIPTION)
    for paragraph in body:
        roles |= dict.fromkeys(paragraph.indexes, Role.BODY)
    if credit:
        roles |= dict.fromkeys(credit.indexes, Role.CREDIT)
    roles[end] = Role.COPYRIGHT
    return Article(
        headline=blocks[headline].text,
        description=description[0].text,
        article_body="\n\n".join(paragraph.text for paragraph in body),
        article_section=breadcrumb.section,
        credit_text=credit.text if credit else None,
        copyright_holder=copyright_line["holder"],
        copyright_year=int(copyright_line["year"]),
    )


def _span(
    blocks: Sequence[Block], roles: dict[int, Role], *, whole: bool
) -> tuple[_Breadcrumb, int, re.Match[str]]:
    """Return the breadcrumb, and index and match of the copyright line that closes the article."""
    ends = [
        (index, match)
        for index, block in enumerate(blocks)
        if index not in roles
        and (match := COPYRIGHT.fullmatch(block.text))
        and (not match["before"] or is_credit(match["before"]))
    ]
    breadcrumbs = list(_breadcrumbs(blocks, roles))
    if not breadcrumbs:
        raise NoArticle(Reason.NO_BREADCRUMB if ends else Reason.NOT_AN_ARTICLE)
    # A menu may hold Home and News too: the page's title tells which one is the breadcrumb.
    title = next((title for block in blocks if (title := page_title(block.text))), None)
    breadcrumbs.sort(key=lambda found: (found.section == title, found.start), reverse=True)
    if not ends:
        raise NoArticle(Reason.NO_COPYRIGHT)
    end, copyright_line = ends[-1]
    for breadcrumb in breadcrumbs:
        if breadcrumb.stop <= end and _is_end(blocks, roles, end, whole=whole):
            return breadcrumb, end, copyright_line
    raise NoArticle(Reason.NO_COPYRIGHT)


def _breadcrumbs(blocks: Sequence[Block], roles: dict[int, Role]) -> Iterator[_Breadcrumb]:
    """Yield every `Home > News > <Section>`, in one block or spread over several."""
    for start, block in enumerate(blocks):
        if start in roles or not block.text.startswith("Home"):
            continue
        plain = _PLAIN_BREADCRUMB.fullmatch(block.text)
        if plain and not _SEPARATORS.search(plain[1]):
            yield _Breadcrumb(start, start + 1, plain[1])
            continue
        crumbs: list[str] = []
        for index in range(start, min(start + _BREADCRUMB_BLOCKS, len(blocks))):
            crumbs += [crumb for crumb in _SEPARATORS.split(blocks[index].text) if crumb]
            if crumbs[:2] != ["Home", "News"][: len(crumbs)] or index in roles:
                break
            if len(crumbs) > 2:  # noqa: PLR2004
                if len(crumbs[2]) <= _SECTION_LENGTH:
                    yield _Breadcrumb(start, index + 1, crumbs[2])
                break


def _is_end(blocks: Sequence[Block], roles: dict[int, Role], end: int, *, whole: bool) -> bool:
    """Tell whether the copyright line at `end` closes the article.

    An article may quote a copyright line. The real one is followed by another part of the page,
    or by nothing at all on a page that is whole.
    """
    for index in range(end + 1, len(blocks)):
        if index in roles or blocks[index].text in FURNITURE:
            return True
        if not whole or is_prose(blocks[index].text):
            return False
    return whole


@dataclass(slots=True)
class _Paragraph:
    indexes: list[int]
    text: str


def _paragraphs(blocks: Sequence[Block], indexes: Sequence[int]) -> Iterator[_Paragraph]:
    """Join what only a single `<br>` parts, unless the lines are paragraphs themselves."""
    group: list[int] = []
    for index in indexes:
        if group and (blocks[index].starts_paragraph or index != group[-1] + 1):
            yield from _split(blocks, group)
            group = []
        group.append(index)
    if group:
        yield from _split(blocks, group)


def _split(blocks: Sequence[Block], group: list[int]) -> Iterator[_Paragraph]:
    sentences = sum(1 for index in group if _SENTENCE_END.fullmatch(blocks[index].text))
    if 2 * sentences >= len(group):
        for index in group:
            yield _Paragraph([index], blocks[index].text)
    else:
        yield _Paragraph(group, "\n".join(blocks[index].text for index in group))


def _is_paragraph(text: str) -> bool:
    """Tell whether what stands in the headline's place is a sentence of the text."""
    return text.endswith(".") and not text.endswith("..") and len(text.split()) > _HEADLINE_WORDS
