"""A second site goes the same way as the first: crawled, stored, searched, reparsed."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from sqlalchemy.orm import Session

from newsbot.rebuild.job import reparse
from newsbot.store.engine import open_engine
from newsbot.store.reading.search import search
from tests.helpers import toy_site
from tests.helpers.crawling import ROOT
from tests.helpers.reparsing import Watcher

# The real `scrapy crawl`, with one spider more.
CRAWL = """
import sys
from scrapy.cmdline import execute
from scrapy.utils.project import get_project_settings
from newsbot import settings
settings.SPIDER_MODULES.append("tests.helpers.toy_site")
execute(["scrapy", "crawl", "toy", *sys.argv[1:]])
"""


def crawl(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    options = {
        "DATABASE_URL": f"sqlite:///{folder}/toy.db",
        "ARCHIVE_DIR": f"{folder}/warc",
        "RATE_LIMIT_REQUESTS": "0",
    }
    arguments = [part for pair in options.items() for part in ("-s", "=".join(pair))]
    return subprocess.run(
        [sys.executable, "-c", CRAWL, "-a", f"start_url={url}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "toy.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_second_site_is_crawled_stored_searched_and_reparsed(tmp_path: Path) -> None:
    with toy_site.server() as url:
        run = crawl(tmp_path, url)
        again = crawl(tmp_path, url)

    assert (run.returncode, again.returncode) == (0, 0), run.stderr + again.stderr
    assert rows(
        tmp_path,
        "SELECT source, source_id, url, date_published, day_published, article_section "
        "FROM articles ORDER BY source_id DESC LIMIT 1",
    ) == [("toy", "5", f"{url}story/5", "2026-07-01 03:30:00", "2026-07-01", "Nature")]
    assert rows(tmp_path, "SELECT source_id, status, origin FROM pages ORDER BY id_number") == [
        *((number, "stored", "list") for number in "123"),
        ("4", "gone", "gap"),
        ("5", "stored", "list"),
    ]
    engine = open_engine(f"sqlite:///{tmp_path}/toy.db", read_only=True)
    with Session(engine) as session:
        assert {hit.source_id for hit in search(session, "fjord")} == {"1", "2", "3", "5"}
    engine.dispose()

    warc = tmp_path / "warc"
    outcomes = [
        reparse(
            f"sqlite:///{tmp_path}/{name}.db",
            warc,
            [],
            toy_site.SITE,
            keep=True,
            audience=Watcher(),
            processes=0,
        )
        for name in ("toy", "again")
    ]
    assert outcomes[0].differences == 0
    assert outcomes[1].new["articles"] == len(toy_site.STORIES)
