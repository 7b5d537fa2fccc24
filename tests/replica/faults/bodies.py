"""Faults of the bytes: empty, not HTML, too deep, too large, in another charset."""

import gzip
import re
import zlib
from dataclasses import dataclass, replace

from tests.replica.faults.base import Exchange
from tests.replica.message import Answer

_MEBIBYTE = 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_BODY_TAG = re.compile(rb"<body[^>]*>", re.IGNORECASE)

# A grey dot: one pixel of PNG.
_IMAGE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a4944415478da6368000000820081774cd6720000000049454e44ae426082"
)


@dataclass(frozen=True)
class Empty:
    """No body at all, with status 200."""

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        return replace(answer, status=200, body=b"")


@dataclass(frozen=True)
class Image:
    """An image, with status 200; the header may claim that it is HTML."""

    content_type: str = "image/png"

    def apply(self, _answer: Answer, _exchange: Exchange) -> Answer:
        return Answer(200, _IMAGE, {"Content-Type": self.content_type})


@dataclass(frozen=True)
class Nested:
    """The page inside so many nested tags."""

    depth: int = 60_000

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        opening = b"<div>" * self.depth
        body = _BODY_TAG.sub(lambda tag: tag[0] + opening, answer.body, count=1)
        return replace(answer, body=body)


@dataclass(frozen=True)
class NulBytes:
    """A NUL after every so many characters of the page."""

    every: int = 100

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        text = answer.body.decode()
        parts = [text[start : start + self.every] for start in range(0, len(text), self.every)]
        return replace(answer, body="\0".join(parts).encode())


@dataclass(frozen=True)
class GzipBomb:
    """A small gzip of so many MiB: the page, followed by spaces without end."""

    mebibytes: int = 200

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
        block = b" " * _MEBIBYTE
        parts = [packer.compress(answer.body)]
        parts += [packer.compress(block) for _ in range(self.mebibytes)]
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        return replace(answer, body=b"".join([*parts, packer.flush()]), headers=headers)


@dataclass(frozen=True)
class Gzip:
    """Nothing is wrong, but the body is compressed."""

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        headers = {**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return replace(answer, body=gzip.compress(answer.body, 1, mtime=0), headers=headers)


@dataclass(frozen=True)
class Charset:
    """The page in one encoding under a header that names another (None: names none)."""

    encoding: str
    declared: str | None

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        content_type = "text/html" + (f"; charset={self.declared}" if self.declared else "")
        # What the encoding has no sign for is written as an entity, as an editor would.
        body = answer.body.decode().encode(self.encoding, "xmlcharrefreplace")
        return replace(answer, body=body, headers={**answer.headers, "Content-Type": content_type})
