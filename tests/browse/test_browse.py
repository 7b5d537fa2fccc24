"""`newsbot browse`: what it serves, and what a real browser makes of it."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import html

from newsbot.browse.metadata import metadata
from newsbot.errors import MissingExtra
from newsbot.sites import DEFAULT
from newsbot.store.questions import QUESTIONS
from tests.helpers.chromium import Chromium
from tests.helpers.console import Console
from tests.helpers.rows import NOON, article, page

NEWSBOT = Path(sys.executable).with_name("newsbot")

# Leaves a trace on the page if it ever runs.
RUN = "document.documentElement.setAttribute('data-owned','1')"
HOSTILE = {
    "headline": f"<script>{RUN}</script>",
    "description": f'"><img src=x onerror="{RUN}">',
    "article_body": f"<svg onload={RUN}>\n\n</p><script>{RUN}</script>\n\n{{{{ 7*7 }}}}",
    "article_section": f"</script><script>{RUN}</script>",
    "credit_text": f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    "copyright_holder": f"<a href='javascript:{RUN}'>x</a>",
    "url": f"javascript:{RUN}",
}


ANSWERS: dict[str, dict[str, Any]] = {
    "by_day_and_section": {"day": "2025-08-21", "article_section": "National", "stories": 1},
    "revisions": {"headline_before": "Bridge to open", "version": 2},
    "near_duplicates": {"earlier_id": 1, "later_id": 2, "similarity": 0.875},
    "gaps": {"first_missing": 3, "last_missing": 4, "ids": 2},
    "most_listed": {"article_id": 1, "listings": 1},
    "words_over_time": {"day": "2025-08-21", "stories": 1},
}


class Served:
    """An archive, and its address while `newsbot browse` serves it."""

    def __init__(self, console: Console, url: str) -> None:
        self.console = console
        self.url = url

    def get(self, path: str) -> tuple[str, Any]:
        """Return a page's text and its headers."""
        with urllib.request.urlopen(self.url + path) as response:  # noqa: S310 - loopback
            return response.read().decode(), response.headers

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Return the rows of a table or a question."""
        rows: list[dict[str, Any]] = json.loads(self.get(path)[0])["rows"]
        return rows


def select(tree: Any, xpath: str) -> list[Any]:
    """Return what an XPath names; lxml's stubs can't tell what that is."""
    found: list[Any] = tree.xpath(xpath)
    return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, empty_archive: Path) -> Iterator[Served]:
    console = Console(tmp_path_factory.mktemp("browse"), empty_archive)
    console.fill(
        articles=[
            article(1, id=1, headline="Whangārei bridge opens", article_section="Environment"),
            article(
                2,
                id=2,
                headline="Bridge opens in Whangārei",
                duplicate_of_id=1,
                similarity=0.875,
                date_published=NOON.replace(hour=12),
                date_published_precision="day",
            ),
            article(3, id=3, **HOSTILE),
        ],
        pages=[
            page(1, "stored", id=1, article_id=1, date_published=NOON),
            page(2, "stored", id=2, article_id=2),
            page(5, "rejected", id=3, reason=f"<script>{RUN}</script>"),
        ],
        sources=[{"source": "nzcity", "first_id": 1}],
        article_versions=[
            {
                "article_id": 1,
                "page_id": 1,
                "version": version,
                "headline": headline,
                "description": "",
                "article_body": f"<script>{RUN}</script>",
                "text_hash": str(version),
                "observed_at": NOON,
                "last_observed_at": NOON,
            }
            for version, headline in ((1, "Bridge to open"), (2, "Whangārei bridge opens"))
        ],
        listings=[
            {
                "page_id": 1,
                "source": "nzcity",
                "source_id": "1",
                "list_kind": "top",
                "list_name": "Top Stories",
                "title": f"<script>{RUN}</script>",
                "date_listed_precision": "unknown",
                "seen_on_url": f"javascript:{RUN}",
                "first_seen_at": NOON,
                "last_seen_at": NOON,
            }
        ],
        crawls=[
            {
                "source": "nzcity",
                "started_at": NOON,
                "finished_at": NOON,
                "outcome": "finished",
                "requests": 14,
                "waited_seconds": 120.0,
            }
        ],
    )
    with subprocess.Popen(
        [NEWSBOT, "browse", "--port", "0", "--database", console.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)/", line)
        if found is None:
            process.kill()
            pytest.fail(f"{line}{process.communicate()[1]}")
        yield Served(console, found[1])
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 0
    assert stderr.strip() == ""


@pytest.fixture
def chromium(tmp_path: Path) -> Chromium:
    return Chromium(tmp_path / "profile")


def test_articles_are_searched_whatever_is_typed(served: Served) -> None:
    for words, found in (
        ("whangarei", {1, 2}),
        ("bridge environment", set()),
        ('"bridge opens in', {2}),
        ("stadium AND (", set()),
    ):
        rows = served.rows(f"/newsbot/articles.json?_shape=objects&_search={quote(words)}")
        assert {row["id"] for row in rows} == found


def test_the_newest_article_comes_first(served: Served) -> None:
    rows = served.rows("/newsbot/articles.json?_shape=objects")

    assert [row["id"] for row in rows] == [2, 3, 1]


def test_times_are_new_zealands_and_as_exact_as_they_are_known(served: Served) -> None:
    times = select(html.fromstring(served.get("/newsbot/articles")[0]), "//td//time")

    assert [(time.text, time.get("title")) for time in times] == [
        ("2025-08-21", "2025-08-20 12:00:00 UTC"),
        ("2025-08-20 12:00", "2025-08-20 00:00:00 UTC"),
        ("2025-08-20 12:00", "2025-08-20 00:00:00 UTC"),
    ]


def test_a_story_is_paragraphs_with_a_link_to_the_original(served: Served) -> None:
    story = html.fromstring(served.get("/newsbot/articles/1")[0]).find(".//article")
    assert story is not None

    assert story.findtext("h1") == "Whangārei bridge opens"
    texts = [p.text for p in story.findall("p")]
    assert texts[-2:] == ["The ferry left on time.", "It had been away for a week."]
    assert [link.get("href") for link in story.iter("a")] == [
        "https://home.nzcity.co.nz/news/article.aspx?id=1"
    ]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_questions_are_answered(served: Served, question: Any) -> None:
    arguments = "&words=bridge" if ":words" in question.sql else ""

    rows = served.rows(f"/newsbot/{question.name}.json?_shape=objects{arguments}")

    expected = ANSWERS[question.name]
    assert {name: rows[0][name] for name in expected} == expected
    served.get(f"/newsbot/{question.name}?_={arguments}")


@pytest.mark.parametrize("words", ["", '"', "a AND", "-"])
def test_words_over_time_take_any_words(served: Served, words: str) -> None:
    assert served.rows(f"/newsbot/words_over_time.json?_shape=objects&words={quote(words)}") == []


def test_every_public_table_is_described_and_no_internal_one_is_shown(served: Served) -> None:
    described = metadata(DEFAULT)["databases"]["newsbot"]["tables"]
    tables = json.loads(served.get("/newsbot.json")[0])["tables"]

    shown = {table["name"] for table in tables if not table["hidden"]}
    assert shown == {"article_versions", "articles", "boxes", "crawls", "listings", "pages"}
    for table in tables:
        if table["name"] in shown:
            text = described[table["name"]]
            assert text["description"]
            assert {name for name, comment in text["columns"].items() if comment} == set(
                table["columns"]
            )


def test_it_is_read_only_and_sees_what_a_crawl_commits(served: Served) -> None:
    count = "/newsbot.json?_shape=objects&sql=select+count(*)+as+n+from+crawls"
    with pytest.raises(urllib.error.HTTPError, match="400"):
        served.get("/newsbot.json?sql=delete+from+crawls")
    writer = sqlite3.connect(served.console.path, isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute(
            "INSERT INTO crawls (source, started_at, outcome, requests, responses, new, updated, "
            "duplicates, rejected, gone, waited_seconds) "
            "VALUES ('nzcity', '2025-08-20 01:00:00', 'running', 0, '{}', 0, 0, 0, 0, 0, 0)"
        )
        assert served.rows(count) == [{"n": 1}]
        writer.execute("COMMIT")
        assert served.rows(count) == [{"n": 2}]
    finally:
        writer.close()


def test_pages_may_load_nothing_from_elsewhere(served: Served) -> None:
    _, headers = served.get("/newsbot/articles")

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_person_searches_a_word_and_opens_a_story(served: Served, chromium: Chromium) -> None:
    found = html.fromstring(chromium.document(f"{served.url}/newsbot/articles?_search=environment"))
    assert select(found, "//a[@class='headline']") == []
    found = html.fromstring(chromium.document(f"{served.url}/newsbot/articles?_search=Whangarei"))
    links = select(found, "//a[@class='headline']")
    assert [link.text for link in links] == ["Bridge opens in Whangārei", "Whangārei bridge opens"]

    story = html.fromstring(chromium.document(served.url + links[1].get("href")))

    assert story.findtext(".//h1") == "Whangārei bridge opens"
    assert story.findtext(".//title") == "Whangārei bridge opens"


def test_a_person_sees_the_plots(served: Served, chromium: Chromium) -> None:
    dashboard = html.fromstring(chromium.document(f"{served.url}/-/dashboards/newsbot"))

    plots = select(dashboard, "//div[starts-with(@id, 'chart-')][.//canvas or .//svg]")
    assert [plot.get("id") for plot in plots] == [
        "chart-by-day",
        "chart-coverage",
        "chart-by-hour",
        "chart-requests",
        "chart-waits",
    ]
    assert all(int(width) > 100 for width in select(dashboard, "//canvas/@width"))


@pytest.mark.parametrize(
    "path",
    [
        f"/newsbot/articles?_facet=headline&_search=script&article_section={quote(HOSTILE['url'])}",
        "/newsbot/articles?_col=url&_col=headline",
        "/newsbot/articles/3",
        "/newsbot/listings",
        "/newsbot/revisions",
        "/-/dashboards/newsbot",
    ],
)
def test_nothing_in_an_article_runs(served: Served, chromium: Chromium, path: str) -> None:
    document = html.fromstring(chromium.document(served.url + path))

    assert document.get("data-owned") is None
    addresses = select(document, "//@href | //@src")
    assert [each for each in addresses if each.lower().startswith("javascript")] == []
    assert select(document, "//iframe | //*[@onerror] | //*[@onload]") == []


def test_the_test_would_notice_a_script(chromium: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<html><script>{RUN}</script></html>")

    assert html.fromstring(chromium.document(path.as_uri())).get("data-owned") == "1"


def test_without_datasette_a_sentence_names_the_extra(
    tmp_path: Path, empty_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "newsbot.browse.server", None)

    with pytest.raises(MissingExtra, match=r"pip install 'newsbot\[browse\]'"):
        Console(tmp_path, empty_archive).run("browse")


def test_a_port_that_is_taken_is_a_sentence(served: Served) -> None:
    port = served.url.rpartition(":")[2]

    result = subprocess.run(
        [NEWSBOT, "browse", "--port", port, "--database", served.console.url],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert f"Port {port} can't be used (Address already in use); name another" in result.stderr
