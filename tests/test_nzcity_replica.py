"""The contract: on every page of the replica, in every markup, every field and entry is exact."""

from typing import Any

import pytest

from newsbot.items import Listing, Reason
from newsbot.sites.nzcity.dates import CACHED_AT_MOST
from newsbot.sites.nzcity.page import PAGE_HEAD, Reading, read
from tests.replica import scenarios
from tests.replica.markups import MARKUPS, redesign, render
from tests.replica.oddities import ODDITIES
from tests.replica.page import Page
from tests.replica.site import HeadTime, Site
from tests.replica.truth import page_truth

NOW = scenarios.evening(3)
SITE = scenarios.plain(per_day=24)


def reading_of(page: Page, markup: str, source_id: int) -> Reading:
    url = f"https://home.nzcity.co.nz/news/article.aspx?id={source_id}"
    return read(render(page, markup).encode(), url, served_at=page.served)


def found(reading: Reading, source_id: int) -> dict[str, Any]:
    """What the reader made of a page, in the form of `page_truth`."""
    article = reading.article
    assert article is not None, reading.reason
    return {
        "article": {
            "source_id": str(source_id),
            "headline": article.headline,
            "description": article.description,
            "article_body": article.article_body,
            "article_section": article.article_section,
            "credit_text": article.credit_text,
            "copyright_holder": article.copyright_holder,
            "copyright_year": article.copyright_year,
        },
        "boxes": {
            name: [_entry(x) for x in reading.listings if x.list_name == name]
            for name in reading.boxes
        },
    }


def expected(page: Page) -> dict[str, Any]:
    truth = page_truth(page)
    article = {key: value for key, value in truth["article"].items() if key != "date_published"}
    boxes = {
        box["list_name"]: [
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
    for source_id in SITE.ids(NOW):
        page = page_of(SITE, source_id)

        assert found(reading_of(page, markup, source_id), source_id) == expected(page)


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("oddity", ODDITIES)
def test_every_oddity(markup: str, oddity: str) -> None:
    source_id = SITE.ids(NOW)[-9]
    site = Site(
        ODDITIES[oddity](story) if story.id == source_id else story for story in SITE.stories()
    )
    page = page_of(site, source_id)

    assert found(reading_of(page, markup, source_id), source_id) == expected(page)


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("cache_minutes", [0, 50])
def test_a_head_that_is_the_articles_own_time_dates_it(markup: str, cache_minutes: int) -> None:
    site = scenarios.plain(head_time=HeadTime.ARTICLE, cache_minutes=cache_minutes)
    for source_id in site.ids(NOW)[::5]:
        page = page_of(site, source_id)
        reading = reading_of(page, markup, source_id)
        story = page.story
        assert story is not None
        assert reading.article is not None

        published = reading.article.date_published
        if page.served - story.published > CACHED_AT_MOST:
            assert (published.at, published.evidence) == (story.published, PAGE_HEAD)
        else:
            assert published.at is None
        assert found(reading, source_id) == expected(page)


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_head_that_is_the_servers_clock_dates_nothing(markup: str) -> None:
    site = scenarios.plain(cache_minutes=30)
    url = "https://home.nzcity.co.nz/news/article.aspx?id=1"
    for source_id in site.ids(NOW)[::5]:
        page = page_of(site, source_id)
        # The response is new, the page comes from a cache.
        reading = read(render(page, markup).encode(), url, served_at=NOW)

        assert reading.article is not None
        assert reading.article.date_published.at is None
        assert found(reading, source_id) == expected(page)


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_front_page_and_a_notice(markup: str) -> None:
    front = reading_of(SITE.front_page(NOW), markup, 1)
    notice = reading_of(SITE.front_page(NOW, notice="That article does not exist."), markup, 1)

    assert front.reason is Reason.NOT_AN_ARTICLE
    assert notice.reason is Reason.NO_SUCH_ARTICLE
    assert [len(reading.listings) for reading in (front, notice)] == [19, 19]


def test_a_redesign_is_noticed() -> None:
    page = page_of(SITE, SITE.ids(NOW)[-1])
    body = redesign.render(page, "https://home.nzcity.co.nz/news/").encode()

    reading = read(body, "https://home.nzcity.co.nz/news/article.aspx?id=1")

    assert reading.reason is Reason.NOT_AN_ARTICLE
    assert reading.boxes == []
