"""WARC files of other programs with what should not be in them: read as it is, or named."""

import gzip
import os
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from backports import zstd

from newsbot.errors import ArchiveUnusable
from newsbot.warc.reading import LARGEST_RECORD
from tests.helpers.their_files import NOW, SITE, THEN, Database, TheirFile, address, html


def packed(coding: str, body: bytes) -> bytes:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    codings: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "x-gzip": gzip.compress,
        "deflate": zlib.compress,
        "deflate, raw": lambda data: raw.compress(data) + raw.flush(),
        "br": brotli.compress,
        "zstd": zstd.compress,
        "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
    }
    return codings.get(coding, bytes)(body)


CODINGS = ("gzip", "x-gzip", "deflate", "deflate, raw", "br", "zstd", "deflate, gzip")


@pytest.mark.parametrize("coding", [*CODINGS, "identity", "aws-chunked", "", "\xff"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_body_is_unpacked_if_it_is_packed(
    database: Database, theirs: Path, coding: str, is_packed: bool
) -> None:
    body = html(433_001, THEN)
    name = coding.removesuffix(", raw")
    with TheirFile(theirs) as file:
        file.add(
            address(433_001),
            packed(coding, body) if is_packed else body,
            head=f"HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\n\r\n".encode("latin-1"),
        )

    assert database.reparse(theirs).new["articles"] == 1
    assert database.watcher.passed == []


def test_a_body_that_is_not_in_chunks_is_taken_as_it_is(database: Database, theirs: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n"
    with TheirFile(theirs) as file:
        file.add(address(433_001), html(433_001, THEN), head=head % b"chunked")
        file.add(address(433_002), html(433_002, THEN), head=head % b"identity")

    assert database.reparse(theirs).new["articles"] == 2


BEFORE = "SELECT source_id, status, attempts, reason, next_fetch_at, warc_file FROM pages"


@pytest.mark.parametrize(
    ("body", "head", "why"),
    [
        (gzip.compress(html(433_001, THEN))[:500], b"gzip", "cut off before the end"),
        (html(433_001, THEN)[:1200], b"identity", "cut off before the end"),
        (b"\x89PNG\r\n\x1a\n" + bytes(900), b"identity", ""),
        (b"", b"identity", "empty"),
        (gzip.compress(bytes(60_000_000)), b"gzip", "too large"),
    ],
    ids=["half a gzip", "half a page", "an image", "nothing", "a bomb"],
)
def test_what_cannot_be_read_changes_nothing_of_its_page(
    database: Database, theirs: Path, body: bytes, head: bytes, why: str
) -> None:
    newest = SITE.ids(NOW)[-1]
    before = database.rows(BEFORE)
    with TheirFile(theirs) as file:
        for source_id in (433_001, newest):
            file.add(
                address(source_id),
                body,
                at=NOW + timedelta(hours=1),
                head=b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n\r\n" % head,
            )

    outcome = database.reparse(theirs)

    assert (outcome.differences, database.rows(BEFORE)) == (0, before)
    assert len(database.watcher.passed) == 2
    for told, source_id in zip(database.watcher.passed, (433_001, newest), strict=True):
        assert told.startswith(f"{theirs}, byte ")
        assert why in told
        assert told.endswith(address(source_id))


@pytest.mark.parametrize(
    "date",
    [
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00", "2199-01-01T00:00:00Z"),
        *("yesterday", "2025-13-01T00:00:00Z", "20250818073000"),
    ],
)
def test_a_date_that_cannot_be_is_named(database: Database, theirs: Path, date: str) -> None:
    with TheirFile(theirs) as file:
        file.add(address(433_001), html(433_001, THEN), WARC_Date=date)

    assert database.reparse(theirs).differences == 0
    [told] = database.watcher.passed
    assert f"no valid date, {address(433_001)}" in told


@pytest.mark.parametrize("date", ["2025-08-18T07:30:00", "2025-08-18T19:30:00+12:00"])
def test_a_date_may_be_in_any_zone_or_none(database: Database, theirs: Path, date: str) -> None:
    with TheirFile(theirs) as file:
        file.add(address(433_001), html(433_001, THEN), WARC_Date=date)

    database.reparse(theirs)

    assert database.rows("SELECT first_seen_at FROM pages WHERE source_id = '433001'") == [
        ("2025-08-18 07:30:00",)
    ]


def test_records_with_one_id_are_both_read(database: Database, theirs: Path) -> None:
    with TheirFile(theirs) as file:
        for source_id in (433_001, 433_002):
            file.add(address(source_id), html(source_id, THEN), WARC_Record_ID="<urn:uuid:1>")

    assert database.reparse(theirs).new["articles"] == 2


@pytest.mark.parametrize("kind", ["resource", "conversion", "continuation", "revisit", "x\x1b[2J"])
def test_records_without_a_response_are_named(database: Database, theirs: Path, kind: str) -> None:
    with TheirFile(theirs) as file:
        file.add(address(433_001), html(433_001, THEN), kind=kind)
        file.add("dns:home.nzcity.co.nz", b"20250818 192.0.2.1", kind="response", head=b"")

    assert database.reparse(theirs).differences == 0
    named, others = database.watcher.passed
    assert f"a record of the kind {kind!r} holds no response, {address(433_001)}" in named
    assert others.endswith("1 records of other hosts")


def test_a_record_without_an_address_is_named(database: Database, theirs: Path) -> None:
    with TheirFile(theirs) as file:
        file.add_bytes(
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2025-08-18T07:30:00Z\r\n"
            b"Content-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n"
        )

    assert database.reparse(theirs).differences == 0
    assert "has no address" in database.watcher.passed[0]


@pytest.mark.parametrize(
    ("url", "is_the_sites"),
    [
        ("HTTPS://HOME.NZCity.co.nz:443/News/Article.aspx?ID=433001", True),
        ("http://home.nzcity.co.nz:80/news/article.aspx?id=433001&cat=5", True),
        ("https://me:secret@home.nzcity.co.nz./news/article.aspx?id=433001", True),
        ("<https://home.nzcity.co.nz/news/article.aspx?id=433001>", True),
        ("https://home.nzcity.co.nz:8080/news/article.aspx?id=433001", False),
        ("https://home.nzcity.co.nz:x/news/article.aspx?id=433001", False),
        ("ftp://home.nzcity.co.nz/news/article.aspx?id=433001", False),
    ],
)
def test_addresses_are_known_in_any_spelling(
    database: Database, theirs: Path, url: str, is_the_sites: bool
) -> None:
    with TheirFile(theirs) as file:
        file.add(url, html(433_001, THEN))

    assert database.reparse(theirs).new["articles"] == is_the_sites
    if is_the_sites:
        assert database.rows("SELECT url FROM articles WHERE source_id = '433001'") == [
            (address(433_001),)
        ]


@pytest.mark.parametrize("data", [b"hello\n", b"\x1f\x8b\x08junk", bytes(70_000), b"WARC/"])
def test_a_file_that_is_no_warc_file_is_named(
    database: Database, theirs: Path, data: bytes
) -> None:
    theirs.write_bytes(data)
    good = theirs.with_name("good.warc.gz")
    with TheirFile(good) as file:
        file.add(address(433_001), html(433_001, THEN))

    assert database.reparse(theirs, good).new["articles"] == 1
    assert database.watcher.passed == [f"{theirs}: not a WARC file"]
    with pytest.raises(ArchiveUnusable, match="none of the files is a WARC file"):
        database.reparse(theirs)


def test_a_huge_record_is_named_and_what_follows_is_read(database: Database, theirs: Path) -> None:
    with TheirFile(theirs) as file:
        file.add("https://www.example.org/", bytes(LARGEST_RECORD + 1))
        file.add(address(433_001), html(433_001, THEN))

    assert database.reparse(theirs).new["articles"] == 1
    [told] = database.watcher.passed
    assert told.endswith("too large")


def test_answers_to_others_that_tell_nothing_are_counted(database: Database, theirs: Path) -> None:
    with TheirFile(theirs) as file:
        for status in (500, 403, 403, 301):
            file.add(address(433_001), b"", head=b"HTTP/1.1 %d X\r\n\r\n" % status)

    assert database.reparse(theirs).differences == 0
    said = f"{theirs}: responses that say nothing about a page"
    assert database.watcher.passed == [f"{said}: 1 × HTTP 301, 2 × HTTP 403, 1 × HTTP 500"]


@pytest.mark.parametrize(
    "url", ["http://[x/news/article.aspx?id=433001", "news", "dns:home.nzcity.co.nz", "\x1b[2J"]
)
def test_an_address_that_is_none_is_named_in_our_own_file_too(
    database: Database, theirs: Path, url: str
) -> None:
    with TheirFile(theirs) as file:
        file.add_warcinfo(software="newsbot/0.1", isPartOf="nzcity")
        file.add(url, html(433_001, THEN))
        file.add(address(433_002), html(433_002, THEN))

    assert database.reparse(theirs).new["articles"] == 1
    [told] = database.watcher.passed
    assert told.startswith(f"{theirs}, byte ")
    assert url in told


@pytest.mark.parametrize(
    "fields", [{"ids": "x"}, {"ids": "5-3"}, {"recheck_after": "-1"}, {"recheck_after": "1,x"}]
)
def test_our_own_file_with_odd_fields_is_named_and_the_others_are_read(
    database: Database, theirs: Path, fields: dict[str, str]
) -> None:
    with TheirFile(theirs) as file:
        file.add_warcinfo(software="newsbot/9", isPartOf="nzcity", **fields)
        file.add(address(433_001), html(433_001, THEN))
    sound = theirs.with_name("sound.warc.gz")
    with TheirFile(sound) as file:
        file.add(address(433_002), html(433_002, THEN))

    assert database.reparse(theirs, sound).new["articles"] == 1
    [told] = database.watcher.passed
    assert told.startswith(f"{theirs}: ")


def test_an_archive_may_hold_what_is_no_file(database: Database) -> None:
    (database.archive / "folder.warc.gz").mkdir()
    os.mkfifo(database.archive / "pipe.warc.gz")
    assert database.reparse().differences == 0

    (database.archive / "link.warc.gz").symlink_to("nowhere")
    with pytest.raises(ArchiveUnusable, match=r"link\.warc\.gz can't be read \(No such file"):
        database.reparse()
