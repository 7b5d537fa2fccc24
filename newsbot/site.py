"""Everything that newsbot needs to know about a site, in one object: `Site`.

A site's own rules are in newsbot/sites/<name>/; this module defines the form that they take.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from newsbot.items import Article, Listing, ListKind, NewsList, Precision, Reason

_DEFAULT_PORTS = {"http": 80, "https": 443}


def _no_section(_url: str) -> int | None:
    return None


def _never(_credit: str | None, _holder: str | None) -> bool:
    return False


class Role(StrEnum):
    """What a block of a page was taken for."""

    PAGE_TITLE = "page title"
    PAGE_TIME = "page time"
    BREADCRUMB = "breadcrumb"
    HEADLINE = "headline"
    DESCRIPTION = "description"
    BYLINE = "byline"
    DATE_LINE = "date line"
    CAPTION = "caption"
    BODY = "article body"
    CREDIT = "credit"
    SPONSOR = "sponsor"
    COPYRIGHT = "copyright"
    BOX = "box"
    ENTRY = "entry"
    FURNITURE = "furniture"
    FOOTER = "footer"


@dataclass(slots=True, frozen=True)
class Answer:
    """An HTTP response, and the request that it answers.

    `source_id` and `asked_url` are what was requested (`source_id` is None for a list), `url` is
    the address of the response after redirects. `moved_permanently` tells whether every redirect
    was a permanent one (301 or 308). `body` is decompressed; `date`, `age` and `content_type`
    are the headers of those names, empty if absent. `fetched_at` is in UTC.
    """

    source: str
    source_id: str | None
    asked_url: str
    url: str
    status: int
    body: bytes
    fetched_at: datetime
    date: str = ""
    age: str = ""
    content_type: str = ""
    moved_permanently: bool = False
    warc_file: str | None = None
    warc_offset: int | None = None


class VisibleLine(Protocol):
    """A line of a page as it is shown."""

    @property
    def text(self) -> str:
        """The text of the line."""

    @property
    def urls(self) -> Sequence[str]:
        """The absolute addresses that the line links to."""


@dataclass(slots=True)
class Reading:
    """The result of reading a page. Exactly one of `article` and `reason` is None.

    `title` is the text of `<title>`, `page_time` the instant in the page's head: the server's clock
    when it served the page. `empty` holds lists with nothing below their heading, `unreadable`
    those with links to articles and no entry that could be read, `unlinked` list entries that link
    to no article of the site. `sections` maps the numbers of sections to their names, as the page's
    links give them. `roles` maps the index of each of the `blocks` to what it was taken for, and
    `places` each field of the article to the blocks that it was read from. `anchors` maps names to
    the indexes of the blocks that could begin or end an article, whether or not one was found.
    `hidden` holds the lines of the page that are not shown, each with the index of the block that
    follows it.
    """

    article: Article | None = None
    reason: Reason | None = None
    listings: list[Listing] = field(default_factory=list)
    boxes: list[NewsList] = field(default_factory=list)
    empty: list[NewsList] = field(default_factory=list)
    unreadable: list[NewsList] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    title: str = ""
    page_time: datetime | None = None
    sections: dict[int, str] = field(default_factory=dict)
    blocks: Sequence[VisibleLine] = ()
    hidden: Sequence[tuple[int, str]] = ()
    roles: dict[int, Role] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    anchors: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known or inferred about a site, for `newsbot check` to compare with the live one.

    A field that is left out is unknown, and is not compared.

    Args:
        entries: how many entries each kind of list holds.
        dates: how exactly each kind of list dates its entries.
        has_date_line: whether an article prints its day.
        has_clock: whether the time in a page's head is the one at which it was served.
        in_section: the end of an article's address that shows it in a section, with `{cat}`.
        minutes: the last digits of the minutes at which articles appear.
        articles_a_day: how many articles appear on a day, roughly.
        expires: whether syndicated articles, and no others, are removed after a month.
    """

    entries: Mapping[ListKind, range] = field(default_factory=dict)
    dates: Mapping[ListKind, Precision] = field(default_factory=dict)
    has_date_line: bool = False
    has_clock: bool = False
    in_section: str = ""
    minutes: str = ""
    articles_a_day: int = 0
    expires: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A news site.

    Args:
        name: its name in the database, the column `source`.
        title: its name for people.
        zone: the time zone of the times on its pages.
        language: of its articles, as in HTML's `lang`: `en-NZ`.
        start_url: the page where a crawl begins.
        hosts: every host that serves its pages, in the form that `host_of` returns.
        article_path: an article's path and query, with `{id}` in place of its id.
        section_path: a section page's path and query, with `{cat}` and `{page}`.
        rss_url: the address of a section's feed, with `{cat}`; empty if the site has no feeds.
        id_in: returns the id of the article that an address leads to, or None; it looks at the path
            and the query only.
        reader: reads a response. Its first argument is the site as the run sees it: see `at`.
        cat_in: returns the number of the section that an address names, or None.
        sections: the names of the sections whose numbers are known.
        is_syndicated: tells, from credit and copyright holder, whether an article is another
            publisher's, which the site removes after about a month.
        expected: what `newsbot check` compares with the live site.
        root: scheme and host of its canonical addresses, if `start_url` has others.
        is_elsewhere: whether another host takes the place of the site's own: see `at`.
    """

    name: str
    title: str
    zone: ZoneInfo
    language: str
    start_url: str
    hosts: frozenset[str]
    article_path: str
    section_path: str
    rss_url: str
    id_in: Callable[[str], str | None]
    reader: "Callable[[Site, Answer], Reading]"
    cat_in: Callable[[str], int | None] = _no_section
    sections: Mapping[int, str] = field(default_factory=dict, hash=False)
    is_syndicated: Callable[[str | None, str | None], bool] = _never
    expected: Expected = field(default_factory=Expected, hash=False)
    root: str = ""
    is_elsewhere: bool = False

    def at(self, start_url: str, rss_url: str | None = None) -> "Site":
        """Return the site as a crawl that starts at `start_url` sees it.

        If that is on none of the site's hosts (a replica, a mirror), its host takes their place:
        articles are requested there and nowhere else. Links to the site's own hosts still name the
        same articles. The site's own feeds are not used then; `rss_url` gives others.
        """
        host = host_of(start_url)
        if host is None or host in self.hosts:
            feeds = self.rss_url if rss_url is None else rss_url
            return replace(self, start_url=start_url, root=self._address(""), rss_url=feeds)
        return replace(
            self,
            start_url=start_url,
            rss_url=rss_url or "",
            hosts=self.hosts | {host},
            root=f"{urlsplit(start_url).scheme}://{host}",
            is_elsewhere=True,
        )

    def serves(self, url: str) -> bool:
        """Return whether an absolute address is on one of the site's hosts."""
        return host_of(url) in self.hosts

    def may_ask(self, url: str) -> bool:
        """Return whether a crawl may follow a redirect to `url`; a replica's never leaves it."""
        if self.is_elsewhere:
            return host_of(url) == host_of(self.root)
        return self.serves(url)

    def article_id(self, url: str) -> str | None:
        """Return the id of the article that an absolute `url` leads to, or None; never raises."""
        return self.id_in(url) if self.serves(url) else None

    def article_url(self, source_id: str) -> str:
        """Return the canonical address of an article."""
        return self._address(self.article_path.replace("{id}", source_id))

    def canonical(self, url: str) -> str:
        """Return an article's address without the parts that do not identify the article.

        Those are the parameters that `article_path` lacks, user information and the fragment.
        """
        parts = urlsplit(url)
        named = {name.casefold() for name, _ in parse_qsl(urlsplit(self.article_path).query)}
        kept = [pair for pair in parse_qsl(parts.query) if pair[0].casefold() in named]
        query = f"?{urlencode(kept)}" if kept else ""
        return f"{parts.scheme}://{host_of(url)}{parts.path}{query}"

    def section_url(self, cat: int, page: int = 1) -> str:
        """Return the address of a page of a section; the first page has the number 1."""
        path = self.section_path.replace("{cat}", str(cat)).replace("{page}", str(page))
        return self._address(path)

    def feed_url(self, cat: int) -> str | None:
        """Return the address of a section's feed, or None if the site has no feeds."""
        return self.rss_url.replace("{cat}", str(cat)) or None

    def list_kind(self, url: str) -> ListKind | None:
        """Return the kind of list that an address leads to, a feed or a section page; else None.

        It never raises.
        """
        feed = self.rss_url.partition("{")[0]
        if feed and url.startswith(feed):
            return ListKind.FEED
        path = urlsplit(self.section_path).path
        is_section = _path_of(url).casefold() == path.casefold() and self.cat_in(url)
        return ListKind.SECTION_PAGE if is_section else None

    def read(self, answer: Answer) -> Reading:
        """Read the page of a response; never raises."""
        return self.reader(self, answer)

    def _address(self, path: str) -> str:
        return (self.root or _root_of(self.start_url)) + path


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


@lru_cache(maxsize=16)
def _root_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@lru_cache(maxsize=4096)
def host_of(url: str) -> str | None:
    """Return an address's host in canonical form, or None if `url` is not an address of the web.

    That is in lower case, without user information, without a trailing dot, and with its port only
    if that is not the scheme's default.

    >>> host_of("HTTPS://me@News.Example.:443/news/")
    'news.example'
    >>> host_of("http://[::1]:8000/")
    '[::1]:8000'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    return host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
