"""Turn HTML into visible text blocks, in the order of the source, with their links.

A block is a line as a reader sees it: text between two block-level tags or `<br>`. Nothing here
depends on a site.
"""

from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import urljoin

from lxml import etree
from parsel.selector import create_root_node

from newsbot.html.shapes import Shape, Shapes, is_unseen_tag

# libxml2 drops what is nested deeper than 2,048 tags without a word.
MAX_DEPTH = 2_000

_LINKS = frozenset({"link", "card"})
_EMPTY = frozenset({"break", "image", "unseen"})

# A hidden text is kept only if it is no longer than a line.
_HIDDEN_LENGTH, _HIDDEN_PARTS = 100, 10

# Soft hyphen, zero-width space, word joiner, byte order mark.
_INVISIBLE = "\xad\u200b\u2060\ufeff"

# Twice as fast as `Block(…)`.
_new = tuple.__new__


class TooDeepError(ValueError):
    """The tags are nested deeper than the parser can follow: part of the page may be missing."""


class Link(NamedTuple):
    """A link inside a block: what is underlined, and where it leads."""

    text: str
    href: str
    base_url: str

    @property
    def url(self) -> str:
        """The absolute address, or the `href` as it is written if it is no address."""
        return _absolute(self.base_url, self.href)


class Block(NamedTuple):
    """A visible line: text with single spaces.

    `starts_paragraph` is False if only a single `<br>` separates it from the block before.
    `in_figure` marks captions, `alts` holds the alternative texts of the images since the block
    before.
    """

    text: str
    links: tuple[Link, ...] = ()
    starts_paragraph: bool = True
    in_figure: bool = False
    alts: tuple[str, ...] = ()

    @property
    def urls(self) -> list[str]:
        """The absolute addresses that the line links to."""
        return [link.url for link in self.links]


class Document(NamedTuple):
    """A page: the text of its `<title>`, which may be empty, and its visible blocks.

    `hidden` holds each line that is in the page but not shown (`display: none`), with the index of
    the block that follows it.
    """

    title: str
    blocks: list[Block]
    hidden: list[tuple[int, str]]


def read_document(html: str, url: str) -> Document:
    """Return what can be read on a page that was fetched from `url`.

    Raises:
        TooDeepError: the tags are nested so deep that the parser has dropped text.
    """
    # Walking plain elements is twice as fast as walking those of lxml.html.
    root = create_root_node(html, etree.HTMLParser)
    bases = (base.get("href") for base in root.iter("base"))
    base_url = next((_absolute(url, href) for href in bases if href is not None), url)
    # Without the query a bare "#" leads nowhere, and the same links look the same on every page.
    lines = _Lines(base_url.partition("#")[0].partition("?")[0])
    lines.read(root)
    return Document(_squeeze(root.findtext("head/title", "")), lines.blocks, lines.hidden)


class _Lines:
    """Walks a tree and collects its text into blocks."""

    def __init__(self, base_url: str) -> None:
        self.blocks: list[Block] = []
        self.hidden: list[tuple[int, str]] = []
        self._base_url = base_url
        self._parts: list[str] = []
        self._links: list[Link] = []
        self._stray_links: list[Link] = []
        self._href: str | None = None
        self._link_start = 0
        self._link_shows = False
        self._alts: list[str] = []
        self._breaks = 2
        self._figures = 0
        self._preformatted = 0

    def read(self, root: etree._Element) -> None:
        """Collect the blocks of the whole tree.

        From each element to its first child, else to its next sibling, else to the next sibling of
        the element that it is in: an iterator for each element would cost more.
        """
        shape_of, show = Shapes(root).of, self._text
        above: list[tuple[etree._Element, Shape]] = [(root, "block")]
        element = root[0] if len(root) else None
        while above:
            if element is None:
                element, shape = above.pop()
            else:
                shape = shape_of(element)
                if shape != "inline":
                    shape = self._begin(element, shape)
                if shape != "unseen":
                    if text := element.text:
                        show(text)
                    if len(element):
                        if len(above) == MAX_DEPTH:
                            raise TooDeepError
                        above.append((element, shape))
                        element = element[0]
                        continue
            if shape != "inline":
                self._end(shape)
            if text := element.tail:
                show(text)
            element = element.getnext()
        self._end_block()

    def _hide(self, element: etree._Element) -> None:
        text = _squeeze(" ".join(islice(map(str, element.itertext("*")), _HIDDEN_PARTS)))
        if 0 < len(text) <= _HIDDEN_LENGTH:
            self.hidden.append((len(self.blocks) + bool(self._parts), text))

    def _begin(self, element: etree._Element, shape: Shape) -> Shape:
        """Begin an element; return what it is after all."""
        if shape == "block":
            self._boundary()
        elif shape == "unseen":
            if not is_unseen_tag(element):
                self._hide(element)
        elif shape == "break":
            if self._parts or self._links:
                self._end_line()
            self._breaks += 1
        elif shape in _LINKS:
            if shape == "card" and (self._parts or (element.tail or "").strip()):
                # With text next to it, it is part of that line.
                shape = "link"
            self._follow(element.get("href"))
        elif shape == "image":
            self._link_shows = True
            if alt := _squeeze(element.get("alt", "")):
                self._alts.append(alt)
        else:
            self._enter(shape, 1)
        return shape

    def _end(self, shape: Shape) -> None:
        if shape == "block":
            self._boundary()
        elif shape in _LINKS:
            self._follow(None)
            if shape == "card":
                self._boundary()
        elif shape not in _EMPTY:
            self._enter(shape, -1)

    def _enter(self, shape: Shape, step: int) -> None:
        """Enter a figure or preformatted text, or leave it with `step` -1."""
        self._boundary()
        if shape == "figure":
            self._figures += step
        else:
            self._preformatted += step

    def _boundary(self) -> None:
        if self._parts or self._links:
            self._end_line()
        self._breaks = 2

    def _text(self, text: str) -> None:
        if self._preformatted:
            for line in text.splitlines(keepends=True):
                self._parts.append(line)
                if line.endswith("\n"):
                    self._end_line()
                    self._breaks += 1
        elif self._parts or not text.isspace():
            self._parts.append(text)

    def _follow(self, href: str | None) -> None:
        """End the link that is open, and open the next one."""
        if self._href is not None:
            self._end_link(self._href)
        self._href = href
        self._link_start = len(self._parts)
        self._link_shows = False

    def _end_link(self, href: str) -> None:
        # A link without text still leads somewhere: a list may show an entry without its title.
        text = _squeeze("".join(self._parts[self._link_start :]))
        if text or not self._link_shows:
            self._links.append(_new(Link, (text, href, self._base_url)))

    def _end_line(self) -> None:
        if text := _squeeze("".join(self._parts)):
            if self._href is not None:
                self._end_link(self._href)
                self._link_shows = True
            self._end_block()
            links, alts = tuple(self._links), tuple(self._alts)
            line = (text, links, self._breaks > 1, self._figures > 0, alts)
            self.blocks.append(_new(Block, line))
            self._breaks = 0
            self._alts.clear()
        elif self.blocks:
            # Links without text, on a line of their own, belong to the line before.
            self._stray_links += self._links
        self._links.clear()
        self._parts.clear()
        self._link_start = 0

    def _end_block(self) -> None:
        if self._stray_links:
            last = self.blocks[-1]
            self.blocks[-1] = last._replace(links=(*last.links, *self._stray_links))
            self._stray_links.clear()


# The same links are on every page.
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
