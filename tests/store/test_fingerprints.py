import re

from hypothesis import example, given
from hypothesis import strategies as st

from newsbot.text import (
    SKETCH_SIZE,
    fingerprint,
    fingerprint_of,
    jaccard,
    shingles,
    text_hash,
)
from tests.helpers.made_up import an_article

texts = st.text(st.characters(exclude_categories=["Cs"]))
parts = st.tuples(texts, texts, texts)
words = st.lists(st.text("aeiou", min_size=1), max_size=30)
sets = st.frozensets(st.integers(0, 20))


@given(parts, parts)
def test_equal_texts_and_no_others_have_equal_hashes(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (text_hash(*one) == text_hash(*other)) == (one == other)


def test_a_sentence_that_changes_place_makes_another_hash() -> None:
    assert text_hash("Rain.", "Wind.", "Snow.") != text_hash("Rain.", "Wind.Snow.", "")


def test_hashes_are_the_same_on_every_machine() -> None:
    # As `printf '7:Kōwhai8:in bloom17:…' | sha256sum` and `xxhsum -H3` say.
    assert text_hash("Kōwhai", "in bloom", "A sign of spring.") == (
        "3a854c6b4cfcc4add52a8c375285bab856d941b3cdad438a6983e8be5d5f9fce"
    )
    assert {f"{each:016x}" for each in shingles("One two, three; four: five six!")} == {
        "26203a86bb4583e0",
        "ea11017dd5073998",
    }


def test_case_and_punctuation_do_not_matter() -> None:
    assert shingles("The “old” ferry—raised at last. Again!") == shingles(
        "the old ferry raised AT LAST again"
    )


def test_numbers_matter() -> None:
    monday = "The winning numbers tonight are 4 8 15 16 23 and the bonus is 42"
    tuesday = monday.replace("15", "17")

    assert jaccard(shingles(monday), shingles(tuesday)) < 0.5


@given(texts)
@example("Whangārei’s “İstanbul_2” – 5½ km, ٣ x²\x1fend")
def test_words_are_what_the_expression_for_words_finds(text: str) -> None:
    assert shingles(text) == shingles(" ".join(re.findall(r"\w+", text.casefold())))


@given(words)
def test_every_run_of_five_words_is_a_shingle(run: list[str]) -> None:
    found = shingles(" ".join(run))

    starts = range(max(len(run) - 4, min(len(run), 1)))
    assert len(found) == len({tuple(run[start : start + 5]) for start in starts})


def test_a_short_text_is_one_shingle() -> None:
    assert len(shingles("Rain again today")) == 1
    assert shingles("Rain again today") != shingles("Rain again tomorrow")
    assert shingles("… !") == frozenset()


@given(sets, sets)
def test_jaccard_is_the_share_of_what_both_have(one: frozenset[int], other: frozenset[int]) -> None:
    expected = len(one & other) / len(one | other) if one | other else 0

    assert jaccard(one, other) == jaccard(other, one) == expected


@given(texts)
def test_the_sketch_is_the_smallest_hashes(body: str) -> None:
    taken = fingerprint_of("A", "B", body)

    # The database knows signed numbers only.
    assert [each + 2**63 for each in taken.sketch] == sorted(taken.shingles)[:SKETCH_SIZE]
    assert all(-(2**63) <= each < 2**63 for each in taken.sketch)


def test_only_the_text_counts() -> None:
    assert fingerprint(an_article()) == fingerprint(
        an_article(article_section="Sport", credit_text=None, day_printed="1998-01-01")
    )
    assert fingerprint(an_article()) != fingerprint(an_article(description="Another."))
