"""`newsbot inspect`."""

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from newsbot.warc.reading import read_record, read_records
from newsbot.warc.records import Request, Response
from newsbot.warc.writing import WarcFile
from tests.helpers.console import Console
from tests.helpers.rows import page
from tests.helpers.their_files import TheirFile
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.markups import render
from tests.replica.server import Replica

SITE = scenarios.plain(days=1, per_day=20)
NOW = scenarios.evening(1)
URL = "https://home.nzcity.co.nz/news/article.aspx?id={}"


def html(source_id: int) -> bytes:
    shown = SITE.page(source_id, NOW)
    assert shown is not None
    return render(shown, "tables").encode()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "warc"


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path, archive: Path) -> Console:
    """Three archived pages: a good one, one with a compressed body that is no article, a 404."""
    console = Console(tmp_path, empty_archive)
    file = WarcFile(archive, "nzcity", {})
    date = (b"Date", b"Mon, 18 Aug 2025 07:30:00 GMT")
    kind = (b"Content-Type", b"text/html; charset=utf-8")
    packed = gzip.compress(html(433_006).replace(b"Home", b"Away"))
    rows = []
    for number, (source_id, status, headers, body) in enumerate(
        [
            (433_005, 200, [date, kind], html(433_005)),
            (433_006, 200, [date, kind, (b"Content-Encoding", b"gzip")], packed),
            (433_007, 404, [date, kind], b"<h1>Not found</h1>"),
        ],
        1,
    ):
        response = Response(URL.format(source_id), NOW, status, headers, body)
        place = file.write(Request([]), response)
        rows.append(
            page(source_id, "pending", id=number, warc_file=place.file, warc_offset=place.offset)
        )
    file.close()
    rows.append(page(433_008, "rejected", reason="cut off by the connection", id=9))
    console.fill(pages=rows)
    return console


def inspect(console: Console, archive: Path, *arguments: str) -> Result:
    return console.run("inspect", *arguments, "--archive", str(archive))


def as_json(console: Console, archive: Path, *arguments: str) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(inspect(console, archive, *arguments, "--json").stdout)
    return seen


def test_each_block_has_its_role_and_each_field_its_blocks(console: Console, archive: Path) -> None:
    story = SITE.story(433_005, NOW)
    assert story is not None

    seen = as_json(console, archive, "433005")

    blocks = {block["number"]: block for block in seen["blocks"]}
    assert list(blocks) == list(range(1, len(blocks) + 1))
    for name, role in (("headline", "headline"), ("article_section", "breadcrumb")):
        [number] = seen["fields"][name]["blocks"]
        assert blocks[number]["role"] == role
        assert seen["fields"][name]["value"] in blocks[number]["text"]
    body = seen["fields"]["article_body"]
    assert len(body["blocks"]) == len([block for block in story.blocks if block.text])
    assert [blocks[n]["text"] for n in body["blocks"]] == body["value"].split("\n\n")
    assert seen["fields"]["day_printed"]["value"] == "2025-08-18"
    assert {len(found) for found in seen["anchors"].values()} <= {1, 2, 3}


def test_boxes_are_listed_with_their_entries(console: Console, archive: Path) -> None:
    seen = as_json(console, archive, "433005")

    boxes = {box["list_name"]: box["entries"] for box in seen["boxes"]}
    assert len(boxes["Today's News"]) == 10
    assert boxes["Today's News"][0]["date_listed"].startswith("2025-08-18T")
    assert boxes["Today's News"][0]["url"].startswith("https://home.nzcity.co.nz/news/")
    assert any(name.startswith("Other ") for name in boxes)


def test_the_page_time_is_shown(console: Console, archive: Path) -> None:
    assert as_json(console, archive, "433005")["page_time"] == "2025-08-18T19:30:00+12:00"


def test_a_refused_page_shows_which_anchor_is_missing(console: Console, archive: Path) -> None:
    seen = as_json(console, archive, "433006")

    assert seen["reason"] == "no breadcrumb"
    assert seen["anchors"]["breadcrumb"] == []
    assert len(seen["anchors"]["copyright line"]) == 1
    assert seen["fields"] == {}
    assert len(seen["blocks"]) > 50


def test_an_error_is_shown_as_it_is(console: Console, archive: Path) -> None:
    seen = as_json(console, archive, "433007")

    assert seen["reason"] == "HTTP 404"
    assert "blocks" not in seen


def test_a_url_is_looked_up_in_the_archive(console: Console, archive: Path) -> None:
    url = "http://home.nzcity.co.nz/News/Article.aspx?fm=x&ID=433005#top"

    assert as_json(console, archive, url) == as_json(console, archive, "433005")


