"""Keeps every response as WARC before anything is read from it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response

from newsbot import __version__
from newsbot.crawl.crawl_run import CrawlRun
from newsbot.crawl.database import project_path
from newsbot.crawl.network import why
from newsbot.crawl.spider import SiteSpider
from newsbot.errors import ArchiveUnusable, NewsbotError, Postponed
from newsbot.warc import messages
from newsbot.warc.writing import WarcFile


class Archive:
    """Downloader middleware next to the downloader: whatever comes in passes it first.

    In the request's `meta` it leaves `warc_file` (relative to ARCHIVE_DIR) and `warc_offset`, where
    the response is, and `fetched_at` (UTC). They are there when the record is on the disk.
    """

    def __init__(self, crawler: Crawler, folder: Path) -> None:
        self._run = CrawlRun.of(crawler)
        self._file = WarcFile(folder, crawler.spidercls.name, _info(crawler))
        # One thread: the disk doesn't hold up the event loop, and records stand in order.
        self._thread = ThreadPoolExecutor(1, "newsbot-archive")
        crawler.signals.connect(self.close, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read ARCHIVE_DIR.

        Raises:
            NotConfigured: it is empty.
            ArchiveUnusable: the folder can't be made, or may not be written to.
        """
        folder = crawler.settings["ARCHIVE_DIR"]
        if not folder:
            raise NotConfigured
        return cls(crawler, project_path(folder))

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the response when it is on the disk.

        Raises:
            Postponed: it can't be archived; the run ends.
        """
        now, follows = self._run.now(), request.meta.get("warc_record_id")
        sent = messages.Request(_pairs(request.headers), request.method, request.body)
        came = messages.Response(
            url=response.url,
            at=now,
            status=response.status,
            headers=_pairs(response.headers),
            body=response.body,
            protocol=response.protocol or "HTTP/1.1",
            ip_address=str(response.ip_address) if response.ip_address else None,
        )
        place = await self._write(lambda: self._file.write(sent, came, follows))
        request.meta["warc_file"] = place.file
        request.meta["warc_offset"] = place.offset
        _note(request, place, now)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Note a request that had no response, so that the archive tells of every one.

        Raises:
            Postponed: it can't be archived; the run ends.
        """
        if isinstance(exception, NewsbotError):
            return
        now, follows = self._run.now(), request.meta.get("warc_record_id")
        failure = messages.Failure(request.url, now, why(exception))
        place = await self._write(lambda: self._file.write_failure(failure, follows))
        _note(request, place, now)

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._thread.shutdown()
        self._file.close()

    async def _write(self, write: Callable[[], messages.Place]) -> messages.Place:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, write)
        except ArchiveUnusable as error:
            self._run.fail(str(error))
            raise Postponed(str(error)) from error


def _note(request: Request, place: messages.Place, now: datetime) -> None:
    # A request that is made because of this one, by a redirect or a repetition, inherits it.
    request.meta["warc_record_id"] = place.record_id
    request.meta["fetched_at"] = now


def _info(crawler: Crawler) -> dict[str, str]:
    """Return what the warcinfo record holds: also what reading it again has to know of the run."""
    obeys = crawler.settings.getbool("ROBOTSTXT_OBEY")
    info = {
        "software": f"newsbot/{__version__} Scrapy/{version('Scrapy')} warcio/{version('warcio')}",
        "isPartOf": crawler.spidercls.name,
        "robots": "obey" if obeys else "ignore",
        "http-header-user-agent": crawler.settings["USER_AGENT"],
        "recheck_after": crawler.settings["RECHECK_AFTER"],
    }
    if isinstance(crawler.spider, SiteSpider):
        info["start_url"] = crawler.spider.start_url
        if ids := crawler.spider.ids:
            info["ids"] = f"{ids[0]}-{ids[-1]}"
        info["rss_url"] = crawler.spider.site.rss_url
    return info


def _pairs(headers: Headers) -> messages.Headers:
    return [(name, value) for name, values in headers.items() for value in values]
