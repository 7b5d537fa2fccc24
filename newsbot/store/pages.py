"""A page's row in the ledger: found, made, compared with a response."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, and_, bindparam, insert, select, update

from newsbot import items
from newsbot.items import Origin, Status
from newsbot.store.statements import chunks, upsert
from newsbot.store.tables import Article, ArticleVersion, Page

_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class PageRow:
    """What is known of a page, and of the text it showed last."""

    id: int
    id_number: int | None
    status: str
    origin: str
    attempts: int = 0
    stored_at: datetime | None = None
    last_fetched_at: datetime | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    date_in_head: datetime | None = None
    date_published: datetime | None = None
    date_published_precision: str | None = None
    date_published_evidence: str | None = None
    article_id: int | None = None
    article_source_id: str | None = None
    text_hash: str | None = None
    text_seen_at: datetime | None = None

    def gave(self, page: items.Page) -> bool:
        """Whether `page` is the archived response that this row points to, read anew."""
        record = (page.warc_file, page.warc_offset)
        return page.warc_file is not None and record == (self.warc_file, self.warc_offset)

    def first_answer(self, page: items.Page) -> dict[str, Any]:
        """Return since when the address is known, if it was a guess until `page` answered.

        What a crawl planned at which second is not to be found in its responses.
        """
        guessed = self.origin in {Origin.GAP, Origin.BACKFILL} and self.last_fetched_at is None
        return {"first_seen_at": page.fetched_at} if guessed else {}

    def is_newer_than(self, page: items.Page) -> bool:
        """Whether the address has been asked for again since `page` was fetched."""
        return self.last_fetched_at is not None and second(page.fetched_at) < self.last_fetched_at


def second(instant: datetime) -> datetime:
    """`instant` in UTC without its fraction of a second: as the database keeps it."""
    return instant.astimezone(UTC).replace(microsecond=0)


def id_number(source_id: str) -> int | None:
    """The id as a number to sort by; None for one that no column could hold."""
    return int(source_id) if _NUMBER.fullmatch(source_id) else None


def page_row(connection: Connection, page: items.Page, origin: Origin) -> PageRow:
    """The row of an article's page, made with `origin` if there was none.

    Raises:
        ValueError: the page was asked for as a list, and has no id.
    """
    if page.source_id is None:
        raise ValueError(f"{page.url} was asked for as a list; only a page with an id has a row")
    key = {"source": page.source, "source_id": page.source_id}
    row = connection.execute(_ROW, key).one_or_none()
    if row is not None:
        return PageRow(*row)
    new = new_row(page.source, page.source_id, page.url, origin=origin, now=page.fetched_at)
    page_id = connection.scalars(_ADD, new).one()
    return PageRow(page_id, new["id_number"], new["status"], new["origin"])


def add_pages(
    connection: Connection, source: str, urls: Mapping[str, str], *, origin: Origin, now: datetime
) -> int:
    """Add pending rows for these ids and their addresses; return how many were unknown."""
    added = 0
    for source_ids in chunks(list(urls)):
        place = {"source": source, "source_ids": list(source_ids)}
        known = set(connection.scalars(_KNOWN_IDS, place))
        rows = [
            new_row(source, source_id, urls[source_id], origin=origin, now=now)
            for source_id in source_ids
            if source_id not in known
        ]
        if rows:
            connection.execute(adding(connection.dialect.name), rows)
        added += len(rows)
    return added


def new_row(
    source: str, source_id: str, url: str, *, origin: Origin, now: datetime
) -> dict[str, Any]:
    """The columns of a pending row."""
    return {
        "source": source,
        "source_id": source_id,
        "id_number": id_number(source_id),
        "url": url,
        "status": Status.PENDING.value,
        "origin": origin.value,
        "first_seen_at": now,
    }


@cache
def adding(dialect: str) -> Executable:
    """An INSERT of rows that leaves a row that is there as it is."""
    return upsert(dialect, Page).on_conflict_do_nothing()


def set_page(connection: Connection, page_id: int, values: Mapping[str, Any]) -> None:
    """Give columns of a page's row new values."""
    connection.execute(_SET, {"of_page": page_id, **values})


_ADD = insert(Page).returning(Page.id)
_SET = update(Page).where(Page.id == bindparam("of_page"))
_KNOWN_IDS = select(Page.source_id).where(
    Page.source == bindparam("source"),
    Page.source_id.in_(bindparam("source_ids", expanding=True)),
)

_ROW: Any = (
    select(
        Page.id,
        Page.id_number,
        Page.status,
        Page.origin,
        Page.attempts,
        Page.stored_at,
        Page.last_fetched_at,
        Page.warc_file,
        Page.warc_offset,
        Page.date_in_head,
        Page.date_published,
        Page.date_published_precision,
        Page.date_published_evidence,
        Page.article_id,
        Article.source_id,
        Article.text_hash,
        ArticleVersion.last_observed_at,
    )
    .outerjoin(Article, Article.id == Page.article_id)
    .outerjoin(
        ArticleVersion,
        and_(ArticleVersion.page_id == Page.id, ArticleVersion.text_hash == Article.text_hash),
    )
    .where(Page.source == bindparam("source"), Page.source_id == bindparam("source_id"))
)
