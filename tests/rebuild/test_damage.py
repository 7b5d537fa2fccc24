"""Whatever is done to a WARC file, reading it ends, and every record is read or named."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.errors import NotRead
from newsbot.rebuild.index import FileIndex, index_file
from newsbot.rebuild.replay import read_capture
from newsbot.sites import DEFAULT

HEAD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2025-08-18T07:30:00Z\r\nWARC-Target-URI: "
    b"https://home.nzcity.co.nz/news/article.aspx?id=433001\r\nContent-Length: %d\r\n\r\n"
)
BLOCK = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
    b"Transfer-Encoding: chunked\r\nDate: Mon, 18 Aug 2025 07:30:00 GMT\r\n\r\n<p>A page</p>"
)
RECORD = HEAD % len(BLOCK) + BLOCK + b"\r\n\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


def read(path: Path) -> FileIndex:
    index = index_file(path, DEFAULT)
    for capture in index.captures:
        assert isinstance(read_capture(path.parent, (capture, DEFAULT)), NotRead | list)
        assert capture.at < datetime.now(UTC) + timedelta(days=1)
    return index


@given(
    place=st.integers(0, 2 * len(RECORD)),
    instead=st.one_of(
        st.binary(max_size=12), st.sampled_from([b"\x1b]0;x\x07", b"\r\n", b"9" * 30])
    ),
    length=st.integers(0, 40),
    packed=st.booleans(),
)
def test_damaged_bytes(
    folder: Path, place: int, instead: bytes, length: int, *, packed: bool
) -> None:
    data = RECORD * 3
    damaged = data[:place] + instead + data[place + length :]
    path = folder / "a.warc"
    path.write_bytes(gzip.compress(damaged) if packed else damaged)

    index = read(path)

    assert index.captures or index.passed_over


@given(data=st.binary(max_size=200), start=st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08"]))
def test_any_bytes(folder: Path, data: bytes, start: bytes) -> None:
    path = folder / "b.warc"
    path.write_bytes(start + data)

    assert read(path).captures == []


@given(name=st.sampled_from(["WARC-Date", "WARC-Target-URI", "WARC-Type"]), value=st.text())
def test_any_header(folder: Path, name: str, value: str) -> None:
    line = f"{name}: {' '.join(value.split())}\r\n".encode(errors="replace")
    path = folder / "c.warc"
    path.write_bytes(RECORD.replace(b"Content-Length", line + b"Content-Length", 1))

    index = read(path)

    # Of two values the last one counts.
    assert len(index.captures) + len(index.passed_over) <= 1
