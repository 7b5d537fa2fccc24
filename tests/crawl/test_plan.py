"""What a crawl asks for, in which order, and what it makes of edits and removals: over HTTP."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from newsbot.store import ledger
from tests.helpers.crawling import Archive, Run
from tests.replica import scenarios
from tests.replica.clock import NEW_ZEALAND, Clock
from tests.replica.faults import Fault, Notice, Redirect, Status
from tests.replica.newsroom import FIRST_ID
from tests.replica.server import Replica
from tests.replica.site import Site
from tests.replica.story import paragraph

BUDGET, PERIOD = 14, 300
EVENING = scenarios.evening(1)


class World:
    """A site, an archive of it, and the clock of both."""

    def __init__(self, folder: Path, replica: Replica) -> None:
        self.replica = replica
        self.archive = Archive(folder, replica.url).live_by(replica)

    def crawl(self, *arguments: str, **settings: Any) -> list[int]:
        """Crawl, and return the ids that were asked for, in that order."""
        before = len(self.replica.log)
        self.run: Run = self.archive.crawl(*arguments, **settings)
        assert self.run.exit_code == 0, self.run.stderr
        self.paths = [entry.path for entry in self.replica.log[before:]]
        return [int(path.rpartition("=")[2]) for path in self.paths if "id=" in path]

    def pass_hours(self, hours: float) -> None:
        self.replica.clock.advance(timedelta(hours=hours))

    @property
    def published(self) -> list[int]:
        """The ids that are up, in rising order."""
        return self.replica.site.ids(self.replica.clock.now())

    @property
    def first_id(self) -> int:
        """The archive's start."""
        return int(self.archive.value("SELECT first_id FROM sources"))

    def ids(self, where: str = "TRUE") -> set[int]:
        """The ids of the ledger for which a condition holds."""
        rows = self.archive.rows(f"SELECT id_number FROM pages WHERE {where}")  # noqa: S608
        return {row[0] for row in rows}

    def section(self, article_id: int) -> str:
        story = self.replica.site.story(article_id, self.replica.clock.now())
        assert story is not None
        return story.section


def of_one_section() -> Site:
    """A site whose start page has the only section's box: it is never looked at elsewhere."""
    found = scenarios.plain(days=2, per_day=12).stories()
    return Site(
        replace(story, section="International", category="International") for story in found
    )


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world at half past seven of its first evening; parametrized indirectly by its site."""
    site: Site = getattr(request, "param", None) or scenarios.plain(days=4, per_day=30)
    with Replica(site, Clock(EVENING)) as replica:
        yield World(tmp_path, replica)


def feeds_of(world: World) -> str:
    """The setting RSS_URL for the replica's feeds."""
    return urljoin(world.replica.url, "/rss/news.aspx?catid={cat}")


def sections_of_feeds(world: World) -> list[int]:
    """The numbers of the sections whose feeds the last crawl asked for."""
    return [int(path.rpartition("=")[2]) for path in world.paths if path.startswith("/rss/")]


def test_the_start_page_comes_first_then_what_is_new_then_gaps_then_rechecks(world: World) -> None:
    world.crawl()
    stored = world.ids("status = 'stored'")
    world.pass_hours(24)

    asked = world.crawl()

    listed, gaps = world.ids("origin = 'list'") - stored, world.ids("origin = 'gap'")
    kinds = "".join("n" if each in listed else "g" if each in gaps else "k" for each in asked)
    assert world.paths[:2] == ["/robots.txt", "/news/"]
    # Known pages that show the box of a section that is due, new ones, gaps, and rechecks of known
    # pages; a page that was found by its id may list new ones.
    assert re.fullmatch("k*n+(g+n*)+k+", kinds), kinds
    assert len(asked) == len(set(asked))
    assert set(asked) >= {each for each in world.published if each >= world.first_id}


def test_a_page_that_is_due_for_a_recheck_shows_the_day_s_list(world: World) -> None:
    world.crawl()
    stored = world.ids("status = 'stored'")
    world.pass_hours(1.1)

    asked = world.crawl()

    assert "/news/" not in world.paths
    assert asked[0] in stored
    assert world.ids("origin = 'list'") >= set(world.published[-3:])


def test_where_no_page_is_due_the_start_page_shows_it(world: World) -> None:
    world.archive.settings["RECHECK_AFTER"] = ""
    world.crawl()
    world.pass_hours(0.2)

    world.crawl()

    assert [path for path in world.paths if path != "/robots.txt"] == ["/news/"]


