from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from newsbot.store.tables import Alert, Article, Watch
from newsbot.store.watches import (
    Message,
    add,
    match,
    note_delivered,
    note_failed,
    remove,
    waiting,
    watches,
)
from tests.helpers.rows import NOON, article

HOUR = timedelta(hours=1)


def a_watch(name: str = "ferries", words: str = "ferry", **columns: Any) -> Watch:
    row = {"sections": [], "channel": "mail", "target": "me@example.com", "created_at": NOON}
    return Watch(name=name, words=words, matched_until=NOON, **row | columns)


def store(session: Session, number: int, at: datetime, **columns: Any) -> None:
    session.execute(insert(Article), [article(number, first_seen_at=at, **columns)])


def told(messages: list[Message]) -> list[tuple[str, list[str]]]:
    return [(each.watch.name, [story.source_id for story in each.stories]) for each in messages]


def test_a_watch_tells_of_new_stories_once(session: Session) -> None:
    store(session, 1, NOON - HOUR)
    assert add(session, a_watch())
    store(session, 2, NOON + HOUR)
    store(session, 3, NOON + HOUR, headline="Bus", description="", article_body="Late")

    [message] = match(session, NOON + 2 * HOUR)
    assert told([message]) == [("ferries", ["2"])]
    note_delivered(session, message, NOON + 3 * HOUR)

    assert match(session, NOON + 4 * HOUR) == []
    store(session, 4, NOON + 4 * HOUR)
    assert told(match(session, NOON + 5 * HOUR)) == [("ferries", ["4"])]


def test_an_edit_is_told_of_too(session: Session) -> None:
    add(session, a_watch())
    store(session, 1, NOON)
    [message] = match(session, NOON + HOUR)
    note_delivered(session, message, NOON + HOUR)

    changed = {"text_hash": "new", "date_modified": NOON + 2 * HOUR}
    session.execute(update(Article).values(**changed))

    assert told(match(session, NOON + 3 * HOUR)) == [("ferries", ["1"])]


def test_sections_narrow_and_words_may_be_left_out(session: Session) -> None:
    add(session, a_watch("rugby", "", sections=["Rugby", "Netball"]))
    add(session, a_watch("all", "ferr* OR bus"))
    store(session, 1, NOON, article_section="Rugby")
    store(session, 2, NOON, article_section="National")

    assert told(match(session, NOON + HOUR)) == [("all", ["1", "2"]), ("rugby", ["1"])]


def test_what_failed_waits_with_the_same_id(session: Session) -> None:
    add(session, a_watch())
    store(session, 1, NOON)
    [first] = match(session, NOON + HOUR)
    note_failed(session, first, "the line is down")

    [listed] = watches(session)
    assert (listed.waiting, listed.watch.failure, waiting(session)) == (1, "the line is down", 1)
    store(session, 2, NOON + HOUR)
    again, second = match(session, NOON + 2 * HOUR)
    assert told([again, second]) == [("ferries", ["1"]), ("ferries", ["2"])]
    assert again.id == first.id != second.id

    for message in (again, second):
        note_delivered(session, message, NOON + 2 * HOUR)
    [listed] = watches(session)
    assert (listed.waiting, listed.watch.failure, waiting(session)) == (0, None, 0)


def test_a_clock_that_went_back_loses_nothing(session: Session) -> None:
    add(session, a_watch(created_at=NOON - 9 * HOUR))
    match(session, NOON)
    store(session, 1, NOON - HOUR / 2)

    assert told(match(session, NOON - HOUR / 4)) == [("ferries", ["1"])]


def test_a_story_that_is_gone_from_the_database_is_not_told_of(session: Session) -> None:
    add(session, a_watch())
    store(session, 1, NOON)
    match(session, NOON + HOUR)
    session.execute(delete(Article))

    assert match(session, NOON + 2 * HOUR) == []
    assert waiting(session) == 0


def test_a_watch_that_can_not_be_read_says_so(session: Session) -> None:
    # Saved when this was still a search.
    session.add(a_watch("old", "ferry AND"))
    add(session, a_watch("new"))
    store(session, 1, NOON)

    assert told(match(session, NOON + HOUR)) == [("new", ["1"])]
    assert [bool(each.watch.failure) for each in watches(session)] == [False, True]


@pytest.mark.parametrize("change", [add, lambda session, watch: remove(session, watch.name)])
def test_names_are_unique(session: Session, change: Callable[[Session, Watch], bool]) -> None:
    assert add(session, a_watch("other"))
    assert change(session, a_watch("other" if change is add else "none")) is False
    assert [each.watch.name for each in watches(session)] == ["other"]


def test_a_removed_watch_leaves_nothing(session: Session) -> None:
    add(session, a_watch())
    store(session, 1, NOON)
    match(session, NOON + HOUR)

    assert remove(session, "ferries")
    assert (watches(session), session.scalars(select(Alert)).all()) == ([], [])
