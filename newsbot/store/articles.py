"""What a page says becomes a story, a version of one, or nothing new.

The rules for pages that share a story are told in docs/decisions/0002.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, case, func, select, update
from sqlalchemy.orm import Session, aliased

from newsbot import items
from newsbot.items import Date, Fingerprint, Origin, Precision, Status
from newsbot.store import dating, stories
from newsbot.store.pages import PageRow, page_row, second, set_page
from newsbot.store.statements import upsert
from newsbot.store.stories import Text
from newsbot.store.tables import Article, ArticleVersion, Page
from newsbot.store.types import Instant


class Outcome(StrEnum):
    """What a page with an article brought."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a page with an article.

    A page that repeats a known story word for word has the outcome
    `duplicate`; `duplicate_of_id` is the story that a new one nearly repeats.
    """

    outcome: Outcome
    article_id: int
    duplicate_of_id: int | None = None


def save_article(
    session: Session,
    page: items.Page,
    fingerprint: Fingerprint,
    *,
    recheck_after: Sequence[timedelta] = (),
    origin: Origin = Origin.START,
) -> Saved:
    """Store the article of `page`, and whatever follows from it.

    `recheck_after` counts from the first time that the page was stored;
    `origin` is for a page that the ledger does not know yet. Saving the same
    page again changes only when it was last seen. A response older than the
    text known adds to the history and the dates, and brings no text back. An
    archived response that is read anew corrects the text that it gave before.

    Raises:
        ValueError: the page has no article, or no id.
    """
    if page.article is None:
        raise ValueError(f"{page.url} has no article to save: {page.reason}")
    connection = session.connection()
    row = page_row(connection, page, origin)
    text = Text(page.article, fingerprint)
    head = _new_head(row, page.article)
    date = dating.of_page(connection, row, head)
    saved = _save(connection, page, row, text, date)
    _keep_version(connection, row.id, saved.article_id, text, second(page.fetched_at))
    values = _answer(page, row, page.article, sorted(recheck_after))
    if head is not None:
        values |= {"date_in_head": head, **dating.page_columns(date)}
    set_page(connection, row.id, {"article_id": saved.article_id, **values})
    if saved.outcome is not Outcome.NEW and (head or saved.article_id != row.article_id):
        dating.redate_articles(connection, [saved.article_id])
    former = dating.known_date(row)
    if (date.at, date.precision) != (former.at, former.precision):
        dating.redate_around(connection, page.source, row.id_number)
    return saved


def _new_head(row: PageRow, article: items.Article) -> datetime | None:
    """The time in the page's head, if none was known or a later one."""
    head = article.date_published
    if head.at is None or head.precision is not Precision.MINUTE:
        return None
    at = second(head.at)
    return at if row.date_in_head is None or at < row.date_in_head else None


def _save(connection: Connection, page: items.Page, row: PageRow, text: Text, date: Date) -> Saved:
    fetched_at = second(page.fetched_at)
    if row.article_id is None:
        return _add(connection, page, row, text, date)
    if row.text_seen_at is not None and fetched_at < row.text_seen_at:
        return Saved(Outcome.UNCHANGED, row.article_id)
    if row.text_hash == text.fingerprint.text_hash:
        is_namesake = row.article_source_id == page.source_id
        stories.touch_story(connection, row.article_id, fetched_at, text if is_namesake else None)
        return Saved(Outcome.UNCHANGED, row.article_id)
    if row.gave(page):
        saved = _correct(connection, row, row.article_id, text)
    else:
        saved = _edit(connection, page, row, row.article_id, text)
    stories.touch_story(connection, saved.article_id, fetched_at)
    return saved


def _add(connection: Connection, page: items.Page, row: PageRow, text: Text, date: Date) -> Saved:
    known = stories.story_with(connection, page.source, text.fingerprint.text_hash)
    if known is not None:
        stories.touch_story(connection, known, second(page.fetched_at))
        return Saved(Outcome.DUPLICATE, known)
    article_id, duplicate_of_id = stories.add_story(
        connection,
        text,
        source=page.source,
        source_id=page.source_id,
        url=page.url,
        first_seen_at=page.fetched_at,
        last_fetched_at=page.fetched_at,
        **dating.story_columns(dating.of_story(connection, page.source, row.id_number, date)),
    )
    return Saved(Outcome.NEW, article_id, duplicate_of_id)


