"""What the boxes of a page leave in the ledger and in `listings`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.items import Date, Listing, Precision
from newsbot.store import tables as models
from newsbot.store.recording.known import Incoming
from newsbot.store.recording.record import record
from tests.helpers.made_up import (
    INTERNATIONAL,
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


def see(session: Session, *listings: Listing, at: datetime = NOON, **changes: Any) -> list[str]:
    page = a_list_page(list(listings), at=at, **changes)
    return save(session, page).new_ids


def rows(session: Session) -> list[models.Listing]:
    session.expire_all()
    return list(session.scalars(select(models.Listing).order_by(models.Listing.id)))


def count(session: Session, table: type[models.Base]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def sections(session: Session) -> dict[str | None, str | None]:
    found = session.execute(select(models.Page.source_id, models.Page.article_section))
    return {row[0]: row[1] for row in found}


def test_an_entry_becomes_a_page_and_a_listing(session: Session) -> None:
    assert see(session, a_listing(7, minute(NOON), title="Rain", category="Weather")) == ["7"]

    (page,) = session.scalars(select(models.Page))
    assert (page.source, page.source_id, page.id_number) == (SOURCE, "7", 7)
    assert (page.url, page.status, page.origin) == (url_of(7), "pending", "list")
    assert (page.first_seen_at, page.next_fetch_at, page.attempts) == (NOON, None, 0)
    (entry,) = rows(session)
    assert (entry.page_id, entry.source, entry.source_id) == (page.id, SOURCE, "7")
    assert (entry.list_name, entry.category, entry.title) == (TODAYS_NEWS, "Weather", "Rain")
    assert (entry.date_listed, entry.date_listed_precision) == (NOON, "minute")
    assert entry.seen_on_url == "https://news.example/news/"
    assert (entry.first_seen_at, entry.last_seen_at) == (NOON, NOON)


def test_only_ids_that_were_unknown_are_new(session: Session) -> None:
    save(session, a_page(2))

    assert see(session, a_listing(3), a_listing(2), a_listing(1)) == ["3", "1"]
    assert see(session, a_listing(1), a_listing(4), a_listing(4, minute(NOON))) == ["4"]


def test_an_entry_seen_again_is_one_listing(session: Session) -> None:
    for hour in (1, 2):
        assert see(session, a_listing(7, minute(NOON)), at=NOON + hours(hour)) == (
            ["7"] if hour == 1 else []
        )

    (entry,) = rows(session)
    assert (entry.first_seen_at, entry.last_seen_at) == (NOON + hours(1), NOON + hours(2))


def test_an_entry_under_another_title_or_in_another_box_is_another_listing(
    session: Session,
) -> None:
    see(session, a_listing(7, minute(NOON)), a_listing(7, minute(NOON), title="Now it pours"))
    see(session, a_listing(7, day(NOON)))

    assert [(entry.list_name, entry.title) for entry in rows(session)] == [
        (TODAYS_NEWS, "Story 7"),
        (TODAYS_NEWS, "Now it pours"),
        (INTERNATIONAL, "Story 7"),
    ]
    assert count(session, models.Page) == 1


def test_the_same_entry_twice_in_one_page_is_one_listing(session: Session) -> None:
    unknown = a_listing(7, list_name=TODAYS_NEWS)
    see(session, unknown, a_listing(7, minute(NOON)), unknown)

    (entry,) = rows(session)
    assert (entry.date_listed, entry.date_listed_precision) == (NOON, "minute")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Date(), minute(NOON), minute(NOON)),
        (minute(NOON), Date(), minute(NOON)),
        (day(NOON), minute(NOON + hours(2)), minute(NOON + hours(2))),
        (minute(NOON + hours(2)), day(NOON), minute(NOON + hours(2))),
        (minute(NOON), minute(NOON + hours(24)), minute(NOON)),
        (minute(NOON + hours(24)), minute(NOON), minute(NOON)),
    ],
)
def test_a_listed_date_only_improves(
    session: Session, first: Date, second: Date, expected: Date
) -> None:
    for date in (first, second):
        see(session, a_listing(7, date, list_name="A box"))

    (entry,) = rows(session)
    assert (entry.date_listed, entry.date_listed_precision) == (expected.at, expected.precision)


def test_an_older_page_widens_the_time_that_an_entry_was_seen(session: Session) -> None:
    see(session, a_listing(7), at=NOON)
    older = a_page(1, listings=[a_listing(7)], at=NOON - hours(1))
    save(session, older)

    (entry,) = rows(session)
    assert (entry.first_seen_at, entry.last_seen_at) == (NOON - hours(1), NOON)
    assert entry.seen_on_url == url_of(1)


def test_a_section_s_box_tells_the_section(session: Session) -> None:
    see(session, a_listing(6, minute(NOON)), a_listing(7, minute(NOON)))
    assert sections(session) == {"6": None, "7": None}

    law = "Other Law and Order News"
    see(session, a_listing(7, day(NOON)), a_listing(8, day(NOON), list_name=law))
    assert sections(session) == {"6": None, "7": "International", "8": "Law and Order"}

    see(session, a_listing(7, day(NOON), list_name=law))
    assert sections(session)["7"] == "International"


def test_a_page_found_as_a_gap_keeps_its_row(session: Session) -> None:
    save(session, a_failure(7, "HTTP 404", status=404))

    assert see(session, a_listing(7, day(NOON))) == []

    (page,) = session.scalars(select(models.Page))
    assert (page.status, page.origin) == ("gone", "start")


def test_a_page_without_boxes_leaves_nothing(session: Session) -> None:
    assert see(session) == []
    for table in (models.Listing, models.Section, models.Source):
        assert count(session, table) == 0


def test_a_page_with_very_many_links_is_read_too(session: Session) -> None:
    entries = [a_listing(each, Date(NOON, Precision.MINUTE)) for each in range(1, 1202)]

    assert len(see(session, *entries)) == 1201
    assert count(session, models.Listing) == 1201


def test_listings_of_two_sources_are_apart(session: Session) -> None:
    see(session, a_listing(7))
    elsewhere = a_list_page([a_listing(7)])
    other = replace(SITE, name="elsewhere")
    [recorded] = record(session.connection(), other, [Incoming(elsewhere)])

    assert recorded.new_ids == ["7"]
    assert count(session, models.Page) == 2


def test_an_entry_without_a_title_names_an_article(session: Session) -> None:
    see(session, a_listing(7, day(NOON), title=""))

    assert [(entry.source_id, entry.title) for entry in rows(session)] == [("7", "")]
