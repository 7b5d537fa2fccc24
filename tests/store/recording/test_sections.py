"""When the lists of each section are looked at."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Ask, Date, ListKind, NewsList, Page, Precision
from newsbot.store.ledger import newest_of_section
from newsbot.store.recording.lists import is_missing
from newsbot.store.recording.refetch import (
    BACKOFF,
    Looks,
    feed_may_date,
    feed_retry_at,
    is_expired,
    section_due_at,
)
from newsbot.store.tables import Section
from tests.helpers.made_up import (
    INTERNATIONAL,
    LISTS,
    NOON,
    SITE,
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

FEED = NewsList(ListKind.FEED, "International feed", "International")
NUMBER = 1032
FEED_URL = SITE.feed_url(NUMBER)


def section(session: Session, name: str = "International") -> Section:
    session.expire_all()
    return session.scalars(select(Section).where(Section.section == name)).one()


def a_feed(*source_ids: int, at: datetime = NOON, reason: str = "not an article") -> Page:
    assert FEED_URL is not None
    listings = [a_listing(each, minute(NOON), list_name=FEED.name) for each in source_ids]
    for listing in listings:
        listing.news_list = FEED
    return Page(
        source=SITE.name,
        source_id=None,
        url=FEED_URL,
        fetched_at=at,
        http_status=200,
        reason=reason,
        listings=listings,
        boxes=[FEED] if listings else [],
        asked_as=ListKind.FEED,
    )


def test_a_section_becomes_known_by_its_box_and_its_number_by_what_is_known_of_the_site(
    session: Session,
) -> None:
    save(session, a_list_page([a_listing(1, day(NOON))]))

    known = section(session)
    assert (known.cat, known.first_seen_at, known.looked_at) == (NUMBER, NOON, NOON)
    assert (known.fed_at, known.missing_at, known.feed_failures) == (None, None, 0)


def test_a_number_is_learned_from_a_link(session: Session) -> None:
    page = a_list_page([])
    page.sections = {1950: "Law and Order"}

    save(session, page)

    assert section(session, "Law and Order").cat == 1950
    assert section(session, "Law and Order").looked_at is None


def test_an_older_page_tells_nothing_of_a_section(session: Session) -> None:
    save(session, a_list_page([a_listing(1, day(NOON))]))
    save(session, a_list_page([a_listing(1, day(NOON))], at=NOON - hours(1)))

    assert section(session).looked_at == NOON


def test_an_empty_box_is_a_look_too(session: Session) -> None:
    page = a_list_page([])
    page.empty = [LISTS[INTERNATIONAL]]

    save(session, page)

    assert section(session).looked_at == NOON


def test_a_page_that_should_show_the_box_counts_as_asked(session: Session) -> None:
    save(session, a_list_page([a_listing(1, day(NOON))]))
    save(session, a_page(2, at=NOON + hours(3)))

    assert (section(session).looked_at, section(session).asked_at) == (NOON, NOON + hours(3))


@pytest.mark.parametrize(
    ("listed", "today", "expected"),
    [
        ({"7", "12"}, {"8", "10", "15"}, True),
        ({"7", "10"}, {"8", "10", "15"}, False),
        ({"16"}, {"8", "10", "15"}, True),
        ({"16"}, set(), False),
        (set(), {"8"}, False),
    ],
)
def test_an_article_is_missing_if_the_day_s_list_should_hold_it(
    listed: set[str], today: set[str], expected: bool
) -> None:
    assert is_missing(listed, today) is expected


def test_what_the_day_s_list_lacks_is_noted(session: Session) -> None:
    today = [a_listing(each, minute(NOON)) for each in (5, 8)]
    save(session, a_list_page([*today, a_listing(8, day(NOON))]))
    assert section(session).missing_at is None

    save(session, a_list_page([*today, a_listing(7, day(NOON))], at=NOON + hours(1)))
    assert section(session).missing_at == NOON + hours(1)


def test_a_feed_that_was_read(session: Session) -> None:
    save(session, a_list_page([a_listing(1, day(NOON))]))

    save(session, a_feed(1, 2, at=NOON + hours(1)))

    known = section(session)
    assert known.looked_at == known.fed_at == NOON + hours(1)


def test_a_feed_that_fails_is_tried_again_ever_less_often(session: Session) -> None:
    save(session, a_list_page([a_listing(1, day(NOON))]))
    for number, after in enumerate(BACKOFF, 1):
        at = NOON + hours(number)
        save(session, a_feed(at=at, reason="not a feed"))
        assert section(session).feed_failures == number
        assert section(session).feed_retry_at == at + after

    save(session, a_feed(3, at=NOON + hours(99)))
    assert (section(session).feed_failures, section(session).feed_retry_at) == (0, None)
    assert feed_retry_at(NOON, 99) == NOON + BACKOFF[-1]


def looks(
    *,
    looked: float | None = None,
    fed: float | None = None,
    asked: float | None = None,
    missing: float | None = None,
    has_feed: bool = False,
) -> Looks:
    def at(hour: float | None) -> datetime | None:
        return None if hour is None else NOON + hours(hour)

    return Looks(at(looked), at(fed), at(asked), at(missing), has_feed)


@pytest.mark.parametrize(
    ("known", "due"),
    [
        pytest.param(looks(), None, id="never looked at: at once"),
        pytest.param(looks(looked=0), 24, id="once a day"),
        pytest.param(looks(looked=0, missing=0), 4, id="every four hours where one was missing"),
        pytest.param(looks(looked=0, missing=-200), 24, id="missing long ago"),
        pytest.param(looks(looked=0, asked=5), 29, id="its page does not show the box"),
        pytest.param(looks(looked=0, has_feed=True), 24, id="a box will do"),
        pytest.param(looks(looked=9, fed=0, missing=9, has_feed=True), 4, id="only the feed"),
        pytest.param(looks(looked=9, missing=9, has_feed=True), None, id="never fed: at once"),
        pytest.param(looks(looked=9, fed=0, missing=9), 13, id="a feed that fails"),
    ],
)
def test_when_a_section_is_due(known: Looks, due: float | None) -> None:
    assert section_due_at(known, NOON + hours(10)) == (None if due is None else NOON + hours(due))


DAY, MINUTE = (Date(NOON - hours(12), precision) for precision in (Precision.DAY, Precision.MINUTE))


@pytest.mark.parametrize(
    ("date", "seen", "fed", "now", "may_date"),
    [
        (DAY, 1, None, 1, True),
        (DAY, 1, 0, 1, True),
        (DAY, 1, 2, 3, False),
        (MINUTE, 1, None, 1, False),
        (Date(), 1, None, 1, False),
        (DAY, 1, None, 24, True),
        (DAY, 1, None, 25, False),
    ],
)
def test_when_a_feed_may_date_an_article(
    date: Date, seen: float, fed: float | None, now: float, may_date: bool
) -> None:
    fed_at = None if fed is None else NOON + hours(fed)
    looks = Looks(None, fed_at, None, None, has_feed=True)

    assert feed_may_date(date, NOON + hours(seen), looks, NOON + hours(now)) is may_date


@pytest.mark.parametrize(("now", "may_date"), [(1.5, False), (2, True)])
def test_a_section_that_is_looked_at_often_waits_for_more_to_date(
    now: float, may_date: bool
) -> None:
    looks = Looks(None, NOON, None, NOON, has_feed=True)

    assert feed_may_date(DAY, NOON + hours(1), looks, NOON + hours(now)) is may_date


def test_a_feed_that_does_not_answer_dates_nothing() -> None:
    assert not feed_may_date(DAY, NOON, Looks(None, None, None, None, has_feed=False), NOON)


@pytest.mark.parametrize(("days", "is_old"), [(24.9, False), (25, True), (300, True)], ids=str)
def test_a_syndicated_article_expires(days: float, is_old: bool) -> None:
    published = NOON - timedelta(days=days)

    assert is_expired(published, NOON, NOON) is is_old
    assert is_expired(None, published, NOON) is is_old


def test_the_section_s_newest_stored_page_shows_its_box(session: Session) -> None:
    for source_id, name in ((5, "International"), (6, "International"), (7, "National")):
        save(session, a_page(source_id, f"Body {source_id}", article_section=name))
    save(session, a_page(9, "Body 9"))
    save(session, a_page(8, "Body 8"))
    save(session, a_failure(8, "HTTP 404", status=404, at=NOON + hours(1)))
    save(session, a_list_page([a_listing(6, minute(NOON)), a_listing(5, minute(NOON - hours(9)))]))

    found = newest_of_section(session.connection(), SITE, "International")

    assert found == Ask("6", url_of(6))
    assert newest_of_section(session.connection(), SITE, "Nowhere") is None
