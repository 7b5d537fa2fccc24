import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.errors import BadQuery
from newsbot.store.reading.search_text import MAX_LENGTH, Term, parse


def infix(text: str) -> str:
    """Return how `text` was read, with its words in square brackets."""
    return (
        " ".join(
            f"[{token.words}]{'*' * token.is_prefix}" if isinstance(token, Term) else token
            for token in parse(text)
        )
        .replace("( ", "(")
        .replace(" )", ")")
    )


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("stadium", "[stadium]"),
        ("stadium christchurch", "[stadium] AND [christchurch]"),
        ("stadium AND christchurch", "[stadium] AND [christchurch]"),
        ("stadium OR arena", "[stadium] OR [arena]"),
        ("stadium NOT arena", "[stadium] NOT [arena]"),
        ('"new stadium" opens', "[new stadium] AND [opens]"),
        ("(stadium OR arena) roof", "([stadium] OR [arena]) AND [roof]"),
        ("roof(stadium)", "[roof] AND ([stadium])"),
        ("this and that or not", "[this] AND [and] AND [that] AND [or] AND [not]"),
        ('the "AND" gate', "[the] AND [AND] AND [gate]"),
        ("ferr* boat", "[ferr]* AND [boat]"),
        ('"the ferr"*', "[the ferr]*"),
        ("covid-19*", "[covid-19]*"),
        ("boat AND NOT ferry", "[boat] NOT [ferry]"),
    ],
)
def test_operators_phrases_and_brackets_mean_what_they_say(text: str, read_as: str) -> None:
    assert infix(text) == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("C++", "[C++]"),
        ("Women's", "[Women's]"),
        ("covid-19", "[covid-19]"),
        ("headline:sport", "[headline:sport]"),
        ("spo*rt", "[spo*rt]"),
        ("salt & pepper", "[salt] AND [pepper]"),
        ('he said "wait', "[he] AND [said] AND [wait]"),
        ('"" boat', "[boat]"),
        ("NEAR(boat ferry)", "[NEAR] AND ([boat] AND [ferry])"),
        ("boat\x00house", "[boat] AND [house]"),
        ("boat\ud800house", "[boat] AND [house]"),
    ],
)
def test_any_other_mark_means_nothing(text: str, read_as: str) -> None:
    assert infix(text) == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("(boat", "[boat]"),
        ("boat)", "[boat]"),
        (") boat (", "[boat]"),
        ("boat ()", "[boat]"),
        ("20 * (boat", "[20] AND [boat]"),
        (11 * "(" + "boat" + 11 * ")", "[boat]"),
    ],
)
def test_brackets_without_partner_mean_nothing(text: str, read_as: str) -> None:
    assert infix(text) == read_as


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("stadium AND", "AND"),
        ("NOT rugby", "NOT"),
        ("boat OR OR ferry", "OR"),
        ("boat OR NOT ferry", "NOT"),
        ("(boat OR) ferry", "OR"),
        ("boat (AND ferry)", "AND"),
        ("boat AND ()", "AND"),
    ],
)
def test_an_operator_without_a_word_is_refused(text: str, operator: str) -> None:
    with pytest.raises(BadQuery, match=rf"^{operator} must be between two words; .*\.$"):
        parse(text)


@pytest.mark.parametrize("text", ["a*", "boat C++*", '"the b"*', "ā*"])
def test_a_prefix_that_is_too_short_is_refused(text: str) -> None:
    with pytest.raises(BadQuery, match=r"^\S.* is too short; give at least 2 letters"):
        parse(text)


@pytest.mark.parametrize("text", ["", "   ", "++", "()", '""', '"', "-- ' \" *", "\x00", "AND"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(BadQuery, match=r"^The search text has no word in it; .*\.$"):
        parse(text)


def test_a_text_that_is_too_long_is_refused() -> None:
    assert len(parse("x" * MAX_LENGTH)) == 1
    with pytest.raises(BadQuery, match="has 501 characters; use at most 500"):
        parse("x" * (MAX_LENGTH + 1))


@given(st.text(st.sampled_from('ab"() ANDORT*'), max_size=40))
def test_what_is_read_adds_up(text: str) -> None:
    try:
        tokens = parse(text)
    except BadQuery:
        return
    depth = 0
    operand_next = True
    for each in tokens:
        depth += (each == "(") - (each == ")")
        assert depth >= 0
        assert operand_next == (each == "(" or isinstance(each, Term))
        operand_next = each != ")" and not isinstance(each, Term)
    assert depth == 0
    assert not operand_next
