"""Stores a page: its row in the ledger, its article and version, what its boxes list."""

from datetime import timedelta
from typing import Any

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from sqlalchemy import Connection

from newsbot.crawl.crawl_run import Component
from newsbot.errors import BadSetting, DatabaseUnusable
from newsbot.items import Article, Date, Page
from newsbot.store.recording.known import Incoming, Recorded
from newsbot.store.recording.record import record


class StorePipeline(Component):
    """Hands each page to the writer and waits until it is durable.

    It passes on the article as a flat dict, to Scrapy's own feeds for instance; a page without one
    is dropped after it was noted in the ledger.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._recheck_after = parse_hours(crawler.settings["RECHECK_AFTER"])

    async def process_item(self, item: Page) -> dict[str, Any]:
        """Return the article, once it is durable.

        Raises:
            DropItem: the page has no article; the ledger has the reason.
        """
        trusted = not self._run.report.tally.site_is_failing
        try:
            recorded = await self._run.write(
                lambda connection: self._record(connection, item, trusted=trusted)
            )
        except DatabaseUnusable as error:
            raise DropItem(str(error)) from error
        self._run.report.note(item, recorded)
        if item.article is None:
            raise DropItem(item.reason or "")
        return _flat(item, item.article, recorded.date)

    def _record(self, connection: Connection, page: Page, *, trusted: bool) -> Recorded:
        run, incoming = self._run, Incoming(page, self._recheck_after, trusted=trusted)
        [recorded] = record(connection, run.site, [incoming], run.known)
        run.frontier.record(connection, page)
        return recorded


def parse_hours(value: str) -> list[timedelta]:
    """Return what RECHECK_AFTER lists: `1,24,168` is an hour, a day, a week; empty is never.

    Raises:
        BadSetting: it is no list of positive numbers.
    """
    try:
        hours = [timedelta(hours=float(part)) for part in str(value).split(",") if part.strip()]
    except (ValueError, OverflowError):
        hours = [timedelta()]
    if any(each <= timedelta() for each in hours):
        raise BadSetting(
            f"RECHECK_AFTER is {value!r}; set it to hours separated by commas, like 1,24,168."
        )
    return sorted(hours)


def _flat(page: Page, article: Article, date: Date) -> dict[str, Any]:
    fields = ItemAdapter(article).asdict()
    return {
        "source": page.source,
        "source_id": page.source_id,
        "url": page.url,
        **fields,
        "date_published": date.at,
        "date_published_precision": date.precision.value,
        "date_published_evidence": date.evidence,
    }
