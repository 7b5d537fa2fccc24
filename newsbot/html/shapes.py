"""Tell what an element does to the lines of a page, from its tag and its attributes.

A tag matters only for whether it starts a new line, and whether it is shown.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal

from lxml import etree

Shape = Literal[
    "inline", "link", "card", "image", "break", "block", "figure", "preformatted", "unseen"
]
"""A `card` is a link with lines of its own inside."""

_TAGS: dict[Shape, str] = {
    "link": "a",
    "image": "img",
    "break": "br",
    "block": """address article aside blockquote body caption center colgroup dd details dialog dir
        div dl dt fieldset footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li
        main marquee menu nav ol p search section summary table tbody td tfoot th thead tr ul""",
    "figure": "figure figcaption",
    "preformatted": "listing plaintext pre xmp",
    "unseen": """applet audio button canvas datalist embed head iframe math noembed noframes
        noscript object optgroup option script select style svg template textarea title video""",
}
# By tag; any other tag is inline.
_BY_TAG: dict[object, Shape] = {tag: shape for shape in _TAGS for tag in _TAGS[shape].split()}
_BY_TAG |= dict.fromkeys((etree.Comment, etree.PI, etree.Entity), "unseen")
_WITHIN_A_LINE = frozenset({"inline", "link", "image", "unseen"})

_TELLING_ATTRIBUTES = frozenset({"class", "hidden", "id", "style"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)

# A link that contains lines has one among its first tags.
_CARD_TAGS = 200

# An element with more text than this is not an ad, whatever its name.
_AD_LENGTH = 500

# So many elements named like ads are measured one by one; a page with more, nested in each other,
# would be gone through again and again.
_MEASURED = 40

_AD_WORDS = frozenset(
    """ad ads adbanner adbox adcontainer adsbygoogle adslot adspace adunit advert advertisement
    advertisements advertising adverts adwrapper sponsored""".split()
)
# "ad-free", "has-ads": such an element is the page itself.
_PAGE_WORDS = frozenset({"free", "has", "no", "with", "without"})
_NAME_PARTS = re.compile(r"[-_]")


class Shapes:
    """Tells what the elements of one page do."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._lengths = _lengths(root)
        self._counted = 0
        self._measured = 0
        self._all: dict[etree._Element, int] = {}

    def of(self, element: etree._Element) -> Shape:
        """Return what an element does to the lines of the page."""
        shape = _BY_TAG.get(element.tag, "inline")
        if shape == "unseen":
            return shape
        # Few elements have such an attribute, and names are cheaper to get than values.
        if not _TELLING_ATTRIBUTES.isdisjoint(element.keys()):
            shape = self._by_attributes(element, shape)
        return "card" if shape == "link" and len(element) and _holds_lines(element) else shape

    def _by_attributes(self, element: etree._Element, shape: Shape) -> Shape:
        for name, value in element.items():
            if name in _TELLING_ATTRIBUTES and (said := _says(name, value)):
                if element.tag == "body":
                    return shape
                if said == "block":
                    shape = "block" if shape == "inline" else shape
                elif said == "unseen" or self._is_small(element):
                    return "unseen"
        return shape

    def _is_small(self, element: etree._Element) -> bool:
        """Return whether an element is no longer than an ad, nor than half of a short page."""
        self._measured += 1
        if self._measured > _MEASURED:
            self._all = self._all or _all_lengths(self._root)
            return self._all[element] <= _AD_LENGTH and self._is_as_long_as(2 * self._all[element])
        length = 0
        for more in _lengths(element):
            length += more
            if length > _AD_LENGTH:
                return False
        return self._is_as_long_as(2 * length)

    def _is_as_long_as(self, length: int) -> bool:
        """Return whether the page is at least as long; it is counted only as far as needed."""
        for more in self._lengths:
            self._counted += more
            if self._counted >= length:
                break
        return self._counted >= length


def is_unseen_tag(element: etree._Element) -> bool:
    """Return whether an element is never shown, by its tag: a script, a comment."""
    return _BY_TAG.get(element.tag) == "unseen"


# The same few attributes are on every page.
@lru_cache(maxsize=4096)
def _says(name: str, value: str) -> Literal["ad", "block", "unseen"] | None:
    """Return what an attribute says that its element is, or None if nothing."""
    if name == "hidden":
        return "unseen"
    if name == "style":
        if _HIDDEN_STYLE.search(value):
            return "unseen"
        return "block" if _BLOCK_STYLE.search(value) else None
    return "ad" if any(map(_is_of_an_ad, value.lower().split())) else None


def _is_of_an_ad(name: str) -> bool:
    words = set(_NAME_PARTS.split(name))
    return not words.isdisjoint(_AD_WORDS) and words.isdisjoint(_PAGE_WORDS)


def _holds_lines(element: etree._Element) -> bool:
    # Links may be nested a thousand deep.
    inner = islice(element.iter(), _CARD_TAGS)
    return any(_BY_TAG.get(each.tag, "inline") not in _WITHIN_A_LINE for each in inner)


def _lengths(element: etree._Element) -> Iterator[int]:
    """Count an element's tags and visible characters, tag by tag."""
    for inner in element.iter():
        yield _own_length(inner) + (0 if inner is element else _tail_length(inner))


def _all_lengths(root: etree._Element) -> dict[etree._Element, int]:
    """Return the length of each element of a page, as `_lengths` counts it."""
    lengths: dict[etree._Element, int] = {}
    # Backwards, what is inside comes first.
    for element in reversed(list(root.iter())):
        inside = sum(lengths[each] + _tail_length(each) for each in element)
        lengths[element] = _own_length(element) + inside
    return lengths


def _own_length(element: etree._Element) -> int:
    is_unseen = _BY_TAG.get(element.tag) == "unseen"
    return 0 if is_unseen else 1 + len((element.text or "").strip())


def _tail_length(element: etree._Element) -> int:
    return len((element.tail or "").strip())
