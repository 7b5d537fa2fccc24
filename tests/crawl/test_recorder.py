"""The archive of a crawl: every request has its pair, whatever came of it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from errno import ENOSPC
from functools import partial
from io import FileIO
from pathlib import Path

import pytest

from newsbot.sites import DEFAULT
from newsbot.warc import writing
from newsbot.warc.reading import Fault, read_record, read_records
from newsbot.warc.records import Record
from tests.helpers.crawling import Archive, finished
from tests.replica import scenarios
from tests.replica.application import Robots
from tests.replica.clock import Clock
from tests.replica.faults import CutOff, Delay, Framed, Gzip, Redirect, RedirectLoop, Status
from tests.replica.server import Replica


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    """A site on which much goes wrong."""
    site = scenarios.plain(days=1, per_day=20)
    with Replica(site, Clock(scenarios.evening(1)), robots=Robots.ALLOW) as replica:
        newest = site.ids(replica.clock.now())[::-1]
        replica.faults.add(Gzip(), where=newest[0])
        replica.faults.add(Framed(), where=newest[1])
        replica.faults.add(Redirect(f"/news/article.aspx?id={newest[3]}"), where=newest[2])
        replica.faults.add(RedirectLoop(), where=newest[4])
        replica.faults.add(Status(403), where=newest[5])
        replica.faults.add(Status(500), where=newest[6], times=1)
        replica.faults.add(Status(429, retry_after="0"), where=newest[7], times=1)
        replica.faults.add(CutOff(500), where=newest[8], times=1)
        replica.faults.add(Delay(20), where=newest[9])
        yield replica


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, replica: Replica) -> Archive:
    archive = Archive(
        tmp_path_factory.mktemp("crawl"), replica.url, RETRY_TIMES=1, DOWNLOAD_TIMEOUT=1
    )
    archive.crawl()
    return archive


@pytest.fixture(scope="module")
def records(archive: Archive) -> list[Record]:
    [path] = archive.warc.iterdir()
    found = list(read_records(path))
    assert [each for each in found if isinstance(each, Fault)] == []
    return [each for each in found if isinstance(each, Record)]


def newest(replica: Replica, place: int) -> str:
    return str(replica.site.ids(replica.clock.now())[::-1][place])


def responses(records: list[Record], source_id: str) -> list[Record]:
    # A page is asked for in the form in which it was linked.
    return [
        each for each in records if each.kind == "response" and DEFAULT.id_in(each.url) == source_id
    ]


def statuses(records: list[Record], source_id: str) -> list[int | None]:
    return [each.status for each in responses(records, source_id)]


def test_every_request_is_there_with_its_response(replica: Replica, records: list[Record]) -> None:
    origin = replica.url.removesuffix("/news/")
    asked = Counter(origin + entry.path for entry in replica.log)

    found = {
        kind: Counter(each.url for each in records if each.kind == kind)
        for kind in ("request", "response")
    }

    # They were sent, but a body that is cut off, or never comes, is no response.
    unanswered = asked - found["response"]
    assert sorted(DEFAULT.id_in(url) or "" for url in unanswered.elements()) == sorted(
        newest(replica, place) for place in (8, 9, 9)
    )
    assert found["response"] == found["request"] == asked - unanswered


def test_each_request_stands_behind_its_response(records: list[Record]) -> None:
    pairs = [each for each in records if each.kind in {"response", "request"}]

    for response, request in zip(pairs[::2], pairs[1::2], strict=True):
        assert request.header["warc-concurrent-to"] == response.record_id
        assert (request.url, request.at) == (response.url, response.at)
        assert request.block.startswith(b"GET /")
        assert b"\r\nUser-Agent: newsbot/" in request.block
        assert b"\r\nHost: 127.0.0.1:" in request.block


def test_robots_txt_and_the_list_come_first(replica: Replica, records: list[Record]) -> None:
    origin = replica.url.removesuffix("/news/")

    urls = [each.url for each in records if each.kind == "response"]

    assert urls[:2] == [f"{origin}/robots.txt", replica.url]


def test_the_file_says_what_made_it(records: list[Record]) -> None:
    fields = records[0].fields()

    assert records[0].kind == "warcinfo"
    assert fields["software"].split()[0].startswith("newsbot/")
    assert fields["isPartOf"] == "nzcity"
    assert fields["robots"] == "obey"
    assert fields["format"] == "WARC File Format 1.1"


def test_a_compressed_body_is_kept_as_it_came(replica: Replica, records: list[Record]) -> None:
    [record] = responses(records, newest(replica, 0))

    response = record.response()

    assert response is not None
    assert dict(response.headers)[b"Content-Encoding"] == b"gzip"
    assert response.body.startswith(b"\x1f\x8b")


def test_chunks_are_put_together(replica: Replica, records: list[Record]) -> None:
    [record] = responses(records, newest(replica, 1))

    response = record.response()

    assert response is not None
    headers = dict(response.headers)
    assert b"Transfer-Encoding" not in headers
    assert headers[b"Content-Length"] == str(len(response.body)).encode()
    assert response.body.rstrip().endswith(b"</html>")


def test_redirects_errors_and_refusals_are_kept(replica: Replica, records: list[Record]) -> None:
    assert statuses(records, newest(replica, 2)) == [302]
    assert statuses(records, newest(replica, 4)) == [302] * 6
    assert statuses(records, newest(replica, 5)) == [403]
    assert statuses(records, newest(replica, 6)) == [500, 200]
    assert statuses(records, newest(replica, 7)) == [429, 200]
    assert statuses(records, newest(replica, 8)) == [200]
    assert statuses(records, newest(replica, 9)) == []


def test_what_had_no_answer_is_noted(replica: Replica, records: list[Record]) -> None:
    failures = [
        (DEFAULT.id_in(each.url), each.fields()["failure"])
        for each in records
        if each.kind == "metadata" and "failure" in each.fields()
    ]

    assert sorted(failures) == sorted(
        [
            (newest(replica, 8), "cut off by the connection"),
            (newest(replica, 9), "no answer in time"),
            (newest(replica, 9), "no answer in time"),
        ]
    )


def test_a_repetition_names_what_led_to_it(replica: Replica, records: list[Record]) -> None:
    by_id = {each.record_id: each for each in records}
    links = [
        (by_id[each.fields()["follows"]], by_id[each.header["warc-concurrent-to"]])
        for each in records
        if each.kind == "metadata" and "warc-concurrent-to" in each.header
    ]

    followed = {
        (DEFAULT.id_in(cause.url), cause.status, DEFAULT.id_in(each.url)) for cause, each in links
    }

    assert {
        (newest(replica, 2), 302, newest(replica, 3)),
        (newest(replica, 6), 500, newest(replica, 6)),
        (newest(replica, 7), 429, newest(replica, 7)),
        (newest(replica, 8), None, newest(replica, 8)),
    } <= followed


def test_the_ledger_points_at_the_record_that_each_page_was_read_from(archive: Archive) -> None:
    rows = archive.rows(
        "SELECT pages.url, warc_file, warc_offset, last_observed_at FROM pages "
        "JOIN article_versions ON page_id = pages.id"
    )

    assert len(rows) > 10
    for url, file, offset, observed_at in rows:
        record = read_record(archive.warc / file, offset)
        assert (record.kind, record.url) == ("response", url)
        assert record.at is not None
        assert (url, f"{record.at:%Y-%m-%d %H:%M:%S}") == (url, observed_at)


def test_other_tools_find_no_fault(archive: Archive) -> None:
    warcio = Path(sys.executable).with_name("warcio")

    for path in archive.warc.iterdir():
        subprocess.run([warcio, "check", path], check=True, stdout=subprocess.PIPE)


def test_without_a_folder_there_is_no_archive(tmp_path: Path, replica: Replica) -> None:
    archive = Archive(tmp_path, replica.url)

    run = archive.crawl(ARCHIVE_DIR="", DOWNLOAD_TIMEOUT=1)

    assert run.exit_code == 0
    assert not archive.warc.exists()
    assert archive.value("SELECT count(*) FROM pages WHERE warc_file IS NOT NULL") == 0


def test_a_folder_that_can_not_be_written_ends_the_run_before_it_begins(
    tmp_path: Path, replica: Replica
) -> None:
    archive = Archive(tmp_path, replica.url)
    archive.warc.write_text("in the way")
    asked = len(replica.log)

    run = archive.crawl()

    assert run.exit_code == 1
    assert str(archive.warc) in run.last_line
    assert "can't be written (File exists)" in run.last_line
    assert len(replica.log) == asked


def test_a_killed_run_leaves_what_it_had_read(tmp_path: Path) -> None:
    site = scenarios.plain(days=1, per_day=20)
    with Replica(site, Clock(scenarios.evening(1))) as replica:
        archive = Archive(tmp_path, replica.url)
        with archive.start() as process:
            deadline = time.monotonic() + 30
            while len(replica.log) < 8 and time.monotonic() < deadline:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()

        stored = archive.rows(
            "SELECT url, warc_file, warc_offset FROM pages WHERE status = 'stored'"
        )
        [path] = archive.warc.iterdir()
        whole = [each for each in read_records(path) if isinstance(each, Record)]
        assert len([each for each in whole if each.kind == "response"]) >= 7
        assert [read_record(archive.warc / file, offset).url for _, file, offset in stored] == [
            url for url, _, _ in stored
        ]

        archive.crawl()
        assert len(list(archive.warc.iterdir())) == 2


def fill_the_disk(room: int) -> None:
    """Let so many exchanges be written, and no more."""
    write_all, written = writing._write_all, iter(range(room))

    def write(file: FileIO, data: bytes) -> None:
        if next(written, None) is None:
            file.write(data[:100])
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        write_all(file, data)

    writing._write_all = write


# robots.txt, the list, two pages, a redirect.
@pytest.mark.parametrize(("room", "pages"), [(0, 0), (1, 0), (5, 2)])
def test_a_full_disk_ends_the_run_and_costs_no_page_a_try(
    tmp_path: Path, replica: Replica, room: int, pages: int
) -> None:
    archive = Archive(tmp_path, replica.url)
    archive.before = partial(fill_the_disk, room)

    run = archive.crawl()

    assert run.exit_code == 1
    assert "can't be written (No space left on device)" in run.last_line
    assert archive.value("SELECT count(*) FROM pages WHERE attempts > 0") == 0
    assert archive.value("SELECT outcome FROM crawls") == "failed"
    stored = archive.rows("SELECT warc_file, warc_offset FROM pages WHERE status = 'stored'")
    # Which page comes third, the redirect or an article, depends on the plan.
    assert pages <= len(stored) <= max(room - 2, 0)
    for file, offset in stored:
        assert read_record(archive.warc / file, offset).status == 200
    assert [
        each
        for path in archive.warc.iterdir()
        for each in read_records(path)
        if isinstance(each, Fault)
    ] == []


def test_a_folder_that_is_removed_during_a_crawl_ends_it(tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=20), Clock(scenarios.evening(1))) as replica:
        replica.faults.add(Delay(0.2))
        archive = Archive(tmp_path, replica.url)
        with archive.start() as process:
            deadline = time.monotonic() + 30
            while len(replica.log) < 4 and time.monotonic() < deadline:
                time.sleep(0.01)
            shutil.rmtree(archive.warc)
            run = finished(process)

    assert run.exit_code == 1
    assert "was moved or removed while it was written; put it back" in run.last_line
    assert archive.value("SELECT count(*) FROM pages WHERE attempts > 0") == 0
    assert archive.value("SELECT count(*) FROM pages WHERE status = 'pending'") > 0
