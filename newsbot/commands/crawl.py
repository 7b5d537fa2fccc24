"""`scrapy crawl` with an exit code that tells the truth, and a last line that says why."""

import argparse
import asyncio
import sys
from typing import cast

from scrapy import signals
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError

from newsbot.crawl.log import named, speak_plainly
from newsbot.crawl.report import Report
from newsbot.crawl.verdict import FAILED, LOCKED, OK, Verdict
from newsbot.errors import LockHeld, NewsbotError


class Command(ScrapyCrawl):
    """Runs a spider; exit codes are in newsbot/crawl/verdict.py and docs/operations.md."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl with the spider that `args` names.

        Raises:
            UsageError: `args` is not one name.
        """
        if len(args) != 1:
            raise UsageError(f"name one spider: {self._examples()}")
        process = cast("AsyncCrawlerProcess", self.crawler_process)
        speak_plainly()
        try:
            crawler = process.create_crawler(args[0])
        except KeyError:
            raise UsageError(f"there is no spider {args[0]!r}; try: {self._examples()}") from None
        crawler.signals.connect(speak_plainly, signals.spider_opened)
        task = process.crawl(crawler, **opts.spargs)
        process.start()
        verdict = _verdict(crawler, task)
        self.exitcode = verdict.exit_code
        sys.stdout.flush()
        print(verdict.message, file=sys.stderr, flush=True)  # noqa: T201

    def _examples(self) -> str:
        process = cast("AsyncCrawlerProcess", self.crawler_process)
        return " or ".join(f"scrapy crawl {name}" for name in process.spider_loader.list())


def _verdict(crawler: Crawler, task: "asyncio.Task[None]") -> Verdict:
    error = None if task.cancelled() or not task.done() else task.exception()
    if isinstance(error, LockHeld):
        return Verdict("locked", LOCKED, str(error))
    if isinstance(error, NewsbotError):
        return Verdict("failed", FAILED, str(error))
    if error is not None:
        return Verdict("failed", FAILED, f"The crawl met an error: {named(error)}")
    report = crawler.get_extension(Report)
    if report is None:
        return Verdict("finished", OK, "The crawl ended; EXTENSIONS leaves out its report.")
    if report.verdict is not None:
        return report.verdict
    when = "Cut short by a second signal" if report.has_begun else "Stopped before it began"
    return Verdict("stopped", FAILED, f"{when}; the next run goes on.")
