"""The tables that users query. The `comment` of a table or column is its entry in docs/schema.md.

The names are a public interface: users' queries rest on them. Instants are UTC.
"""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.items import ListKind, Origin, Precision, Status
from newsbot.store.base import Base, Key, one_of, partial_index
from newsbot.store.internal_tables import (
    Alert,
    Host,
    RobotsTxt,
    Section,
    SentRequest,
    Shingle,
    Source,
    Version,
)

__all__ = [
    "Alert",
    "Article",
    "ArticleVersion",
    "Base",
    "Crawl",
    "Host",
    "Listing",
    "Page",
    "RobotsTxt",
    "Section",
    "SentRequest",
    "Shingle",
    "Source",
    "Version",
    "Watch",
]


class Article(Base):
    """A story."""

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint(one_of("date_published_precision", Precision), "precision"),
        CheckConstraint(
            "(date_published IS NULL) = (date_published_precision = 'unknown')", "dated"
        ),
        Index(None, "text_hash"),
        Index(None, "date_published"),
        Index(None, "day_published"),
        Index(None, "first_seen_at"),
        Index(None, "date_modified"),
        Index(None, "article_section", "date_published"),
        Index(None, "duplicate_of_id"),
        UniqueConstraint("source", "source_id"),
        {
            "comment": "A row for each story, once: the newest text seen of it.",
        },
    )

    id: Mapped[int] = mapped_column(
        Key, primary_key=True, comment="The archive's own number of the story."
    )
    source: Mapped[str] = mapped_column(comment="The site's name.")
    source_id: Mapped[str] = mapped_column(
        comment="The site's id of the page where the story was first stored."
    )
    url: Mapped[str] = mapped_column(comment="Address of that page, without tracking.")
    headline: Mapped[str] = mapped_column(comment="As printed.")
    description: Mapped[str] = mapped_column(comment="The standfirst: the block below it.")
    article_body: Mapped[str] = mapped_column(
        comment="Paragraphs and sub-headings, separated by a blank line; may be empty."
    )
    article_section: Mapped[str] = mapped_column(comment="Last step of the breadcrumb: `Rugby`.")
    section_path: Mapped[str] = mapped_column(
        comment="All steps of the breadcrumb: `Sports > Rugby`."
    )
    author: Mapped[str | None] = mapped_column(
        comment="The byline as printed, with posts and universities; NULL where there is none."
    )
    credit_text: Mapped[str | None] = mapped_column(
        comment="Who supplied the text, as printed (`ABC/wires`); NULL where nothing says so."
    )
    copyright_holder: Mapped[str | None] = mapped_column(
        comment="From the article's copyright line; NULL where it has none."
    )
    image_caption: Mapped[str | None] = mapped_column(
        comment="Of the image above the text; NULL where there is none."
    )
    date_published: Mapped[datetime | None] = mapped_column(
        comment="Best known instant of publication; NULL exactly when its precision is `unknown`."
    )
    date_published_precision: Mapped[str] = mapped_column(
        comment="`minute`; `day` (the instant is the start of that day in the site's zone); "
        "`estimated` (from the neighbouring ids); `unknown`."
    )
    date_published_evidence: Mapped[str | None] = mapped_column(
        comment="What said so: a list's name, `date line`, or the neighbouring ids."
    )
    day_published: Mapped[str | None] = mapped_column(
        comment="Day of `date_published` in the site's zone, `2025-08-20`: what to group by; NULL "
        "if unknown."
    )
    day_printed: Mapped[str | None] = mapped_column(
        comment="The page's own date line, `2025-08-20`; NULL where it has none."
    )
    date_modified: Mapped[datetime | None] = mapped_column(
        comment="When a changed text was last seen; NULL if it never changed."
    )
    word_count: Mapped[int] = mapped_column(comment="Words in `article_body`.")
    text_hash: Mapped[str] = mapped_column(
        comment="SHA-256 (hex) of headline, description and body: equal text, equal hash."
    )
    duplicate_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id"),
        comment="The earlier story that this one nearly repeats; NULL if none.",
    )
    similarity: Mapped[float | None] = mapped_column(
        comment="Jaccard similarity of 5-word shingles to that story, 0 to 1."
    )
    first_seen_at: Mapped[datetime] = mapped_column(comment="When its page was first fetched.")
    last_fetched_at: Mapped[datetime] = mapped_column(comment="When a page of it last answered.")


