"""Find where an NZCity article begins and ends: after its breadcrumb, with its copyright line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsbot.html.blocks import Block
from newsbot.items import Reason
from newsbot.site import Role
from newsbot.sites.nzcity.words import FURNITURE, Copyright, names_section
from newsbot.text import is_prose

_BREADCRUMB_BLOCKS = 12
# A headline may follow the steps.
_BREADCRUMB_LENGTH = 600
# "You are here:" may come before it, and between the steps anything that is no word.
_HOME = r"\W*(?:[A-Z][a-z ]{1,20}:\s)?Home"
_STARTS = re.compile(_HOME)
_MARKED = re.compile(
    rf"{_HOME}(?P<between>\s?(?P<mark>[^\w\s]{{1,3}})\s?)News\s?(?P=mark)\s?(?P<steps>\w.*)"
)
_UNMARKED = re.compile(rf"{_HOME}\sNews\s(?P<steps>\w.{{0,80}})")
# A link to the section's feed is between the steps of a section page.
_SUBSCRIBE = re.compile(r"Subscribe to .{1,80}? articles\s?")
# The most steps of a path that no title confirms, and the most words of a step.
_STEPS, _STEP_WORDS = 2, 5
# The most words of a parent section (`Sports`) without a sign behind it.
_PARENT_WORDS = 3
_ENDINGS = frozenset({Role.FURNITURE, Role.FOOTER})
_BOXES = frozenset({Role.BOX, Role.ENTRY})


class NoArticle(Exception):
    """The page shows no whole article; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, frozen=True)
class Breadcrumb:
    """`Home > News > Sports > Rugby`: its blocks are `start` up to, not including, `stop`.

    `path` holds the steps behind `News`. `is_confirmed` tells whether the page's title names the
    last of them too.
    """

    start: int
    stop: int
    path: tuple[str, ...]
    is_confirmed: bool


@dataclass(slots=True, frozen=True)
class Span:
    """The place of an article: behind its breadcrumb, up to the block at `end`.

    That is its copyright line; or, if `copyright` is None, whatever follows the article.
    """

    breadcrumb: Breadcrumb
    end: int
    copyright: Copyright | None


def find_breadcrumbs(blocks: Sequence[Block], titles: Sequence[str]) -> list[Breadcrumb]:
    """Return every breadcrumb, the likeliest first.

    Args:
        blocks: the visible lines of the page.
        titles: the texts that may name the page's section, `News | Rugby`. What could as well be
            a menu must be confirmed by one.
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
    """Return the place of the article among `blocks`.

    Args:
        blocks: the visible lines of the page.
        breadcrumbs: those of the page, the likeliest first.
        copyrights: the copyright lines, by the index of their block.
        roles: what is known of some blocks already: they are no part of the article.
        ended: whether the page has arrived up to its `</html>`.

    Raises:
        NoArticle: it has no breadcrumb, or where it ends can't be told.
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
        return _span_without_copyright(blocks, breadcrumbs[0], roles, ended=ended)
    end = _last_of_article(blocks, roles, candidates)
    if not _is_followed(blocks, roles, end, ended=ended):
        raise NoArticle(Reason.NO_COPYRIGHT)
    paths = {each.path for each in breadcrumbs if each.stop <= end}
    if not breadcrumb.is_confirmed and len(paths) > 1:
        raise NoArticle(Reason.NO_BREADCRUMB)
    return Span(breadcrumb, end, lines[end])


def _span_without_copyright(
    blocks: Sequence[Block], breadcrumb: Breadcrumb, roles: Mapping[int, Role], *, ended: bool
) -> Span:
    """Return the blocks up to what follows an article, for one that its date line may close."""
    has_begun = False
    for index in range(breadcrumb.stop, len(blocks)):
        if roles.get(index) in _BOXES or _is_ending(blocks, roles, index):
            if has_begun:
                return Span(breadcrumb, index, None)
        else:
            has_begun = True
    if not ended:
        raise NoArticle(Reason.NO_COPYRIGHT)
    return Span(breadcrumb, len(blocks), None)


def _breadcrumb(blocks: Sequence[Block], start: int, titles: Sequence[str]) -> Breadcrumb | None:
    """Return the longest possible breadcrumb that begins at `start`, or None."""
    text = ""
    found: Breadcrumb | None = None
    if not _STARTS.match(blocks[start].text):
        return None
    for stop in range(start + 1, min(start + _BREADCRUMB_BLOCKS, len(blocks)) + 1):
        piece = blocks[stop - 1].text
        marked = _MARKED.fullmatch(text)
        if found and marked and not _is_joined(text, piece, marked["mark"]):
            break
        text = f"{text} {piece}".lstrip()
        if len(text) > _BREADCRUMB_LENGTH:
            break
        path, is_confirmed = _path(text, titles)
        if path:
            found = Breadcrumb(start, stop, path, is_confirmed)
            if is_confirmed:
                break
    return found


def _is_joined(text: str, piece: str, mark: str) -> bool:
    """Return whether a mark between two steps joins a block to the breadcrumb before it."""
    return text.endswith(mark) or piece.startswith(mark)


def _path(text: str, titles: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the steps that a text shows behind `News`, none if it is no breadcrumb.

    The second value tells whether a title confirms them. Behind a confirmed step may follow the
    headline, as one step more.
    """
    if match := _MARKED.fullmatch(text):
        rest = _SUBSCRIBE.sub("", match["steps"])
        steps = tuple(filter(None, _split(rest, match["between"], match["mark"])))
        for last in range(len(steps), 0, -1):
            if any(names_section(title, steps[last - 1]) for title in titles):
                return steps[:last], True
        is_short = all(len(step.split()) <= _STEP_WORDS for step in steps)
        return (steps, False) if is_short and len(steps) <= _STEPS else ((), False)
    if match := _UNMARKED.fullmatch(text):
        words = _SUBSCRIBE.sub("", match["steps"]).split()
        for first in range(min(len(words), _PARENT_WORDS + 1)):
            section = " ".join(words[first:])
            if any(names_section(title, section) for title in titles):
                return tuple(filter(None, (" ".join(words[:first]), section))), True
    return (), False


def _split(steps: str, between: str, mark: str) -> list[str]:
    """Split steps where they are joined as `Home` and `News` are; a hyphen in a name joins none."""
    sign = re.escape(mark)
    pattern = rf"\s?{sign}\s?" if between == mark else rf"\s{sign}\s?|{sign}\s|{sign}$"
    return [step.strip() for step in re.split(pattern, steps)]


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
    """Return whether the blocks between two copyright lines are still the article's.

    Behind an article come boxes, the search form and the footer. A box may be inside it too, but
    then more text follows.
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
    """Return whether another part of the page follows the copyright line, or its very end.

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
