"""What an HTTP answer means for the ledger."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsbot.html.answers import NO_ID, pages, read_answer
from newsbot.items import Article, Listing, ListKind, NewsList, Page, Reason
from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT
from tests.replica import scenarios
from tests.replica.markups import render

NOW = datetime(2025, 8, 18, 7, 30, tzinfo=UTC)
HOST = "http://site"
SITE = DEFAULT.at(f"{HOST}/news/")
TOP = NewsList(ListKind.TOP, "Top Stories")
ARTICLE = Article("Headline", "Standfirst.", "Body.", "Politics", "Politics")
LISTING = Listing("7", f"{HOST}/news/article.aspx?id=7", TOP, "RUGBY", "Teaser")


def answer(asked: str | None, landed: str, status: int = 200) -> Answer:
    asked_url = f"{HOST}/news/article.aspx?id={asked}" if asked else f"{HOST}/news/"
    return Answer("nzcity", asked, asked_url, f"{HOST}{landed}", status, b"", NOW)


def given(said: Answer, reading: Reading | None) -> list[tuple[str | None, str | None, bool]]:
    """Id, reason, and whether there is an article, of each page."""
    found: list[Page] = list(pages(SITE, said, reading))
    return [(page.source_id, page.reason, page.article is not None) for page in found]


ARTICLE_READ = Reading(article=ARTICLE, listings=[LISTING])
LIST_READ = Reading(reason=Reason.NOT_AN_ARTICLE, listings=[LISTING], boxes=[TOP])


@pytest.mark.parametrize(
    ("said", "reading", "expected"),
    [
        (answer("5", "/news/article.aspx?id=5"), ARTICLE_READ, [("5", None, True)]),
        (answer("5", "/News/Article.aspx?fm=x&ID=5"), ARTICLE_READ, [("5", None, True)]),
        (answer("5", "/news/politics/headline"), ARTICLE_READ, [("5", None, True)]),
        (
            answer("5", "/news/article.aspx?id=6"),
            ARTICLE_READ,
            [("5", "redirected to article 6", False), ("6", None, True)],
        ),
        (answer("5", "/news/"), LIST_READ, [("5", Reason.REDIRECTED, False)]),
        (
            answer("5", "/error.aspx"),
            Reading(reason=Reason.BLOCK_PAGE),
            [("5", Reason.BLOCK_PAGE, False)],
        ),
        (answer("5", "/x", 404), None, [("5", "HTTP 404", False)]),
        (answer(None, "/news/"), LIST_READ, [(None, Reason.NOT_AN_ARTICLE, False)]),
        (
            answer(None, "/news/article.aspx?id=6"),
            ARTICLE_READ,
            [(None, Reason.NOT_AN_ARTICLE, False), ("6", None, True)],
        ),
        (answer(None, "/story/"), ARTICLE_READ, [(None, NO_ID, False)]),
    ],
)
def test_pages_of_an_answer(
    said: Answer, reading: Reading | None, expected: list[tuple[str | None, str | None, bool]]
) -> None:
    assert given(said, reading) == expected


def test_what_is_listed_is_kept_whatever_the_page_is() -> None:
    for said in (answer("5", "/news/article.aspx?id=6"), answer(None, "/news/article.aspx?id=6")):
        first, second = pages(SITE, said, ARTICLE_READ)
        assert (first.listings, second.listings) == ([LISTING], [])


def test_only_permanent_redirects_move_an_article() -> None:
    moved = answer("5", "/News/Article.aspx?fm=x&ID=5")

    for is_permanent, expected in ((True, f"{HOST}/News/Article.aspx?ID=5"), (False, None)):
        said = replace(moved, moved_permanently=is_permanent)
        (page,) = pages(SITE, said, ARTICLE_READ)
        assert page.moved_to == expected


def test_only_an_answer_of_200_is_read() -> None:
    assert read_answer(SITE, answer("5", "/news/article.aspx?id=5", 404)) is None


def test_the_boxes_are_dated_by_the_servers_clock_less_the_age_of_the_copy() -> None:
    site = scenarios.plain(days=1)
    shown = site.front_page(scenarios.evening(1))
    body = render(shown, "divs", f"{HOST}/news/").encode()
    fresh = replace(
        answer(None, "/news/"), body=body, date="Mon, 18 Aug 2025 07:30:00 GMT", content_type=""
    )
    stale = replace(fresh, date="Tue, 19 Aug 2025 07:30:00 GMT", age="86400")

    readings = [read_answer(SITE, said) for said in (fresh, stale)]

    assert readings[0] is not None
    assert readings[1] is not None
    assert readings[0].listings == readings[1].listings
    assert all(
        each.date_listed.at and each.date_listed.at <= NOW
        for each in readings[0].listings
        if each.news_list.kind is ListKind.TODAY
    )
