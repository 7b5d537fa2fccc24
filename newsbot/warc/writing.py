"""Writes WARC/1.1: a file a run, gzip a record, each response on the disk before it counts.

The format: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import gzip
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from errno import EACCES
from http import HTTPStatus
from io import BytesIO, FileIO
from pathlib import Path
from secrets import token_hex
from socket import gethostname
from urllib.parse import urlsplit, urlunsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsbot.errors import ArchiveUnusable
from newsbot.warc.records import Failure, Headers, Place, Request, Response

FOLLOWS = "follows"
FAILURE = "failure"
"""Fields of our metadata records, see `WarcFile`."""

_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
# Of zlib. Level 9 takes a sixth more time, and makes a page less than a thousandth smaller.
_LEVEL = 6
_NO_LETTERS = re.compile(r"[^A-Za-z0-9]+")
# They describe the body as it was sent; put together from its chunks, it has another length.
_FRAMING = {b"content-length", b"transfer-encoding"}


class WarcFile:
    """A new file of `folder`, made when the first record is written.

    It is named for that instant, this machine and a random word, so that no other run on any
    machine has a file of that name.

    It begins with a warcinfo record that holds `info`. A response is followed by its request. Where
    a request was made because of an earlier response or failure (a redirect, a repetition), a
    metadata record names that one's record id in the field `follows`; where it had no response at
    all, a metadata record says why in the field `failure`.

    What a method has returned for survives a kill and a power cut. A kill in between tears at most
    the last record, and nothing is ever appended to a torn one.

    Raises:
        ArchiveUnusable: the folder can't be made, or may not be written to.
    """

    def __init__(self, folder: Path, prefix: str, info: Mapping[str, str]) -> None:
        self._folder = folder
        self._prefix = prefix
        self._run = f"{_NO_LETTERS.sub('-', gethostname()) or 'host'}-{token_hex(4)}"
        self._info = info
        self._file: FileIO | None = None
        self._name = ""
        self._end = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise self._unusable(OSError(EACCES, os.strerror(EACCES)))

    def write(self, request: Request, response: Response, follows: str | None = None) -> Place:
        """Write a response and its request, and return where the response is.

        Raises:
            ArchiveUnusable: the disk is full or failed, and the file is unchanged; or the file was
                moved or removed.
        """
        records = _Records(response.url, response.at)
        response_id = records.add_response(response)
        about = {"WARC-Concurrent-To": response_id}
        records.add_request(request, about)
        if follows:
            records.add_fields("metadata", {FOLLOWS: follows}, about)
        return self._append(records, response_id)

    def write_failure(self, failure: Failure, follows: str | None = None) -> Place:
        """Write that a request had no response, and return where that is.

        Raises:
            ArchiveUnusable: the disk is full or failed; the file is as it was.
        """
        records = _Records(failure.url, failure.at)
        fields = {FAILURE: failure.why} | ({FOLLOWS: follows} if follows else {})
        return self._append(records, records.add_fields("metadata", fields))

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, records: "_Records", record_id: str) -> Place:
        data = records.data
        try:
            if self._file is None:
                self._file = self._create(records.at)
                data = self._warcinfo(records.at) + data
            _write_all(self._file, data)
            is_in_place = self._is_in_place(self._file)
        except OSError as error:
            self._undo()
            raise self._unusable(error) from error
        self._end += len(data)
        if not is_in_place:
            raise ArchiveUnusable(
                f"The archive's file {self._folder / self._name} was moved or removed while it was "
                "written; put it back, and leave the folder alone during a crawl."
            )
        return Place(self._name, self._end - len(records.data), record_id)

    def _is_in_place(self, file: FileIO) -> bool:
        """Return whether what is written can be found: an open file may have lost its name."""
        try:
            named = (self._folder / self._name).stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(file.fileno()))

    def _create(self, at: datetime) -> FileIO:
        self._name = f"{self._prefix}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{self._run}.warc.gz"
        file = FileIO(self._folder / self._name, "x")
        _sync_folder(self._folder)
        return file

    def _warcinfo(self, at: datetime) -> bytes:
        info = {"format": "WARC File Format 1.1", "conformsTo": _CONFORMS_TO, **self._info}
        records = _Records("", at)
        records.add_fields("warcinfo", info, {"WARC-Filename": self._name})
        return records.data

    def _undo(self) -> None:
        """Cut off a torn record, if the disk allows it."""
        if self._file is not None:
            with suppress(OSError):
                self._file.seek(self._file.truncate(self._end))
            if not self._end:
                self.close()
                with suppress(OSError):
                    (self._folder / self._name).unlink()

    def _unusable(self, error: OSError) -> ArchiveUnusable:
        return ArchiveUnusable(
            f"The archive in {self._folder} can't be written ({error.strerror}); "
            f"correct that, or name another folder in ARCHIVE_DIR."
        )


class _Records:
    """The records of one exchange as bytes, each a gzip member of its own."""

    def __init__(self, url: str, at: datetime) -> None:
        self.at = at
        self.data = b""
        """All records added so far."""
        self._url = url

    def add_response(self, response: Response) -> str:
        """Add a response and return its record id."""
        about = {"WARC-IP-Address": response.ip_address} if response.ip_address else {}
        status_line = f"{response.status} {_phrase(response.status)}"
        head = _Head(status_line, _true_headers(response), response.protocol)
        return self._add("response", response.body, about, head)

    def add_request(self, request: Request, about: Mapping[str, str]) -> None:
        """Add the request of a response."""
        parts = urlsplit(self._url)
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        headers = request.headers
        if not any(name.lower() == b"host" for name, _ in headers):
            headers = [(b"Host", parts.netloc.encode()), *headers]
        head = _Head(f"{target} HTTP/1.1", headers, request.method)
        self._add("request", request.body, about, head)

    def add_fields(
        self, kind: str, fields: Mapping[str, str], about: Mapping[str, str] | None = None
    ) -> str:
        """Add a record of named fields, a line each, and return its record id."""
        lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in fields.items())
        about = {"Content-Type": "application/warc-fields", **(about or {})}
        return self._add(kind, "".join(lines).encode(), about)

    def _add(
        self, kind: str, body: bytes, about: Mapping[str, str], head: StatusAndHeaders | None = None
    ) -> str:
        date = f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        plain = BytesIO()
        writer = WARCWriter(plain, gzip=False, warc_version="1.1")
        record = writer.create_warc_record(
            self._url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            warc_headers_dict={"WARC-Date": date, **about},
            http_headers=head,
        )
        writer.write_record(record)
        # In one call; warcio itself makes one for each piece of a record.
        self.data += gzip.compress(plain.getvalue(), _LEVEL, mtime=0)
        record_id: str = record.rec_headers.get_header("WARC-Record-ID")
        return record_id


class _Head(StatusAndHeaders):  # type: ignore[misc]
    """The head of a message; warcio's own escapes what is not ASCII instead of keeping it."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Put the head into the bytes that it was made from."""
        self.headers_buff = self.to_bytes(header_filter, "latin-1")


def _phrase(status: int) -> str:
    """Return the standard words for a status; Scrapy does not keep those that were sent."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _true_headers(response: Response) -> Headers:
    headers = [header for header in response.headers if header[0].lower() not in _FRAMING]
    return [*headers, (b"Content-Length", str(len(response.body)).encode())]


def _write_all(file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
