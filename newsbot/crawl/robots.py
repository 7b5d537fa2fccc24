"""robots.txt, obeyed as RFC 9309 says, and kept across runs."""

import asyncio
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler, load_object

from newsbot.crawl.crawl_run import Component, number
from newsbot.crawl.limiter import REFUSALS, silence_asked
from newsbot.crawl.network import why
from newsbot.errors import NewsbotError, Postponed
from newsbot.site import host_of
from newsbot.store import budget
from newsbot.store.budget import KeptRobotsTxt

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)
"""How long an answer is used before the host is asked again (RFC 9309, 2.4)."""

UNREACHABLE_FOR = timedelta(days=30)
"""Where it can't be fetched for so long, the kept copy is used again (RFC 9309, 2.3.1.4)."""

LONGEST = 512 * 1024
"""The most characters that are parsed; RFC 9309 asks for at least 500 KiB."""

_UNAVAILABLE = 400
_SERVER_ERROR = 500
_FAILURES = 2


class RobotsTxtMiddleware(Component):
    """Downloader middleware that asks each host for its robots.txt once a day, and obeys it.

    Where it answers with 4xx, everything is allowed; where it answers with 5xx or 429 or not at
    all, nothing is. On the host of the start page that ends the run: no page is at fault. The pages
    of another host are left for the next run, and count as failed if it fails there again.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._longest_delay = number(crawler.settings, "CRAWL_DELAY_MAX")
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._parser: type[RobotParser] = load_object(crawler.settings["ROBOTSTXT_PARSER"])
        self._rules: dict[str, asyncio.Task[RobotParser]] = {}

    async def process_request(self, request: Request) -> None:
        """Let the request pass if robots.txt of its host allows it.

        Raises:
            IgnoreRequest: it does not, or can't be fetched a second time.
            Postponed: it can't be fetched in this run.
        """
        host = host_of(request.url)
        if host is None or request.meta.get("dont_obey_robotstxt"):
            return
        if host not in self._rules:
            scheme = urlsplit(request.url).scheme
            asking = self._rules_of(host, f"{scheme}://{host}/robots.txt")
            self._rules[host] = asyncio.ensure_future(asking)
        # Whoever stops to wait for the rules does not stop the others.
        rules = await asyncio.shield(self._rules[host])
        if not rules.allowed(request.url, self._agent):
            raise IgnoreRequest("Forbidden by robots.txt")

    async def _rules_of(self, host: str, url: str) -> RobotParser:
        kept = await self._run.write(lambda connection: budget.kept_robots_txt(connection, host))
        is_fresh = is_usable(kept, self._run.now())
        if not is_fresh:
            kept = await self._ask(host, url)
        rules: RobotParser = build_from_crawler(self._parser, self._crawler, kept.body.encode())
        delay = rules.crawl_delay(self._agent) or 0.0
        if delay > self._longest_delay and not is_fresh:
            log.warning(
                "%s asks for %g seconds between two requests; CRAWL_DELAY_MAX makes it %g.",
                url,
                delay,
                self._longest_delay,
            )
        if delay > 0:
            self._run.limiter.space(min(delay, self._longest_delay))
        return rules

    async def _ask(self, host: str, url: str) -> KeptRobotsTxt:
        """Return what the host answers now, or else its last answer, if that may be used again.

        Raises:
            IgnoreRequest, Postponed: neither; see the class.
        """
        now = self._run.now
        response, reason = await self._fetch(url)
        if response is not None and reason is None:
            body, status = rules_in(response), response.status
            return await self._run.write(
                lambda connection: budget.keep_robots_txt(connection, host, status, body, now())
            )
        kept = await self._run.write(
            lambda connection: budget.note_robots_txt_failure(connection, host, now())
        )
        if is_usable(kept, now()):
            log.info("%s can't be fetched (%s); the copy of a month ago is used.", url, reason)
            return kept
        if host == host_of(self._run.site.start_url):
            self._run.give_up(f"robots.txt can't be fetched: {reason}")
            raise Postponed("robots.txt can't be fetched")
        if kept.failures >= _FAILURES:
            raise IgnoreRequest(f"robots.txt of {host} can't be fetched: {reason}")
        log.warning("%s can't be fetched (%s); pages there wait for the next run.", url, reason)
        raise Postponed(f"robots.txt of {host} can't be fetched")

    async def _fetch(self, url: str) -> tuple[Response | None, str | None]:
        """Return a response, and why it leaves the rules unknown, if it does."""
        meta = {"dont_obey_robotstxt": True}
        request = Request(url, callback=NO_CALLBACK, meta=meta, dont_filter=True)
        engine = self._crawler.engine
        assert engine is not None  # noqa: S101 - requests come from it
        try:
            response = await engine.download_async(request)
        except NewsbotError:
            raise
        except Exception as error:  # noqa: BLE001 - after any failure the rules are unknown
            return None, why(error)
        return response, refusal(response, self._run.now())


def is_usable(kept: KeptRobotsTxt, now: datetime) -> bool:
    """Return whether a kept response is recent enough to obey, or nothing better can be fetched."""
    if kept.fetched_at is None:
        return False
    if kept.failed_since is not None and now - kept.failed_since >= UNREACHABLE_FOR:
        return True
    return timedelta(0) <= now - kept.fetched_at < KEPT_FOR


def refusal(response: Response, now: datetime) -> str | None:
    """Return why a response leaves the rules unknown, or None if it tells them."""
    if response.status in REFUSALS:
        return silence_asked(response, now)[1]
    return f"it answered {response.status}" if response.status >= _SERVER_ERROR else None


def rules_in(response: Response) -> str:
    """Return the lines of a response that can be parsed; none where everything is allowed."""
    if response.status >= _UNAVAILABLE:
        return ""
    text = response.body.decode("utf-8-sig", "ignore").replace("\0", "")
    if len(text) <= LONGEST:
        return text
    # A rule that is cut would say something else.
    return text[: max(text.rfind(end, 0, LONGEST) for end in "\r\n") + 1]
