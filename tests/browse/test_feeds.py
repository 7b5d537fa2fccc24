"""The Atom feeds that `newsbot browse` serves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import update

from newsbot.store.engine import open_engine
from newsbot.store.tables import Article
from tests.helpers.browsing import Browser
from tests.helpers.console import Console
from tests.helpers.rows import NOON, article, page

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(
        articles=[
            article(1, id=1, headline="Fish & <chips>", article_body="One.\n\nTwo & <b>."),
            article(2, id=2, article_section="Rugby", date_published=NOON + timedelta(hours=1)),
        ],
        pages=[
            page(1, "stored", id=1, article_id=1),
            page(
                2, "gone", id=2, article_id=2, gone_at=NOON + timedelta(hours=2), reason="HTTP 404"
            ),
        ],
    )
    return console


@pytest.fixture
def browser(console: Console) -> Iterator[Browser]:
    with Browser(console.path, now=NOON + timedelta(days=1)) as browser:
        yield browser


def feed(browser: Browser, path: str) -> Any:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content)


def found(tree: Any, path: str) -> list[str]:
    return [element.text or "" for element in tree.findall(path, ATOM)]


def test_a_feed_has_the_newest_stories(browser: Browser) -> None:
    tree = feed(browser, "/feed.atom")

    assert found(tree, "a:entry/a:title") == ["Ferry runs again", "Fish & <chips>"]
    assert found(tree, "a:entry/a:content")[1] == "<p>One.</p><p>Two &amp; &lt;b&gt;.</p>"
    assert datetime.fromisoformat(found(tree, "a:updated")[0]) == NOON + timedelta(hours=1)


def test_words_and_sections_choose(browser: Browser) -> None:
    for query, titles in (
        ("q=chips", ["Fish & <chips>"]),
        ("section=Rugby", ["Ferry runs again"]),
        ("q=ferr*&section=National&section=Rugby", ["Ferry runs again"]),
        ("q=zeppelin", []),
    ):
        assert found(feed(browser, f"/feed.atom?{query}"), "a:entry/a:title") == titles


def test_each_feed_has_an_id_and_a_title_of_its_own(browser: Browser) -> None:
    paths = ["", "?q=ferry", "?q=chips", "?section=Rugby", "?q=ferry&section=Rugby"]
    trees = [feed(browser, f"/feed.atom{query}") for query in paths]
    trees.append(feed(browser, "/changes.atom"))

    for name in ("a:id", "a:title"):
        assert len({found(tree, name)[0] for tree in trees}) == len(trees)
    same = feed(browser, "/feed.atom?section=Rugby&q=ferry")
    assert found(same, "a:id") == found(trees[4], "a:id")


def test_an_unchanged_feed_is_not_sent_again(browser: Browser, console: Console) -> None:
    for path in ("/feed.atom", "/feed.atom?q=zeppelin", "/changes.atom"):
        tag = browser.get(path).headers["etag"]
        for asked in (tag, f'W/{tag}, "x"', "*"):
            again = browser.get(path, if_none_match=asked)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert browser.get(path, if_none_match='"x"').status_code == 200
    tag = browser.get("/feed.atom").headers["etag"]

    engine = open_engine(console.url)
    with engine.begin() as connection:
        connection.execute(update(Article).where(Article.id == 1).values(headline="Chips"))
    engine.dispose()

    assert browser.get("/feed.atom", if_none_match=tag).status_code == 200


def test_changes_are_a_feed(browser: Browser) -> None:
    tree = feed(browser, "/changes.atom")

    assert found(tree, "a:entry/a:title") == ["Removed: Ferry runs again"]
    updated = datetime.fromisoformat(found(tree, "a:entry/a:updated")[0])
    assert updated == (NOON + timedelta(hours=2)).astimezone(UTC)
