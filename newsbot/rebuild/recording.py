"""Records pages again as the runs did that had fetched them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection

from newsbot import settings
from newsbot.crawl.spider import parse_ids
from newsbot.crawl.verdict import Tally
from newsbot.items import Origin, Page
from newsbot.pipelines.store import parse_hours
from newsbot.rebuild.index import Capture
from newsbot.site import Site
from newsbot.store import ledger
from newsbot.store.known import Incoming, Known
from newsbot.store.record import record

_AT_ONCE = 100


class Run:
    """A run of the crawler: what it was asked for, and how it went so far.

    Args:
        info: the fields of its file's warcinfo record.
        site: the site that it crawled.
    """

    def __init__(self, info: Mapping[str, str], site: Site) -> None:
        self.site = site.at(info.get("start_url", site.start_url), info.get("rss_url"))
        self.ids = parse_ids(info.get("ids"))
        self.recheck_after = parse_hours(info.get("recheck_after", settings.RECHECK_AFTER))
        self.tally = Tally()
        self.has_begun = False

    def origin_of(self, page: Page, capture: Capture) -> Origin:
        """Return how a page came to be known that no box has listed before."""
        if page.source_id is None or page.source_id == self.site.article_id(self.site.start_url):
            return Origin.START
        if page.source_id != self.site.article_id(capture.asked_url):
            # What was asked for led to it.
            return Origin.START
        return Origin.BACKFILL if int(page.source_id) in self.ids else Origin.GAP


class Recorder:
    """Records what captures say, some of them at a time; `flush` records the rest.

    Args:
        connection: to the database, in a transaction.
        runs: by its file, each run; other files are of other programs.
        site: the site.
    """

    def __init__(self, connection: Connection, runs: Mapping[Path, Run], site: Site) -> None:
        self._connection = connection
        self._site = site
        self._runs = runs
        self._known = Known(site)
        self._waiting: list[Incoming] = []
        self._run: Run | None = None

    def record(self, capture: Capture, pages: Iterable[Page]) -> None:
        """Store what a capture says."""
        run = self._runs.get(capture.path)
        if run is not self._run or len(self._waiting) >= _AT_ONCE:
            self.flush()
            self._run = run
        if run and not run.has_begun:
            run.has_begun = True
            self._note_ids(run, capture)
        for page in pages:
            if run and page.article is None:
                # Whether a "not found" is believed rests on what came of the pages before.
                self.flush()
            self._waiting.append(
                Incoming(
                    page,
                    recheck_after=run.recheck_after if run else (),
                    trusted=run is None or not run.tally.site_is_failing,
                    origin=run.origin_of(page, capture) if run else Origin.BACKFILL,
                    fixes_start=run is not None,
                )
            )

    def flush(self) -> None:
        """Store what waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        site = self._run.site if self._run else self._site
        for incoming, recorded in zip(
            waiting, record(self._connection, site, waiting, self._known), strict=True
        ):
            if self._run:
                self._run.tally.note(incoming.page, recorded)

    def _note_ids(self, run: Run, capture: Capture) -> None:
        """Add the ids that the run was asked for, as it did when it began."""
        if run.ids:
            ids, connection = run.ids, self._connection
            ledger.add_ids(connection, run.site, ids, origin=Origin.BACKFILL, now=capture.at)
            ledger.move_start(connection, run.site.name, ids[0])
            self._known.forget()
