"""The main job end to end: the real command against the replica, over HTTP."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.crawling import ROOT, Archive
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.markups import MARKUPS
from tests.replica.server import Replica

FIELDS = (
    "headline",
    "description",
    "article_body",
    "article_section",
    "credit_text",
    "copyright_holder",
    "section_path",
    "author",
    "image_caption",
    "day_printed",
)


@pytest.fixture
def replica() -> Iterator[Replica]:
    site = scenarios.plain(days=2, per_day=24)
    with Replica(site, Clock(scenarios.evening(1)), markup=list(MARKUPS)) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica) -> Archive:
    return Archive(tmp_path, replica.url)


def article_truth(replica: Replica, source_id: str) -> dict[str, Any]:
    truth = replica.truth(int(source_id))
    assert truth is not None
    article = truth["article"]
    assert isinstance(article, dict)
    return article


def test_every_article_is_stored_exactly_as_printed(replica: Replica, archive: Archive) -> None:
    run = archive.crawl()

    assert run.exit_code == 0, run.stderr
    stored = archive.rows(f"SELECT source_id, {', '.join(FIELDS)} FROM articles")  # noqa: S608
    assert len(stored) >= 17
    for source_id, *values in stored:
        truth = article_truth(replica, source_id)
        assert dict(zip(FIELDS, values, strict=True)) == {name: truth[name] for name in FIELDS}
    assert run.last_line.startswith(f"{len(stored)} new; 0 pending;")


def test_what_the_boxes_show_is_all_in_the_ledger(archive: Archive) -> None:
    archive.crawl()

    assert archive.rows("SELECT * FROM pages WHERE status NOT IN ('stored', 'gone')") == []
    assert archive.rows("SELECT * FROM rejected_pages") == []
    start, largest = archive.rows(
        "SELECT first_id, (SELECT max(id_number) FROM pages) FROM sources"
    )[0]
    assert archive.value("SELECT count(*) FROM pages WHERE id_number >= ?", [start]) == (
        largest - start + 1
    )


def test_a_second_run_asks_for_the_list_alone(replica: Replica, archive: Archive) -> None:
    archive.crawl()
    stored = archive.rows("SELECT * FROM articles ORDER BY id")
    asked = len(replica.log)

    run = archive.crawl()

    assert run.exit_code == 0
    assert run.last_line == "0 new; 0 pending; 1 request."
    assert [entry.path for entry in replica.log[asked:]] == ["/news/"]
    assert archive.rows("SELECT * FROM articles ORDER BY id") == stored


def test_what_is_published_between_two_runs_is_found(replica: Replica, archive: Archive) -> None:
    archive.crawl()
    first = archive.value("SELECT max(id_number) FROM pages WHERE status = 'stored'")
    replica.clock.set(scenarios.evening(2))

    archive.crawl()

    newest = max(replica.site.ids(replica.clock.now()))
    assert newest > first
    stored = {row[0] for row in archive.rows("SELECT id_number FROM pages WHERE status = 'stored'")}
    assert set(range(first, newest + 1)) <= stored


def test_times_of_todays_news_are_the_articles_own(replica: Replica, archive: Archive) -> None:
    archive.crawl()

    dated = archive.rows(
        "SELECT source_id, date_published FROM articles WHERE date_published_precision = 'minute'"
    )
    assert len(dated) >= 10
    for source_id, date in dated:
        truth = article_truth(replica, source_id)
        published = datetime.fromisoformat(truth["date_published"]).replace(second=0)
        assert datetime.fromisoformat(date).replace(tzinfo=UTC) == published


def test_only_the_start_pages_host_is_asked(archive: Archive, replica: Replica) -> None:
    archive.crawl()

    assert {entry.host for entry in replica.log} == {replica.url.split("/")[2]}


def test_ids_are_asked_for_on_demand(archive: Archive, replica: Replica) -> None:
    ids = sorted(replica.site.ids(replica.clock.now()))[:5]

    run = archive.crawl("-a", f"ids={ids[0]}-{ids[-1]}")

    assert run.exit_code == 0
    stored = archive.rows(
        "SELECT id_number, origin FROM pages WHERE status = 'stored' AND id_number <= ?", [ids[-1]]
    )
    assert sorted(stored) == [(number, "backfill") for number in ids]


def test_an_article_will_do_as_start_page(archive: Archive, replica: Replica) -> None:
    article = max(replica.site.ids(replica.clock.now()))
    archive.start_url = replica.article_url(article)

    assert archive.crawl().exit_code == 0
    assert archive.rows("SELECT status, origin FROM pages WHERE id_number = ?", [article]) == [
        ("stored", "start")
    ]
    assert archive.value("SELECT count(*) FROM articles") > 10


def test_the_command_as_it_is_typed(archive: Archive) -> None:
    program = str(Path(sys.executable).with_name("scrapy"))
    start = f"start_url={archive.start_url}"
    run = subprocess.run(
        [program, "crawl", "nzcity", "-a", start, "-s", "RATE_LIMIT_REQUESTS=0"],
        cwd=ROOT,
        env=os.environ | {"NEWSBOT_DATABASE_URL": archive.url, "NEWSBOT_ARCHIVE_DIR": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    stored = archive.value("SELECT count(*) FROM articles")
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""
    assert run.stderr.endswith(
        f" {stored} new; 0 pending; {stored + 2} requests. "
        f"Database: {archive.path} (just created).\n"
    )
    assert run.stderr.count("\n") == 1
