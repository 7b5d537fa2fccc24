"""The tables that only the crawl uses; they may change at any time."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.base import Base, Key, partial_index


class Section(Base):
    """A section of the site, and when its lists were last seen."""

    __tablename__ = "sections"
    __table_args__ = (
        UniqueConstraint("source", "section"),
        {"comment": "Internal: a row for each section, to decide when its lists are fetched."},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The database's own number.")
    source: Mapped[str] = mapped_column(comment="The site's name.")
    section: Mapped[str] = mapped_column(comment="Its name: `Politics`.")
    cat: Mapped[int | None] = mapped_column(
        comment="Its number in addresses; NULL until a link has shown it."
    )
    first_seen_at: Mapped[datetime] = mapped_column(comment="When it became known.")
    looked_at: Mapped[datetime | None] = mapped_column(
        comment="When a list of it was last seen: its box, feed or page."
    )
    fed_at: Mapped[datetime | None] = mapped_column(comment="When its feed was last read.")
    asked_at: Mapped[datetime | None] = mapped_column(
        comment="When a page that should show a list of it was last fetched."
    )
    missing_at: Mapped[datetime | None] = mapped_column(
        comment="When one of its articles was last missing from the `today` list."
    )
    syndicated: Mapped[float | None] = mapped_column(
        comment="Share of syndicated articles among its new ones, a running average."
    )
    feed_failures: Mapped[int] = mapped_column(
        default=0, comment="How many times in a row its feed could not be read."
    )
    feed_retry_at: Mapped[datetime | None] = mapped_column(
        comment="The feed is not requested before this instant."
    )


class Version(Base):
    """A text that a page showed; its words are left out if they are the article's current ones."""

    __tablename__ = "versions"
    __table_args__ = (
        UniqueConstraint("page_id", "version"),
        UniqueConstraint("page_id", "text_hash"),
        Index(None, "article_id"),
        partial_index("ix_versions_edits", "observed_at", where="version > 1"),
        {
            "comment": "Internal: what the view `article_versions` shows. The article's current "
            "text is not stored a second time."
        },
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The database's own number.")
    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id"), comment="The article that it is a text of."
    )
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id"), comment="The page that showed it.")
    version: Mapped[int] = mapped_column(comment="1, 2, … for each page, in the order first seen.")
    headline: Mapped[str | None] = mapped_column(
        comment="NULL if `text_hash` is that of the article; so are the next two columns then."
    )
    description: Mapped[str | None] = mapped_column(comment="See `headline`.")
    article_body: Mapped[str | None] = mapped_column(comment="See `headline`.")
    text_hash: Mapped[str] = mapped_column(comment="As in `articles`.")
    observed_at: Mapped[datetime] = mapped_column(comment="When this text was first seen there.")
    last_observed_at: Mapped[datetime] = mapped_column(comment="When it was last seen there.")


class Shingle(Base):
    """A few minimum shingle hashes of each article: the index of near-duplicate candidates."""

    __tablename__ = "shingles"
    __table_args__ = (
        {
            "comment": "Internal: a bottom-k sketch of each article, to find near duplicates.",
            "sqlite_with_rowid": False,
        },
    )

    hash: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, comment="64-bit hash of a 5-word shingle."
    )
    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id"),
        primary_key=True,
        index=True,
        comment="The article that contains it.",
    )


class Host(Base):
    """A site that asked us to wait."""

    __tablename__ = "hosts"
    __table_args__ = ({"comment": "Internal: the sites that asked us to wait."},)

    host: Mapped[str] = mapped_column(primary_key=True, comment="The site's name.")
    retry_at: Mapped[datetime | None] = mapped_column(comment="No request before this instant.")


class RobotsTxt(Base):
    """The robots.txt of a host."""

    __tablename__ = "robots_txt"
    __table_args__ = ({"comment": "Internal: each host's robots.txt, fetched once a day."},)

    host: Mapped[str] = mapped_column(primary_key=True, comment="Host name.")
    status: Mapped[int | None] = mapped_column(
        comment="HTTP status of the last usable response; NULL if there was none yet."
    )
    body: Mapped[str] = mapped_column(comment="Its rules; empty if everything is allowed.")
    fetched_at: Mapped[datetime | None] = mapped_column(comment="When that response came.")
    failed_since: Mapped[datetime | None] = mapped_column(
        comment="When fetching it first failed after that; NULL if it has not failed."
    )
    failures: Mapped[int] = mapped_column(
        comment="In how many runs in a row it could not be fetched."
    )


class SentRequest(Base):
    """A request that was sent."""

    __tablename__ = "sent_requests"
    __table_args__ = (
        Index(None, "host", "sent_at"),
        {
            "comment": "Internal: the requests of the current period of the request budget, and a "
            "few from before."
        },
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The database's own number.")
    host: Mapped[str] = mapped_column(comment="The site's name.")
    sent_at: Mapped[float] = mapped_column(comment="Unix time in seconds.")


class Source(Base):
    """What is known of a site as a whole."""

    __tablename__ = "sources"
    __table_args__ = ({"comment": "A row for each site."},)

    source: Mapped[str] = mapped_column(primary_key=True, comment="The site's name.")
    first_id: Mapped[int | None] = mapped_column(
        BigInteger,
        comment="The archive's start: the smallest id that the database is to hold.",
    )
    start_page_at: Mapped[datetime | None] = mapped_column(
        comment="When the start page was last fetched."
    )
    accepted_at: Mapped[datetime | None] = mapped_column(
        comment="When the user last accepted how the site's pages look; earlier runs do not "
        "show what is usual."
    )
    article_url: Mapped[str | None] = mapped_column(
        comment="An article's address with `{id}` in place of its id, once the site has "
        "permanently redirected to it; NULL before."
    )


class Alert(Base):
    """An article that a watch has found."""

    __tablename__ = "alerts"
    __table_args__ = (
        partial_index("ix_alerts_waiting", "watch", "matched_at", where="delivered_at IS NULL"),
        {"comment": "Internal: an article that a watch has found, once for each of its texts."},
    )

    watch: Mapped[str] = mapped_column(primary_key=True, comment="The watch's name.")
    source: Mapped[str] = mapped_column(primary_key=True, comment="The site's name.")
    source_id: Mapped[str] = mapped_column(
        primary_key=True, comment="The article's, in `articles`."
    )
    text_hash: Mapped[str] = mapped_column(primary_key=True, comment="The text that was found.")
    matched_at: Mapped[datetime] = mapped_column(
        comment="When it was found; all that a watch found at one instant is one message."
    )
    delivered_at: Mapped[datetime | None] = mapped_column(
        comment="When the message was delivered; NULL while it waits."
    )
