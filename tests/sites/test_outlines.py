"""The contract: outlines of real pages, in our own words, are read right in every markup."""

from collections import Counter
from datetime import date

import pytest

from newsbot.items import ListKind
from newsbot.site import Reading
from tests.outlines import articles, outlines, scores, section_pages
from tests.outlines.prose import latest_day
from tests.pages.markups import MARKUPS
from tests.pages.readings import read_page

# What is known to be read wrong, by markup and field. A markup may leave this table for good only.
KNOWN_FAULTS = {
    # Where no `<a>` is closed, two entries without a headline may be taken for one.
    "spans": {"entry: source_id": 4, "entry: category": 4, "entry: title": 7, "entry: date": 4},
}


def test_the_outlines_are_there() -> None:
    assert (len(outlines("article")), len(outlines("section"))) == (68, 15)


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_field_and_entry_of_every_article_page(markup: str) -> None:
    wrong: Counter[str] = Counter()
    for case in articles.cases():
        reading = read_page(MARKUPS[markup](case.words), case.url, served=case.served)
        faults = [
            field for field, is_right in scores.article_answers(case, reading) if not is_right
        ]
        assert set(faults) <= set(KNOWN_FAULTS.get(markup, ())), (case, reading.article)
        assert reading.unlinked == []
        assert reading.page_time == case.served
        assert kinds(reading) == [ListKind.SECTION, ListKind.TODAY, ListKind.TOP]
        wrong.update(faults)

    assert wrong == KNOWN_FAULTS.get(markup, {})


def kinds(reading: Reading) -> list[ListKind]:
    return sorted(news_list.kind for news_list in reading.boxes)


@pytest.mark.parametrize("markup", section_pages.MARKUPS)
@pytest.mark.parametrize("is_dated", [True, False])
def test_every_entry_of_every_section_page(markup: str, is_dated: bool) -> None:
    for case in section_pages.cases():
        page = section_pages.MARKUPS[markup](case.words)
        reading = read_page(page, case.url, served=case.served, dated=is_dated)

        assert tuple(reading.listings) == case.listings
        assert reading.article is None
        assert reading.unlinked == []


@pytest.mark.parametrize("markup", MARKUPS)
def test_without_a_date_header_the_pages_clock_dates_the_lists(markup: str) -> None:
    for case in list(articles.cases())[::7]:
        page = MARKUPS[markup](case.words)
        dated = read_page(page, case.url, served=case.served)

        assert read_page(page, case.url, dated=False).listings == dated.listings


def test_pages_of_an_outline_are_always_the_same() -> None:
    assert list(articles.cases()) == list(articles.cases())
    assert list(section_pages.cases()) == list(section_pages.cases())


def test_the_cases_hold_what_the_real_pages_hold() -> None:
    cases = list(articles.cases())
    words = [case.words for case in cases]
    stamps = [[entry.stamp for entry in each.others] for each in words]
    days = [[latest_day(stamp, date(2026, 3, 31)) for stamp in each] for each in stamps]

    assert any(each.description == each.headline for each in words)
    assert any(each.description.startswith(f"{each.headline} ") for each in words)
    assert any(len(each.headline.split()) >= 40 for each in words)
    assert {len(each.steps) for each in words} == {1, 2}
    assert any("" in each.body for each in words)
    assert any("and" in each.body for each in words)
    assert any(each.caption and each.body[0].startswith(f"{each.caption} ") for each in words)
    assert any(each.date_line.startswith("- article from") for each in words)
    assert any(each.publisher and not each.author for each in words)
    assert any(len(each.split()) == 5 for page in words for each in page.body)
    assert any(each.sponsor for each in words)
    assert any(each != sorted(each, reverse=True) for each in days)
    assert any({"31 Dec", "01 Jan"} <= set(each) for each in stamps)
    assert any(not entry.title for each in words for entry in each.others)
    assert any(case.article.has_foreign_section for case in cases)
    assert {each.copyright[7:] for each in words} == {
        "ABC Australian Broadcasting Corporation. All rights reserved",
        "Bang Showbiz, NZCity",
        "Newstalk ZB, NZCity",
        "The Conversation, NZCity",
    }
