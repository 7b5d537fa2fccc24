"""How often a box changes, and when it is due."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Ask
from newsbot.store.ledger import due_boxes
from newsbot.store.lists import (
    FIRST_INTERVAL,
    LEAST_INTERVAL,
    MOST_INTERVAL,
)
from newsbot.store.refetch import LOOK_AT_LEAST_EVERY, LOOK_AT_MOST_EVERY
from newsbot.store.tables import Box
from tests.helpers.made_up import (
    INTERNATIONAL,
    LISTS,
    NOON,
    SITE,
    SOURCE,
    TODAYS_NEWS,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    day,
    hours,
    minute,
    save,
    url_of,
)

NEWS = "https://news.example/news/"


def look(session: Session, *source_ids: int, at: datetime = NOON) -> None:
    """See International's box with these entries."""
    save(session, a_list_page([a_listing(each, day(NOON)) for each in source_ids], at=at))


def box(session: Session, list_name: str = INTERNATIONAL) -> Box:
    session.expire_all()
    return session.scalars(select(Box).where(Box.list_name == list_name)).one()


def due(session: Session, hour: float) -> list[Ask]:
    return due_boxes(session, SITE, NOON + hours(hour))


def test_a_box_seen_for_the_first_time(session: Session) -> None:
    look(session, 1, 2, 3)

    seen = box(session)
    assert (seen.source, seen.seen_on_url) == (SOURCE, NEWS)
    assert (seen.entries, seen.typical_entries) == (3, 3.0)
    assert seen.first_seen_at == seen.last_seen_at == seen.last_changed_at == NOON
    assert seen.change_interval == FIRST_INTERVAL


def test_a_box_that_has_not_changed_is_only_seen_again(session: Session) -> None:
    look(session, 1, 2, 3)
    save(
        session,
        a_page(9, listings=[a_listing(each, day(NOON)) for each in (1, 2)], at=NOON + hours(1)),
    )

    seen = box(session)
    assert (seen.last_seen_at, seen.last_changed_at) == (NOON + hours(1), NOON)
    assert (seen.entries, seen.seen_on_url) == (2, url_of(9))
    assert seen.typical_entries == pytest.approx(2.9)
    assert seen.change_interval == FIRST_INTERVAL


def test_new_entries_tell_how_often_a_box_changes(session: Session) -> None:
    look(session, 1, 2, 3, 4)
    look(session, 1, 2, 3, 4, at=NOON + hours(5))
    look(session, 2, 3, 4, 5, at=NOON + hours(10))

    assert box(session).last_changed_at == NOON + hours(10)
    assert box(session).change_interval == pytest.approx(3600 * (0.8 * 3 + 0.2 * 10))

    look(session, 4, 5, 6, 7, at=NOON + hours(12))
    assert box(session).change_interval == pytest.approx(3600 * (0.64 * 4.4 + 0.36 * 1))


def test_another_title_is_no_new_entry(session: Session) -> None:
    look(session, 1)
    listing = a_listing(1, day(NOON), title="Under another title")
    save(session, a_list_page([listing], at=NOON + hours(1)))

    assert box(session).last_changed_at == NOON


def test_a_box_that_has_turned_over_does_not_seem_slower(session: Session) -> None:
    look(session, 1, 2)
    look(session, 3, 4, at=NOON + hours(100))

    assert box(session).change_interval == FIRST_INTERVAL


def test_a_box_without_a_readable_entry_is_noted(session: Session) -> None:
    look(session, 1, 2, 3, 4)
    save(session, a_page(9, boxes=[LISTS[INTERNATIONAL], LISTS[TODAYS_NEWS]], at=NOON + hours(1)))

    assert box(session).entries == 0
    assert box(session).typical_entries == pytest.approx(3.6)
    assert box(session, TODAYS_NEWS).entries == 0


def test_an_older_page_tells_nothing_of_a_box(session: Session) -> None:
    look(session, 1, 2)
    look(session, 3, at=NOON - hours(1))

    assert (box(session).entries, box(session).last_seen_at) == (2, NOON)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 9)), max_size=8))
