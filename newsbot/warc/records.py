"""A WARC record as bytes, taken apart: its header, its block, the HTTP response in it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from warcio.bufferedreaders import ChunkedDataReader

from newsbot.warc.records import Headers, Response

VERSION = b"WARC/"
"""How every record starts."""

LARGEST_HEAD = 64 * 1024
"""Bytes in which a record's header must end."""

# Before there was a web, and so far ahead that a clock was wrong.
_SANE_YEARS = range(1990, 2201)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"(HTTP/\d(?:\.\d)?) +(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Record:
    """A record: where it starts, its header (names in lower case), and the bytes of its block."""

    offset: int
    header: dict[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        """`response`, `request`, `metadata`, `warcinfo`, `revisit`, …."""
        return self.header.get("warc-type", "")

    @property
    def record_id(self) -> str:
        """The record's own name, a URI in angle brackets."""
        return self.header.get("warc-record-id", "")

    @property
    def url(self) -> str:
        """What was asked for; empty where the record is about nothing on the web."""
        # Some versions of wget put it in angle brackets.
        return self.header.get("warc-target-uri", "").strip("<>")

    @property
    def at(self) -> datetime | None:
        """The instant of the capture in UTC; None if the record names none that can be."""
        try:
            at = datetime.fromisoformat(self.header.get("warc-date", ""))
        except ValueError:
            return None
        if at.year not in _SANE_YEARS:
            return None
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    @property
    def status(self) -> int | None:
        """The HTTP status of the response in the block; None if it holds none."""
        found = _STATUS_LINE.match(self.block)
        return int(found[2]) if found else None

    def fields(self) -> dict[str, str]:
        """Return the block as named fields, as warcinfo and metadata records hold them."""
        return _as_text(_pairs(self.block))

    def response(self) -> Response | None:
        """Return the HTTP response in the block, or None if it holds none."""
        status = _STATUS_LINE.match(self.block)
        if status is None or self.at is None:
            return None
        end = _HEAD_END.search(self.block)
        head, body = (
            (self.block[: end.start()], self.block[end.end() :]) if end else (self.block, b"")
        )
        headers = _pairs(head)
        codings = [value.lower() for name, value in headers if name.lower() == b"transfer-encoding"]
        if b"chunked" in b",".join(codings):
            # What isn't in chunks after all comes back as it is.
            body = ChunkedDataReader(BytesIO(body)).read()
        return Response(self.url, self.at, int(status[2]), headers, body, status[1].decode())


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a record: its fields, its own length, and that of the block behind it."""

    fields: dict[str, str]
    length: int
    block_length: int


def parse_header(data: bytes) -> Header | None:
    """Return the header that `data` starts with, or None if no record starts there."""
    end = _HEAD_END.search(data, 0, LARGEST_HEAD)
    if end is None or not data.startswith(VERSION):
        return None
    fields = {name.lower(): value for name, value in _as_text(_pairs(data[: end.start()])).items()}
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return None
    return Header(fields, end.end(), int(length))


def _pairs(head: bytes) -> Headers:
    """Return the names and values of the lines that have them; one that starts blank goes on."""
    pairs: Headers = []
    for line in head.splitlines():
        name, colon, value = line.partition(b":")
        if line[:1] in {b" ", b"\t"} and pairs:
            name, value = pairs.pop()
            pairs.append((name, value + b" " + line.strip()))
        elif colon:
            pairs.append((name.strip(), value.strip()))
    return pairs


def _as_text(pairs: Headers) -> dict[str, str]:
    return {
        name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in pairs
    }
