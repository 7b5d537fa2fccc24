"""The one way into the archive: everything that follows from one page, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Date, Fingerprint, Origin, Page, Precision, Status
from newsbot.store.articles import Saved, save_article
from newsbot.store.failures import record_failure, record_list_page, standing
from newsbot.store.listings import see_listings
from newsbot.store.tables import Article


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a page.

    `saved` is what became of its article, if it had one. `status` is where
    its row in the ledger stands now, None for a list that could be read;
    `attempts` counts its failures in a row; `was_known` tells of a page without
    an article whether a list showed it, or one was stored from it before.
    `new_ids` are the listed ids that were not known before.
    """

    saved: Saved | None
    status: Status | None
    attempts: int = 0
    was_known: bool = False
    new_ids: list[str] = field(default_factory=list)


def date_of(session: Session, saved: Saved) -> Date:
    """The best date that the archive knows now for a story that was just saved."""
    row = session.execute(
        select(
            Article.date_published,
            Article.date_published_precision,
            Article.date_published_evidence,
        ).where(Article.id == saved.article_id)
    ).one()
    return Date(row[0], Precision(row[1]), row[2])


def record(
    session: Session,
    page: Page,
    fingerprint: Fingerprint | None,
    *,
    recheck_after: Sequence[timedelta] = (),
    trusted: bool = True,
    origin: Origin = Origin.START,
    archive_start: bool = True,
) -> Recorded:
    """Store all that `page` says; the caller commits.

    `fingerprint` is that of the page's article, None where there is none.
    `trusted` is whether a "not found" proves anything now (`record_failure`);
    `archive_start` whether a first Today's News fixes where the archive
    starts (`see_listings`); `recheck_after` and `origin` are as in
    `save_article`.

    Raises:
        ValueError: the page has an article, but no fingerprint or no id.
    """
    new_ids = see_listings(session, page, archive_start=archive_start)
    if page.article is not None:
        if fingerprint is None:
            raise ValueError(f"the article of {page.url} comes without its fingerprint")
        saved = save_article(session, page, fingerprint, recheck_after=recheck_after, origin=origin)
        return Recorded(saved, Status.STORED, new_ids=new_ids)
    if page.source_id is None:
        status = record_list_page(session, page)
    else:
        status = record_failure(session, page, trusted=trusted, origin=origin)
    attempts, was_known = standing(session, page)
    return Recorded(None, status, attempts, was_known, new_ids)
