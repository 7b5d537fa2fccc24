"""Each fault does over a socket what it says, and only where it was told to."""

import gzip
import http.client
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.replica import faults, scenarios
from tests.replica.clock import Clock
from tests.replica.faults import FAULTS, Fault
from tests.replica.markups import MARKUPS
from tests.replica.server import Replica
from tests.replica.test_server import Answer, article, get

NOW = scenarios.evening(2)
SITE_IDS = scenarios.plain(days=2).ids(NOW)
SOME, OTHER = SITE_IDS[-5], SITE_IDS[-6]


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2), Clock(NOW)) as replica:
        yield replica


def raw(replica: Replica, path: str, *, until: int | None = None) -> tuple[bytes, bytes]:
    """Head and body as they come over a socket, until it closes or `until` bytes of body."""
    host, port = replica.url.split("/")[2].split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        while part := connection.recv(65536):
            received += part
            head, _, body = received.partition(b"\r\n\r\n")
            if until is not None and len(body) >= until:
                break
    return head, body


def with_fault(replica: Replica, fault: Fault, path: str = article(SOME)) -> Answer:
    replica.faults.add(fault)
    return get(replica, path)


@pytest.mark.parametrize("code", [403, 404, 410, 500, 503])
def test_status(replica: Replica, code: int) -> None:
    answer = with_fault(replica, faults.Status(code))

    assert (answer.status, answer.headers["Retry-After"]) == (code, None)
    assert replica.log[-1].status == code


@pytest.mark.parametrize("wait", ["300", "soon", "-5", "9" * 40, ""])
def test_retry_after_is_sent_as_it_is(replica: Replica, wait: str) -> None:
    answer = with_fault(replica, faults.Status(429, retry_after=wait))

    assert (answer.status, answer.headers["Retry-After"]) == (429, wait)


def test_retry_after_as_a_date_is_the_replicas(replica: Replica) -> None:
    answer = with_fault(replica, faults.Status(429, retry_at=120))

    assert parsedate_to_datetime(answer.headers["Retry-After"]) == NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    "to", ["/news/", "http://localhost:{port}/news/", "http://10.0.0.1/", "file:///etc/hostname"]
)
def test_redirect(replica: Replica, to: str) -> None:
    answer = with_fault(replica, faults.Redirect(to))

    port = replica.url.split("/")[2].partition(":")[2]
    assert (answer.status, answer.headers["Location"]) == (302, to.replace("{port}", port))


def test_redirect_loop_has_no_end_and_no_address_twice(replica: Replica) -> None:
    replica.faults.add(faults.RedirectLoop())
    path, seen = article(SOME), set()
    for _ in range(30):
        assert path not in seen
        seen.add(path)
        answer = get(replica, path)
        assert answer.status == 302
        path = answer.headers["Location"]
        assert f"id={SOME}" in path


def test_delay_holds_the_answer_back_but_not_others(replica: Replica) -> None:
    replica.faults.add(faults.Delay(0.3), SOME)
    started = time.monotonic()

    assert get(replica, article(OTHER)).status == 200
    assert get(replica, article(SOME)).body.endswith(b"</html>")
    assert time.monotonic() - started >= 0.3


def test_drip_sends_byte_by_byte(replica: Replica) -> None:
    replica.faults.add(faults.Drip(0.02))
    started = time.monotonic()
    head, body = raw(replica, "/news/", until=5)

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert 5 <= len(body) < 100
    assert time.monotonic() - started >= 5 * 0.02


def test_reset_in_mid_body(replica: Replica) -> None:
    replica.faults.add(faults.Reset(at=1000))

    with pytest.raises(ConnectionResetError):
        raw(replica, article(SOME))


def test_reset_comes_after_the_bytes_that_were_promised(replica: Replica) -> None:
    replica.faults.add(faults.Reset(at=1000))

    _, body = raw(replica, article(SOME), until=1000)
    assert len(body) == 1000