def test_the_interval_stays_within_bounds(session: Session, looks: list[tuple[int, int]]) -> None:
    with session.begin_nested() as savepoint:
        at, first = NOON, 1
        look(session, *range(first, first + 7))
        for seconds, new in looks:
            at += hours(seconds / 3600)
            first += new
            look(session, *range(first, first + 7), at=at)
            assert LEAST_INTERVAL <= box(session).change_interval <= MOST_INTERVAL
        savepoint.rollback()


def test_a_box_is_due_when_a_third_of_it_may_be_new(session: Session) -> None:
    save(session, a_page(1), recheck_after=[])
    look(session, *range(2, 8))

    assert due(session, 5.9) == []
    assert due(session, 6) == [Ask("1", url_of(1))]


def test_a_box_seen_lately_is_not_due(session: Session) -> None:
    save(session, a_page(1))
    look(session, *range(2, 8))
    look(session, *range(2, 8), at=NOON + hours(5))

    assert due(session, 6) == []


@pytest.mark.parametrize(
    ("interval", "expected"),
    [(LEAST_INTERVAL, LOOK_AT_MOST_EVERY), (MOST_INTERVAL, LOOK_AT_LEAST_EVERY)],
)
def test_there_are_bounds_to_how_often_a_box_is_looked_at(
    session: Session, interval: float, expected: timedelta
) -> None:
    save(session, a_page(3))
    look(session, 1, 2)
    box(session).change_interval = interval
    session.flush()

    hour = expected / hours(1)
    assert due(session, hour - 0.1) == []
    assert due(session, hour) == [Ask("3", url_of(3))]


def test_a_box_without_a_stored_page_of_its_section_is_not_asked_for(session: Session) -> None:
    save(session, a_page(3, article_section="National"))
    look(session, 1, 2)

    assert due(session, 999) == []


def test_only_sections_boxes_are_due(session: Session) -> None:
    save(session, a_list_page([a_listing(1, minute(NOON)), a_listing(2)]))

    assert due(session, 999) == []


def test_the_section_s_newest_stored_page_is_asked(session: Session) -> None:
    look(session, 5, 6, 7, 8)
    for source_id, section in ((5, "International"), (6, "International"), (7, "National")):
        save(session, a_page(source_id, f"Body {source_id}", article_section=section))
    save(session, a_page(9, "Body 9"))
    save(session, a_page(8, "Body 8"))
    save(session, a_failure(8, "HTTP 404", status=404, at=NOON + hours(1)))
    save(session, a_list_page([a_listing(6, minute(NOON)), a_listing(5, minute(NOON - hours(9)))]))

    assert due(session, 12) == [Ask("6", url_of(6))]


def test_a_box_that_is_gone_from_its_pages_is_not_looked_for_all_the_time(
    session: Session,
) -> None:
    look(session, *range(2, 8))
    save(session, a_page(1, at=NOON + hours(6)))

    assert due(session, 11.9) == []
    assert due(session, 12) == [Ask("1", url_of(1))]


def test_the_longest_due_box_comes_first(session: Session) -> None:
    def look_at(section: str, source_id: int, hour: float) -> None:
        listing = a_listing(99, day(NOON), list_name=f"Other {section} News")
        page = a_page(source_id, section, article_section=section, listings=[listing])
        page.fetched_at = NOON + hours(hour)
        save(session, page)

    look_at("Sport", 1, 0)
    look_at("Law", 2, 1)
    assert due(session, 9) == [Ask("1", url_of(1)), Ask("2", url_of(2))]

    look_at("Sport", 1, 2)
    assert due(session, 9) == [Ask("2", url_of(2)), Ask("1", url_of(1))]


def test_a_box_is_of_the_kind_that_it_shows_now(session: Session) -> None:
    save(session, a_list_page([a_listing(7, day(NOON))]))
    session.scalars(select(Box)).one().list_kind = "top"
    session.flush()

    save(session, a_list_page([a_listing(7, day(NOON))], at=NOON + hours(1)))

    session.expire_all()
    assert session.scalars(select(Box.list_kind)).all() == ["section"]
