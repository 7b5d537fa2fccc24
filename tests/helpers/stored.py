"""Saving made-up pages, and what the archive holds of each afterwards."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store.recording.known import Saved
from newsbot.store.tables import Article, ArticleVersion, Page
from tests.helpers.made_up import LONG_BODY, a_page, hours, save

RECHECKS = [hours(1), hours(24), hours(168)]
EDITED = LONG_BODY + " It closes at five."
OTHER_BODY = "The council will plant two hundred pōhutukawa along the coast road this winter."


def saved(session: Session, *args: Any, **changes: Any) -> Saved:
    outcome = save(session, a_page(*args, **changes), recheck_after=RECHECKS).saved
    assert outcome is not None
    return outcome


def article_of(session: Session, source_id: int) -> Article:
    session.expire_all()
    return session.scalars(
        select(Article)
        .join(Page, Page.article_id == Article.id)
        .where(Page.source_id == str(source_id))
    ).one()


def page(session: Session, source_id: int) -> Page:
    session.expire_all()
    return session.scalars(select(Page).where(Page.source_id == str(source_id))).one()


def versions(session: Session, source_id: int) -> list[tuple[int, str]]:
    """The version numbers and bodies at a page, in the order of first sight."""
    rows = session.execute(
        select(ArticleVersion.version, ArticleVersion.article_body)
        .join(Page, Page.id == ArticleVersion.page_id)
        .where(Page.source_id == str(source_id))
        .order_by(ArticleVersion.version)
    )
    return [(version, body) for version, body in rows]
