"""The tables that users query. The `comment` of a table or column is its entry in docs/schema.md.

The names are a public interface, since users' queries contain them. Instants are UTC.
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
    """An article."""

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
            "comment": "A row for each article, however many pages show it: its newest text.",
        },
    )

    id: Mapped[int] = mapped_column(
        Key, primary_key=True, comment="The database's own number of the article."
    )
    source: Mapped[str] = mapped_column(comment="The site's name.")
    source_id: Mapped[str] = mapped_column(
        comment="The site's id of the page from which the article was first stored."
    )
    url: Mapped[str] = mapped_column(comment="Address of that page, without tracking parameters.")
    headline: Mapped[str] = mapped_column(comment="As printed.")
    description: Mapped[str] = mapped_column(
        comment="The standfirst: the block below the headline."
    )
    article_body: Mapped[str] = mapped_column(
        comment="Paragraphs and sub-headings, separated by a blank line; may be empty."
    )
    article_section: Mapped[str] = mapped_column(comment="Last step of the breadcrumb: `Rugby`.")
    section_path: Mapped[str] = mapped_column(
        comment="All steps of the breadcrumb: `Sports > Rugby`."
    )
    author: Mapped[str | None] = mapped_column(
        comment="The byline as printed, with job titles and universities; NULL if there is none."
    )
    credit_text: Mapped[str | None] = mapped_column(
        comment="Who supplied the text, as printed (`ABC/wires`); NULL if the page does not say."
    )
    copyright_holder: Mapped[str | None] = mapped_column(
        comment="From the article's copyright line; NULL if it has none."
    )
    image_caption: Mapped[str | None] = mapped_column(
        comment="Caption of the image above the text; NULL if there is none."
    )
    date_published: Mapped[datetime | None] = mapped_column(
        comment="Best known instant of publication; NULL exactly when its precision is `unknown`."
    )
    date_published_precision: Mapped[str] = mapped_column(
        comment="`minute`; `day` (the instant is the start of that day in the site's time zone); "
        "`estimated` (from the neighbouring ids); `unknown`."
    )
    date_published_evidence: Mapped[str | None] = mapped_column(
        comment="Where the date comes from: a list's name, `date line`, or the neighbouring ids."
    )
    day_published: Mapped[str | None] = mapped_column(
        comment="Day of `date_published` in the site's time zone, `2025-08-20`, to group by; NULL "
        "if unknown."
    )
    day_printed: Mapped[str | None] = mapped_column(
        comment="The page's own date line, `2025-08-20`; NULL if it has none."
    )
    date_modified: Mapped[datetime | None] = mapped_column(
        comment="When a change of the text was last seen; NULL if it never changed."
    )
    word_count: Mapped[int] = mapped_column(comment="Words in `article_body`.")
    text_hash: Mapped[str] = mapped_column(
        comment="SHA-256 (hex) of headline, description and body: equal text, equal hash."
    )
    duplicate_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id"),
        comment="The earlier article that this one nearly repeats; NULL if none.",
    )
    similarity: Mapped[float | None] = mapped_column(
        comment="Jaccard similarity of 5-word shingles to that article, 0 to 1."
    )
    first_seen_at: Mapped[datetime] = mapped_column(comment="When its page was first fetched.")
    last_fetched_at: Mapped[datetime] = mapped_column(comment="When a page last showed it.")


class Page(Base):
    """A page; the table is the ledger."""

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

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The database's own number.")
    source: Mapped[str] = mapped_column(comment="The site's name.")
    source_id: Mapped[str | None] = mapped_column(
        comment="The site's id of the page, as text; NULL for a list page, "
        "which has a row only while it can't be read."
    )
    id_number: Mapped[int | None] = mapped_column(
        BigInteger, comment="`source_id` as a number, to sort by and to find gaps."
    )
    url: Mapped[str] = mapped_column(
        comment="The address that is requested, without tracking parameters."
    )
    status: Mapped[str] = mapped_column(
        comment="`pending` (known, not stored yet), `stored`, `gone` (the site says there is no "
        "such article), `rejected` (it answered, but no article could be read)."
    )
    reason: Mapped[str | None] = mapped_column(
        comment="Why it is gone or rejected, or why the last try failed."
    )
    origin: Mapped[str] = mapped_column(
        comment="How it became known: `list` (a list shows it), `start` (it is the start page), "
        "`gap` (an id between known ids), `backfill` (`-a ids`)."
    )
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id"), comment="The article; kept when the page is gone."
    )
    article_section: Mapped[str | None] = mapped_column(
        comment="Section, if the page or a list of the section shows it."
    )
    day_printed: Mapped[str | None] = mapped_column(
        comment="The page's own date line, `2025-08-20`; NULL if it has none."
    )
    date_published: Mapped[datetime | None] = mapped_column(
        comment="Best date that a list or the date line gives this page, never an estimate; NULL "
        "if there is none. Dates of neighbouring ids are estimated from it."
    )
    date_published_precision: Mapped[str | None] = mapped_column(
        comment="Precision of that date: `minute` or `day`; NULL if there is none."
    )
    date_published_evidence: Mapped[str | None] = mapped_column(
        comment="Where that date comes from: a list's name, or `date line`."
    )
    day_published: Mapped[str | None] = mapped_column(
        comment="Day of that date in the site's time zone."
    )
    attempts: Mapped[int] = mapped_column(
        default=0, comment="Failures in a row; 0 after a success."
    )
    http_status: Mapped[int | None] = mapped_column(comment="HTTP status of the last response.")
    first_seen_at: Mapped[datetime] = mapped_column(
        comment="When the address became known; for an id that no list showed, when it was first "
        "fetched."
    )
    stored_at: Mapped[datetime | None] = mapped_column(
        comment="When an article was first stored from it; rechecks count from here."
    )
    last_fetched_at: Mapped[datetime | None] = mapped_column(
        comment="When it was last requested, whatever the result."
    )
    next_fetch_at: Mapped[datetime | None] = mapped_column(
        comment="It is not requested before this instant; NULL: a pending page at once, any other "
        "never again."
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
    __table_args__ = ({"comment": "A row for each different text that a page showed."},)
    # A view is not created with the tables.
    metadata = MetaData()

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The database's own number.")
    article_id: Mapped[int] = mapped_column(
        ForeignKey(Article.id), comment="The article that it is a text of."
    )
    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id), comment="The page that showed it.")
    version: Mapped[int] = mapped_column(comment="1, 2, … for each page, in the order first seen.")
    headline: Mapped[str] = mapped_column(comment="As in `articles`.")
    description: Mapped[str] = mapped_column(comment="As in `articles`.")
    article_body: Mapped[str] = mapped_column(comment="As in `articles`.")
    text_hash: Mapped[str] = mapped_column(comment="As in `articles`.")
    observed_at: Mapped[datetime] = mapped_column(comment="When this text was first seen there.")
    last_observed_at: Mapped[datetime] = mapped_column(comment="When it was last seen there.")


class Listing(Base):
    """An entry of a list."""

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint(one_of("date_listed_precision", Precision), "precision"),
        CheckConstraint(one_of("list_kind", ListKind), "list_kind"),
        UniqueConstraint("page_id", "list_name", "title"),
        Index(None, "list_name", "date_listed"),
        Index(None, "first_seen_at"),
        {"comment": "A row for each title under which an article appears in a list."},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The database's own number.")
    page_id: Mapped[int] = mapped_column(
        ForeignKey("pages.id"), comment="The page of the listed article, in the ledger."
    )
    source: Mapped[str] = mapped_column(comment="The site's name.")
    source_id: Mapped[str] = mapped_column(comment="The site's id of that page.")
    list_kind: Mapped[str] = mapped_column(
        comment="`today` (the day's news, with times), `top` (the lead articles), `section` (a "
        "section's box), `feed`, `section page`."
    )
    list_name: Mapped[str] = mapped_column(comment="The list's title as printed.")
    category: Mapped[str | None] = mapped_column(
        comment="Label before the entry (`Law and Order`); NULL if there is none."
    )
    title: Mapped[str] = mapped_column(comment="As listed; may be empty.")
    date_listed: Mapped[datetime | None] = mapped_column(comment="The entry's day or time.")
    date_listed_precision: Mapped[str] = mapped_column(
        comment="`minute` (`today`, `feed`), `day` (`section`, `section page`), `unknown` (`top`)."
    )
    seen_on_url: Mapped[str] = mapped_column(
        comment="Address of the page whose list showed it first."
    )
    first_seen_at: Mapped[datetime] = mapped_column(comment="When a crawl first saw it.")
    last_seen_at: Mapped[datetime] = mapped_column(comment="When a crawl last saw it.")


class Crawl(Base):
    """A run of the crawler."""

    __tablename__ = "crawls"
    __table_args__ = ({"comment": "A row for each run of the crawler."},)

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The database's own number.")
    source: Mapped[str] = mapped_column(comment="The site's name.")
    started_at: Mapped[datetime] = mapped_column(comment="When it began.")
    finished_at: Mapped[datetime | None] = mapped_column(
        comment="When it ended; NULL while it runs, or for good if it was killed."
    )
    outcome: Mapped[str] = mapped_column(
        comment="`running`, `finished`, `stopped` (by a signal), `interrupted` (killed; "
        "written by the next run), `failed`, `drift`."
    )
    exit_code: Mapped[int | None] = mapped_column(comment="The exit code of the command.")
    requests: Mapped[int] = mapped_column(default=0, comment="Requests sent, all kinds.")
    responses: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict, comment='Responses by HTTP status: `{"200": 13}`.'
    )
    new: Mapped[int] = mapped_column(default=0, comment="Articles stored for the first time.")
    updated: Mapped[int] = mapped_column(default=0, comment="Pages that showed a changed text.")
    duplicates: Mapped[int] = mapped_column(
        default=0, comment="New pages that repeat a known article, exactly or nearly."
    )
    rejected: Mapped[int] = mapped_column(default=0, comment="Pages that could not be read.")
    gone: Mapped[int] = mapped_column(default=0, comment="Pages that hold no article (any more).")
    pending_left: Mapped[int | None] = mapped_column(comment="Pages still to be fetched.")
    waited_seconds: Mapped[float] = mapped_column(
        default=0.0, comment="Time spent waiting for the request budget."
    )
    shown: Mapped[dict[str, int] | None] = mapped_column(
        JSON,
        comment="How many article pages were read, and how many of them showed each kind of list "
        "and the date line; used to notice when one disappears.",
    )
    message: Mapped[str | None] = mapped_column(comment="How the run went, in a sentence.")


class Watch(Base):
    """A saved search, and where to send what it finds."""

    __tablename__ = "watches"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'webhook', 'exec')", "channel"),
        {"comment": "A row for each saved search of `newsbot watch`."},
    )

    name: Mapped[str] = mapped_column(primary_key=True, comment="Its name.")
    words: Mapped[str] = mapped_column(
        comment="What is searched for, as in `newsbot search`; empty: every article."
    )
    sections: Mapped[list[str]] = mapped_column(
        JSON, comment='Only these sections, as stored: `["Rugby"]`; `[]`: all.'
    )
    channel: Mapped[str] = mapped_column(comment="`mail`, `webhook` or `exec`.")
    target: Mapped[str] = mapped_column(comment="The mail address, the URL, or the command.")
    created_at: Mapped[datetime] = mapped_column(
        comment="When it was saved; older articles are not sent."
    )
    matched_until: Mapped[datetime] = mapped_column(comment="When a crawl last searched for it.")
    failure: Mapped[str | None] = mapped_column(
        comment="Why the last search or delivery failed; NULL if it did not fail."
    )
