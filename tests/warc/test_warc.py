"""WARC files: what is written is what came, and what is read is what was written."""

import gzip
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from newsbot.errors import ArchiveUnusable
from newsbot.warc.reading import Fault, read_record, read_records
from newsbot.warc.records import Failure, Record, Request, Response
from newsbot.warc.writing import WarcFile

AT = datetime(2026, 11, 22, 22, 13, 0, 123456, tzinfo=UTC)
URL = "https://home.nzcity.co.nz/news/article.aspx?id=433912"
REQUEST = Request([(b"User-Agent", b"newsbot/0.1.0"), (b"Accept", b"text/html")])
RESPONSE = Response(
    url=URL,
    at=AT,
    status=200,
    headers=[(b"Content-Type", b"text/html"), (b"Date", b"Sun, 22 Nov 2026 22:13:00 GMT")],
    body=b"<p>Whang\xc4\x81rei</p>",
    ip_address="192.0.2.7",
)

TOKEN = st.from_regex("[a-z-]{1,20}", fullmatch=True).map(lambda name: f"X-{name}".encode())
VALUE = st.binary(max_size=60).map(
    lambda value: bytes(byte for byte in value if byte not in b"\r\n\x00").strip()
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "warc"


def make(folder: Path, *responses: Response) -> Path:
    file = WarcFile(folder, "nzcity", {"software": "newsbot/0.1.0"})
    for response in responses:
        file.write(REQUEST, response)
    file.close()
    [path] = folder.iterdir()
    return path


def records(path: Path) -> list[Record]:
    found = list(read_records(path))
    assert [each for each in found if isinstance(each, Fault)] == []
    return [each for each in found if isinstance(each, Record)]


def faults(path: Path) -> list[str]:
    return [each.why for each in read_records(path) if isinstance(each, Fault)]


def bodies(path: Path) -> list[bytes]:
    responses = (each.response() for each in read_records(path) if isinstance(each, Record))
    return [each.body for each in responses if each is not None]


def numbered(count: int) -> Iterator[Response]:
    for number in range(count):
        body = os.urandom(200) + b"%d" % number
        yield Response(URL, AT + timedelta(seconds=number), 200, [], body)


def write_theirs(file: BinaryIO, *blocks: bytes, compressed: bool) -> None:
    """Write responses as another program would."""
    writer = WARCWriter(file, gzip=compressed)
    for block in blocks:
        payload = io.BytesIO(block)
        record = writer.create_warc_record(URL, "response", payload=payload, length=len(block))
        writer.write_record(record)


def test_a_file_begins_with_what_made_it_and_is_named_for_its_first_record(folder: Path) -> None:
    path = make(folder, RESPONSE)

    assert re.fullmatch(r"nzcity-20261122T221300Z-[A-Za-z0-9-]+-[0-9a-f]{8}\.warc\.gz", path.name)
    warcinfo, response, request = records(path)
    assert warcinfo.kind == "warcinfo"
    assert warcinfo.header["warc-filename"] == path.name
    assert warcinfo.fields()["software"] == "newsbot/0.1.0"
    assert (response.kind, response.url, response.at) == ("response", URL, AT)
    assert response.header["warc-ip-address"] == "192.0.2.7"
    assert (request.kind, request.url, request.at) == ("request", URL, AT)
    assert request.header["warc-concurrent-to"] == response.record_id
    assert request.block == (
        b"GET /news/article.aspx?id=433912 HTTP/1.1\r\nHost: home.nzcity.co.nz\r\n"
        b"User-Agent: newsbot/0.1.0\r\nAccept: text/html\r\n\r\n"
    )


def test_the_block_is_the_message(folder: Path) -> None:
    [_, response, _] = records(make(folder, RESPONSE))

    assert response.block == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        b"Date: Sun, 22 Nov 2026 22:13:00 GMT\r\nContent-Length: 17\r\n\r\n<p>Whang\xc4\x81rei</p>"
    )


def test_a_second_file_of_the_same_second_has_another_name(folder: Path) -> None:
    make(folder, RESPONSE)
    file = WarcFile(folder, "nzcity", {})
    place = file.write(REQUEST, RESPONSE)
    file.close()

    assert len(list(folder.iterdir())) == 2
    assert read_record(folder / place.file, place.offset).response() == Response(
        URL, AT, 200, [*RESPONSE.headers, (b"Content-Length", b"17")], RESPONSE.body
    )


def test_no_response_no_file(folder: Path) -> None:
    WarcFile(folder, "nzcity", {}).close()

    assert list(folder.iterdir()) == []


