"""A list that disappears is noticed, an ordinary run is not."""

from datetime import UTC, datetime

import pytest

from newsbot.crawl.verdict import Drift
from newsbot.items import Article, ListKind, NewsList, Page
from newsbot.store.crawls import Usual

NOW = datetime(2025, 8, 20, tzinfo=UTC)
TODAY = NewsList(ListKind.TODAY, "Today's News")
USUAL = Usual(shown={"today": 1.0, "date line": 0.95, "top": 0.5}, rejected_share=0.01)


def page(
    *, words: int = 400, day: str | None = "2025-08-20", boxes: tuple[NewsList, ...] = (TODAY,)
) -> Page:
    article = Article("H", "D", "word " * words, "Rugby", "Rugby", day_printed=day)
    return Page("nzcity", "1", "http://h/", NOW, 200, article, boxes=list(boxes))


def findings(*pages: Page, usual: Usual = USUAL, read: int = 10, unread: int = 0) -> list[str]:
    drift = Drift(usual)
    for each in pages:
        drift.see(each, is_new=True)
    return drift.findings(read=read, unread=unread)


def test_an_ordinary_run_is_nothing_to_speak_of() -> None:
    assert findings(*[page(words=250)] * 6) == []


@pytest.mark.parametrize(
    ("pages", "alarms"),
    [
        ([page(boxes=())] * 5, 1),
        ([page(boxes=())] * 4, 0),
        ([*[page(boxes=())] * 9, page()], 0),
        ([page(day=None)] * 5, 1),
        ([page(day=None, boxes=())] * 5, 2),
    ],
)
def test_a_list_or_a_date_line_that_no_page_shows(pages: list[Page], alarms: int) -> None:
    assert len(findings(*pages)) == alarms


def test_a_list_that_is_there_and_can_not_be_read() -> None:
    broken = page(boxes=())
    broken.unreadable = [TODAY]

    assert len(findings(broken)) == 1


@pytest.mark.parametrize(
    ("pages", "alarms"),
    [
        ([page(words=0)] * 5, 1),
        ([page(words=0)] * 4, 0),
        ([*[page(words=0)] * 9, page(words=5)], 0),
        # A run may have nothing but a radio's short stories.
        ([page(words=5)] * 9, 0),
    ],
)
def test_articles_none_of_which_has_a_text(pages: list[Page], alarms: int) -> None:
    assert len(findings(*pages)) == alarms


@pytest.mark.parametrize(
    ("unread", "expected"),
    [(4, []), (5, ["5 of 65 pages were rejected, usually 1%"])],
)
def test_more_rejected_pages_than_usual(unread: int, expected: list[str]) -> None:
    assert findings(read=60, unread=unread) == expected


def test_an_archive_without_a_past_has_nothing_to_compare_with() -> None:
    assert findings(*[page(words=5, boxes=())] * 9, usual=Usual(), read=9, unread=9) == []
