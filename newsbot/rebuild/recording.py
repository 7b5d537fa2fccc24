"""Records pages again as the runs did that had fetched them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from newsbot import settings
from newsbot.crawl.spider import parse_ids
from newsbot.crawl.verdict import Tally
from newsbot.items import Origin, Page
from newsbot.pipelines.store import parse_hours
from newsbot.rebuild.index import Capture, FileIndex
from newsbot.site import Site
from newsbot.store import ledger
from newsbot.store.outcomes import Incoming
from newsbot.store.record import record


class Recorder:
    """Knows of each file which run wrote it; records what its captures say."""

    def __init__(self, session: Session, indexes: Iterable[FileIndex], site: Site) -> None:
        self._session = session
        self._site = site
        self._runs = {index.path: _Run(index.info, site) for index in indexes if index.info}
        self._begun: set[Path] = set()

    def record(self, capture: Capture, pages: Iterable[Page]) -> None:
        """Store what a capture says.

        In files of other programs, a page that is neither an article's nor has a box tells
        nothing about the news.
        """
        run = self._runs.get(capture.path)
        if run and capture.path not in self._begun:
            self._begun.add(capture.path)
            self._note_ids(run, capture)
        for page in pages:
            if run is None and page.source_id is None and not page.boxes:
                continue
            incoming = Incoming(
                page,
                recheck_after=run.recheck_after if run else (),
                trusted=run is None or not run.tally.site_is_failing,
                origin=run.origin_of(page, capture) if run else Origin.BACKFILL,
                fixes_start=run is not None,
            )
            site = run.site if run else self._site
            [recorded] = record(self._session.connection(), site, [incoming])
            if run:
                run.tally.note(page, recorded)

    def _note_ids(self, run: "_Run", capture: Capture) -> None:
        """Add the ids that the run was asked for, as it did when it began."""
        if not run.ids:
            return
        ledger.add_ids(
            self._session.connection(), run.site, run.ids, origin=Origin.BACKFILL, now=capture.at
        )
        ledger.move_start(self._session.connection(), run.site.name, run.ids[0])


class _Run:
    """A run of the crawler: what it was asked for, and how it went so far."""

    def __init__(self, info: Mapping[str, str], site: Site) -> None:
        self.site = site.at(info.get("start_url", site.start_url))
        self.ids = parse_ids(info.get("ids"))
        self.recheck_after = parse_hours(info.get("recheck_after", settings.RECHECK_AFTER))
        self.tally = Tally()

    def origin_of(self, page: Page, capture: Capture) -> Origin:
        """Return how a page came to be known that no box has listed before."""
        if page.source_id is None or page.source_id == self.site.article_id(self.site.start_url):
            return Origin.START
        if page.source_id != self.site.article_id(capture.asked_url):
            # What was asked for led to it.
            return Origin.START
        return Origin.BACKFILL if int(page.source_id) in self.ids else Origin.GAP
