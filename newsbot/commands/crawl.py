"""`scrapy crawl` with an exit code that says how it went, and a last line that says why."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from scrapy import signals
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError
from sqlalchemy import make_url

from newsbot.crawl.database import database_url, file_of
from newsbot.crawl.log import named, speak_plainly
from newsbot.crawl.report import Report
from newsbot.crawl.verdict import FAILED, LOCKED, OK, Verdict
from newsbot.errors import BadSetting, LockHeld, NewsbotError
from newsbot.store.engine import database_name
from newsbot.streams import prepare_streams
from newsbot.text import printable


class Command(ScrapyCrawl):
    """Runs a spider; docs/operations.md explains the exit codes."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Prepare the standard streams, since nothing is called earlier, and read the options."""
        prepare_streams()
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl with the spider that `args` names.

        Raises:
            UsageError: `args` is not one name.
        """
        if len(args) != 1:
            raise UsageError(f"name one spider: {self._examples()}")
        process = cast("AsyncCrawlerProcess", self.crawler_process)
        if args[0] not in process.spider_loader.list():
            raise UsageError(f"there is no spider {args[0]!r}; try: {self._examples()}")
        self.exitcode = crawl(process, args[0], opts.spargs)

    def _examples(self) -> str:
        process = cast("AsyncCrawlerProcess", self.crawler_process)
        return " or ".join(f"scrapy crawl {name}" for name in process.spider_loader.list())


def crawl(process: AsyncCrawlerProcess, spider: str, arguments: Mapping[str, str]) -> int:
    """Run the spider of that name, print on stderr how it went, and return the exit code.

    The last line on stderr names the database; if stderr is not a terminal, it begins with date and
    time, as the lines of the log do.
    """
    speak_plainly()
    crawler = process.create_crawler(spider)
    crawler.signals.connect(speak_plainly, signals.spider_opened)
    database = _database(crawler)
    is_new = database is not None and file_of(database) is None
    task = process.crawl(crawler, **arguments)
    try:
        process.start()
    except (ImportError, TypeError, ValueError) as error:
        raise BadSetting(f"A setting can't be used: {named(error)}.") from error
    verdict = _verdict(crawler, task)
    line = verdict.message
    if task.done() and not task.cancelled() and task.exception() is None and database:
        line += f" Database: {database_name(make_url(database))}"
        line += " (just created)." if is_new and file_of(database) else "."
    if sys.stderr and not sys.stderr.isatty():
        line = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {line}"
    print(printable(line), file=sys.stderr, flush=True)  # noqa: T201
    return verdict.exit_code


def _database(crawler: Crawler) -> str | None:
    # The crawl itself reports a value that can't be used.
    try:
        return database_url(crawler.settings["DATABASE_URL"])
    except NewsbotError:
        return None


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