def test_the_start_page_is_asked_for_every_six_hours(world: World) -> None:
    world.crawl()
    asked = []
    for hours in (1.1, 5.9, 6.1, 11.9, 12.2):
        world.replica.clock.set(EVENING + timedelta(hours=hours))
        world.crawl()
        if "/news/" in world.paths:
            asked.append(hours)

    assert asked == [6.1, 12.2]


def test_a_section_is_looked_at_by_its_feed_while_the_day_s_list_lacks_its_articles(
    world: World,
) -> None:
    world.archive.settings |= {"RSS_URL": feeds_of(world), "RECHECK_AFTER": ""}
    world.crawl()
    looked = []
    for hours in (1, 2.1, 3, 4.3, 8):
        world.replica.clock.set(EVENING + timedelta(hours=hours))
        world.crawl()
        looked.append(1032 in sections_of_feeds(world))

    # The day's list holds no International article under that name.
    assert looked == [False, True, False, True, True]


def test_every_section_that_is_known_is_looked_at_once_a_day(world: World) -> None:
    world.archive.settings |= {"RSS_URL": feeds_of(world), "RECHECK_AFTER": ""}
    world.crawl()
    world.pass_hours(25)
    world.crawl()

    looks = world.archive.rows("SELECT section, looked_at FROM sections WHERE cat IS NOT NULL")
    now = world.replica.clock.now()
    assert len(looks) > 5
    for name, looked_at in looks:
        assert now - datetime.fromisoformat(looked_at).replace(tzinfo=UTC) < timedelta(hours=1), (
            name
        )


def test_feeds_date_to_the_minute_what_the_day_s_list_never_shows(world: World) -> None:
    world.archive.settings["RSS_URL"] = feeds_of(world)
    for _ in range(6):
        world.crawl()
        world.pass_hours(2.1)

    dates = world.archive.rows(
        "SELECT source_id, date_published, date_published_precision FROM articles "
        "WHERE article_section = 'International' AND date_published_evidence LIKE '% feed'"
    )
    assert len(dates) >= 3
    for source_id, published, precision in dates:
        story = world.replica.site.story(int(source_id), world.replica.clock.now())
        assert story is not None
        assert (published, precision) == (utc(story.published), "minute")


@pytest.mark.parametrize("status", [404, 500])
def test_a_feed_that_fails_is_no_fault_of_the_run_and_is_asked_for_less_and_less(
    world: World, status: int
) -> None:
    world.archive.settings |= {"RSS_URL": feeds_of(world), "RECHECK_AFTER": ""}
    world.replica.faults.add(Status(status), "/rss/news.aspx")
    asked = Counter[int]()
    for _ in range(8):
        world.crawl()
        asked.update(sections_of_feeds(world))
        world.pass_hours(1)

    # At once, after an hour, and after four more.
    assert max(asked.values()) == 3
    failures = world.archive.rows("SELECT max(feed_failures), max(looked_at) FROM sections")
    assert failures[0][0] == 3
    assert world.archive.value("SELECT count(*) FROM rejected_pages") == 0


def test_section_pages_name_older_articles_with_their_days(world: World) -> None:
    world.replica.clock.set(EVENING + timedelta(days=3))
    world.crawl("-a", "sections=1032,978", "-a", "pages=1-3")

    pages = [path for path in world.paths if "/default.aspx?cat=" in path]
    assert [path.rpartition("cat=")[2] for path in pages] == [
        f"{cat}&page={page}" for cat in (1032, 978) for page in (1, 2, 3)
    ]
    listed = world.archive.rows(
        "SELECT source_id, date_listed, date_listed_precision FROM listings "
        "WHERE list_kind = 'section page'"
    )
    assert len(listed) > 40
    assert {precision for *_, precision in listed} == {"day"}
    assert world.ids("status = 'stored'") >= {int(source_id) for source_id, *_ in listed}


def test_a_section_ends_where_a_page_of_it_lists_nothing(world: World) -> None:
    world.crawl("-a", "sections=976", "-a", "pages=1-9")

    pages = [path for path in world.paths if "/default.aspx?cat=" in path]
    assert 1 < len(pages) < 9
    assert world.archive.rows("SELECT url, reason FROM rejected_pages") == []


@pytest.mark.parametrize("world", [of_one_section()], indirect=True)
def test_another_title_in_a_list_brings_the_recheck_forward(world: World) -> None:
    world.archive.settings["RECHECK_AFTER"] = "100"
    world.crawl()
    article_id = world.published[-2]
    at = EVENING + timedelta(minutes=5)
    story = world.replica.site.edit(article_id, at, headline="Quite another headline")
    world.pass_hours(0.2)

    asked = world.crawl()

    assert article_id in asked
    headline = "SELECT headline FROM articles WHERE source_id = ?"
    assert world.archive.value(headline, [str(article_id)]) == story.headline


