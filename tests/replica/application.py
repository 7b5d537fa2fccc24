"""The site as a web server sees it: a request in, an answer out, no socket in between."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tests.replica.clock import Clock
from tests.replica.faults import Exchange, Faults
from tests.replica.limit import RateLimit
from tests.replica.markups import render
from tests.replica.markups.feed import feed
from tests.replica.markups.noise import VIEWSTATE
from tests.replica.markups.section_page import render_section
from tests.replica.message import Answer, Request, html_answer
from tests.replica.page import Page
from tests.replica.sections import section_of
from tests.replica.site import NO_SUCH_ARTICLE, Site

SECTION_PATH = "/news/default.aspx"
FEED_PATH = "/rss/news.aspx"
FRONT_PATHS = ("/news/", "/news/default.aspx")

_STATE_BYTES = 7500


class Unknown(StrEnum):
    """What an id answers that holds no article."""

    NOT_FOUND = "404"
    REDIRECT = "redirect"
    NOTICE = "notice"
    BARE = "bare"


class Robots(StrEnum):
    """What /robots.txt answers."""

    ABSENT = "absent"
    ALLOW = "allow"
    DISALLOW = "disallow"
    UNAVAILABLE = "unavailable"


_ROBOTS = {
    Robots.ALLOW: "User-agent: *\nDisallow: /search/\n",
    Robots.DISALLOW: "User-agent: *\nDisallow: /\n",
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request as the log keeps it; `time` is the replica's, ISO 8601 in UTC."""

    time: str
    method: str
    path: str
    host: str
    user_agent: str
    status: int

    def as_json(self) -> dict[str, Any]:
        """The entry as a JSON object."""
        return asdict(self)


