"""Bad answers, one a page, all in one crawl: each ends where it belongs, and the others get by."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.crawling import Archive, Run
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import (
    BlockPage,
    Charset,
    CutOff,
    Drip,
    Empty,
    Fault,
    GzipBomb,
    Image,
    JavaScriptWall,
    Nested,
    Notice,
    NulBytes,
    Redesign,
    Redirect,
    RedirectLoop,
    Reset,
    Status,
)
from tests.replica.server import Replica

MOST_MEMORY = 200_000_000


@dataclass(frozen=True)
class Case:
    """What is wrong with a page, and where it ends in the ledger."""

    fault: Fault
    status: str
    reason: str | None
    attempts: int = 1


PAGES = {
    "an empty body": Case(Empty(), "rejected", "empty"),
    "a notice in its place": Case(Notice(), "gone", "no such article", 0),
    "cut off, as its length tells": Case(CutOff(3000), "pending", "cut off by the connection"),
    "cut off near its end": Case(CutOff(20_000), "pending", "cut off by the connection"),
    "cut off in a chunk": Case(CutOff(9000, "chunked"), "pending", "cut off by the connection"),
    "cut off by the end of the connection": Case(
        CutOff(9000, "close"), "rejected", "cut off before the end"
    ),
    "cut off by HTTP/1.0": Case(CutOff(9000, "http/1.0"), "rejected", "cut off before the end"),
    "60,000 nested tags": Case(Nested(60_000), "rejected", "too deep"),
    "NUL bytes": Case(NulBytes(), "stored", None, 0),
    "an image": Case(Image(), "rejected", "not HTML"),
    "an image that says it is a page": Case(Image("text/html"), "rejected", "not HTML"),
    "a redirect loop": Case(RedirectLoop(), "rejected", "redirected too often"),
    "a redirect to itself": Case(Redirect(""), "rejected", "redirected too often"),
    "another host": Case(
        Redirect("https://elsewhere.example/news/"), "rejected", "redirected to another host"
    ),
    "a private address": Case(
        Redirect("http://169.254.169.254/latest/"), "rejected", "redirected to another host"
    ),
    "another port": Case(Redirect("http://127.0.0.1:1/"), "rejected", "redirected to another host"),
    "a file": Case(Redirect("file:///etc/passwd"), "rejected", "redirected to no web page"),
    "no address": Case(Redirect("http://[::1/"), "rejected", "redirected to no address"),
    "a page without an article": Case(
        Redirect("/news/"), "gone", "redirected to a page without an article", 0
    ),
    "a gzip bomb": Case(GzipBomb(60), "rejected", "too large"),
    "one byte every half second": Case(Drip(0.5), "pending", "no answer in time"),
    "a reset in mid-body": Case(Reset(1000), "pending", "cut off by the connection"),
    "cp1252 that says it is UTF-8": Case(Charset("cp1252", "utf-8"), "stored", None, 0),
    "UTF-8 that says it is Latin-1": Case(Charset("utf-8", "iso-8859-1"), "stored", None, 0),
    "403": Case(Status(403), "rejected", "HTTP 403"),
    "404": Case(Status(404), "gone", "HTTP 404", 0),
    "410": Case(Status(410), "gone", "HTTP 410", 0),
    "500": Case(Status(500), "pending", "HTTP 500"),
    "a block page": Case(BlockPage(), "rejected", "block page"),
    "a wall of JavaScript": Case(JavaScriptWall(), "rejected", "JavaScript wall"),
    "a redesign": Case(Redesign(), "rejected", "not an article"),
}


@dataclass(frozen=True)
class Crawled:
    """A crawl of pages of which every other one is bad."""

    archive: Archive
    run: Run
    replica: Replica
    bad: dict[str, int]
    good: list[int]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    site = scenarios.plain(days=2)
    with Replica(site, Clock(scenarios.evening(2))) as replica:
        ids = site.ids(replica.clock.now())[-2 * len(PAGES) :]
        bad = dict(zip(PAGES, ids[::2], strict=True))
        for name, article_id in bad.items():
            replica.faults.add(PAGES[name].fault, article_id)
        archive = Archive(tmp_path_factory.mktemp("faults"), replica.url, DOWNLOAD_TIMEOUT=5)
        run = archive.crawl("-a", f"ids={ids[0]}-{ids[-1]}", timeout=240)
        yield Crawled(archive, run, replica, bad, ids[1::2])


@pytest.mark.parametrize("name", PAGES)
def test_a_bad_page_ends_where_it_belongs(crawled: Crawled, name: str) -> None:
    case = PAGES[name]

    row = crawled.archive.rows(
        "SELECT status, reason, attempts FROM pages WHERE id_number = ?", [crawled.bad[name]]
    )

    assert row == [(case.status, case.reason, case.attempts)]


def test_what_can_not_be_read_is_in_rejected_pages(crawled: Crawled) -> None:
    rejected = {
        int(url.rpartition("=")[2]): reason
        for url, reason in crawled.archive.rows("SELECT url, reason FROM rejected_pages")
    }

    assert rejected == {
        crawled.bad[name]: case.reason for name, case in PAGES.items() if case.status == "rejected"
    }


def test_the_good_pages_beside_them_are_stored(crawled: Crawled) -> None:
    stored = crawled.archive.rows(
        "SELECT pages.id_number, headline FROM articles JOIN pages ON article_id = articles.id"
    )

    headlines = dict(stored)
    for article_id in crawled.good:
        truth = crawled.replica.truth(article_id)
        assert truth is not None
        assert headlines[article_id] == truth["article"]["headline"]


def test_what_is_to_be_tried_again_says_when(crawled: Crawled) -> None:
    hours = crawled.archive.rows(
        "SELECT DISTINCT status, "
        "round((julianday(next_fetch_at) - julianday(last_fetched_at)) * 24, 1) FROM pages "
        "WHERE status <> 'stored' AND id_number IN (SELECT value FROM json_each(?))",
        [json.dumps(list(crawled.bad.values()))],
    )

    # An id that was asked for by name and is gone needs no second look.
    assert sorted(hours, key=str) == [("gone", None), ("pending", 1.0), ("rejected", 1.0)]


def test_only_the_site_itself_was_asked(crawled: Crawled) -> None:
    assert {entry.host for entry in crawled.replica.log} == {crawled.replica.url.split("/")[2]}


def test_cron_is_told(crawled: Crawled) -> None:
    rejected = sum(case.status == "rejected" for case in PAGES.values())

    # Fewer than a fifth of the pages that answered 200, and no past to compare with.
    assert crawled.run.exit_code == 0
    assert f" new, {rejected} rejected, " in crawled.run.last_line


def test_the_log_has_nothing_to_add(crawled: Crawled) -> None:
    assert crawled.run.stderr == f"{crawled.run.last_line}\n"


def test_memory_stays_small(crawled: Crawled) -> None:
    assert 0 < crawled.run.peak_memory < MOST_MEMORY


# Other faults have their reasons above; here, one of each kind.
START_PAGES: dict[str, tuple[Fault, int, str]] = {
    "an empty body": (Empty(), 3, "empty"),
    "another host": (Redirect("https://x.example/"), 1, "redirected to another host"),
    "a gzip bomb": (GzipBomb(30), 1, "too large"),
    "a reset in mid-body": (Reset(1000), 1, "cut off by the connection"),
    "404": (Status(404), 1, "HTTP 404"),
    "a block page": (BlockPage(), 3, "block page"),
}


@pytest.mark.parametrize("name", START_PAGES)
def test_a_bad_start_page(tmp_path: Path, name: str) -> None:
    fault, exit_code, reason = START_PAGES[name]
    with Replica(scenarios.plain(days=1, per_day=20), Clock(scenarios.evening(1))) as replica:
        replica.faults.add(fault, "/news/")
        archive = Archive(tmp_path, replica.url)
        run = archive.crawl()

        assert (run.exit_code, reason in run.last_line) == (exit_code, True), run.last_line
        assert run.stderr.count(run.last_line) == 1
        assert run.peak_memory < MOST_MEMORY
        assert archive.rows("SELECT url, reason, attempts FROM rejected_pages") == [
            (replica.url, reason, 1)
        ]
        assert archive.rows("SELECT exit_code, message FROM crawls") == [(exit_code, run.last_line)]


def test_a_start_page_that_is_back(tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=20), Clock(scenarios.evening(1))) as replica:
        replica.faults.add(Status(500), "/news/", times=1)
        archive = Archive(tmp_path, replica.url)
        assert archive.crawl().exit_code == 1

        assert archive.crawl().exit_code == 0
        assert archive.rows("SELECT * FROM rejected_pages") == []
        assert archive.value("SELECT count(*) FROM articles") > 10


def test_a_log_that_is_turned_up_says_once_what_is_wrong_with_a_page(tmp_path: Path) -> None:
    faults: dict[str, Fault] = {
        "cut off by the connection": CutOff(3000),
        "too large": GzipBomb(60),
        "HTTP 500": Status(500),
    }
    with Replica(scenarios.plain(days=1, per_day=9), Clock(scenarios.evening(1))) as replica:
        bad = dict(zip(faults, replica.site.ids(replica.clock.now())[-3:], strict=True))
        for reason, source_id in bad.items():
            replica.faults.add(faults[reason], source_id)

        run = Archive(tmp_path, replica.url).crawl(LOG_LEVEL="INFO")

        for reason, source_id in bad.items():
            url = replica.article_url(source_id)
            [line] = [line for line in run.stderr.splitlines() if url in line]
            assert line.endswith(f" [scrapy.core.scraper] INFO: {url}: {reason}")
