"""The replica's made-up news: repeatable, varied, dated by New Zealand's days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random

import pytest

from tests.replica.clock import NEW_ZEALAND
from tests.replica.newsroom import Newsroom
from tests.replica.oddities import ODDITIES, copy_of, near_copy_of
from tests.replica.schedule import WEIGHTS, slots
from tests.replica.story import Story

DAY = date(2025, 8, 18)


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    return Newsroom(1).stories(DAY, 4)


def text_of(story: Story) -> str:
    return "\n".join([story.headline, story.standfirst, *(block.text for block in story.blocks)])


def shingles(story: Story) -> set[tuple[str, ...]]:
    words = text_of(story).lower().split()
    return {tuple(words[start : start + 5]) for start in range(len(words) - 4)}


def jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)


def local_times(day: date) -> list[datetime]:
    """When a very busy newsroom would publish on a day."""
    places = slots(day, 1, per_day=2000, first_id=1, holes=0, random=Random(1))
    return [slot.published.astimezone(NEW_ZEALAND) for slot in places]


def test_same_seed_same_news(stories: list[Story]) -> None:
    one_day = Newsroom(1).stories(DAY, 1)

    assert one_day == stories[: len(one_day)]
    assert Newsroom(2).stories(DAY, 1) != one_day


def test_about_66_a_day_in_rising_ids(stories: list[Story]) -> None:
    days = [story.published.astimezone(NEW_ZEALAND).date() for story in stories]

    assert sorted(set(days)) == [DAY + timedelta(days=offset) for offset in range(4)]
    assert all(60 <= days.count(day) <= 72 for day in set(days))
    assert [story.id for story in stories] == list(range(433_000, 433_000 + len(stories)))
    assert [story.published for story in stories] == sorted(story.published for story in stories)


def test_holes_are_ids_without_an_article() -> None:
    ids = [story.id for story in Newsroom(1).stories(DAY, 2, holes=0.3)]

    assert ids == sorted(set(ids))
    assert 0.2 < 1 - len(ids) / (ids[-1] - ids[0] + 1) < 0.4


def test_every_desk_is_at_work(stories: list[Story]) -> None:
    assert {story.section for story in stories} == set(WEIGHTS)
    assert any(story.section == "International" != story.category in WEIGHTS for story in stories)


def test_stories_are_as_long_as_news_and_no_two_alike(stories: list[Story]) -> None:
    assert all(5 <= story.words <= 700 for story in stories)
    assert len({story.headline for story in stories}) == len(stories)
    sets = [shingles(story) for story in stories[:100]]
    assert max(jaccard(one, other) for one, other in combinations(sets, 2)) < 0.5


def test_no_slot_is_left_unfilled(stories: list[Story]) -> None:
    assert [text for text in map(text_of, stories) if "{" in text or "  " in text] == []


def test_subheadings_and_credits_are_no_sentences_and_paragraphs_are(stories: list[Story]) -> None:
    for story in stories:
        assert not story.blocks[0].heading
        assert not story.blocks[-1].heading
        for block in story.blocks:
            if block.text:
                assert (block.text.rstrip("\"'”’")[-1] not in ".?!") == block.heading, block.text
        assert story.credit is None or not story.credit.endswith(".")


def test_texts_are_typed_by_many_hands(stories: list[Story]) -> None:
    everything = "\n".join(map(text_of, stories))

    for sign in ("“", "‘", "’", '"', "'", "–", "—", " -- ", "ā", "Ō", "\u00a0", "&", "<"):
        assert sign in everything, sign
    tags = {run.tag for story in stories for block in story.blocks for run in block.runs}
    assert tags == {"", "a", "b", "i"}


def test_the_short_day_has_no_time_that_the_clocks_skip() -> None:
    local = local_times(date(2025, 9, 28))

    assert {instant.date() for instant in local} == {date(2025, 9, 28)}
    assert {instant.hour for instant in local} == set(range(24)) - {2}


def test_the_long_day_has_its_third_hour_twice() -> None:
    local = local_times(date(2025, 4, 6))

    assert {instant.date() for instant in local} == {date(2025, 4, 6)}
    assert {instant.fold for instant in local if instant.hour == 2} == {0, 1}


def test_a_story_bears_the_year_of_new_zealand() -> None:
    stories = Newsroom(1).stories(date(2026, 1, 1), 1)

    assert stories[0].published.year == 2025
    assert {story.year for story in stories} == {2026}


def test_a_copy_says_the_same_and_a_near_copy_nearly(stories: list[Story]) -> None:
    later = datetime(2025, 8, 23, tzinfo=UTC)
    for story in [each for each in stories if each.words > 60][:50]:
        copy = copy_of(story, 500_000, later, section="Politics")
        near = near_copy_of(story, 500_001, later)

        assert text_of(copy) == text_of(story)
        assert (copy.id, copy.published, copy.section) == (500_000, later, "Politics")
        assert 0.8 < jaccard(shingles(story), shingles(near)) < 1


@pytest.mark.parametrize("name", ODDITIES)
def test_an_oddity_changes_the_words_and_nothing_else(name: str, stories: list[Story]) -> None:
    story = replace(stories[0], credit="AAP", all_rights_reserved=False)
    odd = ODDITIES[name](story)

    assert odd != story or name == "no sub-heading"
    assert (odd.id, odd.published, odd.section) == (story.id, story.published, story.section)
    assert odd.blocks or name == "no body"
