"""Sets the database back to before some archived responses, so that they can be recorded again.

A better reader must leave nothing behind of what a worse one read: no text that no page showed, no
edit that was none. Recorded again in their order, the responses make the rows that a crawl with
the better reader would have made. Stories and pages keep their ids, and whatever was learned from
other responses stays.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from newsbot.items import Status
from newsbot.site import Site
from newsbot.store.dates import truncate_to_second
from newsbot.store.known import FORGOTTEN
from newsbot.store.record import redate
from newsbot.store.statements import chunks
from newsbot.store.tables import Article, ArticleVersion, Listing, Page, Shingle
from newsbot.store.types import Instant

_metadata = MetaData()


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(f"archived_{name}", _metadata, *columns, prefixes=["TEMPORARY"])


_SOURCE_IDS = _temporary("source_ids", Column("source_id", Text, primary_key=True))
_INSTANTS = _temporary("instants", Column("at", Instant, primary_key=True))
_PAGES = _temporary(
    "pages",
    Column("page_id", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", BigInteger, index=True),
)
_LISTED = _temporary("listed", Column("page_id", BigInteger, primary_key=True, autoincrement=False))


def forget(
    session: Session, site: Site, source_ids: Collection[str], instants: Collection[datetime]
) -> None:
    """Forget what the responses told that were fetched at these `instants`.

    `source_ids` are the pages that they are about. A page of which the ledger knows another answer,
    or a text that another one showed, is left as it is, and so are those that share its story. To
    be followed by recording the responses again and by `let_go`, in one transaction.
    """
    connection = session.connection()
    _metadata.create_all(connection, checkfirst=False)
    _fill(connection, _SOURCE_IDS, [{"source_id": each} for each in sorted(source_ids)])
    _fill(
        connection,
        _INSTANTS,
        [{"at": at} for at in sorted({truncate_to_second(each) for each in instants})],
    )
    _choose_pages(connection, site.name)
    _forget_pages(connection)
    _forget_lists(connection, site)


def let_go(session: Session) -> None:
    """Remove the forgotten stories that no response has told again."""
    connection = session.connection()
    gone = select(Article.id).where(Article.text_hash == FORGOTTEN)
    connection.execute(
        update(Article)
        .where(Article.duplicate_of_id.in_(gone))
        .values(duplicate_of_id=None, similarity=None)
    )
    connection.execute(delete(Article).where(Article.text_hash == FORGOTTEN))
    _metadata.drop_all(connection, checkfirst=False)


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    for some in chunks(rows):
        connection.execute(insert(table), some)


def _choose_pages(connection: Connection, source: str) -> None:
    """Note the pages of which every answer is archived, as far as the ledger can tell."""
    instants = select(_INSTANTS.c.at)
    shown_elsewhere = select(ArticleVersion.page_id).where(
        or_(
            ArticleVersion.observed_at.not_in(instants),
            ArticleVersion.last_observed_at.not_in(instants),
        )
    )
    whole = select(Page.id, Page.article_id).where(
        Page.source == source,
        Page.source_id.in_(select(_SOURCE_IDS.c.source_id)),
        or_(Page.stored_at.is_(None), Page.stored_at.in_(instants)),
        or_(Page.last_fetched_at.is_(None), Page.last_fetched_at.in_(instants)),
        Page.id.not_in(shown_elsewhere),
    )
    connection.execute(insert(_PAGES).from_select(["page_id", "article_id"], whole))
    shared = select(Page.article_id).where(
        Page.article_id.is_not(None), Page.id.not_in(select(_PAGES.c.page_id))
    )
    connection.execute(delete(_PAGES).where(_PAGES.c.article_id.in_(shared)))


def _forget_pages(connection: Connection) -> None:
    pages = select(_PAGES.c.page_id)
    stories = select(_PAGES.c.article_id).where(_PAGES.c.article_id.is_not(None))
    connection.execute(delete(ArticleVersion).where(ArticleVersion.page_id.in_(pages)))
    connection.execute(delete(Shingle).where(Shingle.article_id.in_(stories)))
    connection.execute(
        update(Article)
        .where(Article.id.in_(stories))
        .values(text_hash=FORGOTTEN, duplicate_of_id=None, similarity=None)
    )
    connection.execute(
        update(Page)
        .where(Page.id.in_(pages))
        .values(
            status=Status.PENDING.value,
            attempts=0,
            **dict.fromkeys(
                (
                    "reason",
                    "article_id",
                    "article_section",
                    "day_printed",
                    "http_status",
                    "stored_at",
                    "gone_at",
                    "last_fetched_at",
                    "next_fetch_at",
                    "warc_file",
                    "warc_offset",
                )
            ),
        )
    )


def _forget_lists(connection: Connection, site: Site) -> None:
    instants = select(_INSTANTS.c.at)
    seen = (Listing.source == site.name, Listing.first_seen_at.in_(instants))
    listed = select(Listing.page_id).where(*seen).distinct()
    connection.execute(insert(_LISTED).from_select(["page_id"], listed))
    connection.execute(delete(Listing).where(*seen))
    unreadable_list = (Page.source == site.name, Page.source_id.is_(None))
    connection.execute(delete(Page).where(*unreadable_list, Page.last_fetched_at.in_(instants)))
    touched = select(_PAGES.c.page_id).union(select(_LISTED.c.page_id))
    redate(connection, site, connection.scalars(touched).all())
