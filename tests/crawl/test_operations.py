"""What docs/operations.md tells people to do does what it says."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.crawling import ROOT, Archive, finished
from tests.helpers.killing import check
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Delay, Status
from tests.replica.server import Replica

OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2, per_day=24), Clock(scenarios.evening(1))) as replica:
        yield replica


def test_the_crontab_line_speaks_only_when_something_is_wrong(
    tmp_path: Path, replica: Replica
) -> None:
    found = re.search(r"```crontab\n\S+ \S+ \S+ \S+ \S+\s+(.*)\n```", OPERATIONS)
    assert found is not None
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / ".venv").symlink_to(sys.prefix)
    line = found[1].replace("/home/you/newsbot", str(tmp_path))
    line = line.replace(
        "crawl nzcity", f"crawl nzcity -a start_url={replica.url} -s RATE_LIMIT_REQUESTS=0"
    )

    def mail() -> str:
        run = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd="/",
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        return run.stdout + run.stderr

    assert mail() == ""
    replica.faults.add(Status(500), "pages")
    said = mail()

    log = (tmp_path / "data/crawl.log").read_text().splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 18 new; 0 pending; ", log[0])
    assert said == f"{log[1]}\n"
    assert "The crawl could not do its work: no page could be fetched: HTTP 500 (1)." in said
    assert len(log) == 2
    with closing(sqlite3.connect(tmp_path / "data/newsbot.db")) as database:
        assert database.execute("SELECT count(*) FROM articles").fetchone() == (18,)


def test_a_backup_made_during_a_crawl_is_whole_and_the_rest_is_in_the_archive(
    tmp_path: Path, replica: Replica
) -> None:
    archive = Archive(tmp_path, replica.url)
    slow = replica.site.ids(replica.clock.now())[-9]
    replica.faults.add(Delay(2), slow, times=1)
    backup = tmp_path / "backup.db"
    with archive.start() as process:
        deadline = time.monotonic() + 60
        while not any(entry.path.endswith(f"={slow}") for entry in replica.log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        # What the shell's .backup does.
        with (
            closing(sqlite3.connect(archive.path)) as source,
            closing(sqlite3.connect(backup)) as copy,
        ):
            source.backup(copy)
        assert finished(process).exit_code == 0
    everything = archive.rows("SELECT id_number, status FROM pages ORDER BY 1")

    for file in tmp_path.glob("newsbot.db*"):
        file.unlink()
    shutil.copy(backup, archive.path)
    check(archive, set())
    assert 0 < archive.value("SELECT count(*) FROM articles") < len(everything)

    newsbot = Path(sys.executable).with_name("newsbot")
    places = {"NEWSBOT_DATABASE_URL": archive.url, "NEWSBOT_ARCHIVE_DIR": str(archive.warc)}
    subprocess.run([newsbot, "reparse"], env=os.environ | places, check=True, capture_output=True)

    assert archive.rows("SELECT id_number, status FROM pages ORDER BY 1") == everything
    asked = len(replica.log)
    assert archive.crawl().last_line == "0 new; 0 pending; 1 request."
    assert len(replica.log) == asked + 1
    assert archive.rows("SELECT outcome FROM crawls") == [("interrupted",), ("finished",)]
