"""What is usual for the archive: a run is compared with it, to notice a half-broken page."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.store.tables import Article, Box, Crawl

# So many of the newest tell what is usual now; fewer than the least tell nothing.
_ARTICLES, _CRAWLS = 200, 50
_AT_LEAST = 20


@dataclass(slots=True, frozen=True)
class Usual:
    """What the archive's recent past was like.

    `word_count` is the mean of the newest stories, `rejected_share` the share of rejected pages
    among those that recent runs read for the first time; each is None if there are too few.
    `entries` gives the usual number of entries of each box.
    """

    word_count: float | None = None
    entries: dict[str, float] = field(default_factory=dict)
    rejected_share: float | None = None


def usual(session: Session, source: str) -> Usual:
    """Return what is usual for `source`, to be asked before a run adds to it."""
    # By the id alone: asked for a source too, SQLite would sort all of its articles.
    lately = (
        select(Article.word_count, Article.source)
        .order_by(Article.id.desc())
        .limit(_ARTICLES)
        .subquery()
    )
    newest = select(lately.c.word_count).where(lately.c.source == source).subquery()
    count, mean = session.execute(
        select(func.count(), func.avg(newest.c.word_count)).select_from(newest)
    ).one()
    boxes = session.execute(select(Box.list_name, Box.typical_entries).where(Box.source == source))
    runs = (
        select(Crawl.new, Crawl.rejected)
        .where(Crawl.source == source, Crawl.exit_code == 0)
        .order_by(Crawl.id.desc())
        .limit(_CRAWLS)
        .subquery()
    )
    totals = select(*(func.coalesce(func.sum(each), 0) for each in (runs.c.new, runs.c.rejected)))
    new, rejected = session.execute(totals).one()
    return Usual(
        word_count=float(mean) if count >= _AT_LEAST else None,
        entries={row.list_name: row.typical_entries for row in boxes},
        rejected_share=float(rejected / (new + rejected)) if new + rejected >= _AT_LEAST else None,
    )
