"""The replica over HTTP: addresses, clock, log, limit, control endpoints, command line."""

import http.client
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.replica import scenarios
from tests.replica.application import Robots, Unknown
from tests.replica.clock import Clock
from tests.replica.limit import RateLimit
from tests.replica.process import ReplicaProcess
from tests.replica.server import Replica

NOW = scenarios.evening(2)
SITE_IDS = scenarios.plain(days=2).ids(NOW)
SOME = SITE_IDS[-5]


class Answer:
    """One answer, read whole."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode()


def get(replica: Replica, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection(replica.url.split("/")[2], timeout=10)
    try:
        connection.request(method, path, headers=headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def article(article_id: int) -> str:
    return f"/news/article.aspx?id={article_id}"


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2), Clock(NOW)) as replica:
        yield replica


def test_an_article_is_served_with_its_words(replica: Replica) -> None:
    answer = get(replica, article(SOME))

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    truth = replica.truth(SOME)
    assert truth is not None
    assert truth["article"]["credit_text"] is None or truth["article"]["credit_text"] in answer.text
    assert truth["article"]["copyright_holder"] in answer.text


@pytest.mark.parametrize(
    "path",
    ["/News/Article.aspx?fm=psp,tsp&ID={}", "/NEWS/ARTICLE.ASPX?iD={}", article(0)[:-1] + "{}"],
)
def test_case_and_order_do_not_matter(replica: Replica, path: str) -> None:
    assert get(replica, path.format(SOME)).status == 200


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/", 301, "/news/"),
        ("/news", 301, "/news/"),
        ("/news/", 200, None),
        ("/News/Default.aspx", 200, None),
        ("/elsewhere", 404, None),
        ("/news/article.aspx", 404, None),
        ("/news/article.aspx?id=", 404, None),
        ("/news/article.aspx?id=9x", 404, None),
    ],
)
def test_addresses(replica: Replica, path: str, status: int, location: str | None) -> None:
    answer = get(replica, path)

    assert (answer.status, answer.headers["Location"]) == (status, location)


def test_several_requests_go_through_one_connection(replica: Replica) -> None:
    connection = http.client.HTTPConnection(replica.url.split("/")[2], timeout=10)
    for _ in range(3):
        connection.request("GET", article(SOME))
        assert connection.getresponse().read().endswith(b"</html>")
    connection.request("HEAD", article(SOME))
    response = connection.getresponse()
    assert (response.read(), int(response.headers["Content-Length"]) > 10_000) == (b"", True)
    connection.request("POST", article(SOME))
    assert connection.getresponse().status == 405
    connection.close()


def test_bytes_that_are_no_http_are_refused(replica: Replica) -> None:
    connection = http.client.HTTPConnection(replica.url.split("/")[2], timeout=10)
    connection.connect()
    connection.sock.sendall(b"HELLO\r\n\r\n")
    assert connection.sock.recv(100).startswith(b"HTTP/1.1 400 ")
    connection.close()


def test_no_two_fetches_are_equal_but_their_words_are(replica: Replica) -> None:
    one, other = get(replica, article(SOME)).text, get(replica, article(SOME)).text
    state = re.compile(r'id="__VIEWSTATE" value="[A-Za-z0-9+/=]+"')

    assert one != other
    assert state.sub("", one) == state.sub("", other)


def test_date_header_and_page_time_agree_with_the_clock(replica: Replica) -> None:
    assert parsedate_to_datetime(get(replica, "/news/").headers["Date"]) == NOW
    assert "19 Aug 2025 19:30" in get(replica, article(SOME)).text
    replica.clock.advance(timedelta(minutes=45))
    answer = get(replica, article(SOME))
    assert parsedate_to_datetime(answer.headers["Date"]) == NOW + timedelta(minutes=45)
    assert "19 Aug 2025 20:15" in answer.text


def test_a_cached_page_is_older_than_its_date_header() -> None:
    with Replica(scenarios.plain(days=2, cache_minutes=9), Clock(NOW)) as replica:
        old = next(article_id for article_id in SITE_IDS if article_id % 10 == 8)
        answer = get(replica, article(old))

    assert "19 Aug 2025 19:22" in answer.text
    assert parsedate_to_datetime(answer.headers["Date"]) == NOW


def test_truth_follows_clock_edit_and_removal(replica: Replica) -> None:
    replica.site.edit(SOME, NOW + timedelta(hours=1), headline="Corrected")
    replica.site.remove(SOME, NOW + timedelta(hours=2))

    headlines = []
    for _ in range(3):
        truth = replica.truth(SOME)
        headlines.append(truth and truth["article"]["headline"])
        answer = get(replica, article(SOME))
        assert answer.status == (200 if truth else 404)
        assert ("Corrected" in answer.text) == (truth is not None and headlines[-1] == "Corrected")
        replica.clock.advance(3600)

    assert headlines[1:] == ["Corrected", None]


def test_markups_take_turns_by_id() -> None:
    with Replica(scenarios.plain(days=2), Clock(NOW), markup=["divs", "capitals"]) as replica:
        pages = [get(replica, article(article_id)).text for article_id in SITE_IDS[:4]]

    assert [("<TITLE>" in page) for page in pages] == [bool(id_ % 2) for id_ in SITE_IDS[:4]]


@pytest.mark.parametrize(
    ("unknown", "status", "location"),
    [
        (Unknown.NOT_FOUND, 404, None),
        (Unknown.REDIRECT, 302, "/news/"),
        (Unknown.NOTICE, 200, None),
        (Unknown.BARE, 200, None),
    ],
)
@pytest.mark.parametrize("section", ["", "&cat=978"])
def test_an_unknown_id_answers_as_chosen(
    replica: Replica, unknown: Unknown, status: int, location: str | None, section: str
) -> None:
    replica.application.unknown = unknown
    answer = get(replica, article(999_999) + section)

    assert (answer.status, answer.headers["Location"]) == (status, location)
    assert ("does not exist" in answer.text) == (unknown is Unknown.NOTICE)


@pytest.mark.parametrize(
    ("robots", "status", "line"),
    [
        (Robots.ABSENT, 404, ""),
        (Robots.ALLOW, 200, "Disallow: /search/\n"),
        (Robots.DISALLOW, 200, "Disallow: /\n"),
        (Robots.UNAVAILABLE, 503, ""),
    ],
)
def test_robots(replica: Replica, robots: Robots, status: int, line: str) -> None:
    replica.application.robots = robots
    answer = get(replica, "/robots.txt")

    assert answer.status == status
    assert answer.text.endswith(line)


def test_the_log_tells_who_asked_for_what_and_when(replica: Replica) -> None:
    get(replica, "/robots.txt", **{"User-Agent": "somebody"})
    replica.clock.advance(2)
    get(replica, article(999_999))

    assert [(entry.path, entry.status, entry.user_agent) for entry in replica.log] == [
        ("/robots.txt", 404, "somebody"),
        (article(999_999), 404, ""),
    ]
    times = [datetime.fromisoformat(entry.time) for entry in replica.log]
    assert times == [NOW, NOW + timedelta(seconds=2)]
    assert replica.log[0].host == replica.url.split("/")[2]


def test_the_limit_counts_everything_and_its_window_slides() -> None:
    limit = RateLimit(requests=3, period=300)
    with Replica(scenarios.plain(days=2), Clock(NOW), limit=limit) as replica:

        def ask(seconds: float) -> tuple[int, str | None]:
            replica.clock.set(NOW + timedelta(seconds=seconds))
            answer = get(replica, "/robots.txt")
            return answer.status, answer.headers["Retry-After"]

        assert [ask(at) for at in (0, 100, 200)] == [(404, None)] * 3
        # The first has left the window, the others have not.
        assert ask(300) == (404, None)
        assert ask(301) == (429, "300")


def test_a_request_sent_too_early_starts_the_wait_again() -> None:
    now = datetime(2025, 8, 20, tzinfo=UTC)
    limit = RateLimit(requests=1, period=300)

    def ask(seconds: float) -> int | None:
        return limit.retry_after(now + timedelta(seconds=seconds))

    assert [ask(0), ask(10), ask(309), ask(608), ask(908), ask(909)] == [
        None,
        300,
        300,
        300,
        None,
        300,
    ]


def test_leaving_the_block_ends_waiting_connections() -> None:
    with Replica(scenarios.plain(days=2), Clock(NOW)) as replica:
        replica.faults.add_json({"fault": "Delay", "seconds": 3600})
        connection = http.client.HTTPConnection(replica.url.split("/")[2], timeout=10)
        connection.request("GET", "/news/")
        while not replica.log:
            pass
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()


@pytest.fixture(scope="module")
def process() -> Iterator[ReplicaProcess]:
    fault = {"fault": "Status", "code": 410, "where": 433_003}
    with ReplicaProcess(
        *("--scenario", "plain", "--days", "2", "--per-day", "20", "--seed", "3"),
        *("--markup", "mixed", "--start", "2025-08-19T12:00:00+12:00", "--warm"),
        *("--fault", json.dumps(fault)),
    ) as process:
        yield process


def status_of(process: ReplicaProcess, path: str) -> int:
    connection = http.client.HTTPConnection(process.url.split("/")[2], timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_process_tells_its_address_first_and_obeys_its_arguments(process: ReplicaProcess) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/news/", process.url)
    assert process.ask("clock") == {"now": "2025-08-19T00:00:00+00:00", "speed": 0.0}
    assert status_of(process, article(433_003)) == 410
    truth = process.ask("truth.json?id=433001")
    assert truth["article"]["source_id"] == "433001"
    assert truth["page_time"] == "19 Aug 2025 12:00"
    assert [box["list_name"] for box in truth["boxes"]][1:] == ["Top Stories", "Today's News"]


def test_a_process_takes_orders(process: ReplicaProcess) -> None:
    asked = len(process.ask("log.json"))
    all_before = process.ask("truth.json")

    assert process.order("clock", advance=3600)["now"] == "2025-08-19T01:00:00+00:00"
    assert process.order("edit", id=433_001, headline="New")["article"]["headline"] == "New"
    assert process.order("remove", id=433_002) == {"removed": True}
    process.order("faults", fault="Status", code=403, where="/news/", times=1)
    process.order("set", unknown="redirect", robots="disallow", limit={"requests": 6, "period": 9})

    paths = ["/news/", "/news/", article(433_002), "/robots.txt", article(433_001), "/news/"]
    assert [status_of(process, path) for path in paths] == [403, 200, 302, 200, 200, 200]
    assert status_of(process, "/news/") == 429
    assert [entry["path"] for entry in process.ask("log.json")[asked:]] == [*paths, "/news/"]
    process.order("set", limit=None)
    assert len(process.ask("truth.json")) >= len(all_before) - 1
    assert process.ask("truth.json?id=433002") is None
