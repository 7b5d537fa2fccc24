"""Text made comparable, and nothing else."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.items import Article, Listing, ListKind, NewsList, Page
from newsbot.pipelines.clean import CleanPipeline
from newsbot.text import clean


@pytest.mark.parametrize(
    "text",
    [
        "Whangārei’s mayor said “yes” – and “no” — twice -- then left…",
        "First paragraph.\n\nSecond,\nwith a line break.",
        "👩‍🚒 put it out",
    ],
)
def test_what_is_printed_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u0304 macron of two characters", "ā macron of two characters"),
        ("  5\u00a0km \t away ", "5 km away"),
        ("soft\u00adhyphen, zero\u200bwidth, mark\ufeff", "softhyphen, zerowidth, mark"),
        ("tab\tnext line\x85unit\x1fcarriage\rreturn", "tab next line unit carriage return"),
        ("bell\x07 and \x9b and null\x00", "bell and and null"),
        ("one\n\n\n\n two \n\n \n\nthree", "one\n\ntwo\n\nthree"),
    ],
)
def test_what_only_looks_different_becomes_the_same(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()


def test_every_text_of_a_page_is_cleaned() -> None:
    article = Article(" a ", " b ", " c ", " d ", " d > e ", copyright_holder=" f ")
    listing = Listing(
        "1", "http://h/news/article.aspx?id=1", NewsList(ListKind.TOP, "Top Stories"), " f ", " g "
    )
    page = Page("nzcity", "1", "http://h/", datetime(2025, 8, 20, tzinfo=UTC), 200, article)
    page.listings.append(listing)

    cleaned = CleanPipeline().process_item(page)

    assert cleaned.article == Article("a", "b", "c", "d", "d > e", copyright_holder="f")
    assert (cleaned.listings[0].category, cleaned.listings[0].title) == ("f", "g")


def test_names_of_lists_are_cleaned_alike() -> None:
    printed = NewsList(ListKind.SECTION, "Other\x1b[2J  Ferry News", "\x1b[2J Ferry ")
    page = Page("nzcity", None, "http://h/", datetime(2025, 8, 20, tzinfo=UTC), 200)
    page.listings.append(Listing("1", "http://h/news/article.aspx?id=1", printed, None, ""))
    page.boxes, page.empty, page.unreadable = [printed], [printed], [printed]

    cleaned = CleanPipeline().process_item(page)

    expected = NewsList(ListKind.SECTION, "Other[2J Ferry News", "[2J Ferry")
    assert cleaned.listings[0].news_list == expected
    assert cleaned.boxes == cleaned.empty == cleaned.unreadable == [expected]
