"""Shards: files with what was read from a WARC file, so that it need not be read again.

The format is described in docs/scaling.md. A shard is the same, byte for byte, wherever and however
often it is made. This module does not depend on Dask.
"""

import gzip
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec

import newsbot
from newsbot.crawl.reading import add_fingerprint
from newsbot.errors import ArchiveUnusable, BadSetting, NotRead
from newsbot.items import Page
from newsbot.rebuild.index import FileIndex, index_file
from newsbot.rebuild.recording import Run
from newsbot.rebuild.replay import read_capture
from newsbot.site import Site

_LEVEL = 1
# The parts of the program that determine what is read from a page.
_READER = "html sites rebuild warc crawl/reading.py items.py site.py text.py".split()


class Head(msgspec.Struct, frozen=True):
    """The first line of a shard: what is known of the file as a whole, see `FileIndex`."""

    path: str
    info: dict[str, str]
    passed_over: list[str]
    captures: int
    is_warc: bool
    format: str = "newsbot shard 1"


class Line(msgspec.Struct, frozen=True):
    """Any other line: a response, as a row of `captures`, and its pages, or why it has none."""

    capture: dict[str, Any]
    pages: msgspec.Raw = msgspec.Raw(b"[]")
    unread: str | None = None


_encoder = msgspec.json.Encoder()
_heads, _lines = msgspec.json.Decoder(Head), msgspec.json.Decoder(Line)
_pages = msgspec.json.Decoder(list[Page])


def shard_path(folder: Path, path: Path, site: Site) -> Path:
    """Return the path of the shard of a WARC file, which need not exist yet.

    Its name changes with the file, the site and the reader.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise ArchiveUnusable(f"{path} can't be read ({error.strerror}).") from error
    about = repr((str(path), status.st_size, status.st_mtime_ns, site.name, site.start_url))
    digest = blake2b(about.encode() + _reader(), digest_size=8).hexdigest()
    return folder / f"{path.name}-{digest}.jsonl.gz"


def make_shard(path: Path, archive: Path, target: Path, site: Site) -> int:
    """Read a WARC file into its shard `target`; return the number of responses.

    It is written under a temporary name and then renamed, so that no incomplete shard is used.

    Raises:
        ArchiveUnusable: the file can't be read, or the shard can't be written.
    """
    index = index_file(path, site)
    lines = chain([_encoder.encode(_head_of(index))], _read(index, archive, site))
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
                for line in lines:
                    packed.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise ArchiveUnusable(f"{target} can't be written ({error.strerror}).") from error
    finally:
        part.unlink(missing_ok=True)
    return len(index.captures)


def read_shard(target: Path) -> tuple[FileIndex, Iterator[Line]]:
    """Return what a shard says about its file, without captures, and about each response.

    Raises:
        ArchiveUnusable: it can't be read.
    """
    lines = _lines_of(target)
    head = _heads.decode(next(lines))
    index = FileIndex(
        Path(head.path), head.info, passed_over=head.passed_over, is_warc=head.is_warc
    )
    return index, map(_lines.decode, lines)


def rows_of(index: FileIndex, lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """Yield the responses as rows of `captures`; those without a page go to `index.passed_over`."""
    for line in lines:
        row = {**line.capture, "second": datetime.fromisoformat(line.capture["at"])}
        if line.unread is None:
            yield {**row, "pages": bytes(line.pages).decode()}
        else:
            place = f"{row['path']}, byte {row['offset']}"
            index.passed_over.append(f"{place}: {line.unread}, {row['url']}")


def decode_pages(data: str) -> list[Page]:
    """Return the pages of a line, with their fingerprints."""
    return list(map(add_fingerprint, _pages.decode(data)))


def _lines_of(target: Path) -> Iterator[bytes]:
    try:
        with gzip.open(target) as file:
            yield from file
    except (OSError, EOFError) as error:
        raise ArchiveUnusable(
            f"The shard {target} can't be read ({error}); delete it and run the same command again."
        ) from error


def _head_of(index: FileIndex) -> Head:
    number = len(index.captures)
    return Head(str(index.path), index.info, index.passed_over, number, index.is_warc)


def _read(index: FileIndex, archive: Path, site: Site) -> Iterator[bytes]:
    try:
        of_run = Run(index.info, site).site
    except BadSetting:
        # When the shard is read, the same error is reported with the name of the file.
        return
    for capture in index.captures:
        row = capture.as_row(of_run)
        found = read_capture(archive, (capture, of_run))
        if isinstance(found, NotRead):
            yield _encoder.encode(Line(row, unread=str(found)))
            continue
        for page in found:
            page.fingerprint = None
        yield _encoder.encode(Line(row, msgspec.Raw(_encoder.encode(found))))


@cache
def _reader() -> bytes:
    package = Path(newsbot.__file__).parent
    digest = blake2b()
    for part in _READER:
        place = package / part
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.digest()
