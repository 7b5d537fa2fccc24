"""A story: the words of one article, before any markup."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tag = Literal["", "b", "i", "a"]


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one typeface; `href` only where `tag` is `a`."""

    text: str
    tag: Tag = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a sub-heading: a short block without a full stop."""

    runs: tuple[Run, ...]
    heading: bool = False

    @property
    def text(self) -> str:
        """The block's words, whatever typeface they stand in."""
        return "".join(run.text for run in self.runs)


def paragraph(text: str) -> Block:
    """A paragraph in one typeface."""
    return Block((Run(text),))


def subheading(text: str) -> Block:
    """A sub-heading."""
    return Block((Run(text),), heading=True)


@dataclass(frozen=True, slots=True)
class Story:
    """One story as the newsroom wrote it.

    `published` is in UTC and falls on a whole minute. `category` is the label
    in Today's News; where it differs from `section`, the story stands in two
    boxes. `teaser` makes it a candidate for Top Stories.
    """

    id: int
    published: datetime
    section: str
    category: str
    headline: str
    standfirst: str
    blocks: tuple[Block, ...]
    credit: str | None
    holder: str
    year: int
    all_rights_reserved: bool = False
    teaser: str | None = None
    caption: str = ""

    @property
    def copyright_line(self) -> str:
        """The line that ends the article."""
        rights = ". All rights reserved" if self.all_rights_reserved else ""
        return f"© {self.year} {self.holder}{rights}"

    @property
    def words(self) -> int:
        """Words in the body, sub-headings included."""
        return sum(len(block.text.split()) for block in self.blocks)
