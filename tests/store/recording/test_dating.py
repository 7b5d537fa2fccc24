"""Dates of publication: which evidence wins, and that its order of arrival does not matter."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from newsbot.items import DATE_LINE, Date, ListKind, Page, Precision
from newsbot.store.engine import open_engine
from newsbot.store.recording.dates import Evidence, Neighbour, day_of, day_start, estimate, weigh
from newsbot.store.recording.record import estimate_dates
from newsbot.store.tables import Article
from newsbot.store.tables import Page as PageRow
from tests.helpers.made_up import (
    INTERNATIONAL,
    NOON,
    SITE,
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
ZONE = SITE.zone
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


def story(session: Session, source_id: int, day_printed: str | None = None) -> None:
    body = f"This is the body of story {source_id}."
    save(session, a_page(source_id, body, day_printed=day_printed))


def estimated(session: Session, source_id: int) -> Found:
    """Date the undated articles as at the end of a run; return the date of one."""
    estimate_dates(session.connection(), SITE)
    return date_of(session, source_id)


def today(date: Date) -> Evidence:
    return Evidence(date, ListKind.TODAY)


def feed(at: datetime) -> Evidence:
    return Evidence(Date(at, Precision.MINUTE, "International feed"), ListKind.FEED)


def section(date: Date) -> Evidence:
    return Evidence(date, ListKind.SECTION)


PRINTED = "2025-08-20"
BY_DATE_LINE = Date(MIDNIGHT, Precision.DAY, DATE_LINE)


@pytest.mark.parametrize(
    ("printed", "listed", "expected"),
    [
        (None, [], Date()),
        (None, [Evidence(Date(None, Precision.UNKNOWN, "Top Stories"), ListKind.TOP)], Date()),
        (PRINTED, [], BY_DATE_LINE),
        (PRINTED, [section(day(MIDNIGHT - hours(24)))], BY_DATE_LINE),
        (PRINTED, [section(day(MIDNIGHT + hours(24)))], BY_DATE_LINE),
        (PRINTED, [today(minute(TEN + hours(48)))], minute(TEN + hours(48))),
        (None, [section(day(MIDNIGHT)), today(minute(TEN))], minute(TEN)),
        (None, [today(minute(TEN)), today(minute(TEN - hours(1)))], minute(TEN - hours(1))),
        (None, [section(day(MIDNIGHT)), section(day(TEN))], day(MIDNIGHT)),
        (PRINTED, [today(minute(TEN)), feed(TEN + hours(1))], feed(TEN + hours(1)).date),
    ],
)
def test_the_best_evidence_wins(
    printed: str | None, listed: list[Evidence], expected: Date
) -> None:
    assert weigh(printed, listed, ZONE) == expected
    assert weigh(printed, list(reversed(listed)), ZONE) == expected


@pytest.mark.parametrize(
    ("printed", "start"),
    [
        ("2025-08-20", "2025-08-19T12:00"),
        ("2025-12-31", "2025-12-30T11:00"),
        # The clocks go forward on 28 September 2025, and back on 5 April 2026.
        ("2025-09-28", "2025-09-27T12:00"),
        ("2025-09-29", "2025-09-28T11:00"),
        ("2026-04-05", "2026-04-04T11:00"),
        ("2026-04-06", "2026-04-05T12:00"),
    ],
)
def test_a_printed_day_begins_at_midnight_in_the_zone_of_the_site(printed: str, start: str) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)

    assert day_start(printed, ZONE).at == at
    assert day_of(at, ZONE) == printed
    assert day_of(at - timedelta(minutes=1), ZONE) != printed


def test_better_evidence_that_comes_later_improves_a_date(session: Session) -> None:
    story(session, 7)
    assert estimated(session, 7) == UNKNOWN

    list_(session, (5, minute(TEN)), (9, minute(TEN + hours(4))))
    assert estimated(session, 7) == (TEN + hours(2), "estimated", "ids 5 and 9")

    list_(session, (7, day(MIDNIGHT - hours(24))))
    assert date_of(session, 7) == (MIDNIGHT - hours(24), "day", INTERNATIONAL)

    story(session, 7, PRINTED)
    assert date_of(session, 7) == (MIDNIGHT, "day", DATE_LINE)

    list_(session, (7, minute(TEN + hours(3))))
    assert date_of(session, 7) == (TEN + hours(3), "minute", TODAYS_NEWS)


def test_worse_evidence_that_comes_later_changes_nothing(session: Session) -> None:
    list_(session, (7, minute(TEN)))
    story(session, 7)
    expected = (TEN, "minute", TODAYS_NEWS)
    assert date_of(session, 7) == expected

    list_(session, (7, day(MIDNIGHT - hours(24))), (6, minute(TEN)), (8, minute(TEN)))
    story(session, 7, "2025-08-19")

    assert estimated(session, 7) == expected


def test_the_day_follows_the_date(session: Session) -> None:
    story(session, 7)
    list_(session, (6, minute(TEN)), (8, minute(TEN)))

    def published() -> str | None:
        return session.scalars(select(Article.day_published)).one()

    assert published() is None
    estimate_dates(session.connection(), SITE)
    session.expire_all()
    assert published() == "2025-08-20"
    list_(session, (7, minute(MIDNIGHT - timedelta(minutes=1))))
    session.expire_all()
    assert published() == "2025-08-19"


def test_an_estimate_is_in_proportion_to_the_ids() -> None:
    lower, upper = Neighbour(100, TEN), Neighbour(110, TEN + hours(5))

    assert estimate(104, lower, upper, ZONE) == Date(
        TEN + hours(2), Precision.ESTIMATED, "ids 100 and 110"
    )


def test_neighbours_that_contradict_the_ids_give_the_lower_one_s_date() -> None:
    assert estimate(5, Neighbour(4, TEN), Neighbour(6, MIDNIGHT), ZONE).at == TEN


def test_a_neighbour_known_by_day_counts_as_published_in_the_middle_of_it() -> None:
    lower = Neighbour(4, MIDNIGHT, Precision.DAY)
    next_day = MIDNIGHT + hours(24)

    assert estimate(5, lower, Neighbour(6, MIDNIGHT, Precision.DAY), ZONE).at == MIDNIGHT + hours(
        12
    )
    assert estimate(5, lower, Neighbour(6, next_day, Precision.DAY), ZONE).at == MIDNIGHT + hours(
        24
    )
    assert estimate(5, lower, Neighbour(6, next_day + hours(2)), ZONE).at == MIDNIGHT + hours(19)


def test_a_neighbour_s_time_on_the_other_s_day_is_the_best_estimate() -> None:
    of_that_day = Precision.DAY

    assert estimate(5, Neighbour(4, MIDNIGHT, of_that_day), Neighbour(8, TEN), ZONE).at == TEN
    assert estimate(5, Neighbour(4, TEN), Neighbour(8, MIDNIGHT, of_that_day), ZONE).at == TEN


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

    found = estimate(lower_id + below, lower, upper, ZONE)

    assert found.at is not None
    assert lower.at <= found.at <= upper.at


def test_nothing_is_estimated_beyond_the_dated_ids(session: Session) -> None:
    for source_id in (3, 7):
        story(session, source_id)
    list_(session, (5, minute(TEN)))

    assert estimated(session, 3) == estimated(session, 7) == UNKNOWN


def test_a_story_stored_after_its_neighbours_is_estimated_too(session: Session) -> None:
    list_(session, (5, minute(TEN)), (9, day(MIDNIGHT)))
    story(session, 7)

    assert estimated(session, 7) == (TEN, "estimated", "ids 5 and 9")


def test_a_nearer_neighbour_improves_the_estimates_on_both_its_sides(session: Session) -> None:
    for source_id in (12, 18):
        story(session, source_id)
    list_(session, (10, minute(TEN)), (20, minute(TEN + hours(10))))
    list_(session, (15, minute(TEN + hours(9))))

    assert estimated(session, 12) == (
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


def test_pages_that_separate_take_their_dates_along(session: Session) -> None:
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
stories = st.tuples(ids)


def _story_page(source_id: int) -> Page:
    # Ids 1, 4, 7 and 10 have one text and share an article; some pages print a day.
    body = "The same everywhere." if source_id % 3 == 1 else f"Nothing like it is {source_id}."
    return a_page(source_id, body, day_printed=PRINTED if source_id % 4 == 0 else None)


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
        estimate_dates(session.connection(), SITE)
        rows = session.execute(
            text(
                "SELECT pages.source_id, articles.date_published,"
                " articles.date_published_precision, articles.date_published_evidence"
                " FROM pages JOIN articles ON articles.id = pages.article_id"
            )
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


# Of a story at two ids, only the second lies between dated ones.
TWICE = [
    a_list_page([a_listing(2, minute(MIDNIGHT))]),
    *(_story_page(number) for number in (12, 10, 1)),
]


@example((TWICE, TWICE[::-1]))
@given(evidence_in_two_orders())
def test_dates_do_not_depend_on_the_order_of_arrival(
    archive: Engine, orders: tuple[list[Page], list[Page]]
) -> None:
    one, other = orders

    assert _dates_after(archive, one) == _dates_after(archive, other)
