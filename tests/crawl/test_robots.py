"""robots.txt is asked for once a day and obeyed; without it, no page is at fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Response

from newsbot.crawl import robots
from newsbot.crawl.robots import KEPT_FOR, LONGEST, UNREACHABLE_FOR, is_usable, refusal, rules_in
from newsbot.rebuild.job import reparse
from newsbot.sites import DEFAULT as SITE
from newsbot.store.budget import KeptRobotsTxt
from tests.helpers import two_hosts
from tests.helpers.crawling import Archive
from tests.helpers.reparsing import Watcher
from tests.replica import scenarios
from tests.replica.application import Robots
from tests.replica.clock import Clock
from tests.replica.faults import Delay, Fault, Redirect, Reset, Status
from tests.replica.faults.base import Exchange
from tests.replica.message import Answer
from tests.replica.server import Replica

NOW = datetime(2025, 8, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rules:
    """Another robots.txt."""

    text: str

    def apply(self, _answer: Answer, _exchange: Exchange) -> Answer:
        return Answer(200, self.text.encode(), {"Content-Type": "text/plain"})


@dataclass(frozen=True)
class On:
    """A fault of one of the two hosts."""

    host: str
    fault: Fault

    def apply(self, answer: Answer, exchange: Exchange) -> Answer:
        if exchange.request.headers["host"].startswith(self.host):
            return self.fault.apply(answer, exchange)
        return answer


@pytest.fixture
def replica() -> Iterator[Replica]:
    site = scenarios.plain(days=2, per_day=10)
    with Replica(site, Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    return Archive(tmp_path, replica.url, DOWNLOAD_TIMEOUT=2).live_by(replica)


def asked(replica: Replica) -> list[str]:
    return [entry.path for entry in replica.log]


@pytest.mark.parametrize("robots_txt", [Robots.ABSENT, Robots.ALLOW])
def test_what_it_allows_is_asked_for(
    replica: Replica, archive: Archive, robots_txt: Robots
) -> None:
    replica.application.robots = robots_txt

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
    assert "Forbidden by robots.txt (1)" in run.last_line
    assert asked(replica) == ["/robots.txt"]


def test_it_is_kept_for_a_day(replica: Replica, archive: Archive) -> None:
    replica.application.robots = Robots.DISALLOW
    archive.crawl()
    replica.application.robots = Robots.ALLOW
    replica.clock.advance(KEPT_FOR - HOUR)

    assert archive.crawl().exit_code == 1
    assert asked(replica) == ["/robots.txt"]

    replica.clock.advance(HOUR)

    assert archive.crawl().exit_code == 0
    assert asked(replica)[:3] == ["/robots.txt", "/robots.txt", "/news/"]
    assert archive.rows("SELECT status, failures, failed_since FROM robots_txt") == [(200, 0, None)]


def test_a_reparse_leaves_it_alone(replica: Replica, archive: Archive) -> None:
    archive.crawl("-a", "ids=432999")
    rows = archive.rows("SELECT host, status, body, failures FROM robots_txt")

    reparse(archive.url, archive.warc, [], SITE, keep=True, audience=Watcher(), processes=0)

    assert rows == [(urlsplit(replica.url).netloc, 404, "", 0)]
    assert archive.rows("SELECT host, status, body, failures FROM robots_txt") == rows


CANNOT_BE_FETCHED: dict[str, tuple[Fault, str]] = {
    "500": (Status(500), "it answered 500"),
    "429": (Status(429, "60"), "the site answered 429 and asked for 60 seconds of silence"),
    "a reset": (Reset(0), "cut off by the connection"),
    "no answer": (Delay(30), "no answer in time"),
    "another host": (Redirect("https://x.example/robots.txt"), "redirected to another host"),
}


@pytest.mark.parametrize("name", CANNOT_BE_FETCHED)
def test_where_it_can_not_be_fetched_nothing_is_asked_for(
    replica: Replica, archive: Archive, name: str
) -> None:
    fault, reason = CANNOT_BE_FETCHED[name]
    archive.crawl("-a", "ids=432999", DOWNLOAD_TIMEOUT=30)
    before = archive.rows("SELECT * FROM pages")
    replica.log.clear()
    replica.clock.advance(KEPT_FOR)
    replica.faults.add(fault, "/robots.txt")

    run = archive.crawl()

    assert run.exit_code == 1
    assert reason in run.last_line
    assert run.stderr.strip() == run.last_line
    assert set(asked(replica)) == {"/robots.txt"}
    assert archive.rows("SELECT * FROM pages") == before
    assert archive.rows("SELECT outcome, exit_code FROM crawls ORDER BY id DESC LIMIT 1") == [
        ("failed", 1)
    ]


def test_after_a_month_without_it_the_kept_copy_is_used(replica: Replica, archive: Archive) -> None:
    replica.application.robots = Robots.ALLOW
    archive.crawl("-a", "ids=432999")
    replica.clock.advance(KEPT_FOR)
    replica.faults.add(Status(500), "/robots.txt")
    assert archive.crawl().exit_code == 1
    replica.clock.advance(UNREACHABLE_FOR - HOUR)
    assert archive.crawl().exit_code == 1
    replica.log.clear()
    replica.clock.advance(HOUR)

    assert archive.crawl().exit_code == 0
    assert "/news/" in asked(replica)


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


def test_five_redirects_are_followed(replica: Replica, archive: Archive) -> None:
    for hop in range(5):
        replica.faults.add(Redirect(f"/robots.txt?hop={hop}"), "/robots.txt", times=1, skip=hop)
    replica.application.robots = Robots.DISALLOW

    run = archive.crawl()

    assert "Forbidden by robots.txt" in run.last_line
    assert len(asked(replica)) == 6


def test_all_of_500_kib_is_obeyed(replica: Replica, archive: Archive) -> None:
    filler = "Disallow: /private/\n"
    head, rule = "User-agent: *\n", "Disallow: /news/\n"
    lines = (500 * 1024 - len(head + rule)) // len(filler)
    replica.faults.add(Rules(head + lines * filler + rule + 20_000 * filler), "/robots.txt")

    assert "Forbidden by robots.txt" in archive.crawl().last_line
    assert asked(replica) == ["/robots.txt"]


@pytest.mark.parametrize(("delay", "limit", "seconds"), [("7", 0, 7), ("3600", 14, 60)])
def test_its_delay_is_obeyed(
    replica: Replica, archive: Archive, delay: str, limit: int, seconds: int
) -> None:
    replica.faults.add(Rules(f"User-agent: *\nCrawl-delay: {delay}\n"), "/robots.txt")

    run = archive.crawl(RATE_LIMIT_REQUESTS=limit)

    assert run.exit_code == 0
    times = [datetime.fromisoformat(entry.time) for entry in replica.log[1:]]
    assert len(times) > 10
    assert min(b - a for a, b in pairwise(times)) >= timedelta(seconds=seconds)
    assert ("CRAWL_DELAY_MAX makes it 60" in run.stderr) == (delay == "3600")

    # A kept copy has the same delay, and is not worth a line in every run.
    replica.log.clear()
    replica.clock.advance(10 * HOUR)
    again = archive.crawl(RATE_LIMIT_REQUESTS=limit)

    assert again.stderr.strip() == again.last_line
    times = [datetime.fromisoformat(entry.time) for entry in replica.log]
    assert min(b - a for a, b in pairwise(times)) >= timedelta(seconds=seconds)


@pytest.fixture
def both(archive: Archive, replica: Replica) -> Archive:
    """Return the archive of a site with two hosts: 127.0.0.1 and localhost."""
    archive.env[two_hosts.PORT] = str(urlsplit(replica.url).port)
    archive.settings["SPIDER_MODULES"] = two_hosts.__name__
    return archive


def page(archive: Archive, number: int) -> tuple[object, ...]:
    [row] = archive.rows(
        "SELECT status, attempts, reason, next_fetch_at > last_fetched_at FROM pages "
        "WHERE id_number = ?",
        [number],
    )
    return row


def test_without_another_hosts_its_pages_move_down_the_queue(
    replica: Replica, both: Archive
) -> None:
    moved = replica.site.ids(replica.clock.now())[-1]
    to = f"http://localhost:{{port}}/news/article.aspx?id={moved}"
    rule = replica.faults.add(On("127", Redirect(to)), moved)
    broken = replica.faults.add(On("localhost", Status(500)), "/robots.txt")

    first = both.crawl()

    assert first.exit_code == 0, first.stderr
    assert "it answered 500); pages there wait for the next run" in first.stderr
    assert page(both, moved) == ("pending", 0, None, None)
    assert both.value("SELECT count(*) FROM articles") > 5

    replica.clock.advance(HOUR)
    second = both.crawl()

    assert second.exit_code == 0, second.stderr
    reason = f"robots.txt of localhost:{urlsplit(replica.url).port} can't be fetched"
    assert page(both, moved) == ("pending", 1, f"{reason}: it answered 500", 1)

    replica.faults.remove(broken)
    replica.faults.remove(rule)
    replica.clock.advance(2 * HOUR)
    assert both.crawl().exit_code == 0
    assert page(both, moved)[:2] == ("stored", 0)


def test_it_may_be_on_another_host_of_the_site(replica: Replica, both: Archive) -> None:
    to = "http://localhost:{port}/robots.txt"
    replica.faults.add(On("127", Redirect(to)), "/robots.txt")
    replica.faults.add(On("localhost", Rules("User-agent: *\nDisallow: /news/\n")), "/robots.txt")

    assert "Forbidden by robots.txt" in both.crawl().last_line
    assert asked(replica) == ["/robots.txt", "/robots.txt"]


def kept(**columns: Any) -> KeptRobotsTxt:
    return KeptRobotsTxt("h", **columns)


@pytest.mark.parametrize(
    ("age", "is_used"),
    [(-HOUR, False), (timedelta(0), True), (KEPT_FOR - HOUR, True), (KEPT_FOR, False)],
)
def test_how_long_it_is_used(age: timedelta, is_used: bool) -> None:
    assert is_usable(kept(status=200, fetched_at=NOW - age), NOW) is is_used


def test_what_was_never_fetched_is_never_used() -> None:
    assert not is_usable(kept(failed_since=NOW - 2 * UNREACHABLE_FOR), NOW)


@pytest.mark.parametrize(
    ("status", "says"), [(200, True), (404, True), (410, True), (429, False), (500, False)]
)
def test_which_answers_tell_the_rules(status: int, says: bool) -> None:
    assert (refusal(Response("http://h/robots.txt", status), NOW) is None) is says


def test_an_answer_of_4xx_has_no_rules() -> None:
    assert rules_in(Response("http://h/robots.txt", 404, body=b"Disallow: /")) == ""


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_rule_is_cut(body: bytes, longest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robots, "LONGEST", longest)
        text = rules_in(Response("http://h/robots.txt", body=body))

    whole = body.decode("utf-8-sig", "ignore").replace("\0", "")
    assert whole.startswith(text)
    assert text == whole or not text or text[-1] in "\r\n"
    assert len(text) <= max(longest, 0)
    assert LONGEST >= 500 * 1024
