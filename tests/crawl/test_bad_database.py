"""A database that can't be used, or fails in the middle: exit code 1, a sentence, nothing lost."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.crawling import Archive, Run, finished
from tests.helpers.disks import failing_beyond, make_read_only, small_disk
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Delay
from tests.replica.server import Replica


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=1, per_day=66), Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    return Archive(tmp_path, replica.url)


def failed(run: Run, sentence: str) -> None:
    assert run.exit_code == 1
    assert sentence in run.last_line
    assert run.stderr.strip() == run.last_line


def sound(archive: Archive) -> int:
    """Check the whole database, and return how many articles are in it."""
    assert archive.value("PRAGMA integrity_check") == "ok"
    assert archive.rows("PRAGMA foreign_key_check") == []
    assert archive.rows("SELECT text_hash FROM articles GROUP BY 1 HAVING count(*) > 1") == []
    stored = archive.value("SELECT count(*) FROM pages WHERE status = 'stored'")
    assert archive.value("SELECT count(*) FROM article_versions") == stored
    return int(stored)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("junk:x", "database URL"),
        ("mysql://u:secret@h/x", "'mysql'"),
        ("postgresql://u:secret@127.0.0.1:1/x", "postgresql://u@127.0.0.1:1/x"),
        ("sqlite:////dev/full/news.db", "/dev/full/news.db"),
    ],
)
def test_a_url_that_leads_nowhere(archive: Archive, url: str, sentence: str) -> None:
    archive.url = url

    run = archive.crawl()

    failed(run, sentence)
    assert "secret" not in run.stderr


def test_a_folder_in_its_place(archive: Archive) -> None:
    archive.path.mkdir()

    failed(archive.crawl(), f"The database {archive.path} is a folder; name a file in it.")


@pytest.mark.parametrize("with_folder", [True, False])
def test_one_that_is_taken_away_meanwhile(
    archive: Archive, replica: Replica, *, with_folder: bool
) -> None:
    ids = replica.site.ids(replica.clock.now())
    replica.faults.add(Delay(2), ids[-5], times=1)
    with archive.start() as process:
        deadline = time.monotonic() + 60
        while not any(entry.path.endswith(str(ids[-5])) for entry in replica.log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        archive.path.rename(archive.path.with_name("moved.db"))
        if with_folder:
            archive.path.mkdir()
        run = finished(process)

    failed(run, "moved, replaced or removed")
    # It stops at once: what it would fetch, nobody would find.
    assert replica.log[-1].path.endswith(str(ids[-5]))


def test_a_file_that_is_no_database(archive: Archive) -> None:
    text = "This is no database.\n" * 999
    archive.path.write_text(text)

    failed(archive.crawl(), str(archive.path))
    assert archive.path.read_text() == text


def test_a_damaged_one(archive: Archive, replica: Replica) -> None:
    archive.crawl()
    with archive.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (archive.path.stat().st_size - 4096))
    replica.log.clear()

    failed(archive.crawl(), f"{archive.path} is damaged")
    assert replica.log == []


def test_one_that_may_not_be_written(archive: Archive, replica: Replica) -> None:
    with small_disk(archive.path.parent, 32_000):
        archive.crawl()
        before = sound(archive)
        make_read_only(archive.path.parent)
        archive.output = archive.output.parent.parent / "output"
        replica.log.clear()

        failed(archive.crawl(), "give this user write permission")
        assert replica.log == []
        assert sound(archive) == before > 10


@pytest.mark.parametrize("with_warc", [True, False])
def test_a_disk_that_is_full(
    archive: Archive, tmp_path_factory: pytest.TempPathFactory, *, with_warc: bool
) -> None:
    archive.output = tmp_path_factory.mktemp("output")
    if not with_warc:
        archive.warc = tmp_path_factory.mktemp("warc")
    with small_disk(archive.path.parent, 1200):
        run = archive.crawl()

        assert run.exit_code == 1
        assert "the disk is full" in run.last_line or "No space left" in run.last_line
        stored = sound(archive)
        assert 0 < stored < 40
        assert archive.value("SELECT count(*) FROM pages WHERE attempts > 0") == 0


def test_a_disk_that_fails(archive: Archive) -> None:
    archive.before = failing_beyond(800)
    failed(
        archive.crawl(), f"The database {archive.path} can't be read or written because the disk"
    )
    stored = sound(archive)
    assert 0 < stored < 40

    archive.before = None
    run = archive.crawl()

    assert run.exit_code == 0
    assert run.last_line.endswith("requests.")
    assert sound(archive) > stored
    assert archive.value("SELECT count(*) FROM crawls WHERE outcome = 'running'") == 0