def test_saved_html_is_read_by_the_address_that_is_given(
    console: Console, archive: Path, tmp_path: Path
) -> None:
    path = tmp_path / "saved.html"
    path.write_bytes(html(433_005))
    # It is as old as its file.
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    seen = as_json(console, archive, str(path), "--url", URL.format(433_005))

    assert seen["fields"] == as_json(console, archive, "433005")["fields"]
    assert seen["warc_file"] is None


def test_a_warc_file_is_read_at_an_offset(console: Console, archive: Path) -> None:
    [path] = archive.iterdir()

    choice = inspect(console, archive, str(path))

    assert choice.exit_code == 2
    lines = [line.split() for line in choice.stderr.splitlines() if "--offset" in line]
    assert [line[2:] for line in lines] == [
        ["200", URL.format(433_005)],
        ["200", URL.format(433_006)],
        ["404", URL.format(433_007)],
    ]
    assert as_json(console, archive, str(path), "--offset", lines[0][1]) == as_json(
        console, archive, "433005"
    )


def test_in_a_pipe_it_is_lines_with_tabs(console: Console, archive: Path) -> None:
    lines = inspect(console, archive, "433006").stdout.splitlines()

    assert "refused: no breadcrumb" in lines
    assert "breadcrumb\tnot found" in lines
    assert lines[1] == URL.format(433_006)
    assert "1\tpage title\tNews | " in "\n".join(lines)
    assert not any("\x1b" in line for line in lines)


HOSTILE = "\x9b2J \x1b[2J \x1b]0;pwned\x07 \u202egnp.exe\u2066 \x7f"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_that_a_terminal_obeys_is_printed(
    console: Console,
    archive: Path,
    tmp_path: Path,
    options: tuple[str, ...],
) -> None:
    """Not in a title, an address, a block, an entry, a field, nor in a line that is not shown."""
    shown = SITE.page(433_005, NOW)
    assert shown is not None
    page = render(shown, "tables").replace("Today's", "Today's&#8203;")
    hostile = page.replace("</title>", f"{HOSTILE}</title>").replace("article.aspx?", f"{HOSTILE}?")
    hostile = hostile.replace("</a>", f"{HOSTILE}</a>").replace("</font>", f"{HOSTILE}</font>")
    hostile += f"<p>&#27;]0;x&#7; &#155;2J {HOSTILE}</p><p hidden>{HOSTILE}</p>"
    saved = tmp_path / "page.html"
    # In UTF-8 the controls from U+0080 on would be taken for cp1252.
    saved.write_bytes(hostile.encode("utf-16"))

    result = inspect(console, archive, str(saved), "--url", f"{URL.format(1)}{HOSTILE}", *options)

    assert result.exit_code == 0
    assert not OBEYED.findall(result.stdout)
    if options:
        assert any(HOSTILE in block["text"] for block in json.loads(result.stdout)["blocks"])


def test_no_message_hands_an_address_to_the_terminal_as_it_is(
    console: Console, archive: Path, tmp_path: Path
) -> None:
    url = f"https://home.nzcity.co.nz/news/{HOSTILE.replace(' ', '')}"
    head = "HTTP/1.1 302 Found\r\n\r\n"
    warc = tmp_path / "hostile.warc"
    warc.write_bytes(
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Date: 2025-08-18T07:30:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(head)}\r\n\r\n{head}\r\n\r\n".encode()
    )
    path = str(warc)

    for arguments in ([path], [path, "--offset", "0"], [f"{HOSTILE}.html"]):
        result = inspect(console, archive, *arguments)
        assert result.exit_code
        assert not OBEYED.findall(result.output)


