"""`newsbot crawl`: the same crawl as `scrapy crawl nzcity`, in any folder."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.forks import newsbot
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Status
from tests.replica.server import Replica

NEWSBOT = Path(sys.executable).with_name("newsbot")


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=1, per_day=3), Clock(scenarios.evening(1))) as replica:
        yield replica


def crawl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return newsbot(
        *("crawl", *arguments, "-s", "RATE_LIMIT_REQUESTS=0", "-s", "RETRY_TIMES=0"), cwd=folder
    )


def articles(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    finally:
        connection.close()


def test_data_go_to_a_folder_here_and_the_last_line_names_the_database(
    tmp_path: Path, replica: Replica
) -> None:
    first = crawl(tmp_path, "--start-url", replica.url)
    again = crawl(tmp_path, "--start-url", replica.url)

    database = tmp_path / "data/newsbot.db"
    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert articles(database) > 0
    assert list(tmp_path.glob("data/warc/*.warc.gz"))
    assert first.stderr.endswith(f" Database: {database} (just created).\n")
    assert again.stderr.endswith(f" Database: {database}.\n")
    assert first.stdout == again.stdout == ""


def test_a_database_may_be_named_by_its_path(tmp_path: Path, replica: Replica) -> None:
    (tmp_path / "scrapy.cfg").touch()
    folder = tmp_path / "x#y %41?"
    folder.mkdir()

    done = crawl(folder, "--start-url", replica.url, "--database", "a/news.db")

    assert done.returncode == 0, done.stderr
    assert articles(folder / "a/news.db") > 0
    assert list(tmp_path.glob("data/warc/*.warc.gz"))


def test_ids_are_asked_for_too(tmp_path: Path, replica: Replica) -> None:
    ids = replica.site.ids(scenarios.evening(1))

    done = crawl(tmp_path, "--start-url", replica.url, "--ids", f"{ids[0]}-{ids[-1]}")

    assert done.returncode == 0, done.stderr
    assert articles(tmp_path / "data/newsbot.db") == len(ids)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--ids", "junk"], "'junk'"),
        (["-s", "DRIFT_LIMIT"], "'DRIFT_LIMIT'"),
        (["--database", ""], "'--database'"),
        (["-s", "ITEM_PIPELINES=x"], "ITEM_PIPELINES=x"),
        (["-s", "FEEDS={"], "FEEDS={"),
        (["-s", "=1"], "'=1'"),
        (["-s", "DOWNLOAD_TIMEOUT=abc"], "DOWNLOAD_TIMEOUT=abc"),
        (["-s", "COOKIES_ENABLED=abc"], "COOKIES_ENABLED=abc"),
    ],
)
def test_what_is_typed_wrongly_is_named_and_2(
    tmp_path: Path, arguments: list[str], named: str
) -> None:
    done = crawl(tmp_path, *arguments)

    assert done.returncode == 2
    assert named in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "setting", ["DRIFT_LIMIT=2", "LOG_LEVEL=junk", "TWISTED_DNS_RESOLVER=junk"]
)
def test_a_bad_setting_is_a_sentence_and_1(tmp_path: Path, replica: Replica, setting: str) -> None:
    done = crawl(tmp_path, "--start-url", replica.url, "-s", setting)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_site_that_is_down_is_1(tmp_path: Path) -> None:
    site = scenarios.plain(days=1, per_day=3)
    with Replica(site, Clock(scenarios.evening(1))) as replica:
        replica.faults.add(Status(500))
        done = crawl(tmp_path, "--start-url", replica.url)

    assert done.returncode == 1


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may write in; pytest's own are root's alone."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_a_user_without_a_name_and_a_home_can_crawl(open_folder: Path, replica: Replica) -> None:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become somebody else")

    done = subprocess.run(
        [
            *("setpriv", "--reuid=45678", "--regid=45678", "--clear-groups"),
            # This Python may lie in a folder of root's.
            *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
            *("env", "--unset=HOME", str(NEWSBOT), "crawl", "--start-url", replica.url),
            *("-s", "RATE_LIMIT_REQUESTS=0"),
        ],
        cwd=open_folder,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert articles(open_folder / "data/newsbot.db") > 0
