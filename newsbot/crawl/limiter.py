"""Limits the requests in any period, across runs, and waits when the site asks for it."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlalchemy import Connection

from newsbot.crawl.crawl_run import Component, number
from newsbot.errors import BadSetting, Postponed
from newsbot.html.answers import parse_http_date
from newsbot.store.budget import LONGEST, Budget, Wait, Window, give_back, hold, look, reserve

log = logging.getLogger(__name__)

_UNAVAILABLE = 503
REFUSALS = frozenset({429, _UNAVAILABLE})
"""Statuses that say nothing about the page, only that we ask too much or too early."""

DEFAULT_WAIT = 300.0
"""Seconds to wait where Retry-After is absent or junk: what the site is known to ask for."""

# After so many refusals in a row the run ends, however short the waits that the site asked for.
_REFUSALS_IN_A_ROW = 4
# A page that answers 503 this often while others answer is itself at fault.
_REFUSALS_OF_A_PAGE = 2
# At least this share of their average distance lies between two requests.
_SPACING = 0.1
# The store keeps whole seconds, and a wait is rounded up to the next one.
_ROUNDING = 2.0
# With a shorter sleep, a test's clock, which only moves in sleeps, might stand still.
_LEAST_WAIT = 0.001
# Seconds; a place in the budget that was taken longer ago is taken again, or the window moves.
_FRESH = 1.0
# Places are taken at most this many seconds ahead, or one pause between two requests.
_AHEAD = 4.0
TAKEN_AT = "taken_at"
"""In a request's meta: the Unix time at which its place in the budget was taken."""

# How soon, in seconds, a signal is noticed during a wait.
_SLICE = 0.5


class Limiter(Component):
    """Downloader middleware next to the downloader, so that every request passes it.

    `budget` is what may be sent, `window` the budget as it was last looked at. `requests`,
    `responses` (by HTTP status) and `waited` (seconds) count the whole run. `waiting_until` (UTC)
    and `waiting_for` tell the end and the cause of a wait, while there is one.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run.limiter = self
        limit = number(crawler.settings, "RATE_LIMIT_REQUESTS")
        if limit != int(limit):
            raise BadSetting(f"RATE_LIMIT_REQUESTS is {limit}; set it to a whole number.")
        period = number(crawler.settings, "RATE_LIMIT_PERIOD")
        spacing = _SPACING * period / limit if limit else 0.0
        self.budget = Budget(int(limit), period, spacing)
        self._longest = number(crawler.settings, "RETRY_AFTER_MAX")
        self._refusals = 0
        # When the last request was sent whose place nobody had taken before, or a silence began.
        self._moved_at = 0.0
        self.requests = 0
        self.responses: Counter[int] = Counter()
        self.waited = 0.0
        self.window: Window | None = None
        self.waiting_until: datetime | None = None
        self.waiting_for = ""

    def space(self, seconds: float) -> None:
        """Leave at least `seconds` between two requests from now on."""
        self.budget = replace(self.budget, spacing=max(self.budget.spacing, seconds))
        self._take_again()

    def look(self, connection: Connection, now: datetime) -> Window:
        """Return what the budget holds now; a place in it may be taken in the same transaction."""
        name = self._run.site.name
        self.window = look(connection, name, now, self.budget, to_reserve=True)
        return self.window

    async def process_request(self, request: Request) -> None:
        """Let the request pass when its time has come, and count it.

        Raises:
            Postponed: the run ends before that.
        """
        taken_at = request.meta.pop(TAKEN_AT, None)
        if taken_at is None or not self._is_fresh(taken_at):
            await self._reserve(taken_at)
        elif self._run.is_over:
            raise Postponed(self._run.gave_up or "the run was stopped")
        self.requests += 1

    def _is_fresh(self, taken_at: float) -> bool:
        """Return whether a place that was taken before may be used: nothing else was sent since."""
        is_late = self.budget.is_kept and self._run.now().timestamp() - taken_at > _FRESH
        return not is_late and self._moved_at <= taken_at

    def _take_again(self) -> None:
        """Let every place that was taken before be taken again, since the budget has changed."""
        # Later than any of them: a place may be taken a few seconds ahead.
        self._moved_at = self._run.now().timestamp() + max(self.budget.spacing, _AHEAD)

    async def _reserve(self, taken_at: float | None) -> None:
        """Wait for a place in the budget; one that was taken before and not used is given back."""
        name = self._run.site.name
        if taken_at is not None:
            await self._run.write(lambda connection: give_back(connection, name, taken_at))
        while not self._run.is_over:
            now = self._run.now()
            wait = await self._run.write(partial(reserve, site=name, now=now, budget=self.budget))
            if wait is None:
                self._moved_at = now.timestamp()
                return
            await self.wait(wait)
        raise Postponed(self._run.gave_up or "the run was stopped")

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Pass on an answer; ask again later, without counting a failure, where it is a refusal.

        Raises:
            Postponed: the site asked for more patience than this run has.
        """
        self.responses[response.status] += 1
        if response.status not in REFUSALS:
            self._refusals = 0
            return response
        now = self._run.now()
        wait, asked = silence_asked(response, now)
        until = now + timedelta(seconds=wait)
        await self._run.write(lambda connection: hold(connection, self._run.site.name, until))
        self._take_again()
        self._refusals += 1
        log.info("%s: %s", request.url, asked)
        if request.meta.get("dont_obey_robotstxt"):
            # Without robots.txt nothing may be asked for there, so there is nothing to wait for.
            return response
        if wait > self._longest or self._refusals >= _REFUSALS_IN_A_ROW:
            self._run.give_up(asked)
            raise Postponed(asked)
        times = request.meta.get("refused", 0) + 1
        if response.status == _UNAVAILABLE and times >= _REFUSALS_OF_A_PAGE:
            return response
        return request.replace(dont_filter=True, meta={**request.meta, "refused": times})

    async def wait(self, wait: Wait) -> None:
        """Wait as long as the budget or the site wants; end the run if that is too long."""
        if wait.asked_for and wait.seconds > self._longest + _ROUNDING:
            self._run.give_up(f"the site asked for {wait.seconds:.0f} seconds of silence")
            return
        began = self._run.now()
        self.waiting_until = began + timedelta(seconds=wait.seconds)
        if wait.asked_for:
            self.waiting_for = "the site asked for it"
        elif wait.seconds > self.budget.spacing:
            self.waiting_for = "the budget is used up"
        else:
            self.waiting_for = "a pause between two requests"
        sleep = asyncio.ensure_future(self._run.clock.sleep(max(wait.seconds, _LEAST_WAIT)))
        while self._crawler.crawling and not sleep.done():
            await asyncio.wait({sleep}, timeout=_SLICE)
        if not sleep.cancel():
            await sleep
        self.waited += (self._run.clock.now() - began).total_seconds()
        self.waiting_until = None


def silence_asked(response: Response, now: datetime) -> tuple[float, str]:
    """Return how many seconds a refusal asks us to wait, and a clause that says so."""
    wait = retry_after(response.headers.get("Retry-After"), now)
    return wait, f"the site answered {response.status} and asked for {wait:.0f} seconds of silence"


def retry_after(value: bytes | None, now: datetime) -> float:
    """Return the seconds from `now` that a Retry-After header asks for.

    It is a number of seconds or an HTTP date (RFC 9110); an absent, negative or unreadable one
    asks for `DEFAULT_WAIT`, a date in the past for nothing. The result is at most `LONGEST`.
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST)
    date = parse_http_date(text)
    if date is None:
        return DEFAULT_WAIT
    return min(max((date - now).total_seconds(), 0.0), LONGEST)
