"""Settings and arguments that mean nothing: a sentence says what to write, and nothing is done."""

from pathlib import Path

import pytest

from tests.helpers.crawling import Archive
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica

NOWHERE = "http://127.0.0.1:1/news/"

ARGUMENTS = [
    ("start_url=junk", "start_url is 'junk'; write a whole address"),
    ("start_url=", "start_url is ''; write a whole address"),
    ("start_url=file:///etc/passwd", "start_url is 'file:///etc/passwd'; write a whole address"),
    ("start_url=https://[::1", "start_url is 'https://[::1'; write a whole address"),
    ("start_url=http://a b/", "start_url is 'http://a b/'; write a whole address"),
    ("start_url=http://h:99999/", "start_url is 'http://h:99999/'; write a whole address"),
    ("ids=junk", "ids is 'junk'; write a first and a last number"),
    ("ids=9-1", "ids is '9-1'; write a first and a last number"),
    ("ids=0", "ids is '0'; write a first and a last number"),
    ("ids=1-999999999", "ids is '1-999999999'; name at most 100000 at a time"),
    (
        "stat_url=https://x.example/",
        "nzcity has no argument stat_url; it has start_url, ids, sections and pages",
    ),
    ("name=other", "nzcity has no argument name; it has start_url, ids, sections and pages"),
]

SETTINGS = [
    ("RATE_LIMIT_REQUESTS", "x", "RATE_LIMIT_REQUESTS is 'x'; set it to a number, 0 or greater"),
    ("RATE_LIMIT_REQUESTS", "0.5", "RATE_LIMIT_REQUESTS is 0.5; set it to a whole number"),
    ("RATE_LIMIT_PERIOD", "-1", "RATE_LIMIT_PERIOD is '-1'; set it to a number, 0 or greater"),
    ("RETRY_AFTER_MAX", "nan", "RETRY_AFTER_MAX is 'nan'; set it to a number, 0 or greater"),
    ("RECHECK_AFTER", "soon", "RECHECK_AFTER is 'soon'; set it to hours separated by commas"),
    ("DRIFT_LIMIT", "20", "DRIFT_LIMIT is '20'; set it to a share from 0 to 1"),
    ("READERS", "two", "READERS is 'two'; set it to a whole number, 0 to 64"),
    ("READERS", "-1", "READERS is '-1'; set it to a whole number, 0 to 64"),
    ("CLOCK", "no.such.Clock", "The crawl met an error: ModuleNotFoundError"),
]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path, NOWHERE)


@pytest.mark.parametrize(("argument", "sentence"), ARGUMENTS)
def test_an_argument(archive: Archive, argument: str, sentence: str) -> None:
    run = archive.crawl("-a", argument)

    assert run.exit_code == 1
    assert sentence in run.last_line
    assert run.stderr.strip() == run.last_line
    assert not archive.path.exists()


@pytest.mark.parametrize(("name", "value", "sentence"), SETTINGS)
def test_a_setting(archive: Archive, name: str, value: str, sentence: str) -> None:
    archive.settings[name] = value

    run = archive.crawl()

    assert run.exit_code == 1
    assert sentence in run.last_line
    assert run.stderr.strip() == run.last_line


def test_a_setting_that_drops_every_request_does_not_hang_the_run(tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=1), Clock(scenarios.evening(0))) as replica:
        run = Archive(tmp_path, replica.url).crawl(
            SPIDER_MIDDLEWARES='{"scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": 500}',
            URLLENGTH_LIMIT=10,
        )

    assert run.exit_code == 1
    assert f"No response arrived for {replica.url}" in run.last_line