@given(
    headers=st.lists(st.tuples(TOKEN, VALUE), max_size=6),
    body=st.binary(max_size=2000),
    status=st.integers(100, 999),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    status: int,
    at: datetime,
) -> None:
    response = Response(URL, at, status, headers, body)
    path = make(tmp_path_factory.mktemp("warc"), response)

    [_, record, _] = records(path)

    length = (b"Content-Length", str(len(body)).encode())
    assert record.response() == Response(URL, at, status, [*headers, length], body)
    with path.open("rb") as file:
        theirs = [each.raw_stream.read() for each in ArchiveIterator(file, check_digests="raise")]
    assert theirs[1] == body


def test_a_compressed_body_stays_compressed(folder: Path) -> None:
    body = gzip.compress(b"<p>news</p>", mtime=0)
    headers = [(b"Content-Encoding", b"gzip"), (b"Content-Length", b"11")]

    [_, record, _] = records(make(folder, Response(URL, AT, 200, headers, body)))

    response = record.response()
    assert response is not None
    assert response.body == body
    assert response.headers == [
        (b"Content-Encoding", b"gzip"),
        (b"Content-Length", str(len(body)).encode()),
    ]


def test_chunks_are_not_claimed(folder: Path) -> None:
    headers = [(b"Transfer-Encoding", b"chunked")]

    [_, record, _] = records(make(folder, Response(URL, AT, 200, headers, b"whole")))

    assert b"chunked" not in record.block
    assert record.block.endswith(b"Content-Length: 5\r\n\r\nwhole")


def test_a_failure_and_what_follows_it_are_noted(folder: Path) -> None:
    file = WarcFile(folder, "nzcity", {})
    failed = file.write_failure(Failure(URL, AT, "no answer\r\nin time"))
    place = file.write(REQUEST, RESPONSE, follows=failed.record_id)
    file.close()

    [_, failure, response, _, link] = records(folder / place.file)
    assert (failure.kind, failure.url, failure.at) == ("metadata", URL, AT)
    assert failure.fields() == {"failure": "no answer in time"}
    assert failure.offset == failed.offset
    assert response.record_id == place.record_id
    assert link.header["warc-concurrent-to"] == response.record_id
    assert link.fields() == {"follows": failed.record_id}


def test_other_tools_find_no_fault(folder: Path) -> None:
    path = make(folder, RESPONSE, *numbered(3))
    warcio = str(Path(sys.executable).with_name("warcio"))

    check = subprocess.run(
        [warcio, "check", "-v", path], capture_output=True, text=True, check=False
    )
    index = subprocess.run(
        [warcio, "index", "-f", "offset,warc-type", path],
        capture_output=True,
        text=True,
        check=True,
    )

    assert check.returncode == 0, check.stdout
    assert check.stdout.count("digest pass") == 9
    assert index.stdout.count('"response"') == 4
    offsets = [each.offset for each in records(path)]
    assert [f'"offset": "{offset}"' in index.stdout for offset in offsets] == [True] * len(offsets)