def test_cut_off_against_the_length_that_was_announced(replica: Replica) -> None:
    replica.faults.add(faults.CutOff(at=500))

    with pytest.raises(http.client.IncompleteRead) as caught:
        get(replica, article(SOME))
    assert len(caught.value.partial) == 500


def test_cut_off_before_the_last_chunk(replica: Replica) -> None:
    replica.faults.add(faults.CutOff(at=5000, framing="chunked"))

    with pytest.raises(http.client.IncompleteRead):
        get(replica, article(SOME))


@pytest.mark.parametrize(
    ("framing", "version"), [("close", b"HTTP/1.1"), ("http/1.0", b"HTTP/1.0")]
)
def test_cut_off_without_a_length(replica: Replica, framing: str, version: bytes) -> None:
    replica.faults.add(faults.CutOff(at=500, framing=framing))
    head, body = raw(replica, article(SOME))

    assert head.startswith(version + b" 200 OK")
    assert b"content-length" not in head.lower()
    assert len(body) == 500


@pytest.mark.parametrize("framing", ["chunked", "close", "http/1.0"])
def test_another_framing_carries_the_whole_page(replica: Replica, framing: str) -> None:
    answer = with_fault(replica, faults.Framed(framing))

    assert answer.headers["Content-Length"] is None
    assert answer.body.startswith(b"<!DOCTYPE")
    assert answer.body.endswith(b"</html>")


def test_empty(replica: Replica) -> None:
    answer = with_fault(replica, faults.Empty())

    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "0", b"")


@pytest.mark.parametrize("content_type", ["image/png", "text/html; charset=utf-8"])
def test_image(replica: Replica, content_type: str) -> None:
    answer = with_fault(replica, faults.Image(content_type))

    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.body.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", answer.body[16:24])
    assert (width, height) == (1, 1)


@pytest.mark.parametrize("markup", MARKUPS)
def test_nested_tags_hold_the_page(replica: Replica, markup: str) -> None:
    replica.application.markup = markup
    answer = with_fault(replica, faults.Nested())

    outside, _, inside = answer.body.partition(b"<div>" * 60_000)
    assert outside.lower().rstrip().endswith(b">")
    assert b"Top Stories" not in outside.partition(b"<body")[2]
    assert b"Top Stories" in inside


def test_nul_bytes(replica: Replica) -> None:
    answer = with_fault(replica, faults.NulBytes(every=100))

    assert answer.text.index("\0") == 100
    assert answer.body.count(b"\0") > 100
    assert "© " not in answer.text.replace("\0", "")[:100]


def test_gzip_bomb_is_small_and_grows(replica: Replica) -> None:
    answer = with_fault(replica, faults.GzipBomb(mebibytes=20))

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < 60_000
    grown = zlib.decompress(answer.body, wbits=31)
    assert len(grown) > 20 * 1024 * 1024
    assert grown.rstrip().endswith(b"</html>")


def test_gzip(replica: Replica) -> None:
    answer = with_fault(replica, faults.Gzip())

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body).endswith(b"</html>")


@pytest.mark.parametrize(
    ("encoding", "declared", "dash"),
    [
        ("utf-8", "iso-8859-1", b"\xe2\x80\x93"),
        ("cp1252", "utf-8", b"\x96"),
        ("cp1252", "windows-1252", b"\x96"),
        ("utf-8", None, b"\xe2\x80\x93"),
    ],
)
def test_charset(encoding: str, declared: str | None, dash: bytes) -> None:
    site = scenarios.plain(days=2)
    site.edit(SOME, NOW, headline="Napier–Gisborne and Whangārei")
    with Replica(site, Clock(NOW), markup="divs") as replica:
        answer = with_fault(replica, faults.Charset(encoding, declared))

    said = answer.headers["Content-Type"]
    assert said == "text/html" + (f"; charset={declared}" if declared else "")
    macron = b"&#257;" if encoding == "cp1252" else "ā".encode()
    assert b"Napier" + dash + b"Gisborne and Whang" + macron + b"rei" in answer.body


