"""Reading the archive again makes what the crawls made, and what a better reader would have."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsbot.rebuild.job import Outcome, reparse
from newsbot.sites import DEFAULT
from newsbot.store.comparing import Difference, differences
from newsbot.store.engine import open_engine
from tests.helpers import bad_readers
from tests.helpers.crawling import Archive
from tests.helpers.reparsing import Watcher
from tests.helpers.still_clock import VARIABLE
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import (
    CutOff,
    Gzip,
    Redesign,
    Redirect,
    RedirectLoop,
    Status,
)
from tests.replica.server import Replica

FIRST = scenarios.evening(1)
LATER = FIRST + timedelta(hours=2)
NEXT_DAY = scenarios.evening(2)


def again(
    database: Path | str, warc: Path, *files: Path, keep: bool = True, processes: int = 0
) -> tuple[Outcome, Watcher]:
    watcher = Watcher()
    outcome = reparse(
        url_of(database), warc, files, DEFAULT, keep=keep, audience=watcher, processes=processes
    )
    return outcome, watcher


def url_of(database: Path | str) -> str:
    return f"sqlite:///{database}" if isinstance(database, Path) else database


def unlike(one: Path | str, other: Path | str) -> list[Difference]:
    engines = [open_engine(url_of(database), read_only=True) for database in (one, other)]
    with engines[0].connect() as before, engines[1].connect() as after:
        found = list(differences(before, after, DEFAULT.name))
    for engine in engines:
        engine.dispose()
    return found


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.fixture
def replica() -> Iterator[Replica]:
    with made_up_site() as replica:
        yield replica


@contextmanager
def made_up_site() -> Iterator[Replica]:
    site = scenarios.plain(days=2, per_day=24)
    with Replica(site, Clock(FIRST), markup=["tables", "divs"]) as replica:
        yield replica


def crawl(archive: Archive, replica: Replica, at: datetime, *arguments: str) -> None:
    replica.clock.set(at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, at.isoformat())
        archive.crawl(*arguments)


def archive_of(folder: Path, replica: Replica) -> Archive:
    return Archive(
        folder,
        replica.url,
        CLOCK="tests.helpers.still_clock.StillClock",
        RETRY_TIMES=1,
        RECHECK_AFTER="1,24",
    )


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Three crawls of a site on which stories are edited and removed, and much goes wrong."""
    with made_up_site() as replica:
        archive = archive_of(tmp_path_factory.mktemp("crawled"), replica)
        _crawl_through_trouble(archive, replica)
    return archive


def _crawl_through_trouble(archive: Archive, replica: Replica) -> None:
    site = replica.site
    newest = site.ids(FIRST)[::-1]
    for place, fault, times in (
        (0, Gzip(), None),
        (2, Redirect(f"/news/article.aspx?id={newest[3]}"), None),
        (4, RedirectLoop(), 6),
        (5, Redirect("/news/"), 1),
        (6, Status(500), 1),
        (7, CutOff(500), 1),
        (8, CutOff(500), None),
        (9, Status(403), None),
        (10, Redesign(), 1),
        (12, Redirect("http://example.invalid/"), None),
    ):
        replica.faults.add(fault, where=newest[place], times=times)
    crawl(archive, replica, FIRST, "-a", f"ids={newest[-1] - 2}-{newest[-1] + 3}")
    site.edit(newest[0], FIRST + timedelta(hours=1), headline="Another headline")
    site.remove(newest[1], FIRST + timedelta(hours=1))
    crawl(archive, replica, LATER)
    site.edit(newest[0], LATER + timedelta(hours=1), standfirst="Another standfirst")
    crawl(archive, replica, NEXT_DAY)


def test_the_crawls_saw_what_the_comparison_is_about(crawled: Archive) -> None:
    assert set(crawled.rows("SELECT DISTINCT status FROM pages")) >= {
        ("stored",),
        ("gone",),
        ("rejected",),
        ("pending",),
    }
    assert {"list", "gap", "backfill"} <= {
        row[0] for row in crawled.rows("SELECT origin FROM pages")
    }
    assert crawled.value("SELECT max(version) FROM article_versions") == 3
    assert len(list(crawled.warc.iterdir())) == 3


@pytest.mark.parametrize("processes", [0, 2])
def test_an_empty_database_becomes_that_of_the_crawls(
    crawled: Archive, tmp_path: Path, processes: int
) -> None:
    path = tmp_path / "new.db"

    outcome, watcher = again(path, crawled.warc, processes=processes)

    assert unlike(crawled.path, path) == []
    assert watcher.passed == []
    assert watcher.files[-1] == (3, 3)
    assert watcher.captures[-1] == (outcome.captures, outcome.captures)
    assert outcome.new["articles"] == crawled.value("SELECT count(*) FROM articles")


def test_it_is_the_same_on_any_database(crawled: Archive, database_url: str) -> None:
    again(database_url, crawled.warc)
    assert unlike(crawled.path, database_url) == []

    outcome, _ = again(database_url, crawled.warc)
    assert outcome.differences == 0


