"""Which list a crawl looks at, when, and what it makes of it: over HTTP."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest
from sqlalchemy.orm import Session

from newsbot.store.engine import open_engine
from newsbot.store.reading.status import status as store_status
from tests.helpers.worlds import EVENING, World, of_one_section, utc
from tests.replica.faults import Status


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
    for hours in (1, 2.1, 3, 4.3, 8.5):
        world.replica.clock.set(EVENING + timedelta(hours=hours))
        world.crawl()
        looked.append(1032 in sections_of_feeds(world))

    # The day's list holds no International article under that name.
    first, *within_four_hours, last = looked
    assert (first, any(within_four_hours), last) == (False, True, True)


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


def test_feeds_date_to_the_minute_what_has_left_the_day_s_list(world: World) -> None:
    world.archive.settings |= {"RSS_URL": feeds_of(world), "RECHECK_AFTER": ""}
    world.crawl()
    known = world.ids()
    # The day's list holds ten of the articles that came out meanwhile, all of them after midnight.
    world.pass_hours(14)
    world.crawl()

    rows = world.archive.rows(
        "SELECT source_id, date_published, date_published_precision FROM articles "
        "WHERE article_section IN (SELECT section FROM sections WHERE cat IS NOT NULL)"
    )
    found = {source_id: date for source_id, *date in rows if int(source_id) not in known}
    assert len(found) > 8
    for source_id, date in found.items():
        story = world.replica.site.story(int(source_id), world.replica.clock.now())
        assert story is not None
        assert date == [utc(story.published), "minute"], (story.section, source_id)
    feeds = sections_of_feeds(world)
    assert 2 < len(feeds) == len(set(feeds))

    world.pass_hours(1)
    world.crawl()
    assert len(sections_of_feeds(world)) <= 1


def failing_feeds(world: World) -> list[str]:
    """What `newsbot status` names."""
    engine = open_engine(world.archive.url, read_only=True)
    with Session(engine) as session:
        now = world.replica.clock.now()
        found = store_status(session, now, days=1, crawls=1, limit=0, period=300)
    engine.dispose()
    return found.failing_feeds


def test_a_feed_that_fails_is_no_fault_of_the_run_and_is_asked_for_less_and_less(
    world: World,
) -> None:
    world.archive.settings |= {"RSS_URL": feeds_of(world), "RECHECK_AFTER": ""}
    world.replica.faults.add(Status(500), "/rss/news.aspx")
    asked, said = Counter[int](), ""
    for _ in range(8):
        world.crawl()
        asked.update(sections_of_feeds(world))
        said += world.run.stderr
        world.pass_hours(1)

    # At once, after an hour, and after four more.
    assert max(asked.values()) == 3
    assert said.count("/rss/news.aspx?catid=1032 ") == 3
    assert failing_feeds(world) == ["International"]
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
