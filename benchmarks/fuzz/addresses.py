"""Addresses: every spelling of an address has one host, one article and one canonical form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from hypothesis import strategies as st
from scrapy import Request
from scrapy.utils.httpobj import urlparse_cached

from newsbot.html.blocks import read_document
from newsbot.site import Site, host_of
from newsbot.sites import DEFAULT

HOSTS = [
    *("home.nzcity.co.nz", "HOME.NZCity.co.nz", "s7.nzcity.co.nz", "home.nzcity.co.nz.", "[::1]"),
    *("127.0.0.1", "0x7f.1", "bücher.example", "xn--bcher-kva.example", "[fe80::1%25eth0]"),
    *("[::]", "home%2enzcity.co.nz", "home。nzcity.co.nz", "ｈome.nzcity.co.nz", "", ".", ".."),
    *("a..b", "ß.de", "evil.example", "home.nzcity.co.nz.evil.example"),
    "home.nzcity.co.nz\\@evil.example",
]
USERS = ["", "", "", "me@", "me:pw@", "@", ":@", "a@b@", "%40@", "home.nzcity.co.nz@", "\u212a@"]
PORTS = [
    *("", "", "", ":80", ":443", ":", ":0", ":08080", ":65535", ":65536", ":-1", ":٣", ":x"),
    ":8 0",
]
SCHEMES = [
    *("http://", "https://", "HTTPS://", "http:", "http:/", "//", "ftp://", "javascript:"),
    " http://",
]
PATHS = [
    *("/news/article.aspx", "/News/ARTICLE.aspx", "/news/article%2easpx", "/news//article.aspx"),
    *("", "/news/./article.aspx", "/news/../news/article.aspx", "/article.aspx/"),
    *("/news/article.aspx;x", "\\news\\article.aspx", "/news/a b/article.aspx"),
    *("/ǆ/article.aspx", "/news/default.aspx"),
]
QUERIES = [
    *("?id=450001", "?ID=450001", "?%69d=450001", "?id=0450001", "?id=+450001", "?id=4_5"),
    *("?id=٤", "?cat=978&id=450001", "?id=450001&id=7", "?id=450001;x=1", "?id=450001&fm=%ff%00"),
    *("?id=", "?id=" + "9" * 18, "?id=" + "9" * 19, "?id=1" + "\n", "?id=1%0a", "?id=%2B1"),
    *("?cat=978", "?"),
]
ENDS = ["", "", "#top", "#?id=7", "\t", " ", "\x00", "\n", "%"]

PARTS = st.tuples(
    *(st.sampled_from(each) for each in (SCHEMES, USERS, HOSTS, PORTS, PATHS, QUERIES, ENDS))
)
INPUT = (
    PARTS.map("".join)
    | st.text(max_size=40)
    | st.tuples(PARTS.map("".join), st.text(max_size=3), st.integers(0, 60)).map(
        lambda drawn: drawn[0][: drawn[2]] + drawn[1] + drawn[0][drawn[2] :]
    )
)
SITES = (DEFAULT, DEFAULT.at("http://[::1]:8000/news/"), DEFAULT.at("http://me@127.0.0.1:80/news/"))


@contextmanager
def checking() -> Iterator[Callable[[str], None]]:
    yield check


def check(url: str) -> None:
    host = host_of(url)
    if host is not None:
        scheme = urlsplit(url).scheme
        assert host_of(f"{scheme}://{host}/") == host, "a host's form is not its own"
        if host.isascii() and "%" not in host:  # a zone's capitals count
            assert host_of(f"{scheme}://me:pw@{host.upper()}/x") == host
        assert "@" not in host
        assert not host.endswith(".")
    for site in SITES:
        check_article(site, url)
    href = url.replace("'", "%27").replace("&", "&amp;").replace("<", "&lt;")
    for block in read_document(f"<p><a href='{href}'>x</a>", DEFAULT.start_url).blocks:
        for link in block.urls:
            check_article(DEFAULT, link)


def check_article(site: Site, url: str) -> None:
    source_id = site.article_id(url)
    site.may_ask(url)
    if site.list_kind(url) is not None:
        assert site.article_id(url) is None
    if source_id is None:
        return
    canonical = site.article_url(source_id)
    assert site.article_id(canonical) == source_id
    kept = site.canonical(url)
    assert site.article_id(kept) == source_id
    assert site.canonical(kept) == kept
    assert site.serves(kept)
    # What Scrapy would ask is what was checked.
    request = Request(kept)
    assert host_of(request.url) == host_of(kept)
    assert site.article_id(request.url) == source_id
    assert urlparse_cached(request).username is None
