"""What to ask for, in which order, and which ids are missing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Ask, Origin
from newsbot.store import ledger
from newsbot.store.tables import Page, Source
from tests.helpers.made_up import (
    NOON,
    SITE,
    SOURCE,
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

RECHECKS = [hours(1), hours(24)]


def asks(*source_ids: int) -> list[Ask]:
    return [Ask(str(each), url_of(each)) for each in source_ids]


def add(session: Session, *ids: int, origin: Origin = Origin.GAP, at: datetime = NOON) -> None:
    ledger.add_ids(session.connection(), SITE, ids, origin=origin, now=at)


def see(session: Session, *ids: int) -> None:
    save(session, a_list_page([a_listing(each, minute(NOON)) for each in ids]))


def start(session: Session) -> int | None:
    return session.scalars(select(Source.first_id)).one_or_none()


def pending(session: Session, *origins: Origin, at: datetime = NOON, limit: int = 9) -> list[Ask]:
    return ledger.to_fetch(session.connection(), SITE, at, limit, origins=origins or tuple(Origin))


def test_pending_pages_come_newest_id_first(session: Session) -> None:
    see(session, 9, 10, 101)
    add(session, 55)

    assert pending(session) == asks(101, 55, 10, 9)
    assert pending(session, limit=2) == asks(101, 55)
    assert pending(session, Origin.LIST) == asks(101, 10, 9)
    assert pending(session, Origin.GAP, Origin.BACKFILL) == asks(55)


def test_what_is_settled_is_not_pending(session: Session) -> None:
    see(session, 1, 2, 3, 4)
    save(session, a_page(1))
    save(session, a_failure(2))
    save(session, a_failure(3, "HTTP 404", status=404))

    assert pending(session) == asks(4)


def test_a_page_that_failed_is_pending_again_when_it_is_due(session: Session) -> None:
    see(session, 1, 2, 3)
    save(session, a_failure(1, "HTTP 503", status=503))
    save(session, a_failure(2, "no headline"))
    save(session, a_failure(3, "HTTP 404", status=404))

    assert pending(session, at=NOON + hours(0.9)) == []
    assert pending(session, at=NOON + hours(1)) == asks(2, 1)
    assert pending(session, at=NOON + hours(24)) == asks(3, 2, 1)


def test_an_id_that_fits_no_number_is_asked_for_too(session: Session) -> None:
    huge = "9" * 30
    save(session, a_list_page([a_listing(huge, minute(NOON)), a_listing(5, minute(NOON))]))

    assert [ask.source_id for ask in pending(session)] == ["5", huge]
    assert ledger.missing_ids(session.connection(), SOURCE, 10) == []


def test_rechecks_come_longest_due_first(session: Session) -> None:
    for hour, source_id in enumerate([5, 3, 4]):
        page = a_page(source_id, f"Body {source_id}", at=NOON + hours(hour))
        save(session, page, recheck_after=RECHECKS)

    def due(hour: float, limit: int = 9) -> list[Ask]:
        return ledger.due_rechecks(session.connection(), SITE, NOON + hours(hour), limit)

    assert due(0.9) == []
    assert due(1) == asks(5)
    assert due(3) == asks(5, 3, 4)
    assert due(3, limit=2) == asks(5, 3)


def test_a_stored_page_that_has_gone_is_rechecked_once(session: Session) -> None:
    save(session, a_page(5), recheck_after=RECHECKS)
    save(session, a_failure(5, "HTTP 404", status=404, at=NOON + hours(1)))
    assert ledger.due_rechecks(session.connection(), SITE, NOON + hours(25), 9) == asks(5)

    save(session, a_failure(5, "HTTP 404", status=404, at=NOON + hours(25)))
    assert ledger.due_rechecks(session.connection(), SITE, NOON + hours(999), 9) == []


def test_ids_that_have_a_row_are_left_as_they_are(session: Session) -> None:
    see(session, 2)

    add(session, 1, 2, 3, origin=Origin.BACKFILL)

    origins = session.execute(select(Page.source_id, Page.origin).order_by(Page.id_number))
    assert [tuple(row) for row in origins] == [("1", "backfill"), ("2", "list"), ("3", "backfill")]
    assert pending(session, Origin.BACKFILL) == asks(3, 1)


def test_many_ids_are_added_at_once(session: Session) -> None:
    add(session, *range(1, 1502))
    add(session, *range(1000, 1503))

    assert len(pending(session, limit=2000)) == 1502


def test_the_smallest_id_of_the_first_todays_news_starts_the_archive(session: Session) -> None:
    save(session, a_list_page([a_listing(3)]))
    assert start(session) is None

    see(session, 12, 10, 11)
    save(session, a_list_page([a_listing(4), a_listing(5, minute(NOON))]))

    assert start(session) == 10


def test_a_page_that_may_not_start_the_archive_does_not(session: Session) -> None:
    save(session, a_list_page([a_listing(12, minute(NOON))]), fixes_start=False)

    assert start(session) is None


def test_without_todays_news_the_smallest_dated_id_starts_the_archive(session: Session) -> None:
    save(session, a_list_page([a_listing(5, day(NOON)), a_listing(3, day(NOON)), a_listing(1)]))

    assert ledger.missing_ids(session.connection(), SOURCE, 9) == [4]
    assert start(session) == 3


def test_top_stories_alone_do_not_start_the_archive(session: Session) -> None:
    save(session, a_list_page([a_listing(5), a_listing(1)]))

    assert ledger.missing_ids(session.connection(), SOURCE, 9) == []
    assert start(session) is None


def test_the_start_moves_back_and_never_forward(session: Session) -> None:
    see(session, 10)
    ledger.move_start(session.connection(), SOURCE, 7)
    ledger.move_start(session.connection(), SOURCE, 9)
    assert start(session) == 7

    see(session, 8)
    assert start(session) == 7


def test_the_start_can_be_set_before_anything_is_known(session: Session) -> None:
    ledger.move_start(session.connection(), SOURCE, 7)

    assert start(session) == 7
    assert ledger.missing_ids(session.connection(), SOURCE, 9) == []


def test_missing_ids_come_newest_first(session: Session) -> None:
    see(session, 10, 13, 17)

    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [16, 15, 14, 12, 11]
    assert ledger.missing_ids(session.connection(), SOURCE, 4) == [16, 15, 14, 12]
    add(session, 16, 12)
    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [15, 14, 11]


def test_ids_below_the_smallest_row_are_missing_too(session: Session) -> None:
    see(session, 10)
    ledger.move_start(session.connection(), SOURCE, 8)

    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [9, 8]


def test_what_was_asked_for_in_vain_does_not_move_the_end(session: Session) -> None:
    see(session, 10)
    add(session, 900, origin=Origin.BACKFILL)
    see(session, 500)
    save(session, a_failure(500, "HTTP 404", status=404))

    assert ledger.missing_ids(session.connection(), SOURCE, 99) == []


def test_an_article_found_beyond_the_boxes_moves_the_end(session: Session) -> None:
    see(session, 10)
    save(session, a_page(12))

    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [11]


@given(st.sets(st.integers(1, 60), min_size=1), st.integers(1, 60), st.integers(1, 70))
def test_missing_ids_are_those_without_a_row(
    session: Session, listed: set[int], first_id: int, limit: int
) -> None:
    with session.begin_nested() as savepoint:
        see(session, *listed)
        ledger.move_start(session.connection(), SOURCE, first_id)

        missing = set(range(min(first_id, *listed), max(listed))) - listed
        assert (
            ledger.missing_ids(session.connection(), SOURCE, limit)
            == sorted(missing, reverse=True)[:limit]
        )
        savepoint.rollback()


def test_a_distant_id_does_not_move_the_end(session: Session) -> None:
    see(session, 1, 3, 4_339_121)
    save(session, a_page(9_000_000, "Of another archive"))

    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [2]


@pytest.mark.parametrize(
    "answers", [{}, {"reason": "no headline"}, {"reason": "HTTP 503", "status": 503}]
)
def test_several_distant_ids_do_not_confirm_each_other(
    session: Session, answers: dict[str, Any]
) -> None:
    distant = (4_339_121, 4_339_122, 4_339_500)
    see(session, 1, 3)
    save(session, a_page(1, "Body"))
    see(session, *distant)
    for source_id in distant if answers else ():
        save(session, a_failure(source_id, **answers))
    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [2]

    # They were right after all.
    for source_id in distant[:2]:
        save(session, a_page(source_id, f"Body {source_id}"))
    assert ledger.end_id(session.connection(), SOURCE) == distant[-1]


def test_a_listed_id_that_is_gone_does_not_move_it_either(session: Session) -> None:
    see(session, 1, 3, 900)
    save(session, a_failure(900, "HTTP 404", status=404))

    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [2]


def test_a_distant_id_in_the_first_list_is_not_the_start(session: Session) -> None:
    see(session, 43, 4301, 4303)

    assert ledger.missing_ids(session.connection(), SOURCE, 99) == [4302]


def test_gaps_that_fail_do_not_pay(session: Session) -> None:
    see(session, 1, 99)
    ids = range(2, 2 + ledger.GAP_ANSWERS)
    add(session, *ids)
    assert ledger.gaps_pay(session.connection(), SOURCE)
    for source_id in ids:
        # In a storm, a "not found" proves nothing.
        save(session, a_failure(source_id, "HTTP 404", status=404), trusted=False)

    assert not ledger.gaps_pay(session.connection(), SOURCE)


@pytest.mark.parametrize("limit", [1, 14, 600, 5000])
def test_wide_ranges_are_looked_through_too(session: Session, limit: int) -> None:
    see(session, 1, 700, 701, 702, 1650, 2600)
    add(session, *range(1000, 2000))
    for source_id in (702, 1650):
        save(session, a_page(source_id, f"Body {source_id}"))

    missing = set(range(1, 2601)) - {1, 700, 701, 702, 2600, *range(1000, 2000)}
    assert (
        ledger.missing_ids(session.connection(), SOURCE, limit)
        == sorted(missing, reverse=True)[:limit]
    )


def test_a_page_asked_for_in_this_run_is_left_for_the_next(session: Session) -> None:
    see(session, 1, 2)
    save(session, a_failure(1, "HTTP 429", status=429, at=NOON + hours(1)))
    save(session, a_page(2), recheck_after=RECHECKS)
    later = NOON + hours(2)

    assert ledger.to_fetch(session.connection(), SITE, later, 9, not_since=NOON + hours(1)) == []
    assert ledger.to_fetch(
        session.connection(), SITE, later, 9, not_since=NOON + hours(1.1)
    ) == asks(1)
    assert ledger.due_rechecks(session.connection(), SITE, later, 9, not_since=NOON) == []
    assert ledger.due_rechecks(session.connection(), SITE, later, 9, not_since=later) == asks(2)


@pytest.mark.parametrize(
    ("stored", "gone", "pays"), [(0, 0, True), (0, 19, True), (0, 20, False), (2, 18, True)]
)
def test_gaps_pay_while_enough_of_them_hold_an_article(
    session: Session, stored: int, gone: int, pays: bool
) -> None:
    add(session, *range(1, 31))
    for source_id in range(1, stored + 1):
        save(session, a_page(source_id, f"Body {source_id}"))
    for source_id in range(stored + 1, stored + gone + 1):
        save(session, a_failure(source_id, "HTTP 404", status=404))

    assert ledger.gaps_pay(session.connection(), SOURCE) is pays


def test_gaps_get_another_chance_as_the_archive_grows(session: Session) -> None:
    add(session, *range(1, 21))
    for source_id in range(1, 21):
        save(session, a_failure(source_id, "HTTP 404", status=404))
    assert not ledger.gaps_pay(session.connection(), SOURCE)

    add(session, *range(100, 100 + ledger.GAP_ROWS), origin=Origin.LIST)
    assert ledger.gaps_pay(session.connection(), SOURCE)


def test_another_source_is_not_touched(session: Session) -> None:
    see(session, 10, 13)

    assert ledger.to_fetch(session.connection(), replace(SITE, name="elsewhere"), NOON, 9) == []
    assert ledger.missing_ids(session.connection(), "elsewhere", 9) == []
    assert (
        ledger.due_rechecks(
            session.connection(), replace(SITE, name="elsewhere"), NOON + hours(999), 9
        )
        == []
    )
