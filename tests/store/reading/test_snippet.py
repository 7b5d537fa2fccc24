import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from newsbot.store.reading.search_text import MARK_END, MARK_START, Term, snippet

STORED = st.characters(exclude_categories=["Cc", "Cs"])


def shown(text: str, *words: str) -> str:
    """Return the snippet with square brackets for its marks."""
    terms = [Term(word.rstrip("*"), word.endswith("*")) for word in words]
    return snippet(text, terms).replace(MARK_START, "[").replace(MARK_END, "]")


def numbers(first: int, last: int) -> str:
    return " ".join(map(str, range(first, last + 1)))


def test_words_are_marked_whatever_their_capitals_and_accents() -> None:
    text = "Whangārei’s cafés open.\n\nNo boat today: WHANGAREI waits."
    assert shown(text, "whangarei", "cafes") == (
        "[Whangārei]’s [cafés] open. No boat today: [WHANGAREI] waits."
    )


def test_a_letter_and_its_accent_apart_are_one_letter() -> None:
    assert shown("Whanga\u0304rei", "whangarei") == "[Whangārei]"
    assert shown("Whānau", "Wha\u0304nau") == "[Whānau]"


def test_a_part_of_a_word_is_not_marked() -> None:
    assert shown("a boathouse and a boat", "boat") == "a boathouse and a [boat]"


def test_a_prefix_marks_whole_words() -> None:
    assert (
        shown("two Ferries and a fern, a ferry", "ferr*") == "two [Ferries] and a fern, a [ferry]"
    )
    assert shown("the ferries of the bay", "the ferr*") == "[the] [ferries] of [the] bay"


def test_a_long_text_is_cut_around_the_first_word() -> None:
    assert shown(numbers(1, 99), "50") == f"…{numbers(45, 49)} [50] {numbers(51, 74)}…"
    assert shown(numbers(1, 99), "99") == f"…{numbers(94, 98)} [99]"
    assert shown(numbers(1, 99)) == f"{numbers(1, 30)}…"


def test_the_passage_with_the_most_different_words_wins() -> None:
    text = f"boat boat {numbers(1, 60)} ferry boat {numbers(61, 90)}"
    assert shown(text, "boat", "ferry") == (f"…{numbers(56, 60)} [ferry] [boat] {numbers(61, 83)}…")


def test_a_text_without_words_is_shown_as_it_is() -> None:
    assert shown("…  !", "boat") == "… !"
    assert shown("", "boat") == ""


@given(st.text(STORED), st.text(STORED))
def test_without_its_marks_a_snippet_is_a_part_of_the_text(text: str, word: str) -> None:
    passage = snippet(text, [Term(word)]).replace(MARK_START, "").replace(MARK_END, "")
    whole = " ".join(unicodedata.normalize("NFC", text).split())
    assert passage.removeprefix("…").removesuffix("…") in whole
