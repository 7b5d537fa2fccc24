"""What a crawl asks for, in which order, and what it makes of edits and removals: over HTTP."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from newsbot.store import ledger
from tests.helpers.worlds import EVENING, World, of_one_section, utc
from tests.replica import scenarios
from tests.replica.clock import NEW_ZEALAND
from tests.replica.faults import Fault, Notice, Redirect, Status
from tests.replica.newsroom import FIRST_ID
from tests.replica.site import Site
from tests.replica.story import paragraph

BUDGET, PERIOD = 14, 300


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
    for later in (0.9, 1.1, 24.1, 168.1, 400):
        world.pass_hours(later - age)
        age = later
        # More was published meanwhile: the boxes beside each article are others.
        if set(world.crawl()) & set(newest):
            ages.append(age)

    assert ages == [1.1, 24.1, 168.1]
    assert world.archive.value("SELECT sum(updated) FROM crawls") == 0
    assert world.archive.value("SELECT max(version) FROM article_versions") == 1
    assert world.archive.value("SELECT count(date_modified) FROM articles") == 0


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
def test_a_page_that_fails_is_tried_ever_less_often(world: World) -> None:
    world.archive.settings["RECHECK_AFTER"] = ""
    bad = world.published[-2]
    world.replica.faults.add(Status(500), bad)
    tried, age = [], 0.0
    for later in (0, 0.9, 1.1, 4.9, 5.2):
        world.pass_hours(later - age)
        age = later
        if bad in world.crawl():
            tried.append(age)

    assert tried == [0, 1.1, 5.2]
    assert world.archive.rows("SELECT reason, attempts FROM pages WHERE attempts") == [
        ("HTTP 500", 3)
    ]
