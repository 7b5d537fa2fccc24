"""Which earlier story does a text nearly repeat? Asked by its sketch, answered exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    Connection,
    Executable,
    TextClause,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)

from newsbot.items import Fingerprint
from newsbot.store.fingerprints import fingerprint_of, jaccard, shingles_of
from newsbot.store.statements import AnyRow
from newsbot.store.tables import Article, Shingle

# A flag must be right more than it must find all; measured in docs/performance.md.
SIMILARITY_THRESHOLD = 0.8

CANDIDATES_PER_HASH = 16
"""The newest stories looked up for one hash: a shingle that stands in every story stays cheap."""

CANDIDATES = 10
"""The stories compared word by word: those that share most hashes, the newest first."""

SHARED_HASHES = 2
"""Stories that share fewer are not compared; of 6,000 copies near the threshold, none did."""

_LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Near:
    """A story that a text nearly repeats, and how nearly: at least the threshold, at most 1."""

    article_id: int
    similarity: float


def nearest(
    connection: Connection, fingerprint: Fingerprint, before_id: int | None = None
) -> Near | None:
    """The story most like the text, the earliest of several; None if none is like enough.

    With `before_id`, only among stories stored before that one: a story
    refers to an earlier one, so that no references run in a circle.
    """
    last_id = _LAST_ID if before_id is None else before_id - 1
    best = None
    for article_id, *text_parts in _candidates(connection, fingerprint.sketch, 0, last_id):
        similarity = jaccard(fingerprint.shingles, shingles_of(*text_parts))
        if similarity >= SIMILARITY_THRESHOLD and (best is None or similarity > best.similarity):
            best = Near(article_id, similarity)
    return best


def add_sketch(connection: Connection, article_id: int, fingerprint: Fingerprint) -> None:
    """Make a story's text findable."""
    if fingerprint.sketch:
        rows = [{"hash": each, "article_id": article_id} for each in fingerprint.sketch]
        connection.execute(_ADD_SKETCH, rows)


def drop_sketch(connection: Connection, article_id: int) -> None:
    """Forget the text that a story had."""
    connection.execute(delete(Shingle).where(Shingle.article_id == article_id))


def compare_again(connection: Connection, article_id: int) -> None:
    """Compare a story whose text has changed: with earlier stories, and later ones with it."""
    fingerprint = _fingerprint(connection, article_id)
    candidates = _candidates(connection, fingerprint.sketch, article_id + 1, _LAST_ID)
    later = {row.id for row in candidates}
    later.update(
        connection.scalars(select(Article.id).where(Article.duplicate_of_id == article_id))
    )
    _compare(connection, article_id, fingerprint)
    for other_id in sorted(later):
        _compare(connection, other_id, _fingerprint(connection, other_id))


def _compare(connection: Connection, article_id: int, fingerprint: Fingerprint) -> None:
    near = nearest(connection, fingerprint, before_id=article_id)
    connection.execute(
        update(Article)
        .where(Article.id == article_id)
        .values(
            duplicate_of_id=near.article_id if near else None,
            similarity=near.similarity if near else None,
        )
    )


def _fingerprint(connection: Connection, article_id: int) -> Fingerprint:
    return fingerprint_of(*connection.execute(_TEXT, {"article_id": article_id}).one())


def _candidates(
    connection: Connection, sketch: tuple[int, ...], first_id: int, last_id: int
) -> Sequence[AnyRow]:
    """Return id, headline, description and body of each story to compare with, by their ids."""
    if not sketch:
        return []
    hashes = {f"hash_{number}": each for number, each in enumerate(sketch)}
    place = {"first_id": first_id, "last_id": last_id, **hashes}
    return connection.execute(_candidates_of(len(sketch)), place).all()


_ADD_SKETCH = insert(Shingle)
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
        "SELECT id, headline, description, article_body FROM articles WHERE id IN ("  # noqa: S608
        f"SELECT article_id FROM ({newest_of_each}) AS found GROUP BY article_id"
        f" HAVING count(*) >= {min(SHARED_HASHES, hashes)}"
        f" ORDER BY count(*) DESC, article_id DESC LIMIT {CANDIDATES}) ORDER BY id"
    )