def _edit(
    connection: Connection, page: items.Page, row: PageRow, article_id: int, text: Text
) -> Saved:
    others = connection.scalars(
        select(Page.id).where(Page.article_id == article_id, Page.id != row.id).order_by(Page.id)
    ).all()
    if others and row.article_source_id != page.source_id:
        return _leave(connection, page, row, article_id, text)
    former = connection.execute(select(Article.__table__).where(Article.id == article_id)).one()
    stories.rewrite_story(connection, article_id, text, date_modified=page.fetched_at)
    if others:
        stories.part_pages(connection, former, others)
    return Saved(Outcome.UPDATED, article_id)


def _leave(
    connection: Connection, page: items.Page, row: PageRow, article_id: int, text: Text
) -> Saved:
    new_id = stories.story_with(connection, page.source, text.fingerprint.text_hash)
    if new_id is None:
        new_id, _ = stories.add_story(
            connection,
            text,
            source=page.source,
            source_id=page.source_id,
            url=page.url,
            date_modified=page.fetched_at,
            first_seen_at=row.stored_at,
            last_fetched_at=page.fetched_at,
        )
    stories.move_pages(connection, [row.id], article_id, new_id)
    return Saved(Outcome.UPDATED, new_id)


def _correct(connection: Connection, row: PageRow, article_id: int, text: Text) -> Saved:
    has_it = aliased(ArticleVersion)
    connection.execute(
        update(ArticleVersion)
        .where(
            ArticleVersion.article_id == article_id,
            ArticleVersion.text_hash == row.text_hash,
            ~select(has_it.id)
            .where(
                has_it.page_id == ArticleVersion.page_id,
                has_it.text_hash == text.fingerprint.text_hash,
            )
            .exists(),
        )
        .values(text.text_columns)
    )
    stories.rewrite_story(connection, article_id, text, date_modified=None)
    return Saved(Outcome.UPDATED, article_id)


def _keep_version(
    connection: Connection, page_id: int, article_id: int, text: Text, seen_at: datetime
) -> None:
    values = {
        "article_id": article_id,
        "page_id": page_id,
        "of_page": page_id,
        "seen_at": seen_at,
        **text.text_columns,
    }
    connection.execute(_keeping(connection.dialect.name), values)


def _answer(
    page: items.Page, row: PageRow, article: items.Article, recheck_after: Sequence[timedelta]
) -> dict[str, Any]:
    """What the answer changes in the row of its page."""
    values = row.first_answer(page)
    outdated = row.is_newer_than(page)
    if not outdated:
        values |= {"http_status": page.http_status, "last_fetched_at": page.fetched_at}
        if page.warc_file is not None:
            values |= {"warc_file": page.warc_file, "warc_offset": page.warc_offset}
    if not outdated or row.status in {Status.PENDING, Status.REJECTED}:
        stored_at = row.stored_at or second(page.fetched_at)
        rechecks = (stored_at + each for each in recheck_after)
        values |= {
            "status": Status.STORED.value,
            "reason": None,
            "attempts": 0,
            "article_section": article.article_section,
            "stored_at": stored_at,
            "next_fetch_at": next((at for at in rechecks if at > page.fetched_at), None),
        }
    return values


@cache
def _keeping(dialect: str) -> Executable:
    latest = select(func.coalesce(func.max(ArticleVersion.version), 0) + 1).where(
        ArticleVersion.page_id == bindparam("of_page")
    )
    seen_at = bindparam("seen_at", type_=Instant)
    statement = upsert(dialect, ArticleVersion).values(
        version=latest.scalar_subquery(), observed_at=seen_at, last_observed_at=seen_at
    )
    first, last = ArticleVersion.observed_at, ArticleVersion.last_observed_at
    return statement.on_conflict_do_update(
        index_elements=["page_id", "text_hash"],
        set_={
            "observed_at": case((first > seen_at, seen_at), else_=first),
            "last_observed_at": case((last < seen_at, seen_at), else_=last),
        },
    )
