"""The pages of `newsbot browse`: what a reader sees."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from newsbot.items import Reason
from tests.helpers.browsing import Browser, archive_page, texts
from tests.helpers.console import Console
from tests.helpers.rows import NOON, article, page

# When the second version of the story with the id 1 was last seen.
EDITED_AT = NOON + timedelta(hours=2.5)
SCRIPT = "<script>document.documentElement.dataset.owned = 1</script>"
ARCHIVED = f"""<html><head><meta http-equiv="refresh" content="0;url=/away">
<link rel="preconnect" href="//cdn.example"><base href="//cdn.example"></head>
<body onload="owned()"><p>The ferry’s page</p><img src="/pixel.gif">{SCRIPT}</body></html>"""


def version(number: int, headline: str, body: str, page_id: int = 1) -> dict[str, Any]:
    at = NOON + timedelta(hours=number)
    return {
        "article_id": page_id,
        "page_id": page_id,
        "version": number,
        "headline": headline,
        "description": "The morning boat is back",
        "article_body": body,
        "text_hash": str(number),
        "observed_at": at,
        "last_observed_at": at + timedelta(minutes=30),
    }


def listing(title: str, hours: int) -> dict[str, Any]:
    return {
        "page_id": 1,
        "source": "nzcity",
        "source_id": "1",
        "list_kind": "top",
        "list_name": "Top Stories",
        "category": None,
        "title": title,
        "date_listed_precision": "unknown",
        "seen_on_url": "https://home.nzcity.co.nz/news/",
        "first_seen_at": NOON + timedelta(hours=hours),
        "last_seen_at": NOON + timedelta(hours=hours + 1),
    }


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, empty_archive: Path) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("pages")
    console = Console(folder, empty_archive)
    gone_at = NOON + timedelta(hours=5)
    # Page 2 was read twice before it was removed; the same story was the last thing on it.
    for hours in (1, 1.5):
        at = NOON + timedelta(hours=hours, microseconds=250_000)
        archive_page(folder, f"Bus drivers meet ({hours})", 2, at)
    archive_page(folder, "Another story", 3, NOON + timedelta(hours=1.5))
    console.fill(
        articles=[
            article(
                1,
                id=1,
                headline="Ferry sails again",
                article_body="The ferry left late.\n\nIt had been away.",
                author="Mere Tipoki",
                image_caption="The ferry at the pier",
                credit_text="Harbour News",
            ),
            article(2, id=2, headline="Bus drivers meet", article_body="They met on Tuesday."),
            article(3, id=3, duplicate_of_id=2, similarity=0.9, article_section="Rugby"),
            article(
                4,
                id=4,
                date_published=NOON - timedelta(days=9),
                headline="An old ferry & <b>bold</b>",
            ),
        ],
        pages=[
            page(1, "stored", id=1, article_id=1, **archive_page(folder, ARCHIVED, at=EDITED_AT)),
            page(
                2,
                "gone",
                id=2,
                article_id=2,
                gone_at=gone_at,
                reason="HTTP 404",
                **archive_page(folder, "It is not here.", 2, gone_at, 404),
            ),
            page(3, "stored", id=3, article_id=3),
            page(4, "stored", id=4, article_id=4),
            page(
                5,
                "gone",
                id=5,
                article_id=4,
                gone_at=NOON + timedelta(days=30),
                reason=Reason.EXPIRED,
            ),
            page(6, "rejected", id=6, reason="block page"),
        ],
        versions=[
            version(1, "Ferry runs again", "The ferry left on time.\n\nIt had been away."),
            version(2, "Ferry sails again", "The ferry left late.\n\nIt had been away."),
            version(1, "Bus drivers meet", "They met on Tuesday.", page_id=2),
        ],
        listings=[listing("Ferry runs", 0), listing("Ferry sails", 2)],
        sources=[{"source": "nzcity", "first_id": 1}],
        watches=[
            {
                "name": "ferries",
                "words": "ferry",
                "sections": [],
                "channel": "mail",
                "target": "mere@example.com",
                "created_at": NOON,
                "matched_until": NOON,
            }
        ],
        crawls=[
            {
                "source": "nzcity",
                "started_at": NOON,
                "finished_at": NOON + timedelta(hours=6),
                "outcome": "finished",
            }
        ],
    )
    with Browser(console.path, folder, NOON + timedelta(hours=7)) as browser:
        yield browser


def test_the_start_page_has_a_search_field_and_what_is_new(browser: Browser) -> None:
    tree = browser.tree("/")

    assert tree.xpath("//form[@action='/search']//input/@name") == ["q"]
    assert texts(tree, "//ol[@class='hits']//a")[:2] == ["Ferry runs again", "Bus drivers meet"]
    assert "What changed today" in texts(tree, "//h2")
    assert texts(tree, "//ol[@class='changes']//span") == ["removed", "edited", "retitled"]
    assert "4 stories from 2025-08-11 to 2025-08-20." in texts(tree, "//p[@class='about']")[0]
    assert texts(tree, "//table//tr[2]/td")[0] == "2025-08-20"


def test_a_search_shows_where_the_words_are(browser: Browser) -> None:
    tree = browser.tree("/search?q=ferry+late")

    assert texts(tree, "//a[@class='headline']") == ["Ferry sails again"]
    assert texts(tree, "//mark") == ["ferry", "late"]
    assert "1 story" in texts(tree, "//main/p[@class='about']")[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"1", "2", "3", "4"}),
        ("section=Rugby", {"3"}),
        ("section=Rugby&section=National", {"1", "2", "3", "4"}),
        ("until=2025-08-19", {"4"}),
        ("since=2025-08-20&q=ferry", {"1", "3"}),
        ("q=zeppelin", set()),
        ("page=99999999999999999999", set()),
        ("page=x&order=best&q=bus", {"2"}),
    ],
)
def test_filters_narrow_a_search(browser: Browser, query: str, found: set[str]) -> None:
    tree = browser.tree(f"/search?{query}")

    links = tree.xpath("//a[@class='headline']/@href")
    assert {link.removeprefix("/story/") for link in links} == found


@pytest.mark.parametrize("path", ["/search?since=today", "/attention?since=1", "/search?q=a+OR"])
def test_what_can_not_be_read_is_a_sentence(browser: Browser, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 400
    assert '<p class="error">' in answer.text


def test_an_edited_story_says_so_with_the_words_that_changed(browser: Browser) -> None:
    tree = browser.tree("/story/1")

    assert texts(tree, "//li[@class='edited']//summary") == ["Edited once"]
    assert texts(tree, "//li[@class='edited']//del") == ["runs", "on time."]
    assert texts(tree, "//li[@class='edited']//ins") == ["sails", "late."]
    assert texts(tree, "//article/h1") == ["Ferry sails again"]
    assert texts(tree, "//article/p")[-2:] == ["The ferry left late.", "It had been away."]
    about = texts(tree, "//article/p[@class='about']")[0]
    assert about == "National · 2025-08-20 12:00 · Mere Tipoki · Harbour News · © NZCity"
    assert texts(tree, "//p[@class='caption']") == ["Image: The ferry at the pier"]


def test_a_story_says_where_it_was_listed_from_when_to_when(browser: Browser) -> None:
    rows = browser.tree("/story/1").xpath("//table[@class='stacked']/tr")

    assert [texts(row, "td") for row in rows] == [
        ["Top Stories", "2025-08-20 12:00", "2025-08-20 13:00", "", "Ferry runs"],
        ["Top Stories", "2025-08-20 14:00", "2025-08-20 15:00", "", "Ferry sails"],
    ]


def test_a_removed_story_says_so_and_is_still_there(browser: Browser) -> None:
    tree = browser.tree("/story/2")

    [removed] = texts(tree, "//li[@class='removed']")
    assert "2025-08-20 17:00 (HTTP 404)" in removed
    assert texts(tree, "//article/h1") == ["Bus drivers meet"]
    assert "Nearly repeated by Ferry runs again (90.0 % alike)." in texts(tree, "//li")


def test_a_story_that_has_run_out_is_not_called_removed(browser: Browser) -> None:
    tree = browser.tree("/story/5")

    assert texts(tree, "//li[@class='removed']") == []
    assert "No longer on the site since 2025-09-19 12:00" in texts(tree, "//li")[0]


def test_repetitions_lead_to_each_other(browser: Browser) -> None:
    assert texts(browser.tree("/story/3"), "//ul[@class='fate']/li") == [
        "Nearly repeats Bus drivers meet (90.0 % alike)."
    ]
    assert browser.tree("/story/4").xpath("//ul[@class='fate']//a/@href") == ["/story/5"]


def test_a_page_without_a_story_says_why(browser: Browser) -> None:
    [why] = texts(browser.tree("/story/6"), "//ul[@class='fate']/li")

    assert "rejected, block page" in why
    assert browser.get("/story/7").status_code == 404


def test_changes_are_the_newest_first_with_the_words(browser: Browser) -> None:
    tree = browser.tree("/changes")

    assert texts(tree, "//span") == ["removed", "edited", "retitled"]
    assert texts(tree, "//li[3]//del | //li[3]//ins") == ["runs", "sails"]
    before = "/changes?before=2025-08-20T02:00:00"
    assert texts(browser.tree(before), "//span") == []


def test_attention_is_a_share_of_the_days_stories(browser: Browser) -> None:
    tree = browser.tree("/attention?q=ferry,+bus&since=2025-08-10&until=2025-08-20")

    assert texts(tree, "//ul[@class='legend']/li") == [
        "ferry: 3 of 4 stories",
        "bus: 1 of 4 stories",
    ]
    titles = texts(tree, "//svg//title")
    assert "ferry, 2025-08-20: 66.7%" in titles
    assert "bus, 2025-08-11: 0.0%" in titles
    stories = browser.tree("/attention?since=2025-08-10&until=2025-08-20")
    assert texts(stories, "//svg//title")[-1] == "stories, 2025-08-20: 3"
    weeks = browser.tree("/attention?q=ferry&by=week&since=2025-08-10&until=2025-08-20")
    assert texts(weeks, "//details//tr/td[1]") == ["2025-08-04", "2025-08-11", "2025-08-18"]


def test_the_archived_response_can_neither_run_nor_load_anything(browser: Browser) -> None:
    shown = browser.get("/story/1/archived.html")

    policy = shown.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "The ferry’s page" in shown.text
    assert not {"<link", "<meta", "<base"} & {part.lower() for part in shown.text.split()}


def test_the_archived_response_is_shown_as_it_came(browser: Browser) -> None:
    shown = browser.get("/story/1/archived.txt")

    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "HTTP/1.1 200\nContent-Type: text/html" in shown.text
    assert shown.text.endswith(ARCHIVED)
    assert browser.get("/story/4/archived.txt").status_code == 404


def test_a_removed_storys_archived_response_is_the_last_one_that_held_it(
    browser: Browser,
) -> None:
    about = texts(browser.tree("/story/2"), "//main/p[@class='about']")[0]
    shown = browser.get("/story/2/archived.txt")

    assert "2025-08-20 13:30" in about
    assert "404" not in about
    assert shown.text.endswith("Bus drivers meet (1.5)")
    assert browser.get("/story/2/archived.html").text == "Bus drivers meet (1.5)"


def test_if_the_archive_lacks_that_response_it_is_the_last_one(
    tmp_path: Path, empty_archive: Path
) -> None:
    console = Console(tmp_path, empty_archive)
    gone_at = NOON + timedelta(hours=5)
    place = archive_page(tmp_path, "It is not here.", 2, gone_at, 404)
    console.fill(
        articles=[article(2, id=2)],
        pages=[page(2, "gone", id=2, article_id=2, gone_at=gone_at, reason="HTTP 404", **place)],
        versions=[version(1, "Bus drivers meet", "They met on Tuesday.", page_id=2)],
    )

    with Browser(console.path, tmp_path) as browser:
        about = texts(browser.tree("/story/2"), "//main/p[@class='about']")[0]
        shown = browser.get("/story/2/archived.txt")

    assert "(404, 2025-08-20 17:00)" in about
    assert shown.text.endswith("It is not here.")


def test_any_path_can_be_served(tmp_path: Path, empty_archive: Path) -> None:
    path = tmp_path / "50% of it #1.db"
    shutil.copyfile(empty_archive, path)

    with Browser(path) as browser:
        for address in ("/", "/search?q=ferry", "/newsbot/articles.json", "/attention", "/changes"):
            assert browser.get(address).status_code == 200


def test_whom_watches_tell_is_nobodys_business(browser: Browser) -> None:
    for path in ("/newsbot.json?sql=select+name,target+from+watches&", "/newsbot/watches.json?"):
        [row] = browser.get(f"{path}_shape=array").json()
        assert (row["name"], row["target"]) == ("ferries", None)


def test_columns_of_a_table_have_their_own_labels_on_a_phone(browser: Browser) -> None:
    page = browser.get("/newsbot/articles?_search=ferry")
    tree = html.fromstring(page.text)

    labels = re.findall(r'td:nth-of-type\(\d+\):before \{ content: "(\w+)"', page.text)
    assert labels == tree.xpath("//table[@class='rows-and-columns']//th/@data-column")
    assert tree.xpath("//details[@class='newsbot-facets'][not(@open)]")
