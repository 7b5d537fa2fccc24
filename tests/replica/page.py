"""What a page says, block by block, before any markup."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tests.replica.sections import path_of
from tests.replica.story import Story

NO_BREAK_SPACE = "\u00a0"

NAVIGATION = (
    "Front Door",
    "My Page",
    "Sports Desk",
    "Forecast",
    "Markets",
    "Bargains",
    "Vacancies",
    "Stars",
    "Draw Results",
    "Pictures",
    "Directory",
    "On the Box",
    "Meet People",
    "Find a Site",
    "Maps",
    "Traffic",
    "Tides",
    "Crosswords",
    "Recipes",
    "Set as Start",
    "Who We Are",
    "Write to Us",
    "Privacy",
    "Media Kit",
    "Sign In",
)


class BoxKind(Enum):
    """The three kinds of box."""

    SECTION = "section"
    TOP = "top"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a box.

    `label` is the category before it, `stamp` the day (`20 Aug`) or the time
    (`9:57`) as printed; either may be empty. `listed` is the instant of
    publication in UTC.
    """

    article_id: int
    title: str
    label: str
    stamp: str
    listed: datetime


@dataclass(frozen=True, slots=True)
class Box:
    """A box beside the article."""

    kind: BoxKind
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page's words in order: head, furniture, breadcrumb, article, boxes, search, footer.

    `story` is None on the front page and on a notice; `notice` is what a page
    says in place of an article. `served` is the instant (UTC) whose state it
    shows.
    """

    served: datetime
    section: str | None
    time: str
    story: Story | None
    boxes: tuple[Box, ...]
    notice: str = ""
    site_name: str = "NZCity News"
    toolbar: tuple[str, ...] = ("NZCity Toolbox", "Back to NZCity")
    navigation: tuple[str, ...] = NAVIGATION
    search: tuple[str, str] = ("News Search", "Power Search")
    footer: str = ""

    @property
    def title(self) -> str:
        """The page's title: `News | International`, with a no-break space before the bar."""
        return f"News{NO_BREAK_SPACE}| {self.section}" if self.section else "News"

    @property
    def breadcrumb(self) -> tuple[str, ...]:
        """The steps from the site's start to this page."""
        return ("Home", "News", *(path_of(self.section) if self.section else ()))
