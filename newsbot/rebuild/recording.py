"""Records pages again as the runs that fetched them did."""

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
from newsbot.store.recording.known import Incoming, Known
from newsbot.store.recording.record import record

_AT_ONCE = 100


class Run:
    """A run of the crawler: its arguments, and how it went so far.

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
        """Return the origin of a page that no list has shown before."""
        if page.source_id is None or page.source_id == self.site.article_id(self.site.start_url):
            return Origin.START
        if page.source_id != self.site.article_id(capture.asked_url):
            # The requested address redirected to it.
            return Origin.START
        return Origin.BACKFILL if int(page.source_id) in self.ids else Origin.GAP


class Recorder:
    """Records the pages of captures, in batches; `flush` records the rest.

    Args:
        connection: to the database, in a transaction.
        runs: the run that wrote each file; any other file is of another program.
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
        """Record the pages of a capture."""
        run = self._runs.get(capture.path)
        if run is not self._run or len(self._waiting) >= _AT_ONCE:
            self.flush()
            self._run = run
        if run and not run.has_begun:
            run.has_begun = True
            self._note_ids(run, capture)
        for page in pages:
            if run and page.article is None:
                # Whether a "not found" is believed depends on the results of the pages before it.
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
        """Record the pages that wait."""
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
        """Add the ids of the run's arguments, as the run did when it began."""
        if run.ids:
            ids, connection = run.ids, self._connection
            ledger.add_ids(connection, run.site, ids, origin=Origin.BACKFILL, now=capture.at)
            ledger.move_start(connection, run.site.name, ids[0])
            self._known.forget()
