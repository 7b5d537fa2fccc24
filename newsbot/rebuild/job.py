"""The whole of a reparse: one transaction, from the lock to the last difference."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from newsbot.crawl.lock import Lock
from newsbot.errors import ArchiveUnusable
from newsbot.rebuild.index import Capture, FileIndex, in_order
from newsbot.rebuild.reading import Readers
from newsbot.rebuild.recording import Recorder
from newsbot.site import Site
from newsbot.store.comparing import Difference, differences
from newsbot.store.engine import open_engine
from newsbot.store.estimates import estimate_dates
from newsbot.store.faults import explained
from newsbot.store.forgetting import forget, let_go
from newsbot.store.migrate import migrate, require_current
from newsbot.warc.reading import warc_files

# So many bytes are read by one process before others have started.
_SMALL = 4 * 1024 * 1024


class Audience(Protocol):
    """Who is told how a reparse goes."""

    def indexed(self, done: int, files: int) -> None:
        """So many files have been looked through."""

    def read(self, done: int, captures: int) -> None:
        """So many captures have been recorded."""

    def passed_over(self, what: str) -> None:
        """Something in a file could not be read, or is not wanted."""

    def differs(self, difference: Difference) -> None:
        """A row is another now."""


@dataclass(slots=True)
class Outcome:
    """What a reparse did: so many captures read, and so many rows new, changed or removed."""

    captures: int
    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)

    @property
    def differences(self) -> int:
        """Rows that differ from before."""
        return sum((self.new + self.changed + self.removed).values())

    def add(self, difference: Difference) -> None:
        """Count a row."""
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
) -> Outcome:
    """Read WARC files again, in the order of fetching, and bring the database up to date.

    `folder` is the archive's; its files are what is read where `files` is empty. It happens in one
    transaction: whoever reads the database sees all of it or nothing, and a kill leaves it as it
    was. Without `keep` the transaction is undone when the differences have been told; if there are
    none, it is undone anyway. So many `processes` read beside this one, by default as many as
    there are cores, or none for a small archive.

    Raises:
        LockHeld: a crawl or another reparse works on the database.
        DatabaseUnusable: it can't be opened, read or written.
        ArchiveUnusable: there is no file to read, or one can't be read.
    """
    files = files or warc_files(folder)
    if not files:
        raise ArchiveUnusable(f"There is nothing to read: {folder} holds no WARC file.")
    if not keep:
        _check(database)
    if processes is None:
        processes = _worthwhile_processes(files)
    engine = open_engine(database)
    try:
        with explained(engine), Lock(engine.url, site.name):
            migrate(engine, {site.name: site.zone})
            with Readers(processes) as readers:
                return _Job(engine, folder, readers, audience, site).run(files, keep=keep)
    finally:
        engine.dispose()


class _Job:
    def __init__(
        self, engine: Engine, folder: Path, readers: Readers, audience: Audience, site: Site
    ) -> None:
        self._site = site
        self._engine = engine
        self._folder = folder
        self._readers = readers
        self._audience = audience

    def run(self, files: Sequence[Path], *, keep: bool) -> Outcome:
        indexes = self._indexes(files)
        captures = in_order(indexes)
        outcome = Outcome(len(captures))
        with self._engine.connect() as connection, connection.begin() as transaction:
            with Session(connection) as session:
                self._read(session, captures, indexes)
            self._compare(connection, outcome)
            if not (keep and outcome.differences):
                transaction.rollback()
        return outcome

    def _indexes(self, files: Sequence[Path]) -> list[FileIndex]:
        indexes = []
        for index in self._readers.index(files, self._site):
            indexes.append(index)
            self._audience.indexed(len(indexes), len(files))
            for each in index.passed_over:
                self._audience.passed_over(each)
        return indexes

    def _read(
        self, session: Session, captures: Sequence[Capture], indexes: Iterable[FileIndex]
    ) -> None:
        sites = {index.path: self._site_of(index) for index in indexes}
        asked = [(capture, sites[capture.path]) for capture in captures]
        forget(session, self._site, _source_ids(asked), {capture.at for capture in captures})
        recorder = Recorder(session, indexes, self._site)
        read = self._readers.read(asked, self._folder)
        for done, (capture, pages) in enumerate(read, 1):
            recorder.record(capture, pages)
            self._audience.read(done, len(captures))
        estimate_dates(session.connection(), self._site)
        let_go(session)

    def _site_of(self, index: FileIndex) -> Site:
        """Return the site as the run that wrote a file saw it."""
        return self._site.at(index.info.get("start_url", self._site.start_url))

    def _compare(self, connection: Connection, outcome: Outcome) -> None:
        # Nothing is committed yet, so anyone else still sees the former state.
        url = self._engine.url.render_as_string(hide_password=False)
        reader = open_engine(url, read_only=True)
        try:
            with reader.connect() as before:
                for difference in differences(before, connection):
                    outcome.add(difference)
                    self._audience.differs(difference)
        finally:
            reader.dispose()


def _check(database: str) -> None:
    """See that the database needs no change before the transaction that will be undone."""
    engine = open_engine(database, read_only=True)
    try:
        require_current(engine)
    finally:
        engine.dispose()


def _worthwhile_processes(files: Iterable[Path]) -> int:
    size = sum(path.stat().st_size for path in files)
    return (os.cpu_count() or 1) if size > _SMALL else 0


def _source_ids(captures: Iterable[tuple[Capture, Site]]) -> set[str]:
    """Return the ids of the pages that the captures say something about."""
    ids = (
        site.article_id(url)
        for capture, site in captures
        for url in (capture.asked_url, capture.url)
    )
    return {source_id for source_id in ids if source_id is not None}
