"""Settings and arguments that mean nothing: a sentence says what to write, and nothing is done."""

from pathlib import Path

import pytest
from scrapy.settings import Settings

from newsbot.crawl.crawl_run import number
from newsbot.crawl.reading import parse_readers
from newsbot.crawl.spider import SiteSpider
from newsbot.errors import BadSetting
from newsbot.pipelines.store import parse_hours
from newsbot.sites import DEFAULT as SITE
from tests.helpers.crawling import Archive
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica

NOWHERE = "http://127.0.0.1:1/news/"

ARGUMENTS = [
    *("start_url=junk", "start_url=", "start_url=file:///etc/passwd", "start_url=https://[::1"),
    *("start_url=http://a b/", "start_url=http://h:99999/", "start_url=http://me@h/"),
    *("ids=junk", "ids=9-1", "ids=0", "ids=1-999999999", "sections=0", "sections=a", "pages=1"),
    *("stat_url=https://x.example/", "name=other"),
]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path, NOWHERE)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_an_argument(argument: str) -> None:
    name, _, value = argument.partition("=")

    with pytest.raises(BadSetting, match=name):
        type("Spider", (SiteSpider,), {"name": SITE.name, "site": SITE})(**{name: value})


@pytest.mark.parametrize("value", ["x", "-1", "nan", "inf", None, ""])
def test_a_setting_that_is_no_number(value: str | None) -> None:
    with pytest.raises(BadSetting, match="RATE_LIMIT_PERIOD"):
        number(Settings({"RATE_LIMIT_PERIOD": value}), "RATE_LIMIT_PERIOD")


@pytest.mark.parametrize("value", ["soon", "-1", "0", "1,,x"])
def test_rechecks_that_are_no_hours(value: str) -> None:
    with pytest.raises(BadSetting, match="RECHECK_AFTER"):
        parse_hours(value)


@pytest.mark.parametrize("value", ["two", "-1", "65", ""])
def test_readers_that_are_no_number_of_processes(value: str) -> None:
    with pytest.raises(BadSetting, match="READERS"):
        parse_readers(value)


@pytest.mark.parametrize(
    ("arguments", "setting", "name"),
    [
        (["-a", "ids=9-1"], {}, "ids"),
        ([], {"RATE_LIMIT_REQUESTS": "0.5"}, "RATE_LIMIT_REQUESTS"),
        ([], {"DRIFT_LIMIT": "20"}, "DRIFT_LIMIT"),
        ([], {"CLOCK": "no.such.Clock"}, "ModuleNotFoundError"),
    ],
)
def test_a_crawl_says_so_and_does_nothing(
    archive: Archive, arguments: list[str], setting: dict[str, str], name: str
) -> None:
    archive.settings |= setting
    run = archive.crawl(*arguments)

    assert run.exit_code == 1
    assert name in run.last_line
    assert run.stderr.strip() == run.last_line
    assert not archive.path.exists() or archive.rows("SELECT * FROM crawls") == []


def test_a_setting_that_drops_every_request_does_not_hang_the_run(tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=1), Clock(scenarios.evening(0))) as replica:
        run = Archive(tmp_path, replica.url).crawl(
            SPIDER_MIDDLEWARES='{"scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": 500}',
            URLLENGTH_LIMIT=10,
        )

    assert run.exit_code == 1
    assert f"No response arrived for {replica.url}" in run.last_line
