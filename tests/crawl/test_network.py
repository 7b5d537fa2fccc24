"""IPv6, proxies, and whom the site can write to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newsbot.crawl.network import Contact
from newsbot.errors import BadSetting
from tests.helpers.crawling import Archive
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Redirect
from tests.replica.server import Replica


def replica_on(host: str) -> Replica:
    return Replica(scenarios.plain(days=2, per_day=20), Clock(scenarios.evening(1)), host=host)


@pytest.fixture
def replica() -> Iterator[Replica]:
    with replica_on("127.0.0.1") as replica:
        yield replica


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_start_address_may_be_of_ipv6(tmp_path: Path) -> None:
    with replica_on("::1") as replica:
        archive = Archive(tmp_path, replica.url, RATE_LIMIT_REQUESTS=100)
        newest = replica.site.ids(replica.clock.now())[-1]
        to = f"http://[::1]:{{port}}/news/article.aspx?id={newest}"
        replica.faults.add(Redirect(to), newest, times=1)

        run = archive.crawl()

        assert run.exit_code == 0, run.stderr
        assert archive.value("SELECT count(*) FROM articles") > 10
        assert archive.value("SELECT url FROM pages WHERE id_number = ?", [newest]) == (
            f"{replica.url}article.aspx?id={newest}"
        )
        assert [entry.path for entry in replica.log].count("/robots.txt") == 1
        host = replica.url.split("/")[2]
        assert archive.rows("SELECT host FROM robots_txt") == [(host,)]
        assert archive.rows("SELECT DISTINCT host FROM sent_requests") == [("nzcity",)]


@contextmanager
def proxy(answer: bytes) -> Iterator[int]:
    """Run a proxy that gives the same answer to everybody; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [("http", "none is there"), ("https", "unknown"), ("http", "wants"), ("https", "wants")],
)
def test_a_proxy_that_fails_is_named(
    tmp_path: Path, replica: Replica, scheme: str, kind: str
) -> None:
    archive = Archive(tmp_path, replica.url.replace("http", scheme, 1))
    with proxy(REFUSED) as port:
        if kind == "unknown":
            address, reason = "nowhere.invalid:3128", "host name not found"
        elif kind == "none is there":
            address, reason = "127.0.0.1:1", "connection refused"
        else:
            address, reason = f"127.0.0.1:{port}", ""
        archive.env |= {f"{scheme}_proxy": f"http://user:secret@{address}", "no_proxy": ""}

        run = archive.crawl()

    assert run.exit_code == 1
    assert f"the proxy http://{address} fails: {reason}" in run.last_line
    assert "secret" not in run.stderr
    assert run.stderr.strip() == run.last_line
    assert archive.rows("SELECT * FROM pages") == []
    assert archive.rows("SELECT * FROM robots_txt") == []
    assert replica.log == []


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1", "http://[x", "http://h:99999", "x y"])
def test_an_address_that_is_no_proxys_is_named(tmp_path: Path, address: str) -> None:
    archive = Archive(tmp_path, "http://192.0.2.1/news/")
    archive.env |= {"http_proxy": address, "no_proxy": ""}

    run = archive.crawl()

    assert run.exit_code == 1
    assert "no page could be fetched: the proxy " in run.last_line
    assert address.removeprefix("http://") in run.last_line
    assert run.stderr.strip() == run.last_line


def test_a_proxy_that_fails_later_blames_no_page(tmp_path: Path, replica: Replica) -> None:
    archive = Archive(tmp_path, replica.url)
    archive.crawl("-a", "ids=432999")
    before = archive.rows("SELECT * FROM pages")
    archive.env |= {"http_proxy": "http://127.0.0.1:1", "no_proxy": ""}

    run = archive.crawl("-a", "ids=432990-432999")

    assert run.exit_code == 1
    assert "the proxy http://127.0.0.1:1 fails" in run.last_line
    assert [row for row in archive.rows("SELECT * FROM pages") if row in before] == before
    assert archive.value("SELECT sum(attempts) FROM pages") == 0


def test_the_user_agent_names_the_contact(tmp_path: Path, replica: Replica) -> None:
    Archive(tmp_path, replica.url).crawl(CONTACT="https://news.example/bot")

    assert {entry.user_agent for entry in replica.log} == {
        "newsbot/0.1.0 (news archive; obeys robots.txt and Retry-After; https://news.example/bot)"
    }


@pytest.mark.parametrize(
    ("agent", "contact", "named"),
    [
        ("newsbot", "me@news.example", "newsbot (me@news.example)"),
        ("newsbot (x)", " me@news.example ", "newsbot (x; me@news.example)"),
        ("newsbot (x)", "", "newsbot (x)"),
        ("newsbot (x)", None, "newsbot (x)"),
    ],
)
def test_where_the_contact_goes(agent: str, contact: str | None, named: str) -> None:
    settings = Settings({"USER_AGENT": agent, "CONTACT": contact}, priority="project")

    Contact().update_settings(settings)

    assert settings["USER_AGENT"] == named


@pytest.mark.parametrize("contact", ["a)b", "a\r\nX: y", "é@x", "a\\b"])
def test_a_contact_that_no_header_may_hold(contact: str) -> None:
    with pytest.raises(BadSetting, match="CONTACT is"):
        Contact().update_settings(Settings({"CONTACT": contact, "USER_AGENT": "x"}))
