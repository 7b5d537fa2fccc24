"""A story: the words of one article, before any markup."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tests.replica.clock import NEW_ZEALAND
from tests.replica.sections import path_of

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
    in Today's News; where it differs from `section`, the story is in two
    boxes.
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
    author: str = ""
    publisher: str = ""
    source_line: str = ""
    has_date_line: bool = True
    image_caption: str = ""
    sponsor: str = ""
    arrived: datetime | None = None

    @property
    def copyright_line(self) -> str:
        """The line that ends the article."""
        rights = ". All rights reserved" if self.all_rights_reserved else ""
        return f"© {self.year} {self.holder}{rights}"

    @property
    def date_line(self) -> str:
        """`31 October 2023`, and where the story is from if it says so; empty if it has neither."""
        local = self.published.astimezone(NEW_ZEALAND)
        day = f"{local.day} {local:%B} {local.year}" if self.has_date_line else ""
        return " - ".join(filter(None, (day, self.source_line)))

    @property
    def listed_at(self) -> datetime:
        """When it came up on the site; a syndicated story may print an earlier day."""
        return self.arrived or self.published

    @property
    def section_path(self) -> tuple[str, ...]:
        """The steps of the breadcrumb behind `News`."""
        return path_of(self.section)

    @property
    def listed_as(self) -> str:
        """Its title in a section's box: now and then none, or a generic one."""
        odd = {7: "", 31: "Quick Sports Summary", 53: f"* Update - {self.headline}"}
        return odd.get(self.id % 97, self.headline)

    @property
    def is_syndicated(self) -> bool:
        """Whether it vanishes after a month."""
        return bool(self.publisher) or self.holder.startswith("ABC ")

    @property
    def words(self) -> int:
        """Words in the body, sub-headings included."""
        return sum(len(block.text.split()) for block in self.blocks)
