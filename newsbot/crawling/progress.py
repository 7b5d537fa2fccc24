"""A live line on a terminal: what the crawl has done, and what it waits for."""

from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from newsbot.crawling.extensions import extension
from newsbot.crawling.frontier import Frontier
from newsbot.crawling.limiter import Limiter
from newsbot.crawling.report import Report
from newsbot.crawling.storage import Storage
from newsbot.crawling.verdict import Tally

_TICK = 0.5


class Progress:
    """Extension that redraws one line on stderr; without a terminal there is none."""

    def __init__(self, crawler: Crawler, console: Console) -> None:
        self._crawler = crawler
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._ticks = create_looping_call(self._draw)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Draw on stderr while the spider is open.

        Raises:
            NotConfigured: stderr is no terminal.
        """
        console = Console(stderr=True)
        if not console.is_terminal:
            raise NotConfigured
        progress = cls(crawler, console)
        crawler.signals.connect(progress.spider_opened, signals.spider_opened)
        crawler.signals.connect(progress.spider_closed, signals.spider_closed)
        return progress

    def spider_opened(self) -> None:
        """Begin to draw."""
        self._clock = extension(self._crawler, Storage).clock
        self._tally = extension(self._crawler, Report).tally
        self._frontier = extension(self._crawler, Frontier)
        self._live.start()
        self._ticks.start(_TICK)

    def spider_closed(self) -> None:
        """Take the line away; the run's last line follows."""
        self._ticks.stop()
        self._live.stop()

    def _draw(self) -> None:
        limiter = self._crawler.get_downloader_middleware(Limiter)
        waiting = 0.0
        if limiter and limiter.waiting_until:
            waiting = (limiter.waiting_until - self._clock.now()).total_seconds()
        line = describe(self._tally, under_way=self._frontier.under_way)
        if limiter and waiting > 0:
            line += f" · waiting {waiting:.0f} s: {limiter.waiting_for}"
        self._live.update(Text(line, overflow="ellipsis", no_wrap=True), refresh=True)


def describe(tally: Tally, *, under_way: int) -> str:
    """Return the run so far in one line."""
    words = ("new", "updated", "duplicates", "rejected", "gone")
    counts = [f"{getattr(tally.counts, word)} {word}" for word in words]
    return " · ".join([*counts, f"{under_way} under way"])
