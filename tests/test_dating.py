"""Dates of publication: which evidence wins, and that its order of arrival does not matter."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from newsbot.items import Date, Page, Precision
from newsbot.store import dating
from newsbot.store.dating import Neighbour, estimate, weigh
from newsbot.store.engine import open_engine
from newsbot.store.tables import Article
from newsbot.store.tables import Page as PageRow
from tests.made_up import (
    INTERNATIONAL,
    NOON,
    TODAYS_NEWS,
    a_list_page,
    a_listing,
    a_page,
    day,
    hours,
    minute,
    save,
)

# 20 August 2025 in New Zealand: from noon UTC on the day before.
MIDNIGHT = datetime(2025, 8, 19, 12, tzinfo=UTC)
TEN = MIDNIGHT + hours(10)
UNKNOWN = (None, "unknown", None)

Found = tuple[datetime | None, str, str | None]


def date_of(session: Session, source_id: int) -> Found:
    row = session.execute(
        select(
            Article.date_published,
            Article.date_published_precision,
            Article.date_published_evidence,
        )
        .join(PageRow, PageRow.article_id == Article.id)
        .where(PageRow.source_id == str(source_id))
    ).one()
    return row[0], row[1], row[2]


def list_(session: Session, *entries: tuple[int, Date], at: datetime = NOON) -> None:
    listings = [a_listing(source_id, date) for source_id, date in entries]
    save(session, a_list_page(listings, at=at))


def story(session: Session, source_id: int, head: datetime | None = None) -> None:
    save(session, a_page(source_id, f"This is the body of story {source_id}.", head=head))


def test_nothing_is_known_without_evidence() -> None:
    assert weigh(None, []) == Date()
    assert weigh(None, [Date(None, Precision.UNKNOWN, "Top Stories")]) == Date()


def test_todays_news_wins_over_head_and_day() -> None:
    assert weigh(TEN - hours(1), [day(MIDNIGHT), minute(TEN)]) == minute(TEN)


def test_the_head_wins_over_a_day_that_it_falls_on() -> None:
    head = Date(MIDNIGHT + timedelta(hours=23, minutes=59), Precision.MINUTE, "page head")

    assert weigh(head.at, [day(MIDNIGHT)]) == head
    assert weigh(head.at, []) == head


@pytest.mark.parametrize("head", [MIDNIGHT - timedelta(minutes=1), MIDNIGHT + hours(24)])
def test_a_section_s_box_wins_over_a_head_of_another_day(head: datetime) -> None:
    assert weigh(head, [day(MIDNIGHT)]) == day(MIDNIGHT)


def test_days_are_new_zealand_s_in_summer_and_on_the_night_the_clocks_change() -> None:
    # 28 September 2025 has 23 hours in New Zealand: from 12:00 UTC to 11:00 UTC.
    short_day = datetime(2025, 9, 27, 12, tzinfo=UTC)
    last_minute = short_day + timedelta(hours=22, minutes=59)

    assert weigh(last_minute, [day(short_day)]).precision is Precision.MINUTE
    assert weigh(last_minute + timedelta(minutes=1), [day(short_day)]) == day(short_day)


def test_the_earliest_of_several_entries_wins() -> None:
    assert weigh(None, [minute(TEN), minute(TEN - hours(1))]) == minute(TEN - hours(1))


def test_an_estimate_is_in_proportion_to_the_ids() -> None:
    lower, upper = Neighbour(100, TEN), Neighbour(110, TEN + hours(5))

    assert estimate(104, lower, upper) == Date(
        TEN + hours(2), Precision.ESTIMATED, "ids 100 and 110"
    )


def test_neighbours_that_contradict_the_ids_give_the_lower_one_s_date() -> None:
    assert estimate(5, Neighbour(4, TEN), Neighbour(6, MIDNIGHT)).at == TEN


def test_a_neighbour_known_by_day_counts_as_published_in_the_middle_of_it() -> None:
    lower = Neighbour(4, MIDNIGHT, Precision.DAY)
    next_day = MIDNIGHT + hours(24)

    assert estimate(5, lower, Neighbour(6, MIDNIGHT, Precision.DAY)).at == MIDNIGHT + hours(12)
    assert estimate(5, lower, Neighbour(6, next_day, Precision.DAY)).at == MIDNIGHT + hours(24)
    assert estimate(5, lower, Neighbour(6, next_day + hours(2))).at == MIDNIGHT + hours(19)


def test_a_neighbour_s_time_on_the_other_s_day_is_the_best_estimate() -> None:
    of_that_day = Precision.DAY

    assert estimate(5, Neighbour(4, MIDNIGHT, of_that_day), Neighbour(8, TEN)).at == TEN
    assert estimate(5, Neighbour(4, TEN), Neighbour(8, MIDNIGHT, of_that_day)).at == TEN


def test_a_page_whose_date_is_no_news_has_no_neighbour_dated_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    around: list[int | None] = []
    monkeypatch.setattr(dating, "redate_around", lambda _c, _source, number: around.append(number))

    for source_id, head in ((3, None), (4, TEN), (3, None), (4, TEN)):
        story(session, source_id, head)

    assert around == [4]


def test_a_time_that_replaces_a_day_moves_the_estimates(session: Session) -> None:
    story(session, 7)
    list_(session, (6, day(MIDNIGHT)), (8, minute(MIDNIGHT + hours(26))))
    assert date_of(session, 7)[0] == MIDNIGHT + hours(19)

    story(session, 6, head=MIDNIGHT)
    assert date_of(session, 7)[0] == MIDNIGHT + hours(13)


@given(
    st.integers(1, 10**9),
    st.integers(1, 1000),
    st.integers(1, 1000),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 10**8),
)
def test_an_estimate_lies_between_its_neighbours(
    lower_id: int, below: int, above: int, at: datetime, seconds: int
) -> None:
    at = at.replace(microsecond=0)
    lower = Neighbour(lower_id, at)
    upper = Neighbour(lower_id + below + above, at + timedelta(seconds=seconds))

    found = estimate(lower_id + below, lower, upper)

    assert found.at is not None
    assert lower.at <= found.at <= upper.at


def test_the_best_evidence_so_far_dates_a_story(session: Session) -> None:
    story(session, 7)
    assert date_of(session, 7) == UNKNOWN

    list_(session, (5, minute(TEN)), (9, minute(TEN + hours(4))))
    assert date_of(session, 7) == (TEN + hours(2), "estimated", "ids 5 and 9")

    list_(session, (7, day(MIDNIGHT)))
    assert date_of(session, 7) == (MIDNIGHT, "day", INTERNATIONAL)

    story(session, 7, head=TEN + hours(1))
    assert date_of(session, 7) == (TEN + hours(1), "minute", "page head")

    list_(session, (7, minute(TEN + hours(3))))
    assert date_of(session, 7) == (TEN + hours(3), "minute", TODAYS_NEWS)


def test_worse_evidence_that_comes_later_changes_nothing(session: Session) -> None:
    list_(session, (7, minute(TEN)))
    story(session, 7)
    expected = (TEN, "minute", TODAYS_NEWS)
    assert date_of(session, 7) == expected

    list_(session, (7, day(MIDNIGHT - hours(24))), (6, minute(TEN)), (8, minute(TEN)))
    story(session, 7, head=MIDNIGHT)

    assert date_of(session, 7) == expected


def test_a_box_that_contradicts_the_head_later_wins_over_it(session: Session) -> None:
    story(session, 7, head=TEN)
    list_(session, (7, day(MIDNIGHT - hours(24))))

    assert date_of(session, 7) == (MIDNIGHT - hours(24), "day", INTERNATIONAL)


def test_a_refetch_without_a_time_in_the_head_keeps_the_one_seen(session: Session) -> None:
    story(session, 7, head=TEN)
    save(session, a_page(7, "Another body altogether.", at=NOON + hours(1)))

    assert date_of(session, 7) == (TEN, "minute", "page head")


def test_a_head_s_time_that_moves_on_counts_as_first_seen(session: Session) -> None:
    story(session, 7, head=TEN)
    save(session, a_page(7, at=NOON + hours(1), head=TEN + hours(3)))

    assert date_of(session, 7) == (TEN, "minute", "page head")


def test_a_head_that_knows_only_the_day_is_no_evidence(session: Session) -> None:
    page = a_page(7)
    assert page.article is not None
    page.article.date_published = day(MIDNIGHT)
    save(session, page)

    assert date_of(session, 7) == UNKNOWN


def test_nothing_is_estimated_beyond_the_dated_ids(session: Session) -> None:
    for source_id in (3, 7):
        story(session, source_id)
    list_(session, (5, minute(TEN)))

    assert date_of(session, 3) == date_of(session, 7) == UNKNOWN


def test_a_story_stored_after_its_neighbours_is_estimated_at_once(session: Session) -> None:
    list_(session, (5, minute(TEN)), (9, day(MIDNIGHT)))
    story(session, 7)

    assert date_of(session, 7) == (TEN, "estimated", "ids 5 and 9")


def test_a_nearer_neighbour_improves_the_estimates_on_both_its_sides(session: Session) -> None:
    for source_id in (12, 18):
        story(session, source_id)
    list_(session, (10, minute(TEN)), (20, minute(TEN + hours(10))))
    list_(session, (15, minute(TEN + hours(9))))

    assert date_of(session, 12) == (
        TEN + timedelta(hours=3, minutes=36),
        "estimated",
        "ids 10 and 15",
    )
    assert date_of(session, 18) == (
        TEN + timedelta(hours=9, minutes=36),
        "estimated",
        "ids 15 and 20",
    )


def test_a_story_at_two_pages_has_the_earliest_of_the_best_dates(session: Session) -> None:
    for source_id in (6, 8):
        save(session, a_page(source_id))
    list_(session, (8, minute(TEN + hours(1))), (6, day(MIDNIGHT)))
    assert date_of(session, 6) == (TEN + hours(1), "minute", TODAYS_NEWS)

    list_(session, (6, minute(TEN)))
    assert date_of(session, 8) == (TEN, "minute", TODAYS_NEWS)


def test_pages_that_part_take_their_dates_along(session: Session) -> None:
    for source_id in (6, 8):
        save(session, a_page(source_id))
    list_(session, (6, minute(TEN)), (8, minute(TEN + hours(1))))

    save(session, a_page(6, "Another story altogether.", at=NOON + hours(1)))

    assert date_of(session, 6) == (TEN, "minute", TODAYS_NEWS)
    assert date_of(session, 8) == (TEN + hours(1), "minute", TODAYS_NEWS)


instants = st.integers(0, 96).map(lambda half_hours: MIDNIGHT + hours(half_hours / 2))
days = st.integers(0, 2).map(lambda number: MIDNIGHT + hours(24 * number))
ids = st.integers(1, 12)
dates = st.one_of(instants.map(minute), days.map(day), st.just(Date()))
listings = st.builds(a_listing, ids, dates, title=st.sampled_from(["As it was", "As it is now"]))
stories = st.tuples(ids, st.none() | instants)


def _story_page(source_id: int, head: datetime | None) -> Page:
    # Ids 1, 4, 7 and 10 bear one text and share a story.
    body = "The same everywhere." if source_id % 3 == 1 else f"Nothing like it is {source_id}."
    return a_page(source_id, body, head=head)


@st.composite
def evidence_in_two_orders(draw: Any) -> tuple[list[Page], list[Page]]:
    lists = draw(st.lists(st.lists(listings, min_size=1, max_size=4), max_size=6))
    bodies = draw(st.lists(stories, min_size=1, max_size=10))
    pages = [a_list_page(each, at=NOON + hours(number)) for number, each in enumerate(lists)] + [
        _story_page(*each) for each in bodies
    ]
    return pages, draw(st.permutations(pages))


@pytest.fixture(scope="module")
def archive(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("dating") / "newsbot.db"
    copyfile(empty_archive, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def _dates_after(archive: Engine, pages: list[Page]) -> dict[str, Found]:
    with Session(archive) as session:
        for page in pages:
            save(session, page)
        rows = session.execute(
            text(
                "SELECT pages.source_id, articles.date_published,"
                " articles.date_published_precision, articles.date_published_evidence"
                " FROM pages JOIN articles ON articles.id = pages.article_id"
            )
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


@settings(max_examples=60, deadline=None)
@given(evidence_in_two_orders())
def test_dates_do_not_depend_on_the_order_of_arrival(
    archive: Engine, orders: tuple[list[Page], list[Page]]
) -> None:
    one, other = orders

    assert _dates_after(archive, one) == _dates_after(archive, other)