class Page(Base):
    """The ledger."""

    __tablename__ = "pages"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), "status"),
        CheckConstraint(one_of("origin", Origin), "origin"),
        CheckConstraint("status <> 'stored' OR article_id IS NOT NULL", "stored"),
        UniqueConstraint("source", "source_id"),
        Index(None, "source", "id_number"),
        Index(None, "status", "next_fetch_at"),
        Index(None, "article_id"),
        partial_index("ix_pages_days", "day_published", where="date_published IS NOT NULL"),
        partial_index("ix_pages_gone", "gone_at", where="gone_at IS NOT NULL"),
        partial_index(
            "ix_pages_pending", "source", "origin", "id_number", where="status = 'pending'"
        ),
        partial_index("ix_pages_dated", "source", "id_number", where="date_published IS NOT NULL"),
        partial_index(
            "ix_pages_undated",
            "source",
            "id_number",
            where="date_published IS NULL AND article_id IS NOT NULL",
        ),
        {
            "comment": "The ledger: a row for each address that may hold an article.",
        },
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The ledger's own number.")
    source: Mapped[str] = mapped_column(comment="The site's name.")
    source_id: Mapped[str | None] = mapped_column(
        comment="The site's id of the page, as text; NULL for a list page, "
        "which has a row only while it can't be read."
    )
    id_number: Mapped[int | None] = mapped_column(
        BigInteger, comment="`source_id` as a number, to sort by and to find gaps."
    )
    url: Mapped[str] = mapped_column(comment="The address that is asked for, without tracking.")
    status: Mapped[str] = mapped_column(
        comment="`pending` (known, not stored yet), `stored`, `gone` (the site says there is no "
        "such article), `rejected` (it answered, but no article could be read)."
    )
    reason: Mapped[str | None] = mapped_column(
        comment="Why it is gone or rejected, or why the last try failed."
    )
    origin: Mapped[str] = mapped_column(
        comment="How it came to be known: `list` (a box), `start` (asked for as start page), "
        "`gap` (an id between known ids), `backfill` (`-a ids`)."
    )
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id"), comment="The story; kept when the page is gone."
    )
    article_section: Mapped[str | None] = mapped_column(
        comment="Section, as far as the page or a section's box tells."
    )
    day_printed: Mapped[str | None] = mapped_column(
        comment="The page's own date line, `2025-08-20`; NULL where it has none."
    )
    date_published: Mapped[datetime | None] = mapped_column(
        comment="Best date that a list or the date line gives this very page, never an estimate; "
        "NULL where nothing does. The neighbours' dates are estimated from it."
    )
    date_published_precision: Mapped[str | None] = mapped_column(
        comment="Of that date: `minute` or `day`; NULL where there is none."
    )
    date_published_evidence: Mapped[str | None] = mapped_column(
        comment="What gave that date: a list's name, or `date line`."
    )
    day_published: Mapped[str | None] = mapped_column(
        comment="Day of that date in the site's zone."
    )
    attempts: Mapped[int] = mapped_column(
        default=0, comment="Tries since it last answered well; 0 after a success."
    )
    http_status: Mapped[int | None] = mapped_column(comment="Of the last answer.")
    first_seen_at: Mapped[datetime] = mapped_column(
        comment="When the address became known; of an id that no box shows, when it was first "
        "asked for."
    )
    stored_at: Mapped[datetime | None] = mapped_column(
        comment="When an article was first stored from it; rechecks count from here."
    )
    last_fetched_at: Mapped[datetime | None] = mapped_column(
        comment="When it was last asked for, whatever came of it."
    )
    next_fetch_at: Mapped[datetime | None] = mapped_column(
        comment="Not to be asked for before this instant; NULL: a pending page at once, "
        "any other never again."
    )
    gone_at: Mapped[datetime | None] = mapped_column(
        comment="When the site first said that it is gone; NULL while it is not."
    )
    warc_file: Mapped[str | None] = mapped_column(
        comment="WARC file with the newest response, relative to ARCHIVE_DIR."
    )
    warc_offset: Mapped[int | None] = mapped_column(
        BigInteger, comment="Offset in bytes of that response's record."
    )


class ArticleVersion(Base):
    """A text that a page showed: the view of `Version` with every text in full."""

    __tablename__ = "article_versions"
    __table_args__ = ({"comment": "A row for each different text seen at a page."},)
    # A view is not created with the tables.
    metadata = MetaData()

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The archive's own number.")
    article_id: Mapped[int] = mapped_column(
        ForeignKey(Article.id), comment="The story it is a text of."
    )
    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id), comment="Where it was seen.")
    version: Mapped[int] = mapped_column(comment="1, 2, … in the order of first sight, per page.")
    headline: Mapped[str] = mapped_column(comment="As in `articles`.")
    description: Mapped[str] = mapped_column(comment="As in `articles`.")
    article_body: Mapped[str] = mapped_column(comment="As in `articles`.")
    text_hash: Mapped[str] = mapped_column(comment="As in `articles`.")
    observed_at: Mapped[datetime] = mapped_column(comment="When this text was first seen there.")
    last_observed_at: Mapped[datetime] = mapped_column(comment="When it was last seen there.")