def test_notice(replica: Replica) -> None:
    answer = with_fault(replica, faults.Notice("That story has been withdrawn."))
    truth = replica.truth(SOME)

    assert answer.status == 200
    assert "That story has been withdrawn." in answer.text
    assert truth is not None
    assert truth["article"]["copyright_holder"] not in answer.text
    assert "News Search" in answer.text


@pytest.mark.parametrize("code", [200, 403])
def test_block_page_and_javascript_wall(replica: Replica, code: int) -> None:
    blocked = with_fault(replica, faults.BlockPage(code))
    replica.faults.clear()
    wall = with_fault(replica, faults.JavaScriptWall(code))

    assert (blocked.status, wall.status) == (code, code)
    assert "Access denied" in blocked.text
    assert "Enable JavaScript and cookies to continue" in wall.text


def test_redesign_leaves_no_landmark(replica: Replica) -> None:
    for path in (article(SOME), "/news/"):
        answer = with_fault(replica, faults.Redesign(), path)
        assert answer.status == 200
        assert "Daily City" in answer.text
        assert "Top Stories" not in answer.text


def test_no_boxes(replica: Replica) -> None:
    answer = with_fault(replica, faults.NoBoxes())
    truth = replica.truth(SOME)

    assert truth is not None
    assert truth["article"]["copyright_holder"] in answer.text
    for box in truth["boxes"]:
        assert f"<b>{box['list_name']}</b>" not in answer.text


def test_half_empty(replica: Replica) -> None:
    whole = get(replica, article(SOME))
    half = with_fault(replica, faults.HalfEmpty(entries=2, paragraphs=1))

    assert whole.body.lower().count(b"article.aspx?") > 15
    assert half.body.lower().count(b"article.aspx?") <= 7
    assert b"Today" in half.body


def test_a_fault_strikes_where_and_as_often_as_it_is_told(replica: Replica) -> None:
    def statuses(*paths: str) -> list[int]:
        return [get(replica, path).status for path in paths]

    replica.faults.add(faults.Status(503), SOME, times=2, skip=1)
    assert statuses(*[article(SOME)] * 4, article(OTHER)) == [200, 503, 503, 200, 200]
    replica.faults.add(faults.Status(503), "/News/")
    assert statuses("/NEWS/", "/news/?a=1", article(OTHER)) == [503, 503, 200]
    replica.faults.clear()
    rule = replica.faults.add(faults.Status(503), "articles")
    assert statuses(article(SOME), article(OTHER), "/news/", "/robots.txt") == [503, 503, 200, 404]
    replica.faults.remove(rule)
    replica.faults.add(faults.Status(503), "pages")
    assert statuses(article(SOME), "/news/", "/robots.txt") == [503, 503, 404]
    replica.faults.add(faults.Status(500))
    assert statuses(article(SOME), "/robots.txt") == [500, 500]


def test_faults_add_up(replica: Replica) -> None:
    replica.faults.add(faults.NoBoxes())
    replica.faults.add(faults.CutOff(at=300, framing="close"))

    assert len(get(replica, article(SOME)).body) == 300


def test_every_fault_can_be_ordered_as_json(replica: Replica) -> None:
    needed: dict[str, dict[str, object]] = {
        "Charset": {"encoding": "cp1252", "declared": "utf-8"},
        "CutOff": {"at": 10},
        "Delay": {"seconds": 0},
        "Redirect": {"to": "/news/"},
        "Renamed": {"old": "Home", "new": "Start"},
        "Status": {"code": 403},
    }
    for name, fault in FAULTS.items():
        rule = replica.faults.add_json({"fault": name, **needed.get(name, {}), "where": SOME})
        assert isinstance(rule.fault, fault)


def test_every_fault_can_be_named() -> None:
    named = set(faults.FAULTS)
    assert named == set(faults.__all__) - {"FAULTS", "Exchange", "Fault", "Faults", "Rule"}
