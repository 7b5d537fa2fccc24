"""Plays a stretch: the site as it goes on, and a crawl whenever cron would start one."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from benchmarks.simulation.news import Change, publish
from benchmarks.simulation.requests import Kind, id_in, kind
from benchmarks.simulation.stretch import Stretch
from tests.helpers.crawling import Archive
from tests.replica.application import LogEntry, Robots
from tests.replica.clock import Clock
from tests.replica.faults import Status
from tests.replica.limit import RateLimit
from tests.replica.markups import MARKUPS
from tests.replica.server import Replica
from tests.replica.site import Site

THE_SITES_LIMIT = (15, 300.0)
_TIMEOUT = 600


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl, and what it asked for; instants are the replica's, in UTC."""

    began: datetime
    ended: datetime
    exit_code: int
    outcome: str
    message: str
    kinds: Counter[Kind]
    statuses: Counter[int]


@dataclass(slots=True)
class Played:
    """What was played, and what is left of it.

    `skipped` counts the starts that would have found the last crawl still going, `seconds` what it
    took to play.
    """

    stretch: Stretch
    site: Site
    changes: list[Change]
    archive: Archive
    runs: list[Run] = field(default_factory=list)
    skipped: int = 0
    seconds: float = 0.0


def play(
    stretch: Stretch, folder: Path, *, every: int = 1, after_run: Callable[[Run], object] = id
) -> Played:
    """Crawl every so many hours through the stretch; `folder` is where the archive is made."""
    started = time.monotonic()
    site, changes = publish(stretch)
    clock = Clock(stretch.span.begins)
    world = _World(site, clock)
    with Replica(Site(), clock) as clocktower:
        archive = Archive(folder, world.url)
        # The settings that every user has, but for the clock and the replica's feeds.
        archive.settings.clear()
        archive.live_by(clocktower)
        archive.settings["RSS_URL"] = urljoin(world.url, "/rss/news.aspx?catid={cat}")
        played = Played(stretch, site, changes, archive)
        for at in stretch.runs(every):
            if at < clock.now():
                played.skipped += 1
                continue
            clock.set(at)
            played.runs.append(_crawl(played, world, at))
            after_run(played.runs[-1])
    played.seconds = time.monotonic() - started
    return played


class _World:
    """The site on its port, as far as it is there."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.clock = clock
        self._site = site
        self._limit = RateLimit(*THE_SITES_LIMIT)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}/news/"

    def serve(self, *, unavailable: bool) -> Replica:
        replica = Replica(
            self._site,
            self.clock,
            markup=list(MARKUPS),
            robots=Robots.ALLOW,
            limit=self._limit,
            port=self._port,
        )
        if unavailable:
            replica.faults.add(Status(503))
        return replica


def _crawl(played: Played, world: _World, at: datetime) -> Run:
    stretch, archive = played.stretch, played.archive
    stored = _stored(archive)
    log: Sequence[LogEntry] = ()
    if any(at in span for span in stretch.refused):
        run = archive.crawl(timeout=_TIMEOUT)
    else:
        with world.serve(unavailable=any(at in span for span in stretch.unavailable)) as replica:
            run = archive.crawl(timeout=_TIMEOUT)
            log = replica.log
    kinds: Counter[Kind] = Counter()
    for entry in log:
        kinds[kind(entry, stored)] += 1
        if (source_id := id_in(entry.path)) and entry.status == 200:
            stored[source_id] = None
    return Run(
        began=at,
        ended=world.clock.now(),
        exit_code=run.exit_code,
        outcome=archive.value("SELECT outcome FROM crawls ORDER BY id DESC LIMIT 1"),
        message=run.last_line,
        kinds=kinds,
        statuses=Counter(entry.status for entry in log),
    )


def _stored(archive: Archive) -> dict[int, datetime | None]:
    """The ids whose article the archive has, and when each is to be asked for again."""
    if not archive.path.exists():
        return {}
    rows = archive.rows("SELECT id_number, next_fetch_at FROM pages WHERE article_id IS NOT NULL")
    return {source_id: in_utc(due) for source_id, due in rows}


def in_utc(text: str | None) -> datetime | None:
    """Return an instant as the database holds it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
