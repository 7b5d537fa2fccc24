"""The contract: on every page of the replica, in every markup, every field and entry is exact."""

from datetime import UTC
from email.utils import format_datetime
from typing import Any

import pytest

from newsbot.items import Listing, ListKind, Reason
from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT
from tests.replica import scenarios
from tests.replica.markups import MARKUPS, redesign, render
from tests.replica.markups.feed import feed
from tests.replica.markups.section_page import render_section
from tests.replica.oddities import ODDITIES
from tests.replica.page import Page
from tests.replica.site import Site
from tests.replica.truth import page_truth

NOW = scenarios.evening(3)
SITE = scenarios.plain(per_day=24)
NO_FIELDS = {"source_id", "date_published"}


def read(html: str, page: Page, url: str) -> Reading:
    date = format_datetime(page.served.astimezone(UTC), usegmt=True)
    source_id = DEFAULT.article_id(url)
    return DEFAULT.read(
        Answer("nzcity", source_id, url, url, 200, html.encode(), page.served, date=date)
    )


def reading_of(page: Page, markup: str, source_id: int, cat: str = "") -> Reading:
    return read(render(page, markup), page, f"{DEFAULT.article_url(str(source_id))}{cat}")


def found(reading: Reading) -> dict[str, Any]:
    """What the reader made of a page, in the form of `page_truth`."""
    article = reading.article
    assert article is not None, reading.reason
    names = page_truth(page_of(SITE, SITE.ids(NOW)[0]))["article"].keys() - NO_FIELDS
    return {
        "article": {name: getattr(article, name) for name in names},
        "boxes": {
            (news_list.name, news_list.kind): [
                _entry(x) for x in reading.listings if x.news_list == news_list
            ]
            for news_list in reading.boxes
        },
    }


def expected(page: Page) -> dict[str, Any]:
    truth = page_truth(page)
    article = {key: value for key, value in truth["article"].items() if key not in NO_FIELDS}
    boxes = {
        (box["list_name"], box["list_kind"]): [
            {key: value for key, value in entry.items() if key != "stamp"}
            for entry in box["entries"]
        ]
        for box in truth["boxes"]
        if box["entries"]
    }
    return {"article": article, "boxes": boxes}


def _entry(listing: Listing) -> dict[str, Any]:
    at = listing.date_listed.at
    return {
        "source_id": listing.source_id,
        "category": listing.category,
        "title": listing.title,
        "date_listed": at and at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "date_listed_precision": listing.date_listed.precision,
    }


def page_of(site: Site, source_id: int) -> Page:
    page = site.page(source_id, NOW)
    assert page is not None
    return page


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_article_and_every_entry(markup: str) -> None:
    for source_id in SITE.ids(NOW)[::4]:
        page = page_of(SITE, source_id)

        assert found(reading_of(page, markup, source_id)) == expected(page)


@pytest.mark.parametrize("oddity", ODDITIES)
def test_every_oddity(oddity: str) -> None:
    source_id = SITE.ids(NOW)[-9]
    site = Site(
        ODDITIES[oddity](story) if story.id == source_id else story for story in SITE.stories()
    )
    page = page_of(site, source_id)

    for markup in MARKUPS:
        assert found(reading_of(page, markup, source_id)) == expected(page), markup


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_pages_clock_dates_nothing(markup: str) -> None:
    for source_id in SITE.ids(NOW)[::5]:
        page = page_of(SITE, source_id)
        reading = reading_of(page, markup, source_id)

        assert reading.article is not None
        assert reading.article.date_published.evidence == "date line"


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_foreign_section_is_told_apart(markup: str) -> None:
    source_id = next(s.id for s in SITE.stories() if s.section == "Politics")
    page = SITE.page(source_id, NOW, "Rugby")
    assert page is not None

    reading = reading_of(page, markup, source_id, "&cat=995")

    assert reading.article is not None
    assert reading.article.has_foreign_section
    assert reading.article.section_path == "Sports > Rugby"
    assert reading.boxes[0].section == "Rugby"


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_front_page_a_notice_and_a_page_without_an_article(markup: str) -> None:
    front = read(render(SITE.front_page(NOW), markup), SITE.front_page(NOW), DEFAULT.start_url)
    notice = reading_of(SITE.front_page(NOW, notice="That article does not exist."), markup, 1)
    bare = reading_of(SITE.bare_page(NOW), markup, 1)

    assert front.reason is Reason.NOT_AN_ARTICLE
    assert notice.reason is bare.reason is Reason.NO_SUCH_ARTICLE
    assert [len(reading.listings) for reading in (front, notice, bare)] == [19, 19, 19]


@pytest.mark.parametrize("markup", ["tables", "sections", "divs"])
@pytest.mark.parametrize("section", ["Politics", "Rugby"])
def test_a_section_page(markup: str, section: str) -> None:
    stories = SITE.section_stories(section, NOW, 1)
    front = SITE.front_page(NOW)
    page = Page(front.served, section, front.time, None, (), footer=front.footer)

    html = render_section(page, stories, markup, DEFAULT.start_url)
    reading = read(html, page, DEFAULT.section_url(978))

    assert [(x.source_id, x.title) for x in reading.listings] == [
        (str(story.id), " ".join(story.headline.split())) for story in stories
    ]
    assert {x.news_list for x in reading.listings} == {
        (ListKind.SECTION_PAGE, f"{section} page", section)
    }
    assert reading.reason is Reason.NOT_AN_ARTICLE


def test_a_feed() -> None:
    stories = SITE.section_stories("Politics", NOW, 1)
    page = SITE.front_page(NOW)
    url = DEFAULT.feed_url(978)
    assert url is not None

    reading = read(feed("Politics", stories, NOW, DEFAULT.start_url), page, url)

    assert [(x.source_id, x.date_listed.at) for x in reading.listings] == [
        (str(story.id), story.listed_at) for story in stories
    ]
    assert {x.news_list.section for x in reading.listings} == {"Politics"}


def test_a_redesign_is_noticed() -> None:
    page = page_of(SITE, SITE.ids(NOW)[-1])

    reading = read(redesign.render(page, DEFAULT.start_url), page, DEFAULT.article_url("1"))

    assert reading.reason is Reason.NOT_AN_ARTICLE
    assert reading.boxes == []
