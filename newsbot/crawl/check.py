"""Asks a site for a few pages of every kind, to compare it with what is known of it.

Each page is chosen by what the answers before it showed; newsbot/crawl/findings.py judges them.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import chain
from statistics import median_low
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK
from sqlalchemy import Connection

from newsbot.crawl.crawl_run import Component, CrawlRun
from newsbot.crawl.network import why
from newsbot.crawl.spider import SiteSpider, as_answer
from newsbot.errors import DatabaseUnusable, NewsbotError, NotFetched, Postponed
from newsbot.html.answers import pages, read_answer, served_at
from newsbot.items import Article, Ask, Listing, ListKind, Page
from newsbot.site import Answer, Reading, Site, host_of
from newsbot.store import budget, crawls
from newsbot.store.budget import KeptRobotsTxt
from newsbot.store.recording.known import NEAR

MOST = 12
"""The most requests of a check, robots.txt, redirects and repetitions included."""

OLD = timedelta(days=31)
"""Articles that vanish do so before this age."""

# No id will be as large in decades, and the ledger's column still holds it.
_NOT_YET = 1_000_000
# Entries of a section page, about; and the last page of a section that was ever seen.
_ENTRIES, _LAST_PAGE = 10, 15


class What(StrEnum):
    """What a request is to show."""

    START = "start page"
    ARTICLE = "article"
    FOREIGN = "article in a foreign section"
    SECTION_PAGE = "section page"
    FEED = "feed"
    UNKNOWN = "id that does not exist yet"
    OLD = "article older than a month"


@dataclass(frozen=True, slots=True)
class Look:
    """A request, and what came of it.

    `answer` and what was read from it are None where there was no response: `failure` says why,
    and `was_sent` whether the request was sent. `refused` is how often the site answered before
    that we ask too much.
    """

    what: What
    ask: Ask
    answer: Answer | None = None
    reading: Reading | None = None
    page: Page | None = None
    headers: dict[str, str] = field(default_factory=dict)
    ip_address: str = ""
    refused: int = 0
    failure: str = ""
    was_sent: bool = True

    @property
    def article(self) -> Article | None:
        """The article that was asked for, if it came."""
        return self.page.article if self.page else None

    @property
    def outcome(self) -> str:
        """What came, in a few words."""
        return str(self.page.reason or "an article") if self.page else self.failure


@dataclass(slots=True)
class Looks:
    """All that a check has seen of `site`, and what is known of each host's robots.txt.

    `now` is when the start page was served, so that no wrong clock of this machine misleads.
    """

    site: Site
    now: datetime
    looks: list[Look] = field(default_factory=list)
    robots: list[KeptRobotsTxt] = field(default_factory=list)

    def of(self, *kinds: What) -> list[Look]:
        """Return the requests of some kinds, in order."""
        return [look for look in self.looks if look.what in kinds]

    @property
    def readings(self) -> list[Reading]:
        """What was read of all pages."""
        return [look.reading for look in self.looks if look.reading]

    @property
    def listings(self) -> list[Listing]:
        """The entries of all lists."""
        return list(chain.from_iterable(reading.listings for reading in self.readings))

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers of sections, by name: those known before, and those that links gave."""
        found = {name: number for number, name in self.site.sections.items()}
        for reading in self.readings:
            found |= {name: number for number, name in reading.sections.items()}
        return found

    def listed_at(self, source_id: str | None) -> datetime | None:
        """Return when a list says that an article appeared."""
        dates = (each.date_listed.at for each in self.listings if each.source_id == source_id)
        return next(filter(None, dates), None)


def _next_article(seen: Looks) -> str | None:
    start, *articles = seen.looks
    found = start.reading.listings if start.reading else []
    # The labels of leading articles are fixed: they name no section.
    listings = [each for each in found if each.news_list.kind is not ListKind.TOP] or found
    asked = {look.ask.source_id for look in articles}
    labels = {label_of(each) for each in listings if each.source_id in asked}
    fresh = [each for each in listings if each.source_id not in asked]
    fresh.sort(key=lambda each: label_of(each) in labels)
    return seen.site.article_url(fresh[0].source_id) if fresh else None


def _foreign_article(seen: Looks) -> str | None:
    ending, numbers = seen.site.expected.in_section, seen.numbers
    read = [(look.ask.source_id, look.article) for look in seen.of(What.ARTICLE) if look.article]
    if not ending or not read:
        return None
    source_id, own = read[0]
    names = (*(article.article_section for _, article in read), *numbers)
    others = [numbers[name] for name in names if name in numbers and name != own.article_section]
    if not others:
        return None
    return seen.site.article_url(source_id or "") + ending.replace("{cat}", str(others[0]))


def _section_page(seen: Looks) -> str | None:
    """Choose the page of the quietest section that is likely to reach back more than a month."""
    numbers, spans = seen.numbers, []
    for reading in seen.readings:
        for box in reading.boxes:
            listed = [each.date_listed.at for each in reading.listings if each.news_list == box]
            dates = list(filter(None, listed))
            if box.kind is ListKind.SECTION and box.section in numbers and dates:
                spans.append((seen.now - min(dates), len(dates), numbers[box.section]))
    if spans:
        span, entries, number = max(spans)
        pages = int(entries * (OLD / max(span, timedelta(hours=1))) / _ENTRIES)
        return seen.site.section_url(number, min(1 + pages, _LAST_PAGE))
    number_of_any = next(_numbers_of_articles(seen), None)
    return None if number_of_any is None else seen.site.section_url(number_of_any)


