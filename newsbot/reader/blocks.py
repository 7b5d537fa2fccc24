"""HTML to the visible text blocks, in the order of the source, with their links.

A block is a line as a reader sees it: text between two block-level tags or `<br>`. Nothing here
knows a site; what a tag is called matters only for whether it starts a new line or is not shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree
from parsel import Selector
from w3lib.html import get_base_url

# libxml2 drops what is nested deeper than 2,048 tags without a word.
MAX_DEPTH = 2_000

_BLOCK_TAGS = frozenset(
    """address article aside blockquote body center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main
    menu nav ol p pre search section summary table caption colgroup tbody td tfoot th thead tr ul
    """.split()
)
_UNSEEN_TAGS = frozenset(
    """applet audio button canvas datalist embed head iframe math noembed noframes noscript object
    optgroup option script select style svg template textarea title video""".split()
)
_CAPTIONED = frozenset({"figure", "figcaption"})
_AD = re.compile(
    r"(?:^|\s)(?:ads?(?:[-_]\S*)?|\S*-ad|advert\S*|adsbygoogle|sponsored)(?:\s|$)", re.IGNORECASE
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)


class TooDeepError(ValueError):
    """The page nests its tags deeper than the parser can follow, so part of it may be missing."""


@dataclass(slots=True, frozen=True)
class Link:
    """A link inside a block: where it leads (absolute) and what is underlined."""

    url: str
    text: str


@dataclass(slots=True, frozen=True)
class Block:
    """A visible line: text with single spaces.

    `starts_paragraph` is False where only a single `<br>` parts it from the block before.
    `in_figure` marks captions, `alt` the alternative text of images since the block before.
    """

    text: str
    links: tuple[Link, ...] = ()
    starts_paragraph: bool = True
    in_figure: bool = False
    alt: str = ""


def read_blocks(html: str, url: str) -> list[Block]:
    """Return the visible blocks of a page that was fetched from `url`.

    Raises:
        TooDeepError: the tags are nested so deep that the parser has dropped text.
    """
    root = Selector(html).root
    lines = _Lines(get_base_url(html[:4096], url))
    depth = 0
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            depth += 1
            if depth > MAX_DEPTH:
                raise TooDeepError
            if lines.enter(element):
                walk.skip_subtree()
        elif event == "end":
            depth -= 1
            lines.leave(element)
        elif element.tail:
            lines.text(element.tail)
    return lines.finish()


class _Lines:
    """Collects the text of the walk into blocks."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._blocks: list[Block] = []
        self._parts: list[str] = []
        self._hrefs: list[str | None] = []
        self._href: str | None = None
        self._alts: list[str] = []
        self._figures = 0
        self._breaks = 2
        self._pre = 0

    def enter(self, element: etree._Element) -> bool:
        """Take in a start tag; return True if what is inside can't be seen."""
        tag = element.tag
        if tag in _UNSEEN_TAGS:
            return True
        if element.attrib and _is_hidden(element):
            return True
        if tag == "a":
            self._href = element.get("href")
        elif tag == "img":
            self._alts.append(element.get("alt", "").strip())
        elif tag == "br":
            self._break()
        elif _is_block(element):
            self._boundary(tag, 1)
        if element.text:
            self.text(element.text)
        return False

    def leave(self, element: etree._Element) -> None:
        """Take in an end tag and the text behind it."""
        tag = element.tag
        if tag not in _UNSEEN_TAGS and not (element.attrib and _is_hidden(element)):
            if tag == "a":
                self._href = None
            elif _is_block(element):
                self._boundary(tag, -1)
        if element.tail:
            self.text(element.tail)

    def text(self, text: str) -> None:
        """Take in a run of text."""
        if self._pre and "\n" in text:
            first, *rest = text.split("\n")
            self._append(first)
            for line in rest:
                self._break()
                self._append(line)
        else:
            self._append(text)

    def finish(self) -> list[Block]:
        """Return the blocks."""
        self._flush()
        return self._blocks

    def _boundary(self, tag: str, step: int) -> None:
        self._flush()
        self._breaks = 2
        if tag in _CAPTIONED:
            self._figures += step
        elif tag == "pre":
            self._pre += step

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._hrefs.append(self._href)

    def _break(self) -> None:
        self._flush()
        self._breaks += 1

    def _flush(self) -> None:
        text = " ".join("".join(self._parts).split())
        if text:
            self._blocks.append(
                Block(
                    text,
                    tuple(self._links()) if any(self._hrefs) else (),
                    self._breaks > 1,
                    self._figures > 0,
                    " ".join(filter(None, self._alts)),
                )
            )
            self._breaks = 0
            self._alts.clear()
        self._parts.clear()
        self._hrefs.clear()

    def _links(self) -> Iterator[Link]:
        parts: list[str] = []
        last: str | None = None
        for href, part in zip([*self._hrefs, None], [*self._parts, ""], strict=True):
            if href != last:
                text = " ".join("".join(parts).split())
                if last is not None and text:
                    yield Link(_absolute(self._base_url, last), text)
                parts.clear()
                last = href
            parts.append(part)


def _absolute(base_url: str, href: str) -> str:
    try:
        return urljoin(base_url, href.strip())
    except ValueError:
        return href


def _is_block(element: etree._Element) -> bool:
    if element.tag in _BLOCK_TAGS:
        return True
    style = element.get("style")
    return style is not None and _BLOCK_STYLE.search(style) is not None


def _is_hidden(element: etree._Element) -> bool:
    attributes = element.attrib
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if style is not None and _HIDDEN_STYLE.search(style):
        return True
    if element.tag in {"html", "body"}:
        return False
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return _AD.search(names) is not None
