"""Word diffs."""

from hypothesis import given
from hypothesis import strategies as st

from newsbot.word_diff import Piece, condensed, word_diff

TEXT = st.lists(st.sampled_from(["ferry", "runs", "again", "Māori", "\n\n", "-", " ", "…"])).map(
    "".join
) | st.text(max_size=80)


@given(TEXT, TEXT)
def test_both_texts_can_be_had_back(before: str, after: str) -> None:
    pieces = list(word_diff(before, after))

    assert "".join(piece.text for piece in pieces if piece.sign in "-=") == before
    assert "".join(piece.text for piece in pieces if piece.sign in "+=") == after


@given(TEXT)
def test_the_same_text_has_no_change(text: str) -> None:
    assert {piece.sign for piece in word_diff(text, text)} <= {"="}


def test_changed_words_are_marked() -> None:
    pieces = list(word_diff("The ferry runs again.", "The old ferry stays again."))

    assert pieces == [
        Piece("=", "The "),
        Piece("+", "old "),
        Piece("=", "ferry "),
        Piece("-", "runs "),
        Piece("+", "stays "),
        Piece("=", "again."),
    ]


def test_long_runs_are_shortened_where_nothing_changed() -> None:
    words = " ".join(str(number) for number in range(100))

    pieces = condensed(word_diff(f"{words} old {words}", f"{words} new {words}"), words=2)

    assert [piece.text for piece in pieces] == ["… 98 99 ", "old ", "new ", "0 1 … "]


def test_short_runs_are_left_whole() -> None:
    pieces = list(word_diff("one two three four", "one 2 three 4"))

    assert list(condensed(pieces, words=1)) == pieces
