"""WARC files without compression: no length and no end hides a record."""

from pathlib import Path

import pytest

from newsbot.warc.reading import LARGEST_RECORD
from tests.warc.test_warc import bodies, faults, write_theirs


@pytest.mark.parametrize(
    ("off_by", "end", "said"),
    [
        (0, b"\r\n\r\n", None),
        (0, b"", None),
        (0, b"\n", None),
        (0, b"\r\n\r\n\r\n", None),
        (4, b"\r\n\r\n", None),
        (-3, b"\r\n\r\n", "its Content-Length is wrong"),
        (9, b"\r\n\r\n", "its Content-Length is wrong"),
        (90, b"\r\n\r\n", "its Content-Length is wrong"),
        (9_000, b"\r\n\r\n", "torn, the file ends in it"),
        (LARGEST_RECORD, b"\r\n\r\n", "too large"),
    ],
)
def test_a_wrong_length_in_a_plain_file_is_named_and_hides_no_other_record(
    tmp_path: Path, off_by: int, end: bytes, said: str | None
) -> None:
    def record(body: bytes, off_by: int = 0, end: bytes = b"\r\n\r\n") -> bytes:
        block = b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\n" + body
        head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2025-08-20T08:00:00Z\r\n"
        return head + b"Content-Length: %d\r\n\r\n" % (len(block) + off_by) + block + end

    path = tmp_path / "plain.warc"
    path.write_bytes(record(b"first", off_by, end) + record(b"second") + record(b"third"))

    assert faults(path) == ([said] if said else [])
    first = [] if said else [b"first\r\n\r\n" if off_by else b"first"]
    assert bodies(path) == [*first, b"second", b"third"]


def test_what_is_behind_a_plain_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    with path.open("wb") as file:
        write_theirs(file, b"HTTP/1.0 200 OK\r\n\r\nbody", compressed=False)
        write_theirs(file, b"HTTP/1.0 200 OK\r\n\r\npacked", compressed=True)

    assert bodies(path) == [b"body"]
    assert faults(path) == ["not a WARC record"]
