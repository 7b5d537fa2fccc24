"""Rows of `articles`: made, rewritten, parted. Each shows the text that its pages show now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.sql.dml import ReturningInsert

from newsbot import items
from newsbot.items import Fingerprint, Precision
from newsbot.store import dating, duplicates
from newsbot.store.fingerprints import fingerprint
from newsbot.store.statements import AnyRow, upsert
from newsbot.store.tables import Article, ArticleVersion, Page

FORGOTTEN = ""
"""The `text_hash` of a story that `forgetting` has set back, until its page tells it again."""


@dataclass(frozen=True, slots=True)
class Text:
    """An article as a page shows it, and its fingerprint."""

    article: items.Article
    fingerprint: Fingerprint

    @property
    def text_columns(self) -> dict[str, Any]:
        """What `articles` and `article_versions` both hold."""
        return {
            "headline": self.article.headline,
            "description": self.article.description,
            "article_body": self.article.article_body,
            "text_hash": self.fingerprint.text_hash,
        }

    @property
    def other_columns(self) -> dict[str, Any]:
        """What a page tells of its article besides: no version is kept of it."""
        return {
            "article_section": self.article.article_section,
            "credit_text": self.article.credit_text,
            "copyright_holder": self.article.copyright_holder,
            "copyright_year": self.article.copyright_year,
        }

    @property
    def word_count(self) -> int:
        """Words in the body."""
        return len(self.article.article_body.split())


def story_with(connection: Connection, source: str, text_hash: str) -> int | None:
    """Return the earliest story of `source` that shows this very text now."""
    return connection.scalar(_SAME_TEXT, {"source": source, "text_hash": text_hash})


def add_story(connection: Connection, text: Text, **columns: Any) -> tuple[int, int | None]:
    """Add a story; return its id, and that of the earlier one that it nearly repeats.

    `columns` are those that the text does not tell: the page it is named for
    (`source, source_id, url`), when it was seen, and its date if it has one.
    """
    near = duplicates.nearest(connection, text.fingerprint)
    values = {
        **text.text_columns,
        **text.other_columns,
        "word_count": text.word_count,
        "date_published_precision": Precision.UNKNOWN.value,
        "duplicate_of_id": near.article_id if near else None,
        "similarity": near.similarity if near else None,
        **columns,
    }
    article_id = connection.scalars(_adding(connection.dialect.name), values).one()
    duplicates.add_sketch(connection, article_id, text.fingerprint)
    return article_id, near.article_id if near else None


def rewrite_story(
    connection: Connection, article_id: int, text: Text, *, date_modified: datetime | None
) -> None:
    """Give a story a new text; `date_modified` None leaves that date as it is."""
    values = {**text.text_columns, **text.other_columns, "word_count": text.word_count}
    if date_modified is not None:
        values["date_modified"] = date_modified
    connection.execute(update(Article).where(Article.id == article_id).values(values))
    duplicates.drop_sketch(connection, article_id)
    duplicates.add_sketch(connection, article_id, text.fingerprint)
    duplicates.compare_again(connection, article_id)


def touch_story(
    connection: Connection, article_id: int, fetched_at: datetime, text: Text | None = None
) -> None:
    """Note that a page of the story answered, and with `text` what it tells besides its text.

    Nothing is noted where the story was fetched later already.
    """
    values = {"of_article": article_id, "seen_at": fetched_at, "last_fetched_at": fetched_at}
    connection.execute(_TOUCH, values | (text.other_columns if text else {}))


def move_pages(
    connection: Connection, page_ids: Sequence[int], former_id: int, article_id: int
) -> None:
    """Let pages and their versions belong to another story, and date both stories anew."""
    for table, page_id in ((Page, Page.id), (ArticleVersion, ArticleVersion.page_id)):
        connection.execute(update(table).where(page_id.in_(page_ids)).values(article_id=article_id))
    dating.redate_articles(connection, [former_id, article_id])


def part_pages(connection: Connection, former: AnyRow, page_ids: Sequence[int]) -> None:
    """Move pages out of a story that was edited elsewhere, while they show its `former` row's text.

    They go together: to another story that shows that text, or into one of
    their own, named for the first of them.
    """
    article_id = story_with(connection, former.source, former.text_hash)
    if article_id is None:
        first = connection.execute(_NAMESAKE, {"page_id": page_ids[0]}).one()
        article = items.Article(
            headline=former.headline,
            description=former.description,
            article_body=former.article_body,
            article_section=first.article_section or former.article_section,
            credit_text=former.credit_text,
            copyright_holder=former.copyright_holder,
            copyright_year=former.copyright_year,
        )
        article_id, _ = add_story(
            connection,
            Text(article, fingerprint(article)),
            source=former.source,
            source_id=first.source_id,
            url=first.url,
            date_modified=former.date_modified,
            first_seen_at=first.stored_at,
            last_fetched_at=first.last_fetched_at,
        )
    move_pages(connection, page_ids, former.id, article_id)


@cache
def _adding(dialect: str) -> ReturningInsert[int]:
    """Return an INSERT that takes the row of a forgotten story, and with it its id."""
    statement = upsert(dialect, Article)
    columns = [column.name for column in Article.__table__.columns if not column.primary_key]
    return statement.on_conflict_do_update(
        index_elements=["source", "source_id"],
        set_={name: statement.excluded[name] for name in columns},
        where=Article.text_hash == FORGOTTEN,
    ).returning(Article.id)


_SAME_TEXT = (
    select(Article.id)
    .where(Article.source == bindparam("source"), Article.text_hash == bindparam("text_hash"))
    .order_by(Article.id)
    .limit(1)
)
_TOUCH = update(Article).where(
    Article.id == bindparam("of_article"), Article.last_fetched_at <= bindparam("seen_at")
)
_NAMESAKE = select(
    Page.source_id, Page.url, Page.article_section, Page.stored_at, Page.last_fetched_at
).where(Page.id == bindparam("page_id"))
