"""Archives every response as WARC before it is read."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from importlib.metadata import version

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response

from newsbot import __version__
from newsbot.crawl.crawl_run import Component
from newsbot.crawl.database import project_path
from newsbot.crawl.network import why
from newsbot.crawl.spider import SiteSpider
from newsbot.errors import ArchiveUnusable, NewsbotError, Postponed
from newsbot.warc import records
from newsbot.warc.writing import WarcFile


class Archive(Component):
    """Downloader middleware next to the downloader, so that every response passes it first.

    In the request's `meta` it leaves `warc_file` (relative to ARCHIVE_DIR) and `warc_offset`, where
    the response is, and `fetched_at` (UTC). They are there when the record is on the disk.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        folder = crawler.settings["ARCHIVE_DIR"]
        if not folder:
            raise NotConfigured
        self._file = WarcFile(project_path(folder), crawler.spidercls.name, _info(crawler))
        # One thread: the disk doesn't hold up the event loop, and records are written in order.
        self._thread = ThreadPoolExecutor(1, "newsbot-archive")
        crawler.signals.connect(self.close, signals.engine_stopped)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the response when it is on the disk.

        Raises:
            Postponed: it can't be archived; the run ends.
        """
        sent = records.Request(_pairs(request.headers), request.method, request.body)
        came = records.Response(
            url=response.url,
            at=self._run.now(),
            status=response.status,
            headers=_pairs(response.headers),
            body=response.body,
            protocol=response.protocol or "HTTP/1.1",
            ip_address=str(response.ip_address) if response.ip_address else None,
        )
        place = await self._write(request, came.at, partial(self._file.write, sent, came))
        request.meta["warc_file"] = place.file
        request.meta["warc_offset"] = place.offset
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Archive that a request had no response, so that the archive accounts for every request.

        Raises:
            Postponed: it can't be archived; the run ends.
        """
        if not isinstance(exception, NewsbotError):
            failure = records.Failure(request.url, self._run.now(), why(exception))
            await self._write(request, failure.at, partial(self._file.write_failure, failure))

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._thread.shutdown()
        self._file.close()

    async def _write(
        self, request: Request, at: datetime, write: Callable[[str | None], records.Place]
    ) -> records.Place:
        # A request that follows from this one, by a redirect or a repetition, inherits its meta.
        earlier = request.meta.get("warc_record_id")
        loop = asyncio.get_running_loop()
        try:
            place = await loop.run_in_executor(self._thread, write, earlier)
        except ArchiveUnusable as error:
            self._run.fail(str(error))
            raise Postponed(str(error)) from error
        request.meta["warc_record_id"] = place.record_id
        request.meta["fetched_at"] = at
        return place


def _info(crawler: Crawler) -> dict[str, str]:
    """Return what the warcinfo record holds: all that a reparse has to know of the run."""
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


def _pairs(headers: Headers) -> records.Headers:
    return [(name, value) for name, values in headers.items() for value in values]
