"""What flows from the reader through the pipelines to the store.

Field names are schema.org's (NewsArticle), in snake_case. All instants are
timezone-aware and in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Precision(StrEnum):
    """How exactly an instant is known."""

    MINUTE = "minute"
    DAY = "day"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Where a page of the ledger stands."""

    PENDING = "pending"
    STORED = "stored"
    GONE = "gone"
    REJECTED = "rejected"


class Origin(StrEnum):
    """How an address came to be known."""

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
    NO_BODY = "no body"
    NO_COPYRIGHT = "no copyright line"


@dataclass(slots=True)
class Date:
    """An instant, how exactly it is known, and what said so.

    `at` is in UTC, or None exactly when `precision` is `unknown`; with
    precision `day` it is the start of that day in New Zealand.
    """

    at: datetime | None = None
    precision: Precision = Precision.UNKNOWN
    evidence: str | None = None


@dataclass(slots=True)
class Article:
    """One story as one page showed it.

    `article_body` holds the paragraphs, sub-headings among them, parted by a
    blank line. `date_published` is only what the page itself proves; what the
    lists and the neighbouring ids say is known to the store.
    """

    headline: str
    description: str
    article_body: str
    article_section: str
    credit_text: str | None
    copyright_holder: str
    copyright_year: int
    date_published: Date = field(default_factory=Date)


@dataclass(slots=True)
class Listing:
    """One entry of a box: a link to a story, as listed.

    `list_name` is the box's heading (`Other International News`, `Top
    Stories`, `Today's News`). `category` is the label before the entry
    (`Law and Order`), or None in a section's box. `title` is the text as
    listed: the headline, or in Top Stories a teaser.
    """

    source_id: str
    url: str
    list_name: str
    category: str | None
    title: str
    date_listed: Date = field(default_factory=Date)


@dataclass(slots=True, frozen=True)
class Fingerprint:
    """What the store needs to know of a text to find its like.

    `text_hash` is equal exactly for equal texts; `shingles` are compared to
    tell how nearly two texts agree; `sketch` is the part of them by which
    candidates are looked up, smallest first.
    """

    text_hash: str
    shingles: frozenset[int]
    sketch: tuple[int, ...]


@dataclass(slots=True)
class Page:
    """What one response said: at most one article, and the boxes beside it.

    Exactly one of `article` and `reason` is None. `reason` is a `Reason` of
    the reader's, or what the transport had to say (`HTTP 403`); `http_status`
    is None where nothing answered. `source_id` is None for a page that is
    asked for as a list. `boxes` names every box found.
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
    boxes: list[str] = field(default_factory=list)
    warc_file: str | None = None
    warc_offset: int | None = None


@dataclass(slots=True, frozen=True)
class Ask:
    """A page to be asked for. `source_id` is None for a page that is asked for as a list."""

    source_id: str | None
    url: str