def _feed(seen: Looks) -> str | None:
    numbers = (*_numbers_of_articles(seen), *seen.numbers.values())
    return seen.site.feed_url(numbers[0]) if numbers else None


def _unknown_article(seen: Looks) -> str | None:
    newest = _newest(seen)
    return None if newest is None else seen.site.article_url(str(newest + _NOT_YET))


def _old_article(seen: Looks) -> str | None:
    """Choose the newest listed article that is older than a month, else one of a far lower id."""
    dates = ((each.date_listed.at, each.source_id) for each in seen.listings)
    old = [(at, source_id) for at, source_id in dates if at and seen.now - at > OLD]
    if old:
        return seen.site.article_url(max(old)[1])
    published = seen.site.expected.articles_a_day * OLD.days * 3 // 2
    newest = _newest(seen) or 0
    return seen.site.article_url(str(newest - published)) if 0 < published < newest else None


PLAN: tuple[tuple[What, Callable[[Looks], str | None]], ...] = (
    (What.START, lambda seen: seen.site.start_url),
    (What.ARTICLE, _next_article),
    (What.ARTICLE, _next_article),
    (What.ARTICLE, _next_article),
    (What.FOREIGN, _foreign_article),
    (What.SECTION_PAGE, _section_page),
    (What.FEED, _feed),
    (What.UNKNOWN, _unknown_article),
    (What.OLD, _old_article),
)
"""What is asked for, in this order, and what chooses its address; None: there is none to ask."""


class AtMost(Component):
    """Downloader middleware that lets no more than `MOST` requests pass, whoever makes them."""

    def process_request(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            Postponed: there were enough.
        """
        if self._run.limiter.requests >= MOST:
            raise Postponed(f"{MOST} requests were sent before {request.url}")


class CheckSpider(SiteSpider):
    """Asks for the pages of `PLAN`, one after the other; a subclass names the site.

    `seen` is what came; `is_done` tells that nothing cut the check short. With `accept` only later
    crawls tell what is usual, unless the site sends the check away: `accepted` tells.
    """

    seen: Looks
    is_done = accepted = False

    def __init__(self, *, accept: bool = False, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._accept = accept

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the pages; there is nothing to yield."""
        # Where the database fails, the run keeps the reason.
        with suppress(DatabaseUnusable):
            await self._check(CrawlRun.of(self.crawler))
        for request in list[Request]():
            yield request

    async def _check(self, run: CrawlRun) -> None:
        self.seen = seen = Looks(self.site, run.now())
        for what, choose in PLAN:
            url = choose(seen)
            if url is not None:
                seen.looks.append(await self._look(run, what, url))
            first = seen.looks[0]
            if first.answer is None or first.reading is None:
                run.fail(f"{first.ask.url} can't be fetched: {run.gave_up or first.outcome}.")
                return
            seen.now = served_at(first.answer) or seen.now
        hosts = dict.fromkeys(filter(None, (host_of(look.ask.url) for look in seen.looks)))
        self.accepted = self._accept and not run.gave_up
        seen.robots = await run.write(partial(self._finish, hosts=hosts, now=run.now()))
        self.is_done = True

    def _finish(
        self, connection: Connection, *, hosts: Iterable[str], now: datetime
    ) -> list[KeptRobotsTxt]:
        if self.accepted:
            crawls.accept(connection, self.site.name, now)
        return [budget.kept_robots_txt(connection, host) for host in hosts]

    async def _look(self, run: CrawlRun, what: What, url: str) -> Look:
        ask = Ask(self.site.article_id(url), url)
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101 - it runs this
        request = Request(url, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await engine.download_async(request)
        except NewsbotError as error:
            return Look(what, ask, failure=str(error), was_sent=False)
        except Exception as error:  # noqa: BLE001 - any failure of the network is a finding
            return Look(what, ask, failure=why(error))
        fetched_at = response.meta.get("fetched_at") or run.now()
        answer = as_answer(response, ask, source=self.site.name, fetched_at=fetched_at)
        reading = read_answer(self.site, answer)
        return Look(
            what,
            ask,
            answer,
            reading,
            next(pages(self.site, answer, reading)),
            {
                name.decode("latin-1").title(): b", ".join(values).decode("latin-1")
                for name, values in response.headers.items()
            },
            str(response.ip_address or ""),
            response.meta.get("refused", 0),
        )


def outcome_of(crawler: Crawler) -> CheckSpider:
    """Return the spider of a check that has ended, with what it has seen.

    Raises:
        NotFetched: the site can't be reached, or the check could not do its work.
    """
    spider, run = crawler.spider, CrawlRun.of(crawler)
    if isinstance(spider, CheckSpider) and spider.is_done and not (run.error or run.fault):
        return spider
    raise NotFetched(run.error or run.fault or "The check was stopped before its end.")


def label_of(listing: Listing) -> str | None:
    """Return the section that a list names for an entry."""
    return listing.category or listing.news_list.section


def _numbers_of_articles(seen: Looks) -> Iterator[int]:
    numbers = seen.numbers
    for look in seen.of(What.ARTICLE):
        if look.article and look.article.article_section in numbers:
            yield numbers[look.article.article_section]


def _newest(seen: Looks) -> int | None:
    ids = [int(each.source_id) for each in seen.listings if each.source_id.isdecimal()]
    # A digit too many in a link is not the newest id.
    return max(each for each in ids if each - median_low(ids) <= NEAR) if ids else None
