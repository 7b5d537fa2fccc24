"""The objects that pass from the reader through the pipelines to the store.

Field names are schema.org's (NewsArticle), in snake_case. All instants are
timezone-aware and in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Precision(StrEnum):
    """How exactly an instant is known."""

    MINUTE = "minute"
    DAY = "day"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """The state of a page of the ledger."""

    PENDING = "pending"
    STORED = "stored"
    GONE = "gone"
    REJECTED = "rejected"


class Origin(StrEnum):
    """How an address became known."""

    LIST = "list"
    START = "start"
    GAP = "gap"
    BACKFILL = "backfill"


class Reason(StrEnum):
    """Why no article was found on a page."""

    EMPTY = "empty"
    NOT_HTML = "not HTML"
    TOO_LARGE = "too large"
    TOO_DEEP = "too deep"
    BLOCK_PAGE = "block page"
    JAVASCRIPT_WALL = "JavaScript wall"
    NO_SUCH_ARTICLE = "no such article"
    REDIRECTED = "redirected to a page without an article"
    NOT_AN_ARTICLE = "not an article"
    CUT_OFF = "cut off before the end"
    NO_BREADCRUMB = "no breadcrumb"
    NO_HEADLINE = "no headline"
    NO_STANDFIRST = "no standfirst"
    NO_COPYRIGHT = "no copyright line"
    NOT_A_FEED = "not a feed"
    EXPIRED = "expired, as syndicated articles do"


class ListKind(StrEnum):
    """The kind of a list; code refers to a list by its kind, not by its title."""

    TODAY = "today"
    TOP = "top"
    SECTION = "section"
    FEED = "feed"
    SECTION_PAGE = "section page"


class NewsList(NamedTuple):
    """A list of articles: a box of a page, a section page or a feed.

    `name` is the title as printed (`Other International News`), or a name given by the site's
    reader (`International feed`). `section` is the section that the list belongs to, or None.
    """

    kind: ListKind
    name: str
    section: str | None = None


DATE_LINE = "date line"
"""The evidence of a date that the article prints itself."""


@dataclass(slots=True)
class Date:
    """An instant, how exactly it is known, and its evidence.

    `at` is in UTC, or None exactly when `precision` is `unknown`; with
    precision `day` it is the start of that day in the zone of the site.
    """

    at: datetime | None = None
    precision: Precision = Precision.UNKNOWN
    evidence: str | None = None


@dataclass(slots=True)
class Article:
    """One article as one page showed it.

    `article_body` holds the paragraphs, sub-headings among them, separated by a blank line; it
    may be empty. `article_section` is the last step of the breadcrumb, `section_path` all steps
    after the front page, joined by ` > `. `day_printed` is the page's own date line,
    `YYYY-MM-DD`. `date_published` is only what the page itself proves; the store adds what lists
    and neighbouring ids say. `has_foreign_section` is True if the page was requested in a section
    that need not be the article's own, so that its breadcrumb proves nothing.
    """

    headline: str
    description: str
    article_body: str
    article_section: str
    section_path: str
    author: str | None = None
    credit_text: str | None = None
    copyright_holder: str | None = None
    image_caption: str | None = None
    day_printed: str | None = None
    date_published: Date = field(default_factory=Date)
    has_foreign_section: bool = False


@dataclass(slots=True)
class Listing:
    """One entry of a list: a link to an article, as listed.

    `category` is the label before the entry (`Law and Order`), or None. `title` is the text of the
    entry: the headline or a teaser; it may be empty.
    """

    source_id: str
    url: str
    news_list: NewsList
    category: str | None
    title: str
    date_listed: Date = field(default_factory=Date)


@dataclass(slots=True, frozen=True)
class Fingerprint:
    """What the store needs of a text to find similar ones.

    Two texts have the same `text_hash` exactly if they are equal; `shingles` are compared to
    measure how similar two texts are; `sketch` is the part of them by which candidates are looked
    up, smallest first.
    """

    text_hash: str
    shingles: frozenset[int]
    sketch: tuple[int, ...]


@dataclass(slots=True)
class Page:
    """The content of one response: at most one article, and the boxes beside it.

    Exactly one of `article` and `reason` is None. `reason` is one of `Reason`, or describes the
    failure of the request (`HTTP 403`); `http_status` is None if there was no answer. `source_id`
    is None for a page that was requested as a list. `boxes` holds every list that was found,
    `empty` those with nothing below their heading, `unreadable` those with links to articles and no
    entry that could be read. `asked_as` is the kind of list that was requested: a feed or a section
    page; None for any other page. `sections` maps the numbers of sections to their names, as links
    give them. `moved_to` is the address to which the site permanently redirects this article's.
    `is_clean` is True if its texts have been cleaned.
    """

    source: str
    source_id: str | None
    url: str
    fetched_at: datetime
    http_status: int | None
    article: Article | None = None
    reason: str | None = None
    fingerprint: Fingerprint | None = None
    listings: list[Listing] = field(default_factory=list)
    boxes: list[NewsList] = field(default_factory=list)
    empty: list[NewsList] = field(default_factory=list)
    unreadable: list[NewsList] = field(default_factory=list)
    asked_as: ListKind | None = None
    sections: dict[int, str] = field(default_factory=dict)
    moved_to: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    is_clean: bool = False


@dataclass(slots=True, frozen=True)
class Ask:
    """A page to request, and its section if that is known.

    `source_id` is None for a page that is requested as a list.
    """

    source_id: str | None
    url: str
    section: str | None = field(default=None, compare=False)