def test_a_case_is_written_into_its_folder_whatever_the_address(
    console: Console, archive: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "page.html"
    saved.write_bytes(html(433_005))
    folder = tmp_path / "a" / "cases"

    for url in ("https://x.example/..", f"https://x.example/{HOSTILE}/../x", "https://x.example/"):
        result = inspect(console, archive, str(saved), "--url", url, "--save", str(folder))
        assert result.exit_code == 0, result.output
        assert not OBEYED.findall(result.output)

    assert {path.parent.parent for path in tmp_path.rglob("case.json")} == {folder}


def test_a_breadcrumb_that_only_the_title_confirms_is_shown(
    console: Console, archive: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "page.html"
    page = "<p>Home News Rugby</p><h1>Boats</h1><p>Boats sail</p><p>They sailed.</p>"
    saved.write_text(
        f"<title>News | Rugby</title>{page}<p>XYZ © 2025 ABC</p><p>News Search</p></html>"
    )

    seen = as_json(console, archive, str(saved), "--url", URL.format(1))

    assert seen["title"] == "News | Rugby"
    assert seen["anchors"]["breadcrumb"] == seen["fields"]["article_section"]["blocks"] == [1]
    assert seen["fields"]["credit_text"] == {"value": "XYZ", "blocks": [5]}


def test_lists_without_entries_and_lines_that_are_not_shown_are_shown(
    console: Console, archive: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "page.html"
    saved.write_text(
        "<p>Top Stories</p><p>None</p><p hidden>31 October 2023</p><p>x</p><p>y</p><p>z</p>"
        "<p>Today's News</p><p><a href='article.aspx?id=5'>Boats</a></p></html>"
    )

    seen = as_json(console, archive, str(saved), "--url", URL.format(1))
    lines = inspect(console, archive, str(saved), "--url", URL.format(1)).stdout.splitlines()

    assert (seen["empty"], seen["unreadable"]) == (["Top Stories"], ["Today's News"])
    assert seen["hidden"] == [{"before": 3, "text": "31 October 2023"}]
    assert lines.index("\thidden\t31 October 2023") == lines.index("3\tnot read\tx") - 1
    assert {"Top Stories", "Today's News"} <= set(lines)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("433999", "The ledger has no page 433999."),
        (
            "433008",
            "article.aspx?id=433008 (rejected, cut off by the connection); ask the site",
        ),
        ("nowhere.html", "nowhere.html can't be read: No such file or directory."),
        ("https://home.nzcity.co.nz/news/", "only articles are looked up in the archive"),
        ("http://[x/news/article.aspx?id=5", "only articles are looked up in the archive"),
        ("/dev/zero", "/dev/zero has more than 5,242,880 bytes, so it is no page."),
    ],
)
def test_what_can_not_be_had_is_said(
    console: Console, archive: Path, wanted: str, message: str
) -> None:
    result = inspect(console, archive, wanted)

    assert result.exit_code != 0
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize("url", ["http://[x/", "news", "dns:x", "", "https://h:99999/", "http://"])
def test_an_address_that_is_none_is_a_sentence(
    console: Console, archive: Path, tmp_path: Path, url: str
) -> None:
    theirs = tmp_path / "their.warc.gz"
    with TheirFile(theirs) as file:
        file.add(url, html(433_005))
    offset = [each.offset for each in read_records(theirs)][-1]
    page = tmp_path / "page.html"
    page.write_bytes(html(433_005))

    found = inspect(console, archive, str(theirs), "--offset", str(offset))
    assert found.exit_code == 1
    assert "no address of a web page" in found.stderr
    assert inspect(console, archive, str(page), "--url", url).exit_code == 2


def test_a_case_for_a_test_is_written(console: Console, archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cases"

    result = inspect(console, archive, "433006", "--save", str(folder))

    assert result.stderr.split() == [
        "wrote",
        str(folder / "433006/page.html"),
        "wrote",
        str(folder / "433006/case.json"),
    ]
    # The body as the reader gets it.
    assert (folder / "433006/page.html").read_bytes() == html(433_006).replace(b"Home", b"Away")
    written = json.loads((folder / "433006/case.json").read_text())
    assert written["answer"]["date"] == "Mon, 18 Aug 2025 07:30:00 GMT"
    [read] = written["pages"]
    assert (read["source_id"], read["reason"], read["article"]) == ("433006", "no breadcrumb", None)
    assert len(read["listings"]) > 10


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(SITE, Clock(NOW)) as replica:
        yield replica


def test_the_site_is_asked_on_demand(replica: Replica, console: Console, tmp_path: Path) -> None:
    # Scrapy's reactor runs once in a process.
    newsbot = Path(sys.executable).with_name("newsbot")
    url = replica.article_url(433_009)

    run = subprocess.run(
        [newsbot, "inspect", url, "--fetch", "--json", "--database", console.url],
        env=os.environ | {"NEWSBOT_ARCHIVE_DIR": str(tmp_path / "fetched")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    truth = replica.truth(433_009)
    assert truth is not None
    assert seen["fields"]["headline"]["value"] == truth["article"]["headline"]
    assert [entry.path for entry in replica.log] == ["/robots.txt", "/news/article.aspx?id=433009"]
    assert read_record(tmp_path / "fetched" / seen["warc_file"], seen["warc_offset"]).url == url
    assert "two requests" in run.stderr
    connection = sqlite3.connect(console.path)
    assert connection.execute("SELECT count(*) FROM sent_requests").fetchone() == (2,)
    connection.close()
