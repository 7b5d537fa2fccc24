"""The replica's boxes and pages: SITE's rules at any instant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replica import scenarios
from tests.replica.clock import NEW_ZEALAND, Clock
from tests.replica.page import Box, Page
from tests.replica.site import TOP_EVERY, Site
from tests.replica.story import Story, paragraph
from tests.replica.truth import page_truth

NOW = scenarios.evening(3)
STORIES = scenarios.plain().stories()


def story(article_id: int, published: datetime, section: str = "Politics", **fields: str) -> Story:
    return Story(
        id=article_id,
        published=published.astimezone(UTC),
        section=section,
        category=fields.get("category", section),
        headline=f"Headline {article_id}",
        standfirst="Standfirst.",
        blocks=(paragraph("Body."),),
        credit=None,
        holder="NZCity",
        year=2025,
    )


def new_zealand(*fields: int, fold: int = 0) -> datetime:
    return datetime(*fields, tzinfo=NEW_ZEALAND, fold=fold)  # type: ignore[arg-type, misc]


def page_of(site: Site, article_id: int, at: datetime = NOW) -> Page:
    page = site.page(article_id, at)
    assert page is not None
    return page


def ids(box: Box) -> list[int]:
    return [entry.article_id for entry in box.entries]


@given(own=st.sampled_from(STORIES), hours=st.floats(min_value=0, max_value=60))
def test_boxes_hold_the_newest_by_the_rules(own: Story, hours: float) -> None:
    at = own.published + timedelta(hours=hours)
    newest = [
        story
        for story in sorted(STORIES, key=lambda story: (story.published, story.id), reverse=True)
        if story.published <= at and story.id != own.id
    ]

    section, top, today = page_of(scenarios.plain(), own.id, at).boxes

    assert section.name == f"Other {own.section} News"
    assert ids(section) == [story.id for story in newest if story.section == own.section][:7]
    assert (top.name, today.name) == ("Top Stories", "Today's News")
    assert ids(top) == [story.id for story in newest if story.id % TOP_EVERY == 0][:2]
    listed = [
        story
        for story in newest
        if story.category != "International"
        and story.published.astimezone(NEW_ZEALAND).date() == at.astimezone(NEW_ZEALAND).date()
    ][:10]
    assert ids(today) == [story.id for story in listed]
    assert [entry.label for entry in today.entries] == [story.category for story in listed]


def test_an_international_story_is_in_todays_news_under_another_category_alone() -> None:
    at = new_zealand(2025, 8, 20, 10, 0)
    site = Site(
        [
            story(1, at, "International"),
            story(2, at, "International", category="Entertainment"),
            story(3, at, "Politics"),
        ]
    )

    international, _, today = site.front_page(at).boxes

    assert ids(international) == [2, 1]
    assert [(entry.article_id, entry.label) for entry in today.entries] == [
        (3, "Politics"),
        (2, "Entertainment"),
    ]


def test_the_page_says_what_a_page_of_the_site_says() -> None:
    published = new_zealand(2025, 8, 20, 9, 57)
    site = Site([story(1, published, "Law and Order"), story(2, published, "Law and Order")])

    page = page_of(site, 1, new_zealand(2025, 8, 20, 10, 13))

    assert page.title == "News\u00a0| Law and Order"
    assert page.time == "20 Aug 2025 10:13"
    assert page.breadcrumb == ("Home", "News", "Law and Order")
    assert len(page.navigation) == 25
    assert page.footer == "© 2025 New Zealand City Ltd"
    section, _, today = page.boxes
    assert [(entry.stamp, entry.title) for entry in section.entries] == [("20 Aug", "Headline 2")]
    assert [(entry.label, entry.stamp) for entry in today.entries] == [("Law and Order", "9:57")]


def test_top_stories_are_two_with_fixed_labels() -> None:
    _, top, _ = scenarios.plain().front_page(NOW).boxes

    headlines = {story.headline for story in STORIES}
    assert [entry.label for entry in top.entries] == ["RUGBY", "BUSINESS"]
    assert all(entry.title in headlines for entry in top.entries)


def test_the_front_page_has_boxes_and_no_article() -> None:
    page = scenarios.plain().front_page(NOW)

    assert page.story is None
    assert [box.name for box in page.boxes] == [
        "Other International News",
        "Top Stories",
        "Today's News",
    ]
    assert [len(box.entries) for box in page.boxes] == [7, 2, 10]


def test_boxes_turn_over_as_time_goes_on() -> None:
    site = scenarios.plain()
    coming = next(
        story for story in STORIES if story.published > NOW and story.category != "International"
    )

    before = ids(site.front_page(coming.published - timedelta(minutes=1)).boxes[2])
    after = ids(site.front_page(coming.published).boxes[2])

    assert coming.id not in before
    assert after[0] >= coming.id
    assert set(after) - set(before) <= {
        story.id for story in STORIES if story.published == coming.published
    }
    assert len(before) == len(after) == 10


def test_an_article_is_not_up_before_it_is_published() -> None:
    published = new_zealand(2025, 8, 20, 9, 57)
    site = Site([story(1, published)])

    assert site.page(1, published - timedelta(seconds=1)) is None
    assert site.page(1, published) is not None
    assert site.page(2, published) is None


def test_the_last_day_of_the_year_is_listed_on_new_years_day() -> None:
    site = Site(
        [story(1, new_zealand(2025, 12, 31, 23, 57)), story(2, new_zealand(2026, 1, 1, 0, 2))],
        keeps_yesterday=True,
    )

    page = page_of(site, 2, new_zealand(2026, 1, 1, 0, 10))

    assert page.time == "1 Jan 2026 0:10"
    assert page.footer == "© 2026 New Zealand City Ltd"
    section, _, today = page_truth(page)["boxes"]
    assert section["entries"][0]["stamp"] == "31 Dec"
    assert section["entries"][0]["date_listed"] == "2025-12-30T11:00:00Z"
    assert today["entries"][0]["stamp"] == "23:57"
    assert today["entries"][0]["date_listed"] == "2025-12-31T10:57:00Z"


def test_an_hour_that_comes_twice_is_printed_twice() -> None:
    first, second = (new_zealand(2025, 4, 6, 2, 32, fold=fold) for fold in (0, 1))
    site = Site([story(1, first), story(2, second)])

    today = page_truth(site.front_page(new_zealand(2025, 4, 6, 9, 0)))["boxes"][2]

    assert [(entry["stamp"], entry["date_listed"]) for entry in today["entries"]] == [
        ("2:32", "2025-04-05T14:32:00Z"),
        ("2:32", "2025-04-05T13:32:00Z"),
    ]


def test_a_short_day_begins_at_the_offset_of_its_night() -> None:
    noon = new_zealand(2025, 9, 28, 12, 0)
    section = page_truth(page_of(Site([story(1, noon), story(2, noon)]), 1, noon))["boxes"][0]

    assert section["entries"][0]["date_listed"] == "2025-09-27T12:00:00Z"


def test_an_edit_shows_from_its_instant_on() -> None:
    site = Site([story(1, NOW - timedelta(hours=2)), story(2, NOW - timedelta(hours=1))])
    site.edit(1, NOW, headline="Corrected")

    assert [page_of(site, 1, NOW - timedelta(seconds=1)).story, page_of(site, 1).story] == [
        site.story(1, NOW - timedelta(seconds=1)),
        site.story(1, NOW),
    ]
    assert page_of(site, 2, NOW - timedelta(seconds=1)).boxes[0].entries[0].title == "Headline 1"
    assert page_of(site, 2).boxes[0].entries[0].title == "Corrected"


def test_a_removal_takes_page_and_entries() -> None:
    site = Site([story(1, NOW - timedelta(hours=2)), story(2, NOW - timedelta(hours=1))])
    site.remove(1, NOW)

    assert ids(page_of(site, 2, NOW - timedelta(seconds=1)).boxes[0]) == [1]
    assert ids(page_of(site, 2).boxes[0]) == []
    assert site.page(1, NOW) is None
    assert site.ids(NOW) == [2]


def test_an_id_is_published_once() -> None:
    with pytest.raises(ValueError, match="article 1 is already"):
        Site([story(1, NOW), story(1, NOW)])


def test_a_cached_page_is_some_minutes_old_but_not_older_than_its_article() -> None:
    site = scenarios.plain(cache_minutes=9)

    ages = {NOW - page_of(site, story.id).served for story in STORIES if story.published <= NOW}
    newest = next(story for story in STORIES if story.id % 10 == 9)

    assert ages == {timedelta(minutes=minutes) for minutes in range(10)}
    assert page_of(site, newest.id, newest.published).served == newest.published
    old = page_of(site, newest.id)
    assert old.boxes == page_of(scenarios.plain(), newest.id, NOW - timedelta(minutes=9)).boxes


def test_state_differs_only_when_the_site_does() -> None:
    site = Site([story(1, NOW)])

    assert site.state(NOW) == site.state(NOW + timedelta(days=9))
    assert site.state(NOW - timedelta(seconds=1)) != site.state(NOW)
    before = site.state(NOW)
    site.edit(1, NOW + timedelta(days=1), headline="Later")
    assert site.state(NOW) != before


def test_the_demo_has_what_it_promises() -> None:
    site = scenarios.demo_site()
    end = scenarios.evening(3)
    up = [story for story in (site.story(id_, end) for id_ in site.ids(end)) if story]

    assert len(up) >= 60
    assert len({story.published.astimezone(NEW_ZEALAND).date() for story in up}) == 3
    assert len({story.section for story in up}) >= 8
    texts = [(story.headline, story.blocks) for story in up]
    assert len(texts) - len(set(texts)) == 1
    assert sum(story.blocks[-1].text.endswith("More follows.") for story in up) == 1
    assert sum(story.headline.startswith("Corrected: ") for story in up) == 1
    known = {story.id for story in site.stories()}
    assert len(set(range(min(known), max(known))) - known) == 1
    assert {story.id for story in site.stories() if story.published <= end} - set(site.ids(end))


def test_the_clock_stands_moves_and_runs() -> None:
    clock = Clock(NOW)

    assert clock.now() == NOW
    assert clock.advance(90) == NOW + timedelta(seconds=90)
    assert clock.advance(timedelta(days=1)) == NOW + timedelta(days=1, seconds=90)
    clock.set(NOW)
    clock.run(speed=1_000_000)
    running = clock.now()
    while clock.now() == running:
        pass
    clock.run(speed=0)
    assert NOW < running < clock.now() == clock.now()
    with pytest.raises(ValueError, match="no time zone"):
        Clock(datetime(2025, 8, 20))  # noqa: DTZ001