def test_a_syndicated_article_that_vanishes_after_a_month_has_expired(world: World) -> None:
    world.crawl(RECHECK_AFTER="720")
    syndicated = [
        story.id
        for story in world.replica.site.stories()
        if story.is_syndicated and story.id in world.ids("status = 'stored'")
    ]
    assert syndicated
    world.pass_hours(24 * 31)

    world.crawl()

    gone = world.archive.rows(
        "SELECT DISTINCT reason FROM pages WHERE status = 'gone' AND article_id IS NOT NULL"
    )
    assert gone == [("expired, as syndicated articles do",)]
    assert world.ids("status = 'gone'") >= set(syndicated)
    assert world.archive.rows("SELECT * FROM changes WHERE kind = 'removed'") == []


def test_gaps_get_what_is_left_of_the_budget_and_the_next_run_goes_on(world: World) -> None:
    world.archive.settings |= {"RATE_LIMIT_PERIOD": PERIOD, "RECHECK_AFTER": ""}
    world.crawl()
    world.pass_hours(48)
    gaps = []
    for _ in range(4):
        asked = world.crawl(RATE_LIMIT_REQUESTS=BUDGET)
        found = world.ids("origin = 'gap'")
        gaps.append([each for each in asked if each in found])
        world.pass_hours(PERIOD / 3600)

    all_gaps = [each for run in gaps for each in run]
    assert len([run for run in gaps if run]) > 1
    assert all_gaps == sorted(set(all_gaps), reverse=True)
    assert gaps[-1] == []
    assert world.ids("status = 'stored'") == world.ids() >= set(world.published[-48:])


HOLE = range(FIRST_ID + 36, FIRST_ID + 96)


def with_a_hole() -> Site:
    """A site where 60 ids were never given to an article."""
    found = scenarios.plain(days=2, per_day=40).stories()
    return Site(
        replace(story, id=story.id if story.id < HOLE.start else story.id + len(HOLE))
        for story in found
    )


@pytest.mark.parametrize("world", [with_a_hole()], indirect=True)
def test_gaps_are_asked_for_newest_first_as_long_as_they_pay(world: World) -> None:
    world.archive.settings["RECHECK_AFTER"] = ""
    world.crawl()
    assert world.published[-1] < HOLE.start
    world.pass_hours(12)

    def asked_in_vain() -> list[int]:
        return [each for each in world.crawl() if each in HOLE]

    asked = asked_in_vain()
    # A gap that held an article is an answer too.
    answers = ledger.GAP_ANSWERS - len(world.ids("status = 'stored' AND origin = 'gap'"))
    newest = list(HOLE)[: -answers - 1 : -1]
    assert asked == newest
    assert world.ids("status = 'gone'") == set(newest)

    world.pass_hours(1)
    assert asked_in_vain() == []
    # Each is tried once more, in case it was early.
    world.pass_hours(24)
    assert asked_in_vain() == newest
    world.pass_hours(24)
    assert asked_in_vain() == []


@pytest.mark.parametrize("world", [of_one_section()], indirect=True)
def test_rechecks_come_at_their_ages_and_not_otherwise(world: World) -> None:
    newest = world.crawl()
    ages: list[float] = []
    age = 0.0
    for later in (0.9, 1.1, 23.9, 24.1, 167.9, 168.1, 400):
        world.pass_hours(later - age)
        age = later
        # More was published meanwhile: the boxes beside each article are others.
        if set(world.crawl()) & set(newest):
            ages.append(age)

    assert ages == [1.1, 24.1, 168.1]
    assert world.archive.value("SELECT sum(updated) FROM crawls") == 0
    assert world.archive.value("SELECT max(version) FROM article_versions") == 1
    assert world.archive.value("SELECT count(date_modified) FROM articles") == 0


