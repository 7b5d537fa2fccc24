"""What is known of one page: its story and its texts, its lists and repetitions, its response."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store.tables import Article, ArticleVersion, Listing, Page

# Digits of a number that every database takes.
_LONGEST_ID = 9


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the ledger and what belongs to it, as rows of their tables.

    `story` is None where no article was ever read. `listings` are in the order in which they were
    first seen, `versions` in that of their numbers. `same` are the other pages with this story;
    `repeats` is the earlier story that it nearly repeats, and `repeated_by` are the later ones that
    nearly repeat it.
    """

    page: Page
    listings: Sequence[Listing]
    versions: Sequence[ArticleVersion]
    story: Article | None
    same: Sequence[Page]
    repeats: Article | None
    repeated_by: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Archived:
    """A page of the ledger; `warc_file` and `warc_offset` are None where nothing is archived."""

    url: str
    status: str
    reason: str | None
    warc_file: str | None
    warc_offset: int | None


def shown(
    session: Session, source: str, source_id: str | None, article_id: str | None = None
) -> Shown | None:
    """Return what is known of a page; None if it is unknown.

    Args:
        session: to read with.
        source: the site's name.
        source_id: the site's id of the page; None if that is not known.
        article_id: an id of `articles`, in digits: where there is no such page, its page is meant.
    """
    of_page = (Page.source == source, Page.source_id == source_id)
    page = session.scalars(select(Page).where(*of_page)).one_or_none()
    if page is None and article_id is not None and len(article_id) <= _LONGEST_ID:
        of_article = select(Page).join(Article, Page.source_id == Article.source_id)
        page = session.scalars(
            of_article.where(Page.source == Article.source, Article.id == int(article_id))
        ).one_or_none()
    if page is None:
        return None
    listings = select(Listing).where(Listing.page_id == page.id)
    versions = select(ArticleVersion).where(ArticleVersion.page_id == page.id)
    story = session.get(Article, page.article_id) if page.article_id else None
    same = select(Page).where(Page.article_id == page.article_id, Page.id != page.id)
    repeated_by = select(Article).where(Article.duplicate_of_id == page.article_id)
    return Shown(
        page=page,
        listings=session.scalars(listings.order_by(Listing.first_seen_at, Listing.id)).all(),
        versions=session.scalars(versions.order_by(ArticleVersion.version)).all(),
        story=story,
        same=session.scalars(same.order_by(Page.id_number)).all() if story else [],
        repeats=(
            session.get(Article, story.duplicate_of_id) if story and story.duplicate_of_id else None
        ),
        repeated_by=session.scalars(repeated_by.order_by(Article.id)).all() if story else [],
    )


def archived(session: Session, source: str, source_id: str) -> Archived | None:
    """Return what the ledger has of a page, or None if it doesn't know the id."""
    columns = (Page.url, Page.status, Page.reason, Page.warc_file, Page.warc_offset)
    of_page = (Page.source == source, Page.source_id == source_id)
    row = session.execute(select(*columns).where(*of_page)).one_or_none()
    return Archived(*row) if row else None
