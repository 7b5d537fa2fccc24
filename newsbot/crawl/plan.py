"""Decides what is worth the next request: lists, new articles, gaps in the ids, rechecks."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection

from newsbot.crawl.spider import SiteSpider
from newsbot.items import Ask, ListKind, Origin, Page
from newsbot.store import ledger
from newsbot.store.recording.known import Known, Row
from newsbot.store.recording.load import load_site
from newsbot.store.recording.refetch import (
    EARLY,
    START_PAGE_EVERY,
    Looks,
    feed_may_date,
    is_behind_the_last,
    lacks_articles,
    lacks_minute,
    section_due_at,
)

LISTED = (Origin.LIST, Origin.START)

# Of this many pages, those that will soon be gone are asked for first.
_SOON_GONE_FIRST = 50
_SYNDICATED = 0.5


class Plan:
    """What one run asks for, in order of worth.

    The start page every six hours; until the `today` list has been seen, a listed article, which
    shows it, or a page that is due for a recheck, or the start page; the lists of sections that are
    due; listed articles; feeds for articles whose minute no other list gave; the ids and section
    pages that the run was asked for. What is left of the budget goes to gaps, to what an earlier
    backfill left, and to rechecks. Nothing is asked for twice in a run but the start page.

    Args:
        spider: of the run, with its site and arguments.
        known: what the store has in memory.
        started_at: when the run began.
    """

    def __init__(self, spider: SiteSpider, known: Known, started_at: datetime) -> None:
        self._ids = spider.ids
        self._site = spider.site
        self._known = known
        self._started_at = started_at
        self._asked: set[str] = set()
        # Asked for, but not in the ledger yet: the statements still find them.
        self._unrecorded: set[str] = set()
        self._start_asked_at: datetime | None = None
        self._section_pages = [
            Ask(None, self._site.section_url(number, page))
            for number in spider.sections
            for page in spider.pages
        ]
        self._has_seen_today = False
        # The articles of this run whose minute only a feed may tell.
        self._undated: list[Row] = []
        source_id = self._site.article_id(self._site.start_url)
        url = self._site.article_url(source_id) if source_id else self._site.start_url
        self._start = Ask(source_id, url)

    @property
    def awaited(self) -> tuple[Origin, ...]:
        """Whose pages are waited for in this run, however long the limiter takes."""
        return (*LISTED, Origin.BACKFILL) if self._ids else LISTED

    def begin(self, connection: Connection) -> None:
        """Add what the run was asked for to the ledger."""
        if self._ids:
            self._add(connection, self._ids, Origin.BACKFILL, self._started_at)
            ledger.move_start(connection, self._site.name, self._ids[0])
            self._known.forget()

    def asked(self, ask: Ask, now: datetime) -> None:
        """Note that a page was asked for."""
        self._asked.add(key_of(ask))
        self._unrecorded.add(key_of(ask))
        if ask == self._start:
            self._start_asked_at = now

    def recorded(self, page: Page) -> None:
        """Note that a page is in the ledger, and what its lists say of the next requests."""
        self._unrecorded.discard(key_of(page))
        if any(each.kind is ListKind.TODAY for each in (*page.boxes, *page.empty)):
            self._has_seen_today = True
        row = self._known.pages.get(page.source_id or "")
        if page.article and row and lacks_minute(row.date, page.fetched_at):
            first_id = self._known.source["first_id"] if self._known.source else None
            # The boxes of a new archive's first run show articles from before its start.
            if (row["id_number"] or 0) >= (first_id or 0):
                self._undated.append(row)
        if is_behind_the_last(self._site, page):
            number = self._site.cat_in(page.url)
            self._section_pages = [
                ask for ask in self._section_pages if self._site.cat_in(ask.url) != number
            ]

    def is_recorded(self, page: Page) -> bool:
        """Return whether a page that was asked for has reached the ledger."""
        return key_of(page) not in self._unrecorded

    def choose(self, connection: Connection, now: datetime, room: int, free: float) -> list[Ask]:
        """Return up to `room` pages of the most worthwhile kind that has any.

        Args:
            connection: in a transaction.
            now: the present instant.
            room: the most pages to return.
            free: how many requests can be sent now; only lists, listed articles and what the run
                was asked for are waited for.
        """
        load_site(connection, self._known)
        for asks in self._kinds(connection, now, room + len(self._unrecorded), free):
            fresh = [ask for ask in asks if key_of(ask) not in self._asked]
            if fresh:
                return fresh[:room]
        return []

    def _kinds(
        self, connection: Connection, now: datetime, limit: int, free: float
    ) -> Iterator[list[Ask]]:
        """Yield what could be asked, kind by kind in order of worth, each looked up when needed."""
        if self._is_start_page_due(now):
            self._asked.discard(key_of(self._start))
            yield [self._start]
        listed = self._listed(connection, now, limit)
        if not self._has_seen_today:
            yield listed
            if not self._asked:
                yield self._rechecks(connection, now, 1)
            yield [self._start]
        yield from self._sections(connection, now, {ask.section for ask in listed})
        yield listed
        yield self._feeds_of_undated(now)
        yield self._section_pages
        if self._ids:
            yield self._pending(connection, now, limit, Origin.BACKFILL)
        left = int(min(limit, free))
        if left < 1:
            return
        yield self._pending(connection, now, left, Origin.GAP)
        yield self._gaps(connection, now, left)
        yield self._pending(connection, now, left, Origin.BACKFILL)
        yield self._rechecks(connection, now, left)

    def _is_start_page_due(self, now: datetime) -> bool:
        source = self._known.source
        times = (source["start_page_at"] if source else None, self._start_asked_at)
        return not any(each and each <= now < each + START_PAGE_EVERY for each in times)

    def _listed(self, connection: Connection, now: datetime, limit: int) -> list[Ask]:
        """Return pages that a list shows: newest first, those of syndicates before the others."""
        found = self._pending(connection, now, max(limit, _SOON_GONE_FIRST), *LISTED)
        sections = self._known.sections
        soon_gone = {
            name for name, row in sections.items() if (row["syndicated"] or 0) >= _SYNDICATED
        }
        return sorted(found, key=lambda ask: ask.section not in soon_gone)

    def _sections(
        self, connection: Connection, now: datetime, coming: set[str | None]
    ) -> Iterator[list[Ask]]:
        """Yield, for each section whose lists are due, the cheapest page that shows one.

        The longest due come first; `coming` are the sections of pages that are asked for anyway.
        """
        due: list[tuple[datetime, Row]] = []
        for row in self._known.sections.values():
            due_at = section_due_at(self._looks(row, now), now)
            if due_at is None or due_at <= now:
                due.append((due_at or row["first_seen_at"], row))
        for _, row in sorted(due, key=lambda each: each[0]):
            feed, section = self._feed(row, now), row["section"]
            # A page that is asked for anyway shows the box; only the feed tells the minute.
            if section in coming and not (feed and lacks_articles(row["missing_at"], now)):
                continue
            if feed is not None:
                yield [Ask(None, feed)]
                continue
            page = ledger.newest_of_section(connection, self._site, section)
            if page is not None and key_of(page) not in self._asked:
                yield [page]
            elif row["cat"] is not None:
                yield [Ask(None, self._site.section_url(row["cat"]))]

    def _feeds_of_undated(self, now: datetime) -> list[Ask]:
        """Return the feeds that may tell the minute of an article that this run has recorded."""
        feeds: dict[str, None] = {}
        for page in self._undated:
            section = self._known.sections.get(page["article_section"])
            if section and feed_may_date(
                page.date, page["first_seen_at"], self._looks(section, now), now
            ):
                feeds[self._feed(section, now) or ""] = None
        return [Ask(None, feed) for feed in feeds]

    def _looks(self, row: Row, now: datetime) -> Looks:
        times = (row["looked_at"], row["fed_at"], row["asked_at"], row["missing_at"])
        return Looks(*times, has_feed=self._feed(row, now) is not None)

    def _feed(self, row: Row, now: datetime) -> str | None:
        """Return the address of a section's feed, unless it failed and is not tried again yet."""
        retry_at = row["feed_retry_at"]
        if row["cat"] is None or (retry_at is not None and retry_at > now):
            return None
        return self._site.feed_url(row["cat"])

    def _pending(
        self, connection: Connection, now: datetime, limit: int, *origins: Origin
    ) -> list[Ask]:
        since = self._started_at
        return ledger.to_fetch(connection, self._site, now, limit, origins, not_since=since)

    def _rechecks(self, connection: Connection, now: datetime, limit: int) -> list[Ask]:
        since, soon = self._started_at, now + EARLY
        return ledger.due_rechecks(connection, self._site, soon, limit, not_since=since)

    def _gaps(self, connection: Connection, now: datetime, limit: int) -> list[Ask]:
        source = self._site.name
        ids = ledger.missing_ids(connection, source, limit)
        if ids and not ledger.gaps_pay(connection, source):
            # Empty gaps of the past say nothing about newer ids: still ask for those.
            newest = ledger.newest_gap(connection, source)
            ids = [number for number in ids if number > newest]
        if not ids:
            return []
        self._add(connection, ids, Origin.GAP, now)
        return self._pending(connection, now, limit, Origin.GAP)

    def _add(
        self, connection: Connection, ids: Iterable[int], origin: Origin, now: datetime
    ) -> None:
        ledger.add_ids(connection, self._site, ids, origin=origin, now=now)
        # The numbers that the store had ready for new rows are taken.
        self._known.ids.clear()


def key_of(asked: Ask | Page) -> str:
    """Return what identifies a page that is asked for: its id, or its address."""
    return asked.source_id or asked.url
