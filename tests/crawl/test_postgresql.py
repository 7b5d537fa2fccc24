"""The main job on PostgreSQL: the same command, another URL."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from newsbot.cli import newsbot
from newsbot.store.tables import Article, Crawl, Page, Source
from tests.helpers import toy_site
from tests.helpers.crawling import Archive, finished
from tests.helpers.databases import ON_POSTGRESQL
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.faults import Delay
from tests.replica.server import Replica

pytestmark = ON_POSTGRESQL


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=2, per_day=24), Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def archive(tmp_path: Path, replica: Replica, database_url: str) -> Archive:
    return Archive(tmp_path, replica.url, DATABASE_URL=database_url)


def run(database_url: str, *arguments: str) -> Result:
    return CliRunner().invoke(newsbot, [*arguments, "--database", database_url])


def texts(engine: Engine) -> dict[str, tuple[str, str]]:
    with Session(engine) as session:
        rows = session.execute(select(Article.source_id, Article.headline, Article.article_body))
        return {source_id: (headline, body) for source_id, headline, body in rows}


def test_a_crawl_stores_what_the_site_shows(
    archive: Archive, replica: Replica, engine: Engine
) -> None:
    first = archive.crawl()
    stored = texts(engine)
    again = archive.crawl()

    assert first.exit_code == 0, first.stderr
    assert len(stored) >= 17
    for source_id, (headline, body) in stored.items():
        truth = replica.truth(int(source_id))
        assert truth is not None
        assert (headline, body) == (
            truth["article"]["headline"],
            truth["article"]["article_body"],
        )
    assert again.last_line == "0 new; 0 pending; 1 request."
    assert texts(engine) == stored


def test_what_is_published_between_two_runs_is_found(
    archive: Archive, replica: Replica, engine: Engine
) -> None:
    archive.crawl()
    replica.clock.set(scenarios.evening(2))

    assert archive.crawl().exit_code == 0

    published = replica.site.ids(replica.clock.now())
    with Session(engine) as session:
        first = session.scalars(select(Source.first_id)).one()
        pending = select(func.count()).select_from(Page).where(Page.status == "pending")
        assert session.scalars(pending).one() == 0
        assert session.scalars(select(Crawl.exit_code)).all() == [0, 0]
    assert first is not None
    assert {str(number) for number in published if number >= first} <= set(texts(engine))


def test_the_commands_work_on_it(archive: Archive, engine: Engine, database_url: str) -> None:
    archive.crawl()
    source_id, (headline, _) = next(iter(texts(engine).items()))

    found = run(database_url, "search", f'"{headline}"')
    exported = run(database_url, "export")
    told = run(database_url, "status")

    assert source_id in found.stdout
    assert len(exported.stdout.splitlines()) == len(texts(engine))
    assert f"Articles: {len(texts(engine))}," in told.stdout


def wait_for_a_request(replica: Replica, path: str) -> None:
    deadline = time.monotonic() + 60
    while not any(entry.path.startswith(path) for entry in replica.log):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_two_sites_may_be_crawled_at_a_time(
    archive: Archive, replica: Replica, engine: Engine, tmp_path: Path, database_url: str
) -> None:
    replica.faults.add(Delay(8), "/news/", times=1)
    with archive.start() as first, toy_site.server() as url:
        wait_for_a_request(replica, "/news/")
        other = Archive(tmp_path / "toy", url, DATABASE_URL=database_url)
        other.settings["SPIDER_MODULES"] = toy_site.__name__
        other.spider = toy_site.SITE.name

        run = other.crawl()

        assert run.exit_code == 0, run.stderr
        assert first.returncode is None
        assert finished(first).exit_code == 0
    with Session(engine) as session:
        sources = session.execute(select(Article.source, func.count()).group_by(Article.source))
        assert {source: count > 3 for source, count in sources} == {"nzcity": True, "toy": True}


def test_a_standby_takes_over_where_the_first_is_killed(
    archive: Archive, replica: Replica, engine: Engine, tmp_path: Path, database_url: str
) -> None:
    standby = Archive(tmp_path / "standby", replica.url, DATABASE_URL=database_url)
    rule = replica.faults.add(Delay(60), "articles", skip=5)
    with archive.start() as first:
        deadline = time.monotonic() + 60
        while sum("article.aspx" in entry.path for entry in replica.log) <= 5:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        asked = len(replica.log)
        assert standby.crawl().exit_code == 75
        assert len(replica.log) == asked
        first.send_signal(signal.SIGKILL)
        first.wait(60)
        replica.faults.remove(rule)

        run = standby.crawl()

    assert run.exit_code == 0, run.stderr
    with Session(engine) as session:
        outcomes = session.scalars(select(Crawl.outcome).order_by(Crawl.id)).all()
        doubled = select(Article.text_hash).group_by(Article.text_hash).having(func.count() > 1)
        pending = select(func.count()).select_from(Page).where(Page.status == "pending")
        assert outcomes == ["interrupted", "finished"]
        assert session.scalars(doubled).all() == []
        assert session.scalars(pending).one() == 0
