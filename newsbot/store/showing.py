"""All that the archive knows of one page: its story, where it was listed, its like, its texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store.tables import Article, ArticleVersion, Listing, Page


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the ledger and what belongs to it, as rows of their tables.

    `story` is None where no article was ever read. `listings` stand in the order in which they were
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


def shown(session: Session, source: str, source_id: str) -> Shown | None:
    """Return what is known of the page with the site's `source_id`; None if it is unknown."""
    of_page = (Page.source == source, Page.source_id == source_id)
    page = session.scalars(select(Page).where(*of_page)).one_or_none()
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
