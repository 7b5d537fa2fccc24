"""A complete reparse, from taking the lock to writing the differences."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count, tee
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from newsbot import DISTRIBUTION
from newsbot.crawl.database import Lock
from newsbot.crawl.reading import Readers, collecting_rarely
from newsbot.errors import ArchiveUnusable, BadSetting, MissingExtra, NotRead
from newsbot.items import Page
from newsbot.rebuild.index import Capture, FileIndex, index_file
from newsbot.rebuild.recording import Recorder, Run
from newsbot.rebuild.replay import read_capture
from newsbot.site import Site
from newsbot.store.aside import Aside
from newsbot.store.comparing import Difference, differences, write
from newsbot.store.engine import explained, open_engine
from newsbot.store.migrate import migrate, require_current
from newsbot.store.recording.record import estimate_dates
from newsbot.warc.reading import size_of, warc_files

# Bytes that one process reads in the time that others take to start.
_SMALL = 4 * 1024 * 1024
# How many captures are sent to a process at a time.
_BATCH = 32


class Audience(Protocol):
    """Receives the progress of a reparse."""

    def indexed(self, done: int, files: int) -> None:
        """Called after each file: `done` of `files` have been indexed."""

    def read(self, done: int, captures: int) -> None:
        """Called after each capture: `done` of `captures` have been recorded."""

    def passed_over(self, what: str) -> None:
        """Called if something in a file can't be read or is not needed; `what` is a sentence."""

    def differs(self, difference: Difference) -> None:
        """Called for each row that differs from before."""


@dataclass(slots=True)
class Outcome:
    """The number of captures that a reparse read, and of rows, by table, that differ."""

    captures: int = 0
    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)

    @property
    def differences(self) -> int:
        """The number of rows that differ from before."""
        return sum((self.new + self.changed + self.removed).values())

    def add(self, difference: Difference) -> None:
        """Count a difference."""
        if difference.before is None:
            self.new[difference.table] += 1
        elif difference.after is None:
            self.removed[difference.table] += 1
        else:
            self.changed[difference.table] += 1


def reparse(
    database: str,
    folder: Path,
    files: Sequence[Path],
    site: Site,
    *,
    keep: bool,
    audience: Audience,
    processes: int | None = None,
    scheduler: str | None = None,
) -> Outcome:
    """Read WARC files again, in the order of fetching, and bring the database up to date.

    Pages are recorded in a temporary database. The one in use is changed only at the end, the rows
    of a page together: a reparse may be killed at any time, and the next one writes the rest.

    Args:
        database: the URL of the database in use.
        folder: the folder of the WARC archive.
        files: the files to read; if empty, all of the archive.
        site: the site whose pages are read.
        keep: whether to write the differences; if not, the database is left as it is.
        audience: receives the progress.
        processes: how many processes read beside this one; by default as many as there are cores,
            or none for a small archive.
        scheduler: the address of a Dask scheduler, whose workers read the files instead, each into
            a shard in the folder `shards` of the archive.

    Raises:
        LockHeld: a crawl or another reparse is using the database.
        DatabaseUnusable: the database can't be opened, read or written.
        ArchiveUnusable: there is no file to read, or one can't be read.
        MissingExtra, SchedulerUnusable: Dask is not installed, or no scheduler answers.
    """
    files = files or warc_files(folder)
    if not files:
        raise ArchiveUnusable(f"There is nothing to read: {folder} holds no WARC file.")
    if not keep:
        _check(database)
    if processes is None:
        size = sum(map(size_of, files))
        processes = (os.cpu_count() or 1) if size > _SMALL else 0
    engine = open_engine(database)
    try:
        with explained(engine), Lock(engine.url, site.name):
            migrate(engine, {site.name: site.zone})
            with (
                collecting_rarely(),
                Readers(processes) as readers,
                Aside(engine.url, site) as aside,
            ):
                job = _Job(site, folder, readers, aside, audience)
                with _reading(engine) as before, explained(aside.engine):
                    if scheduler is None:
                        job.index(files)
                    else:
                        job.load(files, scheduler)
                    job.record(before)
                return job.compare(engine, keep=keep)
    finally:
        engine.dispose()


