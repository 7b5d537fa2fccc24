"""Where an NZCity article begins and ends: behind its breadcrumb, with its copyright line."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from newsbot.html.blocks import Block
from newsbot.items import Reason
from newsbot.sites.nzcity.words import FURNITURE, Copyright, Role, is_prose

_BREADCRUMB_BLOCKS = 8
_BREADCRUMB_LENGTH = 250
# "You are here:" may stand before it, and between the steps anything that is no word.
_HOME = r"\W*(?:[A-Z][a-z ]{1,20}:\s)?Home"
_BREADCRUMB = re.compile(
    rf"{_HOME}(?P<between>\s?(?P<mark>[^\w\s]{{1,3}})\s?)News\s?(?P=mark)\s?(?P<section>\w.*)"
)
_UNMARKED_BREADCRUMB = re.compile(rf"{_HOME}\sNews\s(?P<section>\w.{{0,40}})")
_ENDINGS = frozenset({Role.FURNITURE, Role.FOOTER})
_BOXES = frozenset({Role.BOX, Role.ENTRY})


class NoArticle(Exception):
    """The page shows no whole article; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, frozen=True)
class Breadcrumb:
    """`Home > News > <Section>`: its blocks are `start` up to, not including, `stop`.

    `is_confirmed` where the page's title names the section too.
    """

    start: int
    stop: int
    section: str
    is_confirmed: bool


@dataclass(slots=True, frozen=True)
class Span:
    """Where an article stands: behind its breadcrumb, up to the block of its copyright line."""

    breadcrumb: Breadcrumb
    end: int
    copyright: Copyright


def find_breadcrumbs(blocks: Sequence[Block], titles: Collection[str]) -> list[Breadcrumb]:
    """Return every `Home > News > <Section>`, the likeliest first.

    `titles` are the texts that may name the page's section, `News | International`: what could as
    well be a menu must be confirmed by one.
    """
    found = [
        breadcrumb
        for start, block in enumerate(blocks)
        if "Home" in block.text and (breadcrumb := _breadcrumb(blocks, start, titles))
    ]
    return sorted(found, key=lambda each: (each.is_confirmed, each.start), reverse=True)


def find_span(
    blocks: Sequence[Block],
    breadcrumbs: Sequence[Breadcrumb],
    copyrights: Mapping[int, Copyright],
    roles: Mapping[int, Role],
    *,
    ended: bool,
) -> Span:
    """Return where the article stands among `blocks`.

    `copyrights` are the copyright lines by their blocks. Blocks that have a role already are no
    part of the article. `ended` tells whether the page has arrived up to its `</html>`.

    Raises:
        NoArticle: there is none, or where it begins or ends can't be proven.
    """
    lines = {index: line for index, line in copyrights.items() if index not in roles}
    breadcrumbs = [
        breadcrumb
        for breadcrumb in breadcrumbs
        if roles.keys().isdisjoint(range(breadcrumb.start, breadcrumb.stop))
    ]
    if not breadcrumbs:
        raise NoArticle(Reason.NO_BREADCRUMB if lines else Reason.NOT_AN_ARTICLE)
    for breadcrumb in breadcrumbs:
        candidates = [index for index in lines if index >= breadcrumb.stop]
        if candidates:
            break
    else:
        raise NoArticle(Reason.NO_COPYRIGHT)
    end = _last_of_article(blocks, roles, candidates)
    if not _is_followed(blocks, roles, end, ended=ended):
        raise NoArticle(Reason.NO_COPYRIGHT)
    if not breadcrumb.is_confirmed and len({x.section for x in breadcrumbs if x.stop <= end}) > 1:
        raise NoArticle(Reason.NO_BREADCRUMB)
    return Span(breadcrumb, end, lines[end])


def _breadcrumb(blocks: Sequence[Block], start: int, titles: Collection[str]) -> Breadcrumb | None:
    text = ""
    for stop in range(start + 1, min(start + _BREADCRUMB_BLOCKS, len(blocks)) + 1):
        text = f"{text} {blocks[stop - 1].text}".lstrip()
        if len(text) > _BREADCRUMB_LENGTH:
            return None
        if match := _BREADCRUMB.fullmatch(text):
            steps = match["section"].rstrip(f" {match['mark']}")
            section, _, more = steps.partition(match["between"])
            may_be_menu = bool(more)
        elif match := _UNMARKED_BREADCRUMB.fullmatch(text):
            section, may_be_menu = match["section"], True
        else:
            continue
        is_confirmed = any(f"News | {section}" in title for title in titles)
        if may_be_menu and not is_confirmed:
            return None
        return Breadcrumb(start, stop, section, is_confirmed)
    return None


def _last_of_article(
    blocks: Sequence[Block], roles: Mapping[int, Role], candidates: Sequence[int]
) -> int:
    """Return which of the copyright lines is the article's: it may quote others before its own."""
    end, *others = candidates
    for candidate in others:
        if not _goes_on(blocks, roles, range(end + 1, candidate)):
            break
        end = candidate
    return end


def _goes_on(blocks: Sequence[Block], roles: Mapping[int, Role], between: range) -> bool:
    """Tell whether the blocks between two copyright lines are still the article's.

    Behind an article stand boxes, the search form and the footer. A box may stand inside it too,
    but then more text follows.
    """
    goes_on = True
    for index in between:
        if _is_ending(blocks, roles, index):
            return False
        if roles.get(index) in _BOXES:
            goes_on = False
        elif is_prose(blocks[index].text):
            goes_on = True
    return goes_on


def _is_followed(
    blocks: Sequence[Block], roles: Mapping[int, Role], end: int, *, ended: bool
) -> bool:
    """Tell whether another part of the page follows the copyright line, or its very end.

    A page that was cut off may end right behind a copyright line that the article quotes.
    """
    boxed = False
    for index in range(end + 1, len(blocks)):
        if _is_ending(blocks, roles, index):
            return True
        if roles.get(index) in _BOXES:
            if ended:
                return True
            boxed = True
        elif is_prose(blocks[index].text):
            return False
    return ended or boxed


def _is_ending(blocks: Sequence[Block], roles: Mapping[int, Role], index: int) -> bool:
    return roles.get(index) in _ENDINGS or blocks[index].text in FURNITURE