class Listing(Base):
    """An entry of a box."""

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint(one_of("date_listed_precision", Precision), "precision"),
        CheckConstraint(one_of("list_kind", ListKind), "list_kind"),
        UniqueConstraint("page_id", "list_name", "title"),
        Index(None, "list_name", "date_listed"),
        Index(None, "first_seen_at"),
        {"comment": "A row for each appearance of a story in a box, under one title."},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The archive's own number.")
    page_id: Mapped[int] = mapped_column(
        ForeignKey("pages.id"), comment="The ledger's row of the story that is listed."
    )
    source: Mapped[str] = mapped_column(comment="The site's name.")
    source_id: Mapped[str] = mapped_column(comment="The site's id of the story that is listed.")
    list_kind: Mapped[str] = mapped_column(
        comment="`today` (the day's news, with times), `top` (the lead stories), `section` (a "
        "section's box), `feed`, `section page`."
    )
    list_name: Mapped[str] = mapped_column(comment="The list's title as printed.")
    category: Mapped[str | None] = mapped_column(
        comment="Label before the entry (`Law and Order`); NULL where there is none."
    )
    title: Mapped[str] = mapped_column(comment="As listed; may be empty.")
    date_listed: Mapped[datetime | None] = mapped_column(comment="The entry's day or time.")
    date_listed_precision: Mapped[str] = mapped_column(
        comment="`minute` (`today`, `feed`), `day` (`section`, `section page`), `unknown` (`top`)."
    )
    seen_on_url: Mapped[str] = mapped_column(comment="The page whose box showed it first.")
    first_seen_at: Mapped[datetime] = mapped_column(comment="When a crawl first saw it.")
    last_seen_at: Mapped[datetime] = mapped_column(comment="When a crawl last saw it.")


class Crawl(Base):
    """A run."""

    __tablename__ = "crawls"
    __table_args__ = ({"comment": "A row for each run of the crawler."},)

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The archive's own number.")
    source: Mapped[str] = mapped_column(comment="The site's name.")
    started_at: Mapped[datetime] = mapped_column(comment="When it began.")
    finished_at: Mapped[datetime | None] = mapped_column(
        comment="When it ended; NULL while it runs, or for good if it was killed."
    )
    outcome: Mapped[str] = mapped_column(
        comment="`running`, `finished`, `stopped` (by a signal), `interrupted` (killed; "
        "written by the next run), `failed`, `drift`."
    )
    exit_code: Mapped[int | None] = mapped_column(comment="What cron was told.")
    requests: Mapped[int] = mapped_column(default=0, comment="Requests sent, all kinds.")
    responses: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict, comment='Answers by HTTP status: `{"200": 13}`.'
    )
    new: Mapped[int] = mapped_column(default=0, comment="Stories stored for the first time.")
    updated: Mapped[int] = mapped_column(default=0, comment="Pages that showed a changed text.")
    duplicates: Mapped[int] = mapped_column(
        default=0, comment="New pages that repeat a known story, exactly or nearly."
    )
    rejected: Mapped[int] = mapped_column(default=0, comment="Pages that could not be read.")
    gone: Mapped[int] = mapped_column(default=0, comment="Pages that hold no article (any more).")
    pending_left: Mapped[int | None] = mapped_column(comment="Pages still to be asked for.")
    waited_seconds: Mapped[float] = mapped_column(
        default=0.0, comment="Time spent waiting for the request budget."
    )
    shown: Mapped[dict[str, int] | None] = mapped_column(
        JSON,
        comment="How many articles' pages were read, and how many of them showed each kind of list "
        "and the date line: to notice when one disappears.",
    )
    message: Mapped[str | None] = mapped_column(comment="The run's last line.")


class Watch(Base):
    """A saved search, and whom to tell of what it finds."""

    __tablename__ = "watches"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'webhook', 'exec')", "channel"),
        {"comment": "A row for each saved search of `newsbot watch`."},
    )

    name: Mapped[str] = mapped_column(primary_key=True, comment="Its name.")
    words: Mapped[str] = mapped_column(
        comment="What is searched for, as in `newsbot search`; empty: every story."
    )
    sections: Mapped[list[str]] = mapped_column(
        JSON, comment='Only these sections, as stored: `["Rugby"]`; `[]`: all.'
    )
    channel: Mapped[str] = mapped_column(comment="`mail`, `webhook` or `exec`.")
    target: Mapped[str] = mapped_column(comment="The mail address, the URL, or the command.")
    created_at: Mapped[datetime] = mapped_column(comment="Older stories are not told of.")
    matched_until: Mapped[datetime] = mapped_column(comment="When a crawl last searched for it.")
    failure: Mapped[str | None] = mapped_column(
        comment="Why the last delivery failed; NULL if none has, or the last one went well."
    )