class _Job:
    def __init__(
        self, site: Site, folder: Path, readers: Readers, aside: Aside, audience: Audience
    ) -> None:
        self._site = site
        self._folder = folder
        self._readers = readers
        self._aside = aside
        self._audience = audience
        self._outcome = Outcome()
        self._runs: dict[Path, Run] = {}
        self._has_records = False

    def index(self, files: Sequence[Path]) -> None:
        """Index the files."""
        indexes = self._readers.map(partial(index_file, site=self._site), files)
        for done, (path, index) in enumerate(zip(files, indexes, strict=True), 1):
            self._audience.indexed(done, len(files))
            if isinstance(index, NotRead):
                self._audience.passed_over(f"{path}: {index}")
            else:
                self._add(
                    index, (capture.as_row(self._site_of(index)) for capture in index.captures)
                )

    def load(self, files: Sequence[Path], scheduler: str) -> None:
        """Read the files into shards on a cluster, and load the shards."""
        try:
            # They need packages that nothing else needs.
            from newsbot.rebuild import cluster, shards  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtra(
                f"--scheduler needs Dask; install it with: pip install '{DISTRIBUTION}[dask]'."
            ) from error
        folder = self._folder.absolute() / "shards"
        paths = [path.absolute() for path in files]
        targets = {path: shards.shard_path(folder, path, self._site) for path in paths}
        left = {path: target for path, target in targets.items() if not target.exists()}
        done = count(len(targets) - len(left) + 1)

        def report(path: Path, fault: str | None) -> None:
            self._audience.indexed(next(done), len(targets))
            if fault:
                del targets[path]
                self._audience.passed_over(f"{path}: {fault}")

        if left:
            cluster.make_shards(scheduler, left, folder.parent, self._site, report)
        for target in targets.values():
            index, lines = shards.read_shard(target)
            self._add(index, shards.rows_of(index, lines))

    def record(self, before: Connection) -> None:
        """Record the captures in the temporary database, which begins with the rows of `before`."""
        if not self._has_records:
            raise ArchiveUnusable("There is nothing to read: none of the files is a WARC file.")
        self._aside.take_over(before)
        recorder = Recorder(self._aside.connection, self._runs, self._site)
        for done, (capture, pages) in enumerate(self._pages(), 1):
            if isinstance(pages, NotRead):
                place = f"{capture.path}, byte {capture.offset}"
                self._audience.passed_over(f"{place}: {pages}, {capture.url}")
            else:
                recorder.record(capture, pages)
            self._audience.read(done, self._outcome.captures)
        recorder.flush()
        estimate_dates(self._aside.connection, self._site)
        self._aside.finish()

    def compare(self, engine: Engine, *, keep: bool) -> Outcome:
        """Report the differences, and write them if `keep`."""
        # A report may fail, at a closed pipe: the cursors must be closed before their connection.
        with (
            _reading(engine) as before,
            closing(differences(before, self._aside.connection, self._site.name)) as found,
        ):
            reported = map(self._report, found)
            if keep:
                write(engine, self._aside.connection, self._site.name, reported)
            else:
                for _ in reported:
                    pass
        return self._outcome

    def _add(self, index: FileIndex, rows: Iterable[dict[str, Any]]) -> None:
        if index.info:
            try:
                self._runs[index.path] = Run(index.info, self._site)
            except BadSetting as error:
                self._audience.passed_over(f"{index.path}: its warcinfo record is invalid: {error}")
                return
        self._has_records |= index.is_warc
        self._outcome.captures += self._aside.add_captures(rows)
        for each in index.passed_over:
            self._audience.passed_over(each)

    def _pages(self) -> Iterator[tuple[Capture, list[Page] | NotRead]]:
        """Yield the captures in the order of fetching, with their pages."""
        captures, asked = tee(map(Capture.from_row, self._aside.captures()))
        work = partial(read_capture, self._folder)
        own = self._site.at(self._site.start_url)
        runs = ((capture, self._runs.get(capture.path)) for capture in asked)
        things = ((capture, run.site if run else own) for capture, run in runs)
        return zip(captures, self._readers.map(work, things, _BATCH), strict=True)

    def _site_of(self, index: FileIndex) -> Site:
        """Return the site as the run that wrote a file saw it."""
        return Run(index.info, self._site).site

    def _report(self, difference: Difference) -> Difference:
        self._outcome.add(difference)
        self._audience.differs(difference)
        return difference


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of a database, whatever others write."""
    reader = open_engine(engine.url.render_as_string(hide_password=False), read_only=True)
    try:
        with explained(reader), reader.connect() as connection:
            yield connection
    finally:
        reader.dispose()


def _check(database: str) -> None:
    """Check that the database needs no upgrade, since it may not be changed."""
    engine = open_engine(database, read_only=True)
    try:
        require_current(engine)
    finally:
        engine.dispose()
