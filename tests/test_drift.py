"""A half-broken page is noticed by its numbers, an ordinary run is not."""

from datetime import UTC, datetime

import pytest

from newsbot.crawl.drift import Drift
from newsbot.items import Article, Listing, Page
from newsbot.store.history import Usual

NOW = datetime(2025, 8, 20, tzinfo=UTC)
TODAY = "Today's News"
USUAL = Usual(word_count=400.0, entries={TODAY: 10.0, "Top Stories": 2.0}, rejected_share=0.01)


def page(*, entries: int = 10, words: int = 400) -> Page:
    listings = [
        Listing(str(number), f"http://h/news/article.aspx?id={number}", TODAY, "Rugby", "Title")
        for number in range(entries)
    ]
    article = Article("H", "D", "word " * words, "Rugby", None, "Holder", 2025)
    return Page("nzcity", "1", "http://h/", NOW, 200, article, listings=listings, boxes=[TODAY])


def findings(*pages: Page, usual: Usual = USUAL, read: int = 10, unread: int = 0) -> list[str]:
    drift = Drift(usual)
    for each in pages:
        drift.see(each, is_new=True)
    return drift.findings(read=read, unread=unread)


def test_an_ordinary_run_is_nothing_to_speak_of() -> None:
    assert findings(*[page(entries=8, words=250)] * 6) == []


def test_a_box_that_lost_most_of_its_entries() -> None:
    assert findings(page(entries=3)) == ["Today's News holds 3 entries, usually 10"]


def test_bodies_that_lost_most_of_their_words() -> None:
    assert findings(*[page(words=60)] * 5) == ["bodies have 60 words, usually 400"]


def test_a_few_short_stories_prove_nothing() -> None:
    assert findings(*[page(words=60)] * 4) == []


@pytest.mark.parametrize(
    ("unread", "expected"),
    [(4, []), (5, ["5 of 65 pages were rejected, usually 1%"])],
)
def test_more_rejected_pages_than_usual(unread: int, expected: list[str]) -> None:
    assert findings(read=60, unread=unread) == expected


def test_an_archive_without_a_past_has_nothing_to_compare_with() -> None:
    assert findings(*[page(entries=1, words=5)] * 9, usual=Usual(), read=9, unread=9) == []
