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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from lxml import html

from newsbot.browse.metadata import metadata
from newsbot.cli import newsbot
from newsbot.errors import MissingExtra, NewsbotError
from newsbot.sites import DEFAULT
from newsbot.store.reading.queries import QUESTIONS
from tests.helpers.browsing import archive_page
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


LOADING = f"""<html><head><link rel="stylesheet" href="http://127.0.0.1:{{port}}/style">
<script src="http://127.0.0.1:{{port}}/script"></script></head>
<body onload="{RUN}"><p>An archived page</p><script>{RUN}</script>
<img src="http://127.0.0.1:{{port}}/image"><iframe src="http://127.0.0.1:{{port}}/frame"></iframe>
<p style="background: url(http://127.0.0.1:{{port}}/background)">.</p></body></html>"""

ANSWERS: dict[str, dict[str, Any]] = {
    "by_day_and_section": {"day": "2025-08-21", "article_section": "National", "stories": 1},
    "by_hour": {"hour": 12, "stories": 2},
    "near_duplicates": {"earlier_id": 1, "later_id": 2, "similarity": 0.875},
    "gaps": {"first_missing": 3, "last_missing": 4, "ids": 2},
    "most_listed": {"article_id": 1, "listings": 1},
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
def asked_for() -> Iterator[tuple[int, list[str]]]:
    """Yield the port of a server, and the addresses that it is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
    empty_archive: Path,
    asked_for: tuple[int, list[str]],
) -> Iterator[Served]:
    counting_port, _ = asked_for
    folder = tmp_path_factory.mktemp("browse")
    console = Console(folder, empty_archive)
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
            page(
                1,
                "stored",
                id=1,
                article_id=1,
                date_published=NOON,
                **archive_page(folder, LOADING.format(port=counting_port)),
            ),
            page(2, "stored", id=2, article_id=2),
            page(5, "rejected", id=3, reason=f"<script>{RUN}</script>"),
        ],
        sources=[{"source": "nzcity", "first_id": 1}],
        versions=[
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
        [NEWSBOT, "browse", "--port", "0", "--archive", folder, "--database", console.url],
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


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_questions_are_answered(served: Served, question: Any) -> None:
    rows = served.rows(f"/newsbot/{question.name}.json?_shape=objects")

    expected = ANSWERS[question.name]
    assert {name: rows[0][name] for name in expected} == expected
    served.get(f"/newsbot/{question.name}")


def test_every_public_table_is_described_and_no_internal_one_is_shown(served: Served) -> None:
    described = metadata(DEFAULT)["databases"]["newsbot"]["tables"]
    tables = json.loads(served.get("/newsbot.json")[0])["tables"]

    shown = {table["name"] for table in tables if not table["hidden"]}
    assert shown == {"articles", "crawls", "listings", "pages", "watches"}
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
    for path, policy in (("/newsbot/articles", "default-src 'self'"), ("/", "default-src 'none'")):
        _, headers = served.get(path)
        assert policy in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:8001", "127.0.0.1.evil.example", ""]
)
def test_by_another_name_it_answers_nobody(served: Served, name: str) -> None:
    request = urllib.request.Request(served.url, headers={"Host": name})  # noqa: S310 - loopback

    with pytest.raises(urllib.error.HTTPError, match="421"):
        urllib.request.urlopen(request)  # noqa: S310


def test_a_mistyped_address_is_no_traceback(served: Served) -> None:
    for path in ("/nowhere", "/story/999", "/newsbot/articles?_search=a+AND"):
        with pytest.raises(urllib.error.HTTPError, match=r"40[04]"):
            served.get(path)


def test_a_person_searches_a_word_and_opens_a_story(served: Served, chromium: Chromium) -> None:
    found = html.fromstring(chromium.document(f"{served.url}/search?q=environment"))
    assert select(found, "//a[@class='headline']") == []
    found = html.fromstring(chromium.document(f"{served.url}/search?q=Whangarei"))
    links = select(found, "//a[@class='headline']")
    assert [link.text for link in links] == ["Bridge opens in Whangārei", "Whangārei bridge opens"]

    story = html.fromstring(chromium.document(served.url + links[1].get("href")))

    assert story.findtext(".//h1") == "Whangārei bridge opens"
    assert story.findtext(".//title") == "Whangārei bridge opens"


def test_a_person_sees_a_plot(served: Served, chromium: Chromium) -> None:
    page = html.fromstring(chromium.document(f"{served.url}/attention?q=bridge"))

    assert len(select(page, "//figure/svg//polyline")) == 1


@pytest.mark.parametrize(
    "path",
    [
        f"/newsbot/articles?_facet=headline&_search=script&article_section={quote(HOSTILE['url'])}",
        "/newsbot/articles?_col=url&_col=headline",
        "/newsbot/articles/3",
        "/",
        "/search?q=owned",
        "/story/3",
        "/story/1",
        "/changes",
        f"/attention?q={quote(RUN)}",
        "/newsbot/listings",
        "/newsbot/near_duplicates",
    ],
)
def test_nothing_in_an_article_runs(served: Served, chromium: Chromium, path: str) -> None:
    document = html.fromstring(chromium.document(served.url + path))

    assert document.get("data-owned") is None
    addresses = select(document, "//@href | //@src")
    assert [each for each in addresses if each.lower().startswith("javascript")] == []
    assert select(document, "//iframe | //*[@onerror] | //*[@onload]") == []


def test_an_archived_page_neither_runs_nor_loads_anything(
    served: Served,
    chromium: Chromium,
    asked_for: tuple[int, list[str]],
    tmp_path: Path,
) -> None:
    port, asked = asked_for
    shown = chromium.document(f"{served.url}/story/1/archived.html")
    document = html.fromstring(shown)

    assert document.get("data-owned") is None
    assert "An archived page" in shown
    assert asked == []
    # The test would notice a page that may.
    page = tmp_path / "page.html"
    page.write_text(LOADING.format(port=port))
    chromium.document(page.as_uri())
    assert {"/image", "/style", "/script", "/frame"} <= set(asked)


def test_the_test_would_notice_a_script(chromium: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<html><script>{RUN}</script></html>")

    assert html.fromstring(chromium.document(path.as_uri())).get("data-owned") == "1"


def test_without_datasette_a_sentence_names_the_extra(
    tmp_path: Path, empty_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "newsbot.browse.server", None)

    with pytest.raises(MissingExtra, match=r"pip install 'newsbot-nzcity\[browse\]'"):
        Console(tmp_path, empty_archive).run("browse")


def test_a_port_that_is_taken_is_named(served: Served) -> None:
    port = served.url.rpartition(":")[2]

    with pytest.raises(NewsbotError, match=port):
        served.console.run("browse", "--port", port)


def test_a_host_that_is_not_here_is_named_after_the_warning(served: Served) -> None:
    arguments = ["browse", "--host", "192.0.2.1", "--database", served.console.url]
    result = CliRunner().invoke(newsbot, arguments)

    assert isinstance(result.exception, NewsbotError)
    assert "192.0.2.1" in str(result.exception)
    assert "192.0.2.1" in result.stderr
