"""Finds the earlier article that a text nearly repeats: by sketch, then by an exact check."""

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import Connection, Executable, TextClause, bindparam, select, text, update

from newsbot.items import Fingerprint
from newsbot.store.base import AnyRow
from newsbot.store.recording.decide import CANDIDATES, SHARED_HASHES
from newsbot.store.tables import Article
from newsbot.text import fingerprint_of, most_alike, shingles_of

CANDIDATES_PER_HASH = 16
"""How many articles, the newest, are looked up for one hash, so that a shingle that every article
contains stays cheap."""

COMPARED_AT_ONCE = 50
"""How many of the articles that repeated an edited one are compared with it again."""

_NO_TEXT = Fingerprint("", frozenset(), ())
_LAST_ID = 2**63 - 1


def candidates(
    connection: Connection, sketch: tuple[int, ...], first_id: int = 0, last_id: int = _LAST_ID
) -> Sequence[int]:
    """Return the ids of the articles to compare a text with, in ascending order."""
    if not sketch:
        return []
    hashes = {f"hash_{number}": each for number, each in enumerate(sketch)}
    place = {"first_id": first_id, "last_id": last_id, **hashes}
    return sorted(connection.scalars(_candidates_of(len(sketch)), place))


def texts(connection: Connection, article_ids: Collection[int]) -> Sequence[AnyRow]:
    """Return the ids and texts of articles, in the order of the ids."""
    if not article_ids:
        return []
    return connection.execute(_TEXTS, {"some": sorted(article_ids)}).all()


def compare_again(connection: Connection, article_id: int) -> None:
    """Compare an article whose text has changed with earlier ones, and later ones with it."""
    fingerprint = _fingerprint(connection, article_id)
    later = set(candidates(connection, fingerprint.sketch, article_id + 1))
    repeated = select(Article.id).where(Article.duplicate_of_id == article_id)
    later.update(connection.scalars(repeated.order_by(Article.id).limit(COMPARED_AT_ONCE)))
    _compare(connection, article_id, fingerprint)
    for other_id in sorted(later):
        _compare(connection, other_id, _fingerprint(connection, other_id))


def nearest(
    connection: Connection, fingerprint: Fingerprint, before_id: int = _LAST_ID
) -> tuple[int, float] | None:
    """Return the article most similar to a text, the first of equals, and the similarity, or None.

    Only articles before `before_id` are compared: references always point to an earlier article, so
    that there are no cycles.
    """
    found = texts(connection, candidates(connection, fingerprint.sketch, 0, before_id - 1))
    others = ((article_id, shingles_of(*parts)) for article_id, *parts in found)
    return most_alike(fingerprint.shingles, others)


def _compare(connection: Connection, article_id: int, fingerprint: Fingerprint) -> None:
    near = nearest(connection, fingerprint, article_id)
    connection.execute(
        update(Article)
        .where(Article.id == article_id)
        .values(
            duplicate_of_id=near[0] if near else None,
            similarity=near[1] if near else None,
        )
    )


def _fingerprint(connection: Connection, article_id: int) -> Fingerprint:
    """Return the fingerprint of an article's text; an empty one if it has no body."""
    headline, description, body = connection.execute(_TEXT, {"article_id": article_id}).one()
    return fingerprint_of(headline, description, body) if body else _NO_TEXT


_TEXTS: Executable = (
    select(Article.id, Article.headline, Article.description, Article.article_body)
    .where(Article.id.in_(bindparam("some", expanding=True)))
    .order_by(Article.id)
)
_TEXT: Executable = select(Article.headline, Article.description, Article.article_body).where(
    Article.id == bindparam("article_id")
)


@cache
def _candidates_of(hashes: int) -> TextClause:
    newest_of_each = " UNION ALL ".join(
        f"SELECT * FROM (SELECT article_id FROM shingles WHERE hash = :hash_{number}"  # noqa: S608
        " AND article_id BETWEEN :first_id AND :last_id"
        f" ORDER BY article_id DESC LIMIT {CANDIDATES_PER_HASH}) AS newest_{number}"
        for number in range(hashes)
    )
    return text(
        f"SELECT article_id FROM ({newest_of_each}) AS found GROUP BY article_id"  # noqa: S608
        f" HAVING count(*) >= {min(SHARED_HASHES, hashes)}"
        f" ORDER BY count(*) DESC, article_id DESC LIMIT {CANDIDATES}"
    )
