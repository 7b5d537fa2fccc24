"""At most so many requests in a period, across runs; and silence when the site asks for it."""

import asyncio
import logging
import math
from collections import Counter
from datetime import datetime, timedelta
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from newsbot.crawl.extensions import extension, site_of
from newsbot.crawl.retry_after import retry_after
from newsbot.crawl.storage import Storage
from newsbot.errors import BadSetting, Postponed
from newsbot.site import host_of
from newsbot.store import limits

log = logging.getLogger(__name__)

_UNAVAILABLE = 503
REFUSALS = frozenset({429, _UNAVAILABLE})
"""Answers that tell nothing about a page but that we ask too much, or too early."""

# A site that refuses so often in a row, whatever it says to wait, is left for this run.
_REFUSALS_IN_A_ROW = 4
# A page that answers 503 so often, while others answer, is itself at fault.
_REFUSALS_OF_A_PAGE = 2
# Requests stand at least this share of their average distance apart.
_SPACING = 0.1
# The store keeps instants to the second, and waits for the rest of the last one.
_ROUNDING = 2.0
# A clock that only moves while someone sleeps would never get over less.
_LEAST_WAIT = 0.001
# How soon, in seconds, a signal is noticed during a wait.
_SLICE = 0.5


class Limiter:
    """Downloader middleware next to the downloader: whatever is sent passes it.

    `limit` requests are sent in any `period` seconds; 0 is no limit. `requests`, `responses` (by
    HTTP status) and `waited` (seconds) count the whole run. `waiting_until` and `waiting_for` tell,
    during a wait, its end (UTC) and its cause. `gave_up` says why the run must end, or is None.
    """

    def __init__(
        self, crawler: Crawler, storage: Storage, *, limit: int, period: float, longest: float
    ) -> None:
        self._crawler = crawler
        self._storage = storage
        self._clock = storage.clock
        self.limit = limit
        self.period = period
        self._spacing = _SPACING * period / limit if limit else 0.0
        self._longest = longest
        self._refusals = 0
        # Without a limit, hosts that want no silence: under the lock, only this run changes that.
        self._unlimited: set[str] = set()
        self.requests = 0
        self.responses: Counter[int] = Counter()
        self.waited = 0.0
        self.gave_up: str | None = None
        self.waiting_until: datetime | None = None
        self.waiting_for = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read RATE_LIMIT_REQUESTS, RATE_LIMIT_PERIOD and RETRY_AFTER_MAX.

        Raises:
            BadSetting: one of them is no number, or negative; or there is half a request.
        """
        limit = number(crawler.settings, "RATE_LIMIT_REQUESTS")
        if limit != int(limit):
            raise BadSetting(f"RATE_LIMIT_REQUESTS is {limit}; set it to a whole number.")
        period = number(crawler.settings, "RATE_LIMIT_PERIOD")
        longest = number(crawler.settings, "RETRY_AFTER_MAX")
        storage = extension(crawler, Storage)
        return cls(crawler, storage, limit=int(limit), period=period, longest=longest)

    async def free(self, url: str) -> float:
        """Return how many requests can be sent to the host of `url` without a wait."""
        if self.gave_up:
            return 0
        if not self.limit:
            return math.inf
        host, now = self.key_of(url), self._clock.now()
        return await self._storage.run(
            lambda session: limits.free(session, host, now, limit=self.limit, period=self.period)
        )

    def give_up(self, why: str) -> None:
        """Send nothing more in this run; the first reason stands."""
        self.gave_up = self.gave_up or why

    def space(self, seconds: float) -> None:
        """Let at least so many seconds pass between two requests from here on."""
        self._spacing = max(self._spacing, seconds)
        self._unlimited.clear()

    async def process_request(self, request: Request) -> None:
        """Let the request pass when its time has come, and count it.

        Raises:
            Postponed: the run ends before that.
        """
        host = self.key_of(request.url)
        while True:
            if self.gave_up or not self._crawler.crawling:
                raise Postponed(self.gave_up or "the run was stopped")
            wait = await self._reserve(host)
            if wait is None:
                self.requests += 1
                return
            if wait.asked_for and wait.seconds > self._longest + _ROUNDING:
                self.give_up(f"the site asked for {wait.seconds:.0f} seconds of silence")
            else:
                await self._wait(wait)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Pass on an answer; ask again later, without counting a failure, where it is a refusal.

        Raises:
            Postponed: the site asked for more patience than this run has.
        """
        self.responses[response.status] += 1
        if response.status not in REFUSALS:
            self._refusals = 0
            return response
        now = self._clock.now()
        wait = retry_after(response.headers.get("Retry-After"), now)
        host = self.key_of(request.url)
        self._unlimited.discard(host)
        await self._storage.run(
            lambda session: limits.hold(session, host, now + timedelta(seconds=wait))
        )
        self._refusals += 1
        asked = f"the site answered {response.status} and asked for {wait:.0f} seconds of silence"
        log.info("%s: %s", request.url, asked)
        if request.meta.get("dont_obey_robotstxt"):
            # Without robots.txt nothing may be asked for there, so there is nothing to wait for.
            return response
        if wait > self._longest or self._refusals >= _REFUSALS_IN_A_ROW:
            self.give_up(asked)
            raise Postponed(asked)
        times = request.meta.get("refused", 0) + 1
        if response.status == _UNAVAILABLE and times >= _REFUSALS_OF_A_PAGE:
            return response
        return request.replace(dont_filter=True, meta={**request.meta, "refused": times})

    def key_of(self, url: str) -> str:
        """Return whose budget a request to `url` is taken from: all hosts of the site share one."""
        site = site_of(self._crawler)
        return site.name if site.serves(url) else host_of(url) or url

    async def _reserve(self, host: str) -> limits.Wait | None:
        if host in self._unlimited:
            return None
        now = self._clock.now()
        wait = await self._storage.run(
            lambda session: limits.reserve(
                session,
                host,
                now,
                limit=self.limit,
                period=self.period,
                spacing=self._spacing,
            )
        )
        if wait is None and not (self.limit or self._spacing):
            self._unlimited.add(host)
        return wait

    async def _wait(self, wait: limits.Wait) -> None:
        began = self._clock.now()
        self.waiting_until = began + timedelta(seconds=wait.seconds)
        if wait.asked_for:
            self.waiting_for = "the site asked for it"
        elif wait.seconds > self._spacing:
            self.waiting_for = "the budget is used up"
        else:
            self.waiting_for = "requests stand apart"
        sleep = asyncio.ensure_future(self._clock.sleep(max(wait.seconds, _LEAST_WAIT)))
        while self._crawler.crawling and not sleep.done():
            await asyncio.wait({sleep}, timeout=_SLICE)
        if not sleep.cancel():
            await sleep
        self.waited += (self._clock.now() - began).total_seconds()
        self.waiting_until = None


def number(settings: BaseSettings, name: str) -> float:
    """Return a setting that is a number, 0 or greater.

    Raises:
        BadSetting: it is none.
    """
    try:
        number = float(settings[name])
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise BadSetting(f"{name} is {settings[name]!r}; set it to a number, 0 or greater.")
    return number
