"""Near duplicates: found, exact, and with bounded work."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Fingerprint
from newsbot.store.recording.decide import CANDIDATES
from newsbot.store.recording.duplicates import CANDIDATES_PER_HASH, nearest
from newsbot.store.tables import Article, Shingle
from newsbot.text import (
    SIMILARITY_THRESHOLD,
    fingerprint,
    jaccard,
    shingles,
    shingles_of,
)
from tests.helpers.made_up import a_page, an_article, save


def words(count: int, seed: int) -> list[str]:
    made = random.Random(seed)
    return ["".join(made.choices("abcdefghijklm", k=6)) for _ in range(count)]


def changed(text: list[str], count: int, seed: int) -> list[str]:
    """The text with so many of its words replaced, far from one another."""
    step = len(text) // max(count, 1)
    new = words(count, seed)
    return [
        new[at // step] if at % step == 0 and at // step < count else each
        for at, each in enumerate(text)
    ]


def store(session: Session, source_id: int, text: list[str]) -> None:
    save(session, a_page(source_id, " ".join(text)))


def near(session: Session, text: list[str], before_id: int = 2**62) -> tuple[int, float] | None:
    of = fingerprint(an_article(" ".join(text)))
    return nearest(session.connection(), of, before_id)


def test_nothing_is_near_in_an_empty_archive(session: Session) -> None:
    assert near(session, words(50, 1)) is None


@given(st.integers(0, 30), st.integers(0, 10**6))
def test_a_story_is_near_from_the_threshold_on(session: Session, replaced: int, seed: int) -> None:
    text = words(400, seed)
    other = changed(text, replaced, seed + 1)
    frame = "Ferry is raised\nIt lay there for a century.\n"
    similarity = jaccard(shingles(frame + " ".join(text)), shingles(frame + " ".join(other)))
    with session.begin_nested() as savepoint:
        store(session, 1, text)
        (article_id,) = session.scalars(select(Article.id))
        expected = (article_id, similarity) if similarity >= SIMILARITY_THRESHOLD else None
        assert near(session, other) == expected
        savepoint.rollback()


def test_the_most_similar_story_wins_and_the_earliest_of_equals(session: Session) -> None:
    text = words(200, 1)
    for source_id, replaced in enumerate([3, 1, 2, 1], 1):
        store(session, source_id, changed(text, replaced, source_id))

    found = near(session, text)

    assert found is not None
    assert found[0] == 2
    assert near(session, changed(text, 1, 4)) == (4, 1.0)
    assert near(session, changed(text, 1, 4), before_id=4) is not None
    before = near(session, changed(text, 1, 4), before_id=4)
    assert before is not None
    assert before[0] < 4


def test_templates_with_other_numbers_are_kept_apart(session: Session) -> None:
    template = (
        "The winning numbers in tonight's draw are {} and the bonus is {}. "
        "The first division prize of {} dollars was won in {} and powerball was not struck."
    )
    for source_id, values in enumerate(
        (("4, 8, 15, 16, 23", 42, 333_333, "Gore"), ("2, 9, 11, 28, 30", 7, 250_000, "Levin")), 1
    ):
        save(session, a_page(source_id, template.format(*values)))

    assert session.scalars(select(Article.duplicate_of_id)).all() == [None, None]


def test_texts_without_words_resemble_nothing(session: Session) -> None:
    for source_id, body in enumerate(("…", "!!!"), 1):
        save(session, a_page(source_id, body, headline="—", description="?"))

    assert session.scalars(select(Article.duplicate_of_id)).all() == [None, None]
    assert session.scalars(select(Shingle.hash)).all() == []


def test_a_shingle_of_every_story_does_not_slow_the_search(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []

    def count(headline: str, description: str, article_body: str) -> object:
        looked_at.append(1)
        return shingles_of(headline, description, article_body)

    notice = words(12, 0)
    for source_id in range(1, 2 * CANDIDATES_PER_HASH):
        store(session, source_id, notice + words(4, source_id))
    monkeypatch.setattr("newsbot.store.recording.duplicates.shingles_of", count)

    near(session, notice + words(4, 999))

    assert 0 < len(looked_at) <= CANDIDATES


def test_stories_that_share_one_hash_are_not_compared(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(session, 1, words(40, 1))
    sketch = session.scalars(select(Shingle.hash).order_by(Shingle.hash)).all()
    compared: list[str] = []

    def compare(headline: str, *_rest: str) -> frozenset[int]:
        compared.append(headline)
        return frozenset()

    monkeypatch.setattr("newsbot.store.recording.duplicates.shingles_of", compare)

    for shared in (1, 2):
        others = range(2**62, 2**62 + len(sketch) - shared)
        text = Fingerprint("", frozenset(), (*sketch[:shared], *others))
        nearest(session.connection(), text)
        assert len(compared) == shared - 1
