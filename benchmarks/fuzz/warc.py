"""WARC files: sound ones of other programs and of our own after a few changes, and any bytes.

Nothing raises; each record is read, or named with its place; a sound record is found whatever is
around it; and a second reparse of the same file finds nothing to change.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zlib import compress

from hypothesis import strategies as st

from benchmarks.fuzz.mutations import mutated
from newsbot.crawl.limiter import REFUSALS
from newsbot.errors import NewsbotError
from newsbot.rebuild.index import index_file
from newsbot.rebuild.job import reparse
from newsbot.rebuild.replay import read_capture
from newsbot.sites import DEFAULT as SITE
from newsbot.warc.reading import Fault, read_records
from newsbot.warc.records import Failure, Record, Request, Response
from newsbot.warc.writing import WarcFile
from tests.helpers.reparsing import Watcher
from tests.replica import scenarios
from tests.replica.markups import render

NEWS = scenarios.plain(days=2, per_day=10)
THEN = scenarios.evening(1).astimezone(UTC)
IDS = NEWS.ids(THEN)[-4:]
PAGES = [render(page, "divs").encode() for number in IDS if (page := NEWS.page(number, THEN))]
URLS = [SITE.article_url(str(number)) for number in IDS]

_ONE_IN = 25
_TELLING = {200, 404, 410}


@dataclass(frozen=True)
class Part:
    """Some bytes of a file; with `record_id`, a sound record."""

    data: bytes
    record_id: str = ""


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


ENCODINGS: list[tuple[bytes, Callable[[bytes], bytes]]] = [
    (b"", bytes),
    (b"Content-Encoding: gzip\r\n", gzip.compress),
    (b"Content-Encoding: gzip\r\n", bytes),
    (b"Content-Encoding: gzip\r\n", lambda body: gzip.compress(gzip.compress(body))),
    (b"Content-Encoding: gzip, gzip\r\n", lambda body: gzip.compress(gzip.compress(body))),
    (b"Content-Encoding: gzip\r\n", lambda body: gzip.compress(body)[:-20]),
    (b"Content-Encoding: deflate\r\n", compress),
    (b"Content-Encoding: deflate\r\n", lambda body: compress(body)[2:-4]),
    (b"Content-Encoding: br\r\n", bytes),
    (b"Content-Encoding: zstd\r\n", bytes),
    (b"Content-Encoding: identity\r\n", bytes),
    (b"Content-Encoding: x-gzip, \xff\r\n", bytes),
    (b"Transfer-Encoding: chunked\r\n", chunked),
    (b"Transfer-Encoding: chunked\r\n", bytes),
    (b"Transfer-Encoding: chunked\r\n", lambda body: chunked(body)[:-9]),
    (
        b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n",
        lambda body: chunked(gzip.compress(body)),
    ),
    (b"Content-Length: 5\r\n", bytes),
    (b"Content-Length: 99999999\r\n", bytes),
    (b"Content-Length: x\r\n", bytes),
]
STATUS_LINES = [
    *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 404 Not Found\r\n"),
    *(b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n", b"HTTP/2 200\r\n", b"HTTP/1.0 200\n"),
    *(b"HTTP/0.9 200 OK\r\n", b"ICY 200 OK\r\n", b"HTTP/1.1 999 \xff\r\n", b"HTTP/1.1 000 x\r\n"),
    *(b"", b"HTTP/1.1  200  OK\r\n", b"http/1.1 200 ok\r\n", b"HTTP/1.1 20\r\n"),
    *(b"HTTP/1.1 304 x\r\n", b"HTTP/1.1 301 x\r\nLocation: http://[x/\r\n"),
    b"HTTP/1.1 429 x\r\n",
]
DATES = [
    *("2025-08-20T08:00:00Z", "2025-08-20T08:00:00.123456Z", "2025-08-20"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2025-08-20T08:00:00+23:59", ""),
    *("yesterday", "20250820080000", "2199-01-01T00:00:00Z", "1990-01-01T00:00:00+14:00"),
    *("2025-W34-3", "\udcff"),
]
KINDS = ["response"] * 6 + [
    *("resource", "revisit", "conversion", "continuation", "request", "metadata", "warcinfo", ""),
    *("Response", "\x1b"),
]
ADDRESSES = [
    *URLS,
    *(URLS[0] + "&cat=978", "<" + URLS[1] + ">", "https://home.nzcity.co.nz/news/"),
    *("dns:home.nzcity.co.nz", "", "http://[x/news/article.aspx?id=5"),
    *("https://me@home.nzcity.co.nz:443/news/article.aspx?id=4339121", "https://other.example/"),
    "https://home.nzcity.co.nz/robots.txt",
    "https://home.nzcity.co.nz/news/article.aspx?id=\x1b[2J5",
    "http://channels.nzcity.co.nz/rss/news.aspx?catid=978",
    "https://home.nzcity.co.nz/news/article.aspx?id=" + "9" * 18,
]
BLOCKS = [
    b"software: newsbot/1\r\nisPartOf: nzcity\r\n",
    b"software: newsbot/1\r\nisPartOf: nzcity\r\nstart_url: http://[x\r\nrss_url: \xff\r\n",
    b"software: newsbot/1\r\nisPartOf: nzcity\r\nids: x\r\nrecheck_after: -1\r\n",
    b"software: newsbot/1\r\nisPartOf: nzcity\r\nids: 1-999999999999\r\n",
    *(b"failure: timeout\r\nfollows: <urn:uuid:1>\r\n", b"follows: <urn:uuid:2>\r\n"),
    *(b"failure: \x1b]0;x\x07\r\n", b""),
]


@st.composite
def records(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(KINDS))
    if kind in {"metadata", "warcinfo"} or draw(st.integers(0, 9)) == 0:
        block = draw(st.sampled_from(BLOCKS))
    else:
        header, encode = draw(st.sampled_from(ENCODINGS))
        line = draw(st.just(STATUS_LINES[0]) | st.sampled_from(STATUS_LINES))
        body = draw(
            st.sampled_from(PAGES)
            | st.binary(max_size=50)
            | st.just(b"<p>Sorry, no such article</p>")
        )
        end = draw(st.sampled_from([b"\r\n"] * 8 + [b"\n", b""]))
        block = line + b"Content-Type: text/html\r\n" + header + end + encode(body)
    length = len(block) + draw(st.just(0) | st.sampled_from([0, 0, 0, 0, -5, 5, 100_000]))
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{draw(st.integers(1, 5))}>",
        "WARC-Concurrent-To": f"<urn:uuid:{draw(st.integers(1, 5))}>",
        "WARC-Target-URI": draw(st.sampled_from(ADDRESSES)),
        "WARC-Date": draw(st.just(DATES[0]) | st.sampled_from(DATES)),
        "Content-Length": draw(
            st.just(f"{length}") | st.sampled_from([f"{length}", "", "-1", "x", "9" * 30])
        ),
    }
    return record(fields, block)


def record(fields: dict[str, str], block: bytes) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.0\r\n" + head.encode("utf-8", "surrogateescape") + b"\r\n" + block + b"\r\n\r\n"


def sound(number: int, url: str, page: bytes) -> Part:
    record_id = f"<urn:uuid:sound-{number}>"
    fields = {
        "WARC-Type": "response",
        "WARC-Record-ID": record_id,
        "WARC-Target-URI": url,
        "WARC-Date": DATES[0],
    }
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    return Part(record(fields | {"Content-Length": f"{len(block)}"}, block), record_id)


SOUND = [
    sound(number, url, page) for number, (url, page) in enumerate(zip(URLS, PAGES, strict=True))
]


def own_file() -> bytes:
    """Return a file as a crawl writes it: a redirect, a failure that is tried again, pages."""
    with TemporaryDirectory() as folder:
        info = {"software": "newsbot/1", "isPartOf": "nzcity", "start_url": SITE.start_url}
        file = WarcFile(Path(folder), "nzcity", info)
        asked = Request([(b"Host", b"home.nzcity.co.nz")])
        moved = [(b"Location", URLS[0].encode()), (b"Content-Type", b"text/html")]
        first = file.write(asked, Response(SITE.start_url, THEN, 301, moved, b""))
        file.write(asked, Response(URLS[0], THEN, 200, moved[1:], PAGES[0]), first.record_id)
        failed = file.write_failure(Failure(URLS[1], THEN, "timeout"))
        file.write(asked, Response(URLS[1], THEN, 200, moved[1:], PAGES[1]), failed.record_id)
        file.write(asked, Response(URLS[2], THEN, 404, moved[1:], PAGES[2]))
        file.close()
        return next(Path(folder).iterdir()).read_bytes()


OWN = own_file()
PLAIN = b"".join(gzip.decompress(part) for part in [OWN])
JUNK = [
    *(b"\x1f\x8b\x08", b"\x1f\x8b\x08\x00" + b"\x00" * 6, b"WARC/1.0\r\n\r\n", b"WARC/1.0\r\n"),
    *(b"\r\n\r\n", b"\nWARC/1.0\r\nContent-Length: 3\r\n\r\nabc", b"Content-Length: 7\r\n"),
    *(b"\x00" * 40, OWN[:300], OWN[-40:], b"WARC-Type: response\r\n", gzip.compress(b"x" * 9)),
    *(gzip.compress(b"WARC/1.1\r\n\r\n"), b"HTTP/1.1 200 OK\r\n\r\n"),
]
JUNK_PARTS = (st.binary(max_size=60) | st.sampled_from(JUNK)).map(Part)
PARTS = st.lists(
    st.sampled_from(SOUND)
    | records().map(Part)
    | st.tuples(records(), st.integers(0, 400)).map(lambda drawn: Part(drawn[0][: drawn[1]]))
    | JUNK_PARTS,
    max_size=8,
)


def zipped(parts: list[Part]) -> tuple[bytes, frozenset[str]]:
    """Return a file whose records are members, and the ids of the sound ones."""
    data = b"".join(
        gzip.compress(part.data, 1) if part.data.startswith(b"WARC") else part.data
        for part in parts
    )
    begins_plain = data.startswith(b"WARC/")
    return data, frozenset() if begins_plain else frozenset(part.record_id for part in parts) - {""}


def plain(parts: list[Part]) -> tuple[bytes, frozenset[str]]:
    """Return a file without compression, and the ids of the sound records that begin a line."""
    data, ids = b"", set()
    for part in parts:
        if not data or data.endswith(b"\n"):
            ids.add(part.record_id)
        data += part.data
    return data, frozenset(ids - {""}) if data.startswith(b"WARC/") else frozenset()


INPUT: st.SearchStrategy[tuple[bytes, frozenset[str]]] = (
    PARTS.map(zipped)
    | PARTS.map(plain)
    | mutated([OWN, PLAIN], JUNK).map(lambda data: (data, frozenset()))
    | st.binary(max_size=200).map(lambda data: (data, frozenset()))
)


@contextmanager
def checking() -> Iterator[Callable[[tuple[bytes, frozenset[str]]], None]]:
    with TemporaryDirectory() as folder:
        yield partial(check, Path(folder), Random(0))


def check(folder: Path, random: Random, given: tuple[bytes, frozenset[str]]) -> None:
    data, sound_ids = given
    path = folder / "their.warc.gz"
    path.write_bytes(data)
    found = list(read_records(path))
    offsets = [each.offset for each in found]
    assert offsets == sorted(set(offsets))
    assert not offsets or offsets[-1] < len(data)
    records = [each for each in found if isinstance(each, Record)]
    faults = [each for each in found if isinstance(each, Fault)]
    assert sound_ids <= {each.record_id for each in records}, "a sound record was not found"
    index = index_file(path, SITE)
    said = "\n".join(index.passed_over)
    captures = {capture.offset for capture in index.captures}
    if index.is_warc:
        for fault in faults:
            assert f"byte {fault.offset}: " in said
    for each in [] if index.info else records:
        is_page = each.kind not in {"request", "metadata", "warcinfo"} and SITE.serves(each.url)
        counted = each.status in REFUSALS or (
            each.status is not None and each.status not in _TELLING
        )
        if is_page and not counted and not each.url.endswith("/robots.txt"):
            assert each.offset in captures or f"byte {each.offset}: " in said, each.header
    for capture in index.captures:
        read_capture(folder, (capture, SITE))
    if found and random.randrange(_ONE_IN) == 0:
        check_reparse(folder, path)


def check_reparse(folder: Path, path: Path) -> None:
    database = folder / "newsbot.db"
    again = partial(
        reparse,
        f"sqlite:///{database}",
        folder,
        [path],
        SITE,
        keep=True,
        audience=Watcher(),
        processes=0,
    )
    try:
        try:
            again()
        except NewsbotError:
            return
        assert again().differences == 0, "a second reparse finds something to change"
    finally:
        for file in folder.glob("newsbot.db*"):
            file.unlink()
