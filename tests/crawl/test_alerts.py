"""Alerts, delivered by real crawls to a real mail server, a real web server and a command."""

import json
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from newsbot import settings
from newsbot.cli import newsbot
from newsbot.crawl.alerts import as_json, as_mail, deliver
from newsbot.store.tables import Article, Watch
from newsbot.store.watches import Message
from tests.helpers.crawling import Archive
from tests.helpers.rows import NOON, article
from tests.replica import scenarios

SETTINGS: dict[str, Any] = {
    name: getattr(settings, name) for name in dir(settings) if name.startswith("SMTP_")
}


@dataclass
class Mailbox:
    """A mail server on the loopback, and what it was given."""

    port: int
    mails: list[Any] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    # The server can't be asked which port it was given: it is to be named one.
    with socket.create_server(("127.0.0.1", 0)) as free:
        mailbox = Mailbox(free.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    yield mailbox
    controller.stop()


@dataclass
class Hook:
    """A web server on the loopback, what it answers, and what it was sent."""

    port: int
    status: int = 204
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where to send to."""
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def hook(port: int = 0) -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append((self.headers["Idempotency-Key"], json.loads(body)))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        receiver = Hook(server.server_port)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


def a_message(channel: str, target: str, **columns: Any) -> Message:
    watch = Watch(name="ferries", words="ferry", sections=[], channel=channel, target=target)
    return Message("an-id", watch, NOON, [Article(**article(1, **columns))])


def run(archive: Archive, *arguments: str) -> str:
    result = CliRunner().invoke(newsbot, [*arguments, "--database", archive.url])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_crawls_tell_of_what_they_stored(tmp_path: Path, mailbox: Mailbox) -> None:
    log = tmp_path / "told.jsonl"
    writer = tmp_path / "write.py"
    writer.write_text(
        f"import sys; open({str(log)!r}, 'a').write(sys.stdin.read() + '\\n')", encoding="utf-8"
    )
    with scenarios.demo() as replica, hook() as receiver:
        archive = Archive(tmp_path, replica.url, SMTP_HOST="127.0.0.1", SMTP_PORT=mailbox.port)
        archive.crawl()
        known = {url for (url,) in archive.rows("SELECT url FROM articles")}
        run(archive, "watch", "add", "ferries", "ferr*", "--mail", "mere@example.com")
        run(
            archive,
            "watch",
            "add",
            "order",
            "--section",
            "law and order",
            "--webhook",
            receiver.url,
        )
        run(archive, "watch", "add", "all", "the", "--exec", f"{sys.executable} {writer}")
        replica.clock.set(scenarios.evening(2))
        result = archive.crawl()
        again = archive.crawl()

    assert (result.exit_code, again.exit_code) == (0, 0)
    new = "SELECT url FROM articles WHERE {} ORDER BY url"
    ferries = (
        "id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'ferr*')",
        "article_section = 'Law and Order'",
    )
    expected = [
        [url for (url,) in archive.rows(new.format(condition)) if url not in known]
        for condition in ferries
    ]
    assert all(expected)
    [mail] = mailbox.mails
    assert mail["To"] == "mere@example.com"
    assert mail["Subject"].startswith("ferries: ")
    assert sorted(line for line in mail.get_content().splitlines() if "://" in line) == expected[0]
    [(key, post)] = receiver.posts
    assert (key, post["watch"]) == (post["id"], "order")
    assert sorted(story["url"] for story in post["stories"]) == expected[1]
    [written] = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(written["stories"]) > len(expected[0])


def test_a_receiver_that_is_down_is_told_by_the_next_crawl(tmp_path: Path) -> None:
    with hook() as receiver:
        port, url = receiver.port, receiver.url
    with scenarios.demo() as replica:
        archive = Archive(tmp_path, replica.url)
        archive.crawl()
        run(archive, "watch", "add", "all", "the", "--webhook", url)
        replica.clock.set(scenarios.evening(2))
        failed = archive.crawl()
        listed = run(archive, "watch", "list")
        status = json.loads(run(archive, "status", "--json"))
        with hook(port) as receiver:
            receiver.status = 500
            archive.crawl()
            receiver.status = 204
            archive.crawl()
            archive.crawl()

    assert failed.exit_code == 0
    assert "The watch all could not be told: " in failed.stderr
    assert "refused" in listed
    [first, second] = receiver.posts
    assert first == second
    assert len(first[1]["stories"]) == status["waiting_alerts"] > 0
    assert json.loads(run(archive, "status", "--json"))["waiting_alerts"] == 0


def test_what_was_delivered_but_not_noted_comes_again_with_the_same_id(tmp_path: Path) -> None:
    with scenarios.demo() as replica, hook() as receiver:
        archive = Archive(tmp_path, replica.url)
        archive.crawl()
        run(archive, "watch", "add", "all", "the", "--webhook", receiver.url)
        replica.clock.set(scenarios.evening(2))
        archive.crawl()
        # As if the machine had stopped before the commit.
        with closing(sqlite3.connect(archive.path)) as connection, connection:
            connection.execute(
                "UPDATE alerts SET delivered_at = NULL "
                "WHERE matched_at = (SELECT max(matched_at) FROM alerts)"
            )
        archive.crawl()

    [first, second] = receiver.posts
    assert first == second


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    program = tmp_path / "fail.py"
    program.write_text("import sys; sys.exit('the printer is out of paper')")

    with pytest.raises(Exception, match="exit status 1"):
        deliver(a_message("exec", f"{sys.executable} {program}"), SETTINGS)
    with pytest.raises(OSError, match="No such file"):
        deliver(a_message("exec", str(tmp_path / "missing")), SETTINGS)


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"SMTP_SECURITY": "ssl"}, "starttls, tls"), ({"SMTP_PORT": "mail"}, "invalid literal")],
)
def test_a_setting_that_can_not_be_used_is_a_failure(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        deliver(a_message("mail", "me@example.com"), SETTINGS | changed)


@given(st.text(), st.text(), st.text())
def test_any_story_is_a_mail(headline: str, description: str, section: str) -> None:
    columns = {"headline": headline, "description": description, "article_section": section}
    message = a_message("mail", "me@example.com", **columns)

    mail = message_from_bytes(bytes(as_mail(message, "newsbot@localhost")), policy=policy.default)

    assert mail["Message-ID"] == "<an-id@newsbot>"
    assert "https://home.nzcity.co.nz/news/article.aspx?id=1" in mail.get_content()
    assert json.loads(json.dumps(as_json(message)))["stories"][0]["headline"] == headline