@given(cut=st.integers(0, 100))
def test_a_torn_file_is_read_to_its_last_whole_record(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    responses = list(numbered(3))
    path = make(tmp_path_factory.mktemp("warc"), *responses)
    whole = records(path)
    end = path.stat().st_size * (100 - cut) // 100
    os.truncate(path, end)

    found = [each for each in read_records(path) if isinstance(each, Record)]

    assert found == whole[: len(found)]
    assert sum(each.offset < end for each in whole) - len(found) == len(faults(path)) <= 1


def test_a_damaged_record_does_not_hide_the_next(folder: Path) -> None:
    responses = list(numbered(3))
    path = make(folder, *responses)
    second = records(path)[3]
    data = bytearray(path.read_bytes())
    data[second.offset + 40 : second.offset + 60] = bytes(20)
    path.write_bytes(data)

    assert bodies(path) == [responses[0].body, responses[2].body]
    assert faults(path) == ["damaged, or not gzip"]


def test_what_was_written_behind_a_torn_record_is_found(folder: Path, tmp_path: Path) -> None:
    first, second = numbered(2)
    torn, whole = make(folder, first), make(tmp_path / "other", second)
    torn.write_bytes(torn.read_bytes()[:-30] + whole.read_bytes())

    assert bodies(torn) == [first.body, second.body]
    assert len(faults(torn)) == 1


NO_WARC = {"image": b"\x89PNG\r\n\x1a\n" + bytes(500), "gzip": gzip.compress(b"a"), "byte": b"x"}


@pytest.mark.parametrize("content", NO_WARC.values(), ids=NO_WARC)
def test_a_file_that_is_no_warc_is_one_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.warc.gz"
    path.write_bytes(content)

    assert len(faults(path)) == len(list(read_records(path))) == 1


def test_a_plain_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    with path.open("wb") as file:
        head = b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\n"
        tricky = b"WARC/1.0\r\nin a body\nWARC/1.1"
        write_theirs(file, head + tricky, head + b"second", compressed=False)

    assert bodies(path) == [tricky, b"second"]
    assert faults(path) == []
    os.truncate(path, path.stat().st_size - 10)
    assert bodies(path) == [tricky]
    assert faults(path) == ["torn, the file ends in it"]


def test_a_file_in_one_gzip_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "whole.warc.gz"
    buffer = io.BytesIO()
    write_theirs(buffer, *[b"HTTP/1.0 200 OK\r\n\r\nbody"] * 2, compressed=False)
    path.write_bytes(gzip.compress(buffer.getvalue()))

    assert faults(path) == ["several records in one gzip member; see `warcio recompress`"]


def test_chunks_of_other_peoples_files_are_put_together(tmp_path: Path) -> None:
    path = tmp_path / "theirs.warc.gz"
    with path.open("wb") as file:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"4\r\nnews\r\n0\r\n\r\n"
        write_theirs(file, head + chunks, head + b"news", compressed=True)

    assert bodies(path) == [b"news", b"news"]


def test_a_bomb_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbot.warc.reading.LARGEST_RECORD", 10_000)
    large = Response(URL, AT, 200, [], bytes(100_000))
    path = make(tmp_path / "warc", large, RESPONSE)

    assert bodies(path) == [RESPONSE.body]
    assert faults(path) == ["too large"]


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("warc") / "any.warc.gz"
    for data in (content, gzip.compress(content), b"WARC/1.1\r\n" + content):
        path.write_bytes(data)
        for each in read_records(path):
            if isinstance(each, Record):
                each.response()


@pytest.mark.parametrize("offset", [1, 10**9])
def test_an_offset_without_a_record_is_named(folder: Path, offset: int) -> None:
    path = make(folder, RESPONSE)

    with pytest.raises(ArchiveUnusable, match=f"{path.name} holds no record at byte {offset}"):
        read_record(path, offset)


def test_a_missing_file_is_named(folder: Path) -> None:
    with pytest.raises(ArchiveUnusable, match=r"gone\.warc\.gz can't be read"):
        read_record(folder / "gone.warc.gz", 0)


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ArchiveUnusable, match=r"file/warc can't be written \(Not a directory\)"):
        WarcFile(tmp_path / "file" / "warc", "nzcity", {})


def _write_all(file: WarcFile, responses: list[Response]) -> None:
    for response in responses:
        file.write(REQUEST, response)


class _FullDisk(io.FileIO):
    """Takes so many bytes and no more."""

    room = 0

    def write(self, data: bytes | memoryview, /) -> int:  # type: ignore[override]
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        part = data[: self.room]
        _FullDisk.room -= len(part)
        return super().write(part)


def test_a_full_disk_leaves_no_torn_record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbot.warc.writing.FileIO", _FullDisk)
    _FullDisk.room = 3000
    file = WarcFile(folder, "nzcity", {})
    first, *rest, last = numbered(9)
    file.write(REQUEST, first)

    with pytest.raises(ArchiveUnusable, match="No space left on device"):
        _write_all(file, rest)
    _FullDisk.room = 3000
    file.write(REQUEST, last)

    file.close()
    [path] = folder.iterdir()
    assert faults(path) == []
    assert (bodies(path)[0], bodies(path)[-1]) == (first.body, last.body)
    assert len(records(path)) % 2 == 1


def test_a_disk_that_is_full_from_the_start_is_left_clean(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsbot.warc.writing.FileIO", _FullDisk)
    _FullDisk.room = 100
    file = WarcFile(folder, "nzcity", {})

    with pytest.raises(ArchiveUnusable):
        file.write(REQUEST, RESPONSE)

    assert list(folder.iterdir()) == []


def test_a_file_that_was_taken_away_is_noticed(folder: Path, tmp_path: Path) -> None:
    file = WarcFile(folder, "nzcity", {})
    file.write(REQUEST, RESPONSE)
    [path] = folder.iterdir()

    path.rename(tmp_path / "elsewhere")
    with pytest.raises(ArchiveUnusable, match="was moved or removed while it was written"):
        file.write(REQUEST, RESPONSE)
    (tmp_path / "elsewhere").rename(path)
    assert read_record(path, file.write(REQUEST, RESPONSE).offset).status == RESPONSE.status
    file.close()
