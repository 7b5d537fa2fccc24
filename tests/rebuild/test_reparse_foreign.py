"""History from other people's WARC files: Common Crawl's, the Wayback Machine's."""

import zlib
from datetime import timedelta
from pathlib import Path

from tests.helpers.their_files import HOST, NOW, SITE, THEN, Database, TheirFile, address, html


def test_history_is_brought_in(database: Database, theirs: Path) -> None:
    with TheirFile(theirs) as file:
        file.add(address(433_001), html(433_001, THEN))
        file.add(address(433_002, "http"), html(433_002, THEN), at=THEN + timedelta(minutes=1))

    outcome = database.reparse(theirs)

    assert outcome.captures == 2
    assert database.rows(
        "SELECT source_id, url, status, origin, warc_file, first_seen_at FROM pages "
        "WHERE id_number <= 433002 AND status = 'stored'"
    ) == [
        (str(source_id), address(source_id), "stored", "backfill", str(theirs), f"{at:%F %T}")
        for source_id, at in ((433_001, THEN), (433_002, THEN + timedelta(minutes=1)))
    ]
    story = SITE.story(433_001, THEN)
    assert story is not None
    assert database.rows("SELECT headline FROM articles WHERE source_id = '433001'") == [
        (" ".join(story.headline.split()),)
    ]


def test_it_is_brought_in_once(database: Database, theirs: Path) -> None:
    with TheirFile(theirs) as file:
        file.add(address(433_001), html(433_001, THEN))
    database.reparse(theirs)

    assert database.reparse(theirs).differences == 0
    assert database.reparse().differences == 0


def test_in_the_archives_folder_it_is_read_with_the_rest(database: Database, theirs: Path) -> None:
    with TheirFile(database.archive / theirs.name) as file:
        file.add(address(433_001), html(433_001, THEN))

    database.reparse()

    assert database.rows("SELECT warc_file FROM pages WHERE source_id = '433001'") == [
        (theirs.name,)
    ]


def test_an_old_response_does_not_bring_back_an_old_text(database: Database, theirs: Path) -> None:
    newest = SITE.ids(NOW)[-1]
    published = THEN + timedelta(hours=23)
    with TheirFile(theirs) as file:
        file.add(
            address(newest),
            html(newest, NOW).replace(b" the ", b" that "),
            at=published,
        )
    before = database.rows("SELECT headline, date_modified FROM articles")

    database.reparse(theirs)

    assert database.rows("SELECT headline, date_modified FROM articles") == before
    assert database.rows("SELECT count(*) FROM article_versions") == [(2,)]


def test_a_body_in_chunks_and_one_compressed_are_read(database: Database, theirs: Path) -> None:
    body = html(433_001, THEN)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:999], body[999:]))
    with TheirFile(theirs) as file:
        file.add(
            address(433_001),
            chunks + b"0\r\n\r\n",
            head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        )
        file.add(
            address(433_002),
            zlib.compress(html(433_002, THEN)),
            head=b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n",
        )

    database.reparse(theirs)

    assert database.rows(
        "SELECT source_id FROM articles WHERE source_id < '433003' ORDER BY source_id"
    ) == [("433001",), ("433002",)]


def test_what_is_not_the_sites_is_counted_and_passed_over(database: Database, theirs: Path) -> None:
    with TheirFile(theirs) as file:
        file.add("https://www.example.org/news/", b"<p>Elsewhere</p>")
        file.add(address(433_001, host="news.example.org"), html(433_001, THEN))
        file.add(address(433_002), b"", kind="revisit")
        file.add(f"https://{HOST}/robots.txt", b"User-agent: *")
        file.add(f"https://{HOST}/images/dot.png", b"\x89PNG\r\n\x1a\n")
        file.add(address(433_003), b"<h1>Slow down</h1>", head=b"HTTP/1.1 429 X\r\n\r\n")
        file.add_bytes(
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2025-08-18T07:30:00Z\r\n"
            b"WARC-Target-URI: %s\r\nContent-Length: 8\r\n\r\nnot HTTP\r\n\r\n"
            % address(433_004).encode()
        )
    before = database.rows("SELECT count(*) FROM pages")

    outcome = database.reparse(theirs)

    assert outcome.differences == 0
    assert database.rows("SELECT count(*) FROM pages") == before
    told = [each.removeprefix(str(theirs)).partition(": ")[2] for each in database.watcher.passed]
    assert told == [
        f"a record of the kind 'revisit' holds no response, {address(433_002)}",
        f"no HTTP response, {address(433_004)}",
        "2 records of other hosts",
    ]


def test_a_page_that_was_gone_then_is_not_gone_now(database: Database, theirs: Path) -> None:
    newest = SITE.ids(NOW)[-1]
    with TheirFile(theirs) as file:
        file.add(address(newest), b"<h1>404</h1>", head=b"HTTP/1.1 404 Not Found\r\n\r\n")

    database.reparse(theirs)

    assert database.rows("SELECT source_id FROM pages WHERE status = 'stored'") == [(str(newest),)]


def test_their_lists_do_not_move_the_archives_start(database: Database, theirs: Path) -> None:
    start = database.rows("SELECT first_id FROM sources")
    with TheirFile(theirs) as file:
        file.add(address(433_001), html(433_001, THEN))

    database.reparse(theirs)

    assert database.rows("SELECT first_id FROM sources") == start
