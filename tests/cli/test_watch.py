"""`newsbot watch`."""

from pathlib import Path

import pytest

from newsbot.crawl.database import Lock
from newsbot.errors import LockHeld
from newsbot.store.engine import open_engine
from tests.helpers.console import Console
from tests.helpers.rows import article

MAIL = ["--mail", "me@example.com"]


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1, article_section="Law and Order")])
    return console


def listed(console: Console) -> list[list[str]]:
    lines = console.run("watch", "list").stdout.splitlines()
    return [line.split("\t") for line in lines if "\t" in line][1:]


def test_watches_are_added_listed_and_removed(console: Console) -> None:
    for arguments in (
        ["ferries", "ferr*", "NOT", "strike", *MAIL],
        ["courts", "--section", "law and order", "--webhook", "https://example.com/hook"],
    ):
        assert console.run("watch", "add", *arguments).exit_code == 0

    assert listed(console) == [
        ["courts", "", "Law and Order", "webhook: https://example.com/hook", "0", ""],
        ["ferries", "ferr* NOT strike", "", "mail: me@example.com", "0", ""],
    ]
    assert console.run("watch", "remove", "courts").exit_code == 0
    assert [row[0] for row in listed(console)] == ["ferries"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["ferries", "ferry"], "--webhook"),
        (["ferries", "ferry", *MAIL, "--exec", "x"], "--webhook"),
        (["ferries", *MAIL], "--section"),
        (["ferries", "ferry AND", *MAIL], "WORDS"),
        (["ferries?", "ferry", *MAIL], "NAME"),
        (["ferries", "ferry", "--mail", "me@"], "--mail"),
        (["ferries", "ferry", "--mail", "a@b\nBcc: c@d"], "--mail"),
        (["ferries", "ferry", "--webhook", "file:///etc/passwd"], "--webhook"),
        (["ferries", "ferry", "--webhook", "http://[x/"], "--webhook"),
        (["ferries", "ferry", "--webhook", "https://h:99999/"], "--webhook"),
        (["ferries", "ferry", "--webhook", "https://h/a b"], "--webhook"),
        (["ferries", "ferry", "--webhook", "https:///x"], "--webhook"),
        (["ferries", "ferry", "--exec", "tell 'me"], "--exec"),
    ],
)
def test_what_is_typed_wrongly_is_named_and_2(
    console: Console, arguments: list[str], named: str
) -> None:
    result = console.run("watch", "add", *arguments)

    assert (result.exit_code, named in result.stderr) == (2, True)
    assert listed(console) == []


def test_names_that_are_taken_or_unknown_are_named_and_1(console: Console) -> None:
    console.run("watch", "add", "ferries", "ferry", *MAIL)

    for arguments in (["add", "ferries", "boat", *MAIL], ["remove", "boats"]):
        result = console.run("watch", *arguments)
        assert (result.exit_code, arguments[1] in result.stderr) == (1, True)


def test_a_watch_waits_for_no_crawl(console: Console) -> None:
    engine = open_engine(console.url)
    with Lock(engine.url), pytest.raises(LockHeld):
        console.run("watch", "add", "ferries", "ferry", *MAIL)
    engine.dispose()
