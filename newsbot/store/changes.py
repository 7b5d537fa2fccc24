"""What changed after it was first stored: edits, removals, new titles in lists, newest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from newsbot.store.tables import Article, ArticleVersion, Listing, Page
from newsbot.store.types import Instant

# The newest are looked for in so many days, then in more: each part of the view has an index of
# its instants, but all together have none.
_WINDOWS = (2, 60, 1000, 100_000)

_CHANGES = table(
    "changes",
    *(column(name) for name in ("source", "source_id", "article_id", "kind", "version")),
    column("changed_at", Instant),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the view `changes`, and what it says.

    `before` and `after` are the whole texts of an edit, the titles of a list's entry, and empty
    for a removal. `headline` and `url` are those that the article has now.
    """

    source_id: str
    kind: str
    changed_at: datetime
    headline: str
    url: str
    before: str
    after: str


def changes(
    session: Session, until: datetime, *, since: datetime | None = None, limit: int = 50
) -> list[Change]:
    """Return the newest changes before `until`, at most `limit`; none from before `since`."""
    statement = (
        select(_CHANGES, Article.headline, Article.url)
        .join(Article, Article.id == _CHANGES.c.article_id)
        .where(_CHANGES.c.changed_at < until)
        .order_by(_CHANGES.c.changed_at.desc(), _CHANGES.c.source_id.desc(), _CHANGES.c.kind)
        .limit(limit)
    )
    rows: list[Any] = []
    for days in _WINDOWS:
        first = since or until - timedelta(days=days)
        rows = list(session.execute(statement.where(_CHANGES.c.changed_at >= first)))
        if since or len(rows) == limit:
            break
    found = (
        Change(
            row.source_id,
            row.kind,
            row.changed_at,
            row.headline,
            row.url,
            *_before_and_after(session, row),
        )
        for row in rows
    )
    # Several lists may have changed a title at once.
    return list(dict.fromkeys(found))


def whole(version: ArticleVersion) -> str:
    """Return the text of a version: headline, description, body."""
    return f"{version.headline}\n\n{version.description}\n\n{version.article_body}"


def _before_and_after(session: Session, row: Any) -> tuple[str, str]:
    of_page = (Page.source == row.source, Page.source_id == row.source_id)
    if row.kind == "edited":
        versions = (
            select(ArticleVersion)
            .join(Page, Page.id == ArticleVersion.page_id)
            .where(*of_page, ArticleVersion.version.in_([row.version - 1, row.version]))
            .order_by(ArticleVersion.version)
        )
        texts = [whole(version) for version in session.scalars(versions)]
        return texts[0], texts[-1]
    if row.kind == "retitled":
        entries = (
            select(Listing)
            .join(Page, Page.id == Listing.page_id)
            .where(*of_page, Listing.title != "", Listing.first_seen_at <= row.changed_at)
            .order_by(Listing.first_seen_at.desc())
        )
        seen = session.scalars(entries).all()
        for new in seen:
            for former in seen:
                if (
                    new.first_seen_at == row.changed_at > former.first_seen_at
                    and former.list_name == new.list_name
                ):
                    return former.title, new.title
    return "", ""
