"""Reads archived responses with the same middlewares and the same reader as a crawl."""

import logging
from functools import cache
from pathlib import Path
from typing import cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Headers, Response
from scrapy.settings import Settings
from scrapy.statscollectors import DummyStatsCollector

from newsbot import settings
from newsbot.crawl.log import named
from newsbot.crawl.network import (
    MOVED_PERMANENTLY,
    CompressionMiddleware,
    SiteRedirectMiddleware,
    http_status,
    why,
)
from newsbot.crawl.reading import clean_page, read_whole
from newsbot.crawl.spider import SiteSpider, as_answer
from newsbot.errors import ArchiveUnusable, NotRead
from newsbot.items import Ask, Page
from newsbot.rebuild.index import Capture
from newsbot.site import Answer, Site
from newsbot.store.recording.refetch import says_gone
from newsbot.warc.reading import read_record
from newsbot.warc.records import Record
from newsbot.warc.writing import FAILURE

# It logs unescaped addresses, and nothing that is not also reported by what reads the page.
logging.getLogger(HttpCompressionMiddleware.__module__).setLevel(logging.CRITICAL)


class _Redirects(SiteRedirectMiddleware):
    """Gets the site from the class of the spider, since there is no run."""

    def may_ask(self, url: str) -> bool:
        """Return whether the crawl would follow a redirect to `url`."""
        site: Site = cast("type[SiteSpider]", self.crawler.spidercls).site
        return site.may_ask(url)


class Replay:
    """Reads captures as the crawl did.

    Args:
        folder: the folder that `warc_file` is relative to.
        site: the site as the crawl saw it, see `Site.at`.
    """

    def __init__(self, folder: Path, site: Site) -> None:
        self._folder = folder
        self._site = site
        project = Settings()
        project.setmodule(settings)
        crawler = Crawler(_spider_of(site), project)
        crawler.stats = DummyStatsCollector(crawler)
        # The middlewares that change a response before the spider gets it, in their order.
        self._middlewares = (
            _Redirects.from_crawler(crawler),
            CompressionMiddleware.from_crawler(crawler),
        )

    def pages(self, capture: Capture) -> list[Page]:
        """Return the pages of a capture; none if the crawl ended before it followed a redirect.

        Raises:
            ArchiveUnusable: its record no longer exists.
        """
        found = self.answer(capture)
        if isinstance(found, Answer):
            return read_whole(self._site, found).pages
        return [clean_page(found)] if found else []

    def answer(self, capture: Capture) -> Answer | Page | None:
        """Return a capture as an answer for the reader.

        If it has no usable response, return a page that says why, or None if the crawl was
        interrupted before it had followed a redirect.

        Raises:
            ArchiveUnusable: its record no longer exists.
        """
        record = read_record(capture.path, capture.offset)
        if record.kind == "metadata":
            return self._failure(capture, record.fields()[FAILURE])
        request = Request(capture.url)
        request.meta["redirect_times"] = capture.redirects
        request.meta[MOVED_PERMANENTLY] = capture.moved_permanently
        request.meta["warc_file"] = self.name_of(capture.path)
        request.meta["warc_offset"] = capture.offset
        try:
            response = self._passed(request, _as_scrapy(record, request))
        except Exception as error:  # noqa: BLE001 - the crawl hands it to the spider, whatever it is
            return self._failure(capture, why(error), http_status(error))
        if isinstance(response, Request):
            return None
        ask = Ask(self._site.article_id(capture.asked_url), capture.asked_url)
        return as_answer(response, ask, source=self._site.name, fetched_at=capture.at)

    def name_of(self, path: Path) -> str:
        """Return the path of a file for `pages.warc_file`: absolute if it is not in the archive."""
        path = path.absolute()
        folder = self._folder.absolute()
        return str(path.relative_to(folder) if path.is_relative_to(folder) else path)

    def _passed(self, request: Request, response: Response) -> Request | Response:
        for middleware in self._middlewares:
            result = middleware.process_response(request, response)
            if isinstance(result, Request):
                return result
            response = result
        response.request = request
        return response

    def _failure(self, capture: Capture, reason: str, status: int | None = None) -> Page:
        return Page(
            source=self._site.name,
            source_id=self._site.article_id(capture.asked_url),
            url=capture.asked_url,
            fetched_at=capture.at,
            http_status=status,
            reason=reason,
        )


@cache
def _replay(folder: Path, site: Site) -> Replay:
    return Replay(folder, site)


def read_capture(folder: Path, asked: tuple[Capture, Site]) -> list[Page] | NotRead:
    """Return the pages of a capture, see `Replay.pages`; this runs in worker processes.

    A response in another program's file is skipped if it can't be read: it says nothing about its
    page then.
    """
    capture, site = asked
    if capture.pages is not None:
        from newsbot.rebuild.shards import decode_pages  # noqa: PLC0415 - needs the extra `dask`

        return decode_pages(capture.pages)
    replay = _replay(folder, site)
    if capture.is_own:
        return replay.pages(capture)
    try:
        found = replay.pages(capture)
    except Exception as error:  # noqa: BLE001 - a foreign file may hold anything
        return NotRead(f"it can't be read ({named(error)})")
    conclusive = [page for page in found if page.article or says_gone(page)]
    lists = [page for page in found if page.source_id is None and page.boxes]
    missing = [page for page in found if page.source_id is not None and page not in conclusive]
    return NotRead(str(missing[0].reason)) if missing else conclusive + lists


def _spider_of(site: Site) -> type[SiteSpider]:
    """Return a spider from which the middlewares get the site; it crawls nothing."""
    return type("ReplayedSpider", (SiteSpider,), {"name": site.name, "site": site})


def _as_scrapy(record: Record, request: Request) -> Response:
    response = record.response()
    if response is None:
        raise ArchiveUnusable(f"the record at byte {record.offset} holds no HTTP response")
    headers = Headers(response.headers)
    return Response(request.url, response.status, headers, response.body, request=request)
