"""`newsbot check` against the replica: all as it is said to be, and much that is not."""

import fcntl
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from newsbot.cli.check import command
from newsbot.crawl.check import MOST
from tests.helpers.crawling import ROOT, Archive
from tests.helpers.forks import newsbot
from tests.replica import Clock, Replica, Robots, Site, Unknown, scenarios
from tests.replica.faults import BlockPage, HalfEmpty, Redirect, Renamed, Status

DAYS = 75
# Nothing tells whether hosts share a limit while none refuses.
NEVER_SEEN = {"hosts"}


@pytest.fixture(scope="module")
def stories() -> Site:
    return scenarios.plain(days=DAYS, per_day=12)


@pytest.fixture
def replica(stories: Site) -> Iterator[Replica]:
    clock = Clock(scenarios.evening(DAYS))
    with Replica(stories, clock, robots=Robots.ALLOW) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    archive = Archive(tmp_path, replica.url)
    port = urlsplit(replica.url).port
    archive.settings["RSS_URL"] = f"http://localhost:{port}/rss/news.aspx?catid={{cat}}"
    return archive


def check(archive: Archive, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = [f"-s{name}={value}" for name, value in archive.settings.items()]
    process = newsbot(
        *("check", "--start-url", archive.start_url, *settings, *arguments),
        cwd=ROOT,
        env={"NEWSBOT_DATABASE_URL": archive.url, "NEWSBOT_ARCHIVE_DIR": str(archive.warc)},
    )
    assert "Traceback" not in process.stderr
    return process


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    """Return the verdicts by what they are about; hosts without their names."""
    return {each["about"].partition(" of 127")[0]: each["verdict"] for each in found["findings"]}


def test_all_is_as_it_is_said_to_be(replica: Replica, archive: Archive) -> None:
    run = check(archive)

    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line.split("\t") for line in run.stdout.splitlines() if "\t" in line][1:]
    assert {line[3] for line in lines} == {"as expected", "not seen"}
    assert {line[0] for line in lines if line[3] == "not seen"} == {
        *NEVER_SEEN,
        "syndicated article",
    }
    asked = [f"{entry.host.partition(':')[0]}{entry.path}" for entry in replica.log]
    newest = replica.site.ids(replica.clock.now())[-1]
    assert asked[:2] == ["127.0.0.1/robots.txt", "127.0.0.1/news/"]
    assert sum("&cat=" in each for each in asked) == 1
    assert next(each for each in asked if "localhost" in each) == "localhost/robots.txt"
    assert sum(entry.status == 404 for entry in replica.log) == 1
    assert max(int(each.rpartition("=")[2]) for each in asked if "?id=" in each) > newest + 1000
    assert len(asked) == 11 < MOST


def test_what_it_fetched_can_be_read_again(archive: Archive) -> None:
    check(archive)
    assert archive.value("SELECT count(*) FROM pages") == 0

    options = ["--database", archive.url, "--archive", str(archive.warc)]
    assert newsbot("reparse", *options, cwd=ROOT).returncode == 0

    assert archive.value("SELECT count(*) FROM articles") == 4
    assert archive.value("SELECT count(*) FROM articles WHERE url LIKE '%cat=%'") == 0
    assert archive.value("SELECT count(DISTINCT article_section) FROM articles") >= 3
    assert archive.rows("SELECT version FROM article_versions WHERE version > 1") == []
    # An id that does not exist is no end of the archive.
    assert archive.value("SELECT max(expected) FROM coverage") < 100


def test_what_differs_is_told(stories: Site, tmp_path: Path) -> None:
    without_day = (replace(story, has_date_line=False) for story in stories.stories())
    site = Site(without_day, cache_minutes=60)
    with Replica(site, Clock(scenarios.evening(DAYS))) as replica:
        archive = Archive(tmp_path, replica.url)
        archive.settings["RSS_URL"] = f"{replica.url}no-such-feed?catid={{cat}}"
        newest = site.ids(replica.clock.now())[-1]
        for number in range(newest - 60, newest + 1):
            replica.faults.add(BlockPage(), number + 1_000_000)
        # It forgets the section that was asked for, too.
        replica.faults.add(HalfEmpty(entries=5, paragraphs=99), "pages")

        run = check(archive, "--json")

    found = json.loads(run.stdout)
    assert run.returncode == 3
    assert {about for about, verdict in verdicts(found).items() if verdict == "differs"} == {
        "time in a page's head",
        "date line",
        "section's box",
        "feed",
        "article in a foreign section",
        "id that does not exist yet",
    }
    assert found["requests"] == len(replica.log) <= MOST
    outcomes = {page["what"]: page["outcome"] for page in found["pages"]}
    assert outcomes["id that does not exist yet"] == "block page"
    assert all(page["warc_file"] for page in found["pages"])


def test_an_unknown_id_may_lead_to_the_start_page(replica: Replica, archive: Archive) -> None:
    replica.application.unknown = Unknown.REDIRECT

    run = check(archive, "--json")

    assert run.returncode == 0
    assert verdicts(json.loads(run.stdout))["id that does not exist yet"] == "as expected"
    assert len(replica.log) == MOST


def test_no_more_is_asked_than_twelve_times(replica: Replica, archive: Archive) -> None:
    replica.faults.add(Redirect("/news/article.aspx?id=1&hop=1"), "articles")

    run = check(archive, "--json")

    assert run.returncode == 3
    assert json.loads(run.stdout)["requests"] == len(replica.log) == MOST


def test_a_list_that_is_gone_for_good_is_accepted(replica: Replica, archive: Archive) -> None:
    def crawl() -> int:
        replica.clock.advance(24 * 3600)
        return archive.crawl().exit_code

    replica.clock.set(scenarios.evening(DAYS - 5))
    del archive.settings["RSS_URL"]
    assert [crawl(), crawl()] == [0, 0]
    replica.faults.add(Renamed("Today's News", "Latest News"), "pages")
    assert crawl() == 3

    run = check(archive, "--accept", "--json")

    assert run.returncode == 3
    found = json.loads(run.stdout)
    assert found["accepted"] is True
    assert verdicts(found)["the day's list"] == "differs"
    assert archive.value("SELECT accepted_at IS NULL FROM sources") == 0
    assert crawl() == 0


@pytest.mark.parametrize("code", [403, 503])
def test_a_site_that_sends_us_away_can_not_be_checked(
    replica: Replica, archive: Archive, code: int
) -> None:
    replica.faults.add(Status(code, "1"))

    run = check(archive, "--accept")

    assert run.returncode == 1
    assert run.stdout == ""
    assert archive.start_url in run.stderr
    assert archive.value("SELECT count(*) FROM sources WHERE accepted_at IS NOT NULL") == 0


def test_nobody_is_there(archive: Archive) -> None:
    archive.start_url = "http://127.0.0.1:1/news/"

    run = check(archive)

    assert run.returncode == 1
    assert "connection refused" in run.stderr.splitlines()[-1]


def test_while_a_crawl_is_at_work(replica: Replica, archive: Archive) -> None:
    with Path(f"{archive.path}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = check(archive)

    assert run.returncode == 75
    assert replica.log == []


@pytest.mark.parametrize("argument", ["-sRATE_LIMIT_REQUESTS", "--start-url=nowhere"])
def test_what_is_typed_wrongly(archive: Archive, argument: str) -> None:
    run = check(archive, argument)

    assert run.returncode == 2
    assert not archive.path.exists()


def test_its_help_says_what_its_exit_codes_mean() -> None:
    assert command.help
    assert all(code in command.help for code in ("0 ", "1 ", "3 ", "75 "))
