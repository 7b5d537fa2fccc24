"""Reads WARC files of any origin, record by record, and reports what can't be read.

A file is gzip, each record a member of its own, or plain. Behind a torn or damaged record the next
sound one is looked for. (warcio's own reader ends at the first of them, without an error.)
"""

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from newsbot.errors import ArchiveUnusable
from newsbot.warc.records import LARGEST_HEAD, VERSION, Record, parse_header

LARGEST_RECORD = 64 * 1024 * 1024
"""Bytes; a larger record is skipped: it is no page, or was made to fill the memory."""

_GZIP_MAGIC = b"\x1f\x8b\x08"
_CHUNK = 64 * 1024
_END = b"\r\n\r\n"
_ENDINGS = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in a file where no record could be read, and why."""

    offset: int
    why: str


# What starts at an offset, and the offset of what comes next, where that is known.
_Found = tuple[Record | Fault, int | None]


def warc_files(folder: Path) -> list[Path]:
    """Return the WARC files in a folder and those below it, by name: a crawl's in their order.

    A link that leads nowhere is among them, so that it is named where it is read.
    """
    found = (path for path in folder.glob("**/*") if path.name.endswith(_ENDINGS))
    return sorted(path for path in found if path.is_file() or not path.exists())


def size_of(path: Path) -> int:
    """Return a file's size in bytes.

    Raises:
        ArchiveUnusable: it is not there.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error


def read_records(path: Path) -> Iterator[Record | Fault]:
    """Yield the records of a file in order, and a fault for each place that can't be read.

    Raises:
        ArchiveUnusable: the file can't be opened or read.
    """
    with _opened(path) as file:
        form = _form(file)
        end = file.seek(0, os.SEEK_END)
        offset: int | None = 0
        while offset is not None and offset < end:
            found, next_offset = form.read(file, offset)
            yield found
            offset = form.find(file, offset + 1) if next_offset is None else next_offset


def read_record(path: Path, offset: int) -> Record:
    """Return the record that starts at an offset in bytes.

    Raises:
        ArchiveUnusable: there is none, or the file can't be opened or read.
    """
    with _opened(path) as file:
        found, _ = _form(file).read(file, offset)
    if isinstance(found, Fault):
        raise ArchiveUnusable(f"{path} holds no record at byte {offset}: {found.why}.")
    return found


class _Gzip:
    """A file in which each record is a gzip member."""

    @staticmethod
    def read(file: BinaryIO, offset: int) -> _Found:
        """Return what starts at `offset`, and where the next one does."""
        data, end = _inflate(file, offset)
        if isinstance(data, Fault):
            return data, end
        header = parse_header(data)
        if header is None:
            return Fault(offset, "not a WARC record"), end
        stop = header.length + header.block_length
        if len(data) < stop:
            return Fault(offset, "shorter than it says"), end
        if data[stop:].strip():
            return Fault(offset, "several records in one gzip member; see `warcio recompress`"), end
        return Record(offset, header.fields, data[header.length : stop]), end

    @staticmethod
    def find(file: BinaryIO, start: int) -> int | None:
        """Return where the next member that looks like a record starts."""
        for offset in _occurrences(file, _GZIP_MAGIC, start):
            file.seek(offset)
            with suppress(zlib.error):
                inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
                if inflater.decompress(file.read(_CHUNK), len(VERSION)) == VERSION:
                    return offset
        return None


class _Plain:
    """A file without compression."""

    @classmethod
    def read(cls, file: BinaryIO, offset: int) -> _Found:
        """Return what starts at `offset`, and where the next one does."""
        file.seek(offset)
        header = parse_header(file.read(LARGEST_HEAD))
        if header is None:
            return Fault(offset, "not a WARC record"), None
        start = offset + header.length
        if header.block_length > LARGEST_RECORD:
            return Fault(offset, "too large"), cls.find(file, start)
        file.seek(start)
        block = file.read(header.block_length)
        if len(block) < header.block_length:
            return Fault(offset, "torn, the file ends in it"), None
        behind = file.read(_CHUNK)
        stop = start + len(block)
        next_offset = stop + len(behind) - len(behind.lstrip(b"\r\n"))
        is_followed = behind.lstrip(b"\r\n")[: len(VERSION)] in {VERSION, b""}
        if not is_followed and not behind.startswith(_END):
            # Else what is behind the block, or another record within, would be lost without a word.
            return Fault(offset, "its Content-Length is wrong"), cls.find(file, start)
        return Record(offset, header.fields, block), next_offset

    @staticmethod
    def find(file: BinaryIO, start: int) -> int | None:
        """Return where the next line that starts like a record does."""
        for offset in _occurrences(file, b"\n" + VERSION, start - 1):
            return offset + 1
        return None


def _form(file: BinaryIO) -> type[_Gzip | _Plain]:
    file.seek(0)
    return _Plain if file.read(len(VERSION)) == VERSION else _Gzip


def _inflate(file: BinaryIO, offset: int) -> tuple[bytes | Fault, int | None]:
    """Return what the gzip member at `offset` holds, and where it ends."""
    file.seek(offset)
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    parts: list[bytes] = []
    room = LARGEST_RECORD
    while not inflater.eof:
        chunk = file.read(_CHUNK)
        if not chunk:
            return Fault(offset, "torn, the file ends in it"), None
        try:
            parts.append(inflater.decompress(chunk, room))
        except zlib.error:
            return Fault(offset, "damaged, or not gzip"), None
        room -= len(parts[-1])
        if room <= 0:
            return Fault(offset, "too large"), None
    return b"".join(parts), file.tell() - len(inflater.unused_data)


def _occurrences(file: BinaryIO, needle: bytes, start: int) -> Iterator[int]:
    """Yield where `needle` is in the file from `start` on."""
    offset = start
    data = b""
    while True:
        file.seek(offset)
        data = file.read(_CHUNK)
        place = data.find(needle)
        while place >= 0:
            yield offset + place
            place = data.find(needle, place + 1)
        if len(data) < _CHUNK:
            return
        # The needle may lie across the end of the chunk.
        offset += _CHUNK - len(needle) + 1


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> ArchiveUnusable:
    return ArchiveUnusable(f"{path} can't be read ({error.strerror}).")
