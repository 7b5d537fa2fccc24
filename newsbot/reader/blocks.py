"""HTML to the visible text blocks, in the order of the source, with their links.

A block is a line as a reader sees it: text between two block-level tags or `<br>`. Nothing here
knows a site; what a tag is called matters only for whether it starts a new line or is not shown.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from urllib.parse import urljoin

from lxml import etree
from parsel import Selector

# libxml2 drops what is nested deeper than 2,048 tags without a word.
MAX_DEPTH = 2_000

# What holds more text than this is no ad, whatever it is called.
_AD_LENGTH = 500

_AD_WORDS = frozenset(
    """ad ads adbanner adbox adcontainer adsbygoogle adslot adspace adunit advert advertisement
    advertisements advertising adverts adwrapper sponsored""".split()
)
# "ad-free", "has-ads": what says so is the page.
_PAGE_WORDS = frozenset({"free", "has", "no", "with", "without"})
_NAME_PARTS = re.compile(r"[-_]")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
# Soft hyphen, zero-width space, word joiner, byte order mark.
_INVISIBLE = "\xad\u200b\u2060\ufeff"


# What an element does to the lines of a page.
_Shape = Literal["inline", "link", "image", "break", "block", "figure", "preformatted", "unseen"]

_TAGS: dict[_Shape, str] = {
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
_SHAPES: dict[object, _Shape] = {tag: shape for shape in _TAGS for tag in _TAGS[shape].split()}
_SHAPES |= dict.fromkeys((etree.Comment, etree.PI, etree.Entity), "unseen")
_WITHIN_LINES = frozenset({"inline", "link", "image", "break"})


class TooDeepError(ValueError):
    """The page nests its tags deeper than the parser can follow, so part of it may be missing."""


class Link(NamedTuple):
    """A link inside a block: what is underlined, and where it leads."""

    text: str
    href: str
    base_url: str

    @property
    def url(self) -> str:
        """The absolute address, or the `href` as it stands where it is no address."""
        return _absolute(self.base_url, self.href)


class Block(NamedTuple):
    """A visible line: text with single spaces.

    `starts_paragraph` is False where only a single `<br>` parts it from the block before.
    `in_figure` marks captions, `alts` holds the alternative texts of the images since the block
    before.
    """

    text: str
    links: tuple[Link, ...] = ()
    starts_paragraph: bool = True
    in_figure: bool = False
    alts: tuple[str, ...] = ()


class Document(NamedTuple):
    """A page: the text of its `<title>`, or empty, and its visible blocks."""

    title: str
    blocks: list[Block]


def read_document(html: str, url: str) -> Document:
    """Return what can be read on a page that was fetched from `url`.

    Raises:
        TooDeepError: the tags are nested so deep that the parser has dropped text.
    """
    root = Selector(html, type="html").root
    # Plain elements are walked twice as fast as lxml.html's.
    root.getroottree().parser.set_element_class_lookup(None)
    base = root.find(".//base[@href]")
    base_url = url if base is None else _absolute(url, base.get("href", ""))
    # Without the query a bare "#" leads nowhere, and the same links look the same on every page.
    lines = _Lines(root, base_url.partition("#")[0].partition("?")[0])
    lines.walk()
    return Document(_squeeze(root.findtext("head/title", "")), lines.blocks)


class _Lines:
    """Walks a tree and collects its text into blocks."""

    def __init__(self, root: etree._Element, base_url: str) -> None:
        self.blocks: list[Block] = []
        self._root = root
        self._ad_length: int | None = None
        self._base_url = base_url
        self._parts: list[str] = []
        self._links: list[Link] = []
        self._href: str | None = None
        self._link_start = 0
        self._alts: list[str] = []
        self._breaks = 2
        self._figures = 0
        self._preformatted = 0

    def walk(self) -> None:
        """Collect the blocks of the whole tree."""
        above: list[tuple[etree._Element, _Shape, Iterator[etree._Element]]]
        above = [(self._root, "block", iter(self._root))]
        while above:
            if len(above) > MAX_DEPTH:
                raise TooDeepError
            parent, parent_shape, children = above[-1]
            for element in children:
                shape = _SHAPES.get(element.tag, "inline")
                if shape != "unseen" and (attributes := element.items()):
                    shape = self._shape(element, shape, attributes)
                if shape != "unseen":
                    self._enter(element, shape)
                    if len(element):
                        above.append((element, shape, iter(element)))
                        break
                    self._leave(shape)
                self._text(element.tail)
            else:
                above.pop()
                self._leave(parent_shape)
                self._text(parent.tail)

    def _shape(
        self, element: etree._Element, shape: _Shape, attributes: Sequence[tuple[Any, Any]]
    ) -> _Shape:
        """Return what an element does in view of its attributes."""
        if element.tag == "body":
            return shape
        for name, value in attributes:
            if name in {"class", "id"}:
                if _calls_itself_ad(value) and self._is_small(element):
                    return "unseen"
            elif name == "style":
                shape = _styled(value, shape)
            elif name == "hidden":
                return "unseen"
        return shape

    def _is_small(self, element: etree._Element) -> bool:
        """Tell whether an element is no longer than an ad, nor than half of a short page."""
        if self._ad_length is None:
            self._ad_length = min(_AD_LENGTH, _length(self._root, 2 * _AD_LENGTH) // 2)
        return _length(element, self._ad_length) <= self._ad_length

    def _enter(self, element: etree._Element, shape: _Shape) -> None:
        if shape == "link":
            self._follow(element.get("href"))
        elif shape == "break":
            self._flush()
            self._breaks += 1
        elif shape == "image":
            if alt := _squeeze(element.get("alt", "")):
                self._alts.append(alt)
        elif shape != "inline":
            self._boundary(shape, 1)
        self._text(element.text)

    def _leave(self, shape: _Shape) -> None:
        if shape == "link":
            self._follow(None)
        elif shape not in _WITHIN_LINES:
            self._boundary(shape, -1)

    def _boundary(self, shape: _Shape, step: int) -> None:
        self._flush()
        self._breaks = 2
        if shape == "figure":
            self._figures += step
        elif shape == "preformatted":
            self._preformatted += step

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if self._preformatted:
            for line in text.splitlines(keepends=True):
                self._parts.append(line)
                if line.endswith("\n"):
                    self._flush()
                    self._breaks += 1
        elif self._parts or not text.isspace():
            self._parts.append(text)

    def _follow(self, href: str | None) -> None:
        """End the link that is open, and open the next one."""
        if self._href is not None:
            self._end_link(self._href)
        self._href = href
        self._link_start = len(self._parts)

    def _end_link(self, href: str) -> None:
        if text := _squeeze("".join(self._parts[self._link_start :])):
            self._links.append(Link(text, href, self._base_url))

    def _flush(self) -> None:
        if not self._parts:
            return
        if text := _squeeze("".join(self._parts)):
            if self._href is not None:
                self._end_link(self._href)
            self.blocks.append(
                Block(
                    text,
                    tuple(self._links),
                    self._breaks > 1,
                    self._figures > 0,
                    tuple(self._alts),
                )
            )
            self._breaks = 0
            self._links.clear()
            self._alts.clear()
        self._parts.clear()
        self._link_start = 0


# The same links stand on page after page.
@lru_cache(maxsize=4096)
def _absolute(base_url: str, href: str) -> str:
    try:
        return urljoin(base_url, href.strip())
    except ValueError:
        return href


def _squeeze(text: str) -> str:
    """Return a text as it is seen: with single spaces, and without what has no width."""
    text = text.strip()
    if text.isprintable() and "  " not in text:
        return text
    for character in _INVISIBLE:
        text = text.replace(character, "")
    return " ".join(text.split())


def _styled(style: str, shape: _Shape) -> _Shape:
    if _HIDDEN_STYLE.search(style):
        return "unseen"
    if shape == "inline" and _BLOCK_STYLE.search(style):
        return "block"
    return shape


@lru_cache(maxsize=1024)
def _calls_itself_ad(names: str) -> bool:
    words = (set(_NAME_PARTS.split(name)) for name in names.lower().split())
    return any(words_ & _AD_WORDS and not words_ & _PAGE_WORDS for words_ in words)


def _length(element: etree._Element, enough: int) -> int:
    """Count an element's tags and visible characters, until there are more than enough."""
    length = 0
    for inner in element.iter():
        if _SHAPES.get(inner.tag) != "unseen":
            length += 1 + len((inner.text or "").strip())
        if inner is not element:
            length += len((inner.tail or "").strip())
        if length > enough:
            break
    return length
