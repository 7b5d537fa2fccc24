"""The reader: any bytes, pages in all markups after a few changes, feeds.

It never raises, gives an article or a reason, says nothing that is not on the page, and takes time
in proportion to the page's length.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st
from lxml import etree
from parsel.selector import create_root_node

from benchmarks.fuzz.mutations import mutated
from newsbot.crawl.reading import read_whole
from newsbot.html.decoding import decode
from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT as SITE
from tests.outlines import section_pages
from tests.pages.markups import MARKUPS as SMALL
from tests.pages.words import Words
from tests.replica import scenarios
from tests.replica.markups import MARKUPS, render
from tests.replica.markups.feed import feed

NOW = scenarios.evening(3)
ARTICLE = "https://home.nzcity.co.nz/news/article.aspx?id=450001"
SECTION = "https://home.nzcity.co.nz/news/default.aspx?cat=978&page=2"
FEED = "http://channels.nzcity.co.nz/rss/news.aspx?catid=978"

# CPU seconds for any page, and for each of its bytes; usual are 0.004 and 2e-7.
_LEAST, _EACH = 0.25, 4e-6


def pages() -> Iterator[bytes]:
    site = scenarios.plain(days=3, per_day=20)
    shown = [site.page(number, NOW) for number in site.ids(NOW)[::15]]
    for markup in MARKUPS:
        yield from (render(page, markup).encode() for page in shown if page)
    yield from (markup(Words()).encode() for markup in SMALL.values())
    case = next(section_pages.cases())
    yield from (markup(case.words).encode() for markup in section_pages.MARKUPS.values())
    stories = [page.story for page in shown if page and page.story]
    yield feed("Politics", stories, NOW, "https://home.nzcity.co.nz/news/").encode()


_PIECES: tuple[str | bytes, ...] = (
    *"<p> </p> <div> </div> <td> <br> <a> </a> <b> <pre> <title> <script> <!-- --> ]]>".split(),
    *"<table> <svg> <select> <textarea> <base> <frameset> <plaintext> <noscript> <![CDATA[".split(),
    *"<item> </item> <link> <pubDate> <rss> </rss>".split(),
    *"&amp; &#0; &#27; &#x110000; &#xD800; &nbsp; &shy; &#8206; &; &unknown; &lt".split(),
    *"Home > News > Politics © 2025 Copyright: 20 Aug: 9:57 25 February 2026 ... more".split(),
    *("Today's News", "Top Stories", "Other Politics News", "Home > News > Politics", "\x00"),
    *("\x1b]0;x\x07", "\u202e", "\u2028", "\ufeff", "\u0301", "\t", "\r\n", " ", "ā"),
    *("<a href='article.aspx?id=450002'>", "<a href='http://[x'>", "<base href='//['>"),
    *('<meta charset="utf-16">', '<meta charset="gb18030">', '<div class="ad">', "<img alt='"),
    *("<!DOCTYPE x [<!ENTITY a 'b'>]>", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80", b"\xc2", b"\x00a"),
    *(b"\xe2\x80", b"\x1b$B"),
)
PIECES = [each if isinstance(each, bytes) else each.encode() for each in _PIECES]
TYPES = st.sampled_from(
    (
        *("", "text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"),
        *("text/html; charset=utf-16", "text/html; charset=\x00", "application/xml", "image/png"),
        *("text/html; charset=utf-7", "text/html; charset=hex", "text/html; charset=idna"),
        *("text/html; charset=unicode_escape", "text/html;charset='big5'"),
        "text/html; charset=x",
    )
)
DATES = st.sampled_from(
    ("", "Wed, 20 Aug 2025 10:13:20 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "x")
)


@dataclass(frozen=True)
class Input:
    body: bytes
    url: str
    content_type: str
    date: str
    age: str


INPUT = st.builds(
    Input,
    mutated(list(pages()), PIECES)
    | st.binary(max_size=300)
    | st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
    | st.tuples(st.sampled_from(PIECES), st.sampled_from(PIECES), st.integers(1, 30_000)).map(
        lambda drawn: drawn[0] * drawn[2] + drawn[1] * drawn[2]
    ),
    st.sampled_from((ARTICLE, SECTION, FEED, "https://home.nzcity.co.nz/news/")),
    TYPES,
    DATES,
    st.sampled_from(("", "0", "99999999999999999999", "-1", "²")),
)


@contextmanager
def checking() -> Iterator[Callable[[Input], None]]:
    yield check


def check(given: Input) -> None:
    answer = Answer(
        SITE.name,
        SITE.article_id(given.url),
        given.url,
        given.url,
        200,
        given.body,
        NOW.astimezone(UTC),
        date=given.date,
        age=given.age,
        content_type=given.content_type,
    )
    began = time.process_time()
    reading = SITE.read(answer)
    took = time.process_time() - began
    assert took < _LEAST + _EACH * len(given.body), f"{took:.2f} s for {len(given.body)} bytes"
    assert (reading.article is None) == (reading.reason is not None)
    said = list(texts(reading))
    if said:
        there = everything(decode(given.body, given.content_type))
        for text in said:
            missing = [
                word for word in text.split() if word not in there and not apart(word, there)
            ]
            assert not missing, f"{missing[0]!r} is not on the page"
    for listing in reading.listings:
        assert SITE.article_id(listing.url) == listing.source_id
        check_instant(listing.date_listed.at)
    check_instant(reading.page_time)
    for page in read_whole(SITE, answer).pages:
        assert (page.article is None) == (page.reason is not None)
        for listing in page.listings:
            listing.title.encode()
        if page.article:
            page.article.article_body.encode()


def check_instant(at: datetime | None) -> None:
    if at is not None:
        assert at.tzinfo is UTC
        assert 1989 <= at.year <= 2200


def texts(reading: Reading) -> Iterator[str]:
    """Yield everything that a reading says in words of the page."""
    article = reading.article
    if article:
        yield from (article.headline, article.description, article.article_body)
        yield from (article.author or "", article.credit_text or "", article.image_caption or "")
        yield from article.section_path.split(" > ")
    yield from reading.unlinked
    for listing in reading.listings:
        yield from (listing.title, listing.category or "")


def everything(html: str) -> str:
    """Return all text of a page without its white space, and its images' texts."""
    root = create_root_node(html, etree.HTMLParser)
    alts = (element.get("alt", "") for element in root.iter("img"))
    titles = (element.get("title", "") for element in root.iter("*"))
    return "".join("".join([html, *map(str, root.itertext()), *alts, *titles]).split())


def apart(word: str, there: str) -> bool:
    """Tell whether a word is on the page with something inside that is not shown."""
    rest = iter(there)
    return all(letter in rest for letter in word)
