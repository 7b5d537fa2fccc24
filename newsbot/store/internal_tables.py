"""The tables that only the crawl uses; they may change at any time. And what all tables share."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from newsbot.items import ListKind, Origin, Precision, Status
from newsbot.store.types import Instant

# SQLite gives only an INTEGER primary key its fast row id.
Key = BigInteger().with_variant(Integer, "sqlite")


def one_of(column: str, values: type[Status | Origin | Precision | ListKind]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows that `where` selects."""
    return Index(name, *columns, sqlite_where=text(where))


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can name it too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, datetime: Instant, float: Float}


@event.listens_for(Base.metadata, "before_create")
def _mend_partial_indexes(metadata: MetaData, connection: Connection, **_: object) -> None:
    # To name PostgreSQL's option above would import all of its drivers, for every command.
    if connection.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            for index in table.indexes:
                where = index.dialect_options["sqlite"]["where"]
                index.dialect_options["postgresql"]["where"] = where


class Box(Base):
    """A box of the site, and how often it changes."""

    __tablename__ = "boxes"
    __table_args__ = (
        UniqueConstraint("source", "list_name"),
        CheckConstraint(one_of("list_kind", ListKind), "list_kind"),
        {"comment": "A row for each box known, to decide when it is due to be looked at again."},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The archive's own number.")
    source: Mapped[str] = mapped_column(comment="The site's name.")
    list_kind: Mapped[str] = mapped_column(comment="As in `listings`.")
    list_name: Mapped[str] = mapped_column(comment="As in `listings`.")
    section: Mapped[str | None] = mapped_column(
        comment="The section that the list belongs to; NULL for lists of the whole site."
    )
    seen_on_url: Mapped[str] = mapped_column(comment="The page that showed it last.")
    entries: Mapped[int] = mapped_column(comment="How many entries it held then.")
    typical_entries: Mapped[float] = mapped_column(
        comment="Running mean of `entries`, to notice a half-broken page."
    )
    first_seen_at: Mapped[datetime] = mapped_column(comment="When it was first seen.")
    last_seen_at: Mapped[datetime] = mapped_column(comment="When it was last seen.")
    last_changed_at: Mapped[datetime] = mapped_column(comment="When it last held a new entry.")
    change_interval: Mapped[float] = mapped_column(
        comment="Expected seconds between two new entries."
    )


class Shingle(Base):
    """A few minimum shingle hashes of each article: the index of near-duplicate candidates."""

    __tablename__ = "shingles"
    __table_args__ = (
        {
            "comment": "Internal: a bottom-k sketch of each story, to find near duplicates.",
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
        comment="The story that contains it.",
    )


class Host(Base):
    """What a host asked of us."""

    __tablename__ = "hosts"
    __table_args__ = ({"comment": "Internal: a host that told us to wait."},)

    host: Mapped[str] = mapped_column(primary_key=True, comment="Host name.")
    retry_at: Mapped[datetime | None] = mapped_column(comment="No request before this instant.")


class SentRequest(Base):
    """A request that was sent."""

    __tablename__ = "sent_requests"
    __table_args__ = (
        Index(None, "host", "sent_at"),
        {"comment": "Internal: the requests of the current window of the rate limit."},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, comment="The archive's own number.")
    host: Mapped[str] = mapped_column(comment="Host name.")
    sent_at: Mapped[float] = mapped_column(comment="Unix time in seconds.")


class Source(Base):
    """What is known of a site as a whole."""

    __tablename__ = "sources"
    __table_args__ = ({"comment": "A row for each site."},)

    source: Mapped[str] = mapped_column(primary_key=True, comment="The site's name.")
    first_id: Mapped[int | None] = mapped_column(
        BigInteger,
        comment="The archive's start: every id from here on is to be accounted for.",
    )
    article_url: Mapped[str | None] = mapped_column(
        comment="An article's address with `{id}` in place of its id, once the site has redirected "
        "to it for good; NULL before."
    )


class Alert(Base):
    """A story that a watch has found."""

    __tablename__ = "alerts"
    __table_args__ = (
        partial_index("ix_alerts_waiting", "watch", "matched_at", where="delivered_at IS NULL"),
        {"comment": "Internal: a story that a watch has found, once for each of its texts."},
    )

    watch: Mapped[str] = mapped_column(primary_key=True, comment="The watch's name.")
    source: Mapped[str] = mapped_column(primary_key=True, comment="The site's name.")
    source_id: Mapped[str] = mapped_column(primary_key=True, comment="The story's, in `articles`.")
    text_hash: Mapped[str] = mapped_column(primary_key=True, comment="The text that was found.")
    matched_at: Mapped[datetime] = mapped_column(
        comment="When it was found; what a watch found at one instant is one message."
    )
    delivered_at: Mapped[datetime | None] = mapped_column(
        comment="When the message was delivered; NULL while it waits."
    )