def test_an_address_that_moved_for_good_has_moved_in_the_archive_too(
    replica: Replica, tmp_path: Path
) -> None:
    archive = archive_of(tmp_path / "moved", replica)
    newest = replica.site.ids(FIRST)[-1]
    replica.faults.add(Redirect(f"/News/Article.aspx?id={newest}", 308), newest, times=1)
    crawl(archive, replica, FIRST)

    again(tmp_path / "new.db", archive.warc)

    moved = archive.value("SELECT url FROM articles WHERE source_id = ?", [str(newest)])
    assert moved.endswith(f"/News/Article.aspx?id={newest}")
    assert unlike(archive.path, tmp_path / "new.db") == []


def test_reading_again_changes_nothing(crawled: Archive, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    shutil.copyfile(crawled.path, path)
    before = dump(path)

    outcome, watcher = again(path, crawled.warc)

    assert outcome.differences == 0
    assert watcher.rows == []
    assert dump(path) == before


def test_a_diff_tells_what_would_change_and_changes_nothing(
    crawled: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    shutil.copyfile(crawled.path, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE articles SET headline = 'Wrong' WHERE id = 3")
    connection.execute("DELETE FROM listings WHERE id = 5")
    connection.commit()
    connection.close()
    before = dump(path)

    outcome, watcher = again(path, crawled.warc, keep=False)

    assert dump(path) == before
    changed = {"articles": 1, "article_versions": 1}
    assert (outcome.changed, outcome.new) == (changed, {"listings": 1})
    version, story, listing = sorted(watcher.rows, key=lambda row: row.table)
    assert story.before == version.before == {"headline": "Wrong"}
    assert listing.before is None
    again(path, crawled.warc)
    assert unlike(crawled.path, path) == []


def test_a_repaired_reader_brings_the_archive_to_where_a_sound_one_had_been(
    replica: Replica, tmp_path: Path
) -> None:
    sound, broken = (archive_of(tmp_path / name, replica) for name in ("sound", "broken"))
    broken.before = bad_readers.reject_a_third
    edited = replica.site.ids(FIRST)[-1]
    replica.site.edit(edited, FIRST + timedelta(hours=1), headline="Another headline")
    for at in (FIRST, LATER, NEXT_DAY):
        crawl(sound, replica, at)
        crawl(broken, replica, at)
    numbers = broken.rows("SELECT source_id, id FROM articles")
    asked = len(replica.log)
    rejected = broken.value("SELECT count(*) FROM pages WHERE status = 'rejected'")
    assert rejected >= broken.value("SELECT count(*) FROM pages") / 4

    told, watcher = again(broken.path, broken.warc, keep=False)
    done, _ = again(broken.path, broken.warc)

    assert [row for row in unlike(sound.path, broken.path) if not _only_elsewhere(row)] == []
    assert (done.new, done.changed, done.removed) == (told.new, told.changed, told.removed)
    assert len(watcher.rows) == told.differences >= rejected
    assert len(replica.log) == asked
    # Whoever has noted a story's number finds it again.
    assert set(broken.rows("SELECT source_id, id FROM articles")) >= set(numbers)


def _only_elsewhere(row: Difference) -> bool:
    """Whether the same response only stands in another place of the archive."""
    places = {"warc_file", "warc_offset"}
    return row.before is not None and row.after is not None and row.before.keys() <= places


def test_nothing_is_left_of_what_was_misread(replica: Replica, tmp_path: Path) -> None:
    broken = archive_of(tmp_path / "broken", replica)
    broken.before = bad_readers.misread
    edited = replica.site.ids(FIRST)[-1]
    replica.site.edit(edited, FIRST + timedelta(hours=1), headline="Another headline")
    for at in (FIRST, LATER, NEXT_DAY):
        crawl(broken, replica, at)

    again(broken.path, broken.warc)
    again(tmp_path / "new.db", broken.warc)

    # Where the archive starts was decided, and asked for; that stays.
    assert {row.table for row in unlike(tmp_path / "new.db", broken.path)} <= {"sources"}
    for source_id, body in broken.rows("SELECT source_id, article_body FROM articles"):
        truth = replica.truth(int(source_id))
        assert truth is not None
        assert body == truth["article"]["article_body"]
    assert broken.rows(
        "SELECT version, article_versions.headline = 'Another headline' FROM article_versions "
        "JOIN pages ON pages.id = page_id WHERE pages.source_id = ? ORDER BY version",
        [str(edited)],
    ) == [(1, 0), (2, 1)]


class _Interrupted(Watcher):
    def read(self, done: int, captures: int) -> None:
        super().read(done, captures)
        if done == captures // 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("processes", [0, 1])
def test_broken_off_it_has_changed_nothing(
    crawled: Archive, tmp_path: Path, processes: int
) -> None:
    path = tmp_path / "copy.db"
    shutil.copyfile(crawled.path, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE articles SET headline = 'Wrong'")
    connection.commit()
    connection.close()
    before = dump(path)

    with pytest.raises(KeyboardInterrupt):
        reparse(
            url_of(path),
            crawled.warc,
            [],
            DEFAULT,
            keep=True,
            audience=_Interrupted(),
            processes=processes,
        )

    assert dump(path) == before


def test_the_search_index_follows(crawled: Archive, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    shutil.copyfile(crawled.path, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE articles SET headline = 'Zyzzyva ' || headline")
    connection.commit()

    again(path, crawled.warc)

    count = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
    assert connection.execute(count, ["zyzzyva"]).fetchone() == (0,)
    assert connection.execute(count, ["headline"]).fetchone() == (1,)
    connection.execute(
        "INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)"
    )
    connection.close()