class Application:
    """Answers requests for the site as it stands by the clock."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.site = site
        self.clock = clock
        self.markup: str | Sequence[str] = "tables"
        self.unknown = Unknown.NOT_FOUND
        self.robots = Robots.ABSENT
        self.limit: RateLimit | None = None
        self.faults = Faults()
        self.log: list[LogEntry] = []
        self.base_url = ""
        self.has_feeds = True
        self._fetches = 0
        self._rendered: dict[int, list[bytes]] = {}
        self._rendered_for: object = None

    def answer(self, request: Request) -> Answer:
        """The answer to a visitor's request, which the log keeps."""
        now = self.clock.now()
        wait = self.limit.retry_after(now) if self.limit else None
        if wait is not None:
            answer = html_answer("<h1>Too many requests</h1>", 429, {"Retry-After": str(wait)})
        else:
            answer = self._sound(request, now)
            if self.faults:
                answer = self.faults.apply(answer, self._exchange(request, now))
        self.log.append(
            LogEntry(
                now.isoformat(),
                request.method,
                request.target,
                request.headers.get("host", ""),
                request.headers.get("user-agent", ""),
                answer.status,
            )
        )
        return answer

    def markup_of(self, article_id: int) -> str:
        """The markup of an article's page: the only one, or the several in turn."""
        if isinstance(self.markup, str):
            return self.markup
        return self.markup[article_id % len(self.markup)]

    def page(self, article_id: int | None, now: datetime) -> Page | None:
        """An article's page, or the front page for None."""
        if article_id is None:
            return self.site.front_page(now)
        return self.site.page(article_id, now)

    def warm(self) -> None:
        """Render every page that is up, so that its first visit costs no more than the next."""
        now = self.clock.now()
        for article_id in self.site.ids(now):
            self._html(article_id, now)

    def _sound(self, request: Request, now: datetime) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return html_answer("<h1>Method not allowed</h1>", 405)
        if request.path == FEED_PATH:
            return self._feed(request.number("catid"), now)
        if request.path == "/robots.txt":
            return _robots(self.robots)
        if request.path in ("/", "/news"):
            return html_answer("", 301, {"Location": "/news/"})
        return self._page_of_news(request, now) or html_answer(
            "<h1>404 - File or directory not found.</h1>", 404
        )

    def _page_of_news(self, request: Request, now: datetime) -> Answer | None:
        """The page of an article, perhaps shown in another section, of a section, or the front."""
        article_id = request.article_id
        section = section_of(request.number("cat"))
        if section is not None and article_id is not None:
            page = self.site.page(article_id, now, section)
            if page is not None:
                return self._stamped(self._rendering(article_id, page))
            return self._no_such_article(now)
        if section is not None and request.path == SECTION_PATH:
            return self._section(section, now, request.number("page") or 1)
        if article_id is None and request.path not in FRONT_PATHS:
            return None
        html = self._html(article_id, now)
        return self._no_such_article(now) if html is None else self._stamped(html)

    def _section(self, section: str, now: datetime, number: int) -> Answer:
        stories = self.site.section_stories(section, now, number)
        front = replace(self.site.front_page(now), section=section, boxes=())
        return html_answer(render_section(front, stories, self.markup_of(number), self.base_url))

    def _feed(self, number: int, now: datetime) -> Answer:
        section = section_of(number)
        if not self.has_feeds or section is None:
            return html_answer("<h1>404 - File or directory not found.</h1>", 404)
        stories = self.site.section_stories(section, now, 1)
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        return Answer(200, feed(section, stories, now, self.base_url).encode(), headers)

    def _exchange(self, request: Request, now: datetime) -> Exchange:
        article_id = request.article_id
        is_section = request.path == SECTION_PATH and section_of(request.number("cat"))
        is_page = article_id is not None or (request.path in FRONT_PATHS and not is_section)

        def show(page: Page) -> bytes:
            return self._stamped(self._rendering(article_id, page)).body

        page = self.page(article_id, now) if is_page else None
        return Exchange(request, page, show, self.base_url, now)

    def _html(self, article_id: int | None, now: datetime) -> list[bytes] | None:
        """A page as bytes, in parts between which its form state goes; kept while it is right."""
        cached = self.site.cache_minutes
        moment = (self.site.state(now), now if cached else now.replace(second=0, microsecond=0))
        if moment != self._rendered_for:
            self._rendered, self._rendered_for = {}, moment
        key = article_id or 0
        if key not in self._rendered:
            page = self.page(article_id, now)
            if page is None:
                return None
            self._rendered[key] = self._rendering(article_id, page)
        return self._rendered[key]

    def _rendering(self, article_id: int | None, page: Page) -> list[bytes]:
        html = render(page, self.markup_of(article_id or 0), self.base_url)
        return html.encode().split(VIEWSTATE.encode())

    def _stamped(self, html: list[bytes]) -> Answer:
        """The page with a form state that no other fetch had."""
        self._fetches += 1
        state = hashlib.shake_256(str(self._fetches).encode()).digest(_STATE_BYTES)
        body = base64.b64encode(state).join(html)
        return Answer(200, body, {"Content-Type": "text/html; charset=utf-8"})

    def _no_such_article(self, now: datetime) -> Answer:
        if self.unknown is Unknown.REDIRECT:
            return html_answer("", 302, {"Location": "/news/"})
        if self.unknown is Unknown.NOTICE:
            notice = self.site.front_page(now, NO_SUCH_ARTICLE)
            return self._stamped(self._rendering(None, notice))
        if self.unknown is Unknown.BARE:
            return self._stamped(self._rendering(None, self.site.bare_page(now)))
        return html_answer("<h1>404 - File or directory not found.</h1>", 404)


def _robots(robots: Robots) -> Answer:
    if robots is Robots.ABSENT:
        return html_answer("<h1>404 - File or directory not found.</h1>", 404)
    if robots is Robots.UNAVAILABLE:
        return html_answer("<h1>503 - Service unavailable</h1>", 503)
    return Answer(200, _ROBOTS[robots].encode(), {"Content-Type": "text/plain"})
