"""robots.txt is asked for first, and obeyed; where it can't be fetched, no page is at fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.crawling import Archive
from tests.replica import scenarios
from tests.replica.application import Robots
from tests.replica.clock import Clock
from tests.replica.faults import Delay, Fault, Redirect, Reset, Status
from tests.replica.server import Replica


@pytest.fixture
def replica() -> Iterator[Replica]:
    site = scenarios.plain(days=2, per_day=20)
    with Replica(site, Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    return Archive(tmp_path, replica.url, DOWNLOAD_TIMEOUT=2)


def asked(replica: Replica) -> list[str]:
    return [entry.path for entry in replica.log]


@pytest.mark.parametrize("robots", [Robots.ABSENT, Robots.ALLOW])
def test_what_it_allows_is_asked_for(replica: Replica, archive: Archive, robots: Robots) -> None:
    replica.application.robots = robots

    run = archive.crawl()

    assert run.exit_code == 0
    assert asked(replica)[:2] == ["/robots.txt", "/news/"]
    assert asked(replica).count("/robots.txt") == 1
    assert archive.value("SELECT count(*) FROM articles") > 10


def test_a_client_that_may_not_read_it_may_read_the_rest(
    replica: Replica, archive: Archive
) -> None:
    replica.faults.add(Status(403), "/robots.txt")

    assert archive.crawl().exit_code == 0
    assert archive.value("SELECT count(*) FROM articles") > 10


def test_what_it_forbids_is_not(replica: Replica, archive: Archive) -> None:
    replica.application.robots = Robots.DISALLOW

    run = archive.crawl()

    assert run.exit_code == 1
    assert "no page could be fetched: Forbidden by robots.txt (1)." in run.last_line
    assert asked(replica) == ["/robots.txt"]


CANNOT_BE_HAD: dict[str, tuple[Fault, str]] = {
    "500": (Status(500), "it answered 500"),
    "503": (Status(503), "the site answered 503 and asked for 300 seconds of silence"),
    "429": (Status(429, "60"), "the site answered 429 and asked for 60 seconds of silence"),
    "a reset": (Reset(0), "cut off by the connection"),
    "no answer": (Delay(30), "no answer in time"),
    "another host": (Redirect("https://x.example/robots.txt"), "redirected to another host"),
}


@pytest.mark.parametrize("name", CANNOT_BE_HAD)
def test_where_it_can_not_be_had_nothing_is_asked_for(
    replica: Replica, archive: Archive, name: str
) -> None:
    fault, reason = CANNOT_BE_HAD[name]
    archive.crawl("-a", "ids=432999", DOWNLOAD_TIMEOUT=30)
    before = archive.rows("SELECT * FROM pages")
    replica.log.clear()
    replica.faults.add(fault, "/robots.txt")

    run = archive.crawl()

    assert run.exit_code == 1
    assert run.last_line.startswith(
        "The crawl could not do its work: no page could be fetched: "
        f"robots.txt can't be fetched: {reason}."
    )
    assert run.stderr.strip() == run.last_line
    assert set(asked(replica)) == {"/robots.txt"}
    assert archive.rows("SELECT * FROM pages") == before
    assert archive.rows("SELECT outcome, exit_code FROM crawls ORDER BY id DESC LIMIT 1") == [
        ("failed", 1)
    ]


def test_a_user_name_in_an_address_makes_no_other_host(replica: Replica, archive: Archive) -> None:
    newest = replica.site.ids(replica.clock.now())[-1]
    to = f"http://me@127.0.0.1:{{port}}/news/article.aspx?id={newest}"
    replica.faults.add(Redirect(to), newest, times=1)

    run = archive.crawl()

    assert run.exit_code == 0, run.stderr
    assert asked(replica).count("/robots.txt") == 1
    assert archive.value("SELECT status FROM pages WHERE id_number = ?", [newest]) == "stored"


def test_it_may_be_elsewhere_on_the_same_host(replica: Replica, archive: Archive) -> None:
    replica.faults.add(Redirect("/robots.txt?of=all"), "/robots.txt", times=1)
    replica.application.robots = Robots.DISALLOW

    assert archive.crawl().exit_code == 1
    assert asked(replica) == ["/robots.txt", "/robots.txt?of=all"]