def utc(instant: datetime) -> str:
    """An instant as the database holds it."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("world", [of_one_section()], indirect=True)
def test_an_edit_is_a_version_and_a_text_that_comes_back_is_none(world: World) -> None:
    world.crawl()
    article_id = world.published[-2]
    site = world.replica.site
    story = site.story(article_id, EVENING)
    assert story is not None
    texts = {"as published": story.blocks, "edited": (*story.blocks, paragraph("It is over."))}
    seen = []
    for age, words in ((2, "edited"), (4, "as published"), (6, "edited"), (8, "as published")):
        site.edit(article_id, EVENING + timedelta(hours=age - 1), blocks=texts[words])
        world.replica.clock.set(EVENING + timedelta(hours=age))
        world.crawl(RECHECK_AFTER="2,4,6,8")
        seen += world.archive.rows(
            "SELECT (SELECT count(*) FROM article_versions WHERE article_id = articles.id), "
            "date_modified, article_body LIKE '%It is over.' FROM articles WHERE source_id = ?",
            [str(article_id)],
        )

    assert seen == [
        (2, utc(EVENING + timedelta(hours=age)), words == "edited")
        for age, words in ((2, "edited"), (4, "as published"), (6, "edited"), (8, "as published"))
    ]
    assert world.archive.value("SELECT count(*) FROM articles WHERE date_modified IS NOT NULL") == 1


REMOVALS: dict[str, Fault] = {
    "HTTP 404": Status(404),
    "HTTP 410": Status(410),
    "redirected to a page without an article": Redirect("/news/"),
    "no such article": Notice(),
}


def test_what_is_removed_after_it_was_stored_is_gone_and_keeps_its_article(world: World) -> None:
    world.crawl()
    removed = dict(zip(REMOVALS, world.published[-9::2], strict=False))
    for reason, article_id in removed.items():
        world.replica.faults.add(REMOVALS[reason], article_id)
    stories_before = world.archive.value("SELECT count(*) FROM articles")
    world.pass_hours(1.1)

    world.crawl()

    gone = world.archive.rows(
        "SELECT reason, id_number, word_count > 0 FROM pages JOIN articles "
        "ON articles.id = article_id WHERE status = 'gone' ORDER BY id_number"
    )
    assert gone == [(reason, article_id, 1) for reason, article_id in removed.items()]
    assert world.archive.value("SELECT count(*) FROM articles") >= stories_before
    assert " 4 gone; " in world.run.last_line

    # It was a mistake of the site's: what comes back is stored again.
    world.replica.faults.clear()
    world.pass_hours(24)
    world.crawl()
    assert world.ids("status = 'gone'") == set()


def test_a_single_404_in_a_storm_of_errors_proves_nothing(world: World) -> None:
    asked = world.crawl()
    world.replica.faults.add(Status(500), "articles")
    world.replica.faults.add(Status(404), asked[len(asked) // 2])
    world.pass_hours(1.1)

    run = world.archive.crawl()

    assert run.exit_code == 1
    assert "404" in {str(entry.status) for entry in world.replica.log[-len(asked) :]}
    assert world.ids("status = 'gone'") == set()
    assert world.ids("status = 'stored'") == set(asked)


@pytest.mark.parametrize("world", [scenarios.plain(days=3, per_day=24, holes=0.1)], indirect=True)
def test_every_id_is_accounted_for_day_by_day(world: World) -> None:
    for hours in (0, 10, 30):
        world.pass_hours(hours)
        world.crawl(RECHECK_AFTER="")

    first_id = world.first_id
    published = [each for each in world.published if each >= first_id]
    every_id = set(range(first_id, published[-1] + 1))
    assert world.ids(f"id_number >= {first_id}") == every_id
    assert world.ids(f"status = 'stored' AND id_number >= {first_id}") == set(published)
    assert world.ids("status = 'gone'") == every_id - set(published) != set()

    covered = world.archive.rows(
        "SELECT day, stored, pending, accounted FROM coverage ORDER BY day"
    )
    by_day = Counter(day_of(world, each) for each in published)
    assert [day for day, *_ in covered] == sorted(by_day)
    assert {(pending, accounted) for _, _, pending, accounted in covered} == {(0, 1.0)}
    assert sum(stored for _, stored, *_ in covered) == len(published)
    # A date that is estimated may fall on the other side of midnight.
    assert all(abs(stored - by_day[day]) <= 1 for day, stored, *_ in covered), by_day


def day_of(world: World, article_id: int) -> str:
    story = world.replica.site.story(article_id, world.replica.clock.now())
    assert story is not None
    return f"{story.published.astimezone(NEW_ZEALAND):%Y-%m-%d}"


@pytest.mark.parametrize("world", [of_one_section()], indirect=True)
def test_a_page_that_fails_is_tried_ever_less_often_and_then_given_up(world: World) -> None:
    world.archive.settings["RECHECK_AFTER"] = ""
    bad = world.published[-2]
    world.replica.faults.add(Status(500), bad)
    tried, age = [], 0.0
    for later in (0, 0.9, 1.1, 4.9, 5.2, 29.3, 125.4, 461.5, 2000):
        world.pass_hours(later - age)
        age = later
        if bad in world.crawl():
            tried.append(age)

    assert tried == [0, 1.1, 5.2, 29.3, 125.4, 461.5]
    assert world.archive.rows("SELECT reason, attempts FROM rejected_pages") == [("HTTP 500", 6)]
