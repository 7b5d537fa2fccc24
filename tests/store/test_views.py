from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column, delete, insert, select, table, text
from sqlalchemy.orm import Session

from newsbot.store.reading.status import coverage as last_days
from newsbot.store.tables import Article, Page, Source
from tests.helpers.made_up import a_failure, a_list_page, a_listing, a_page, hours, minute, save
from tests.helpers.rows import NOON, article, page


class Day(NamedTuple):
    """A row of the view `coverage`, without its source."""

    day: str
    expected: int
    stored: int
    gone: int
    rejected: int
    pending: int
    accounted: float


def rows(session: Session, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(query))]


def coverage(session: Session, source: str = "nzcity") -> list[Day]:
    view = table("coverage", column("source"), *map(column, Day._fields))
    days = select(view).where(view.c.source == source).order_by(view.c.day)
    return [Day(*row[1:]) for row in session.execute(days)]


def expected(session: Session) -> dict[str, int]:
    """Return how many ids each day is to account for."""
    return {day.day: day.expected for day in coverage(session)}


def start_at(session: Session, first_id: int | None) -> None:
    session.execute(insert(Source), [{"source": "nzcity", "first_id": first_id}])


def store_page(
    session: Session, number: int, at: datetime | None, precision: str = "minute"
) -> None:
    """Store a story and its page, dated by a box or, if `precision` says so, by its neighbours."""
    date = {"date_published": at, "date_published_precision": precision if at else "unknown"}
    id_ = session.scalar(insert(Article).values(article(number, **date)).returning(Article.id))
    own = date if at and precision != "estimated" else {}
    session.execute(insert(Page).values(page(number, "stored", article_id=id_, **own)))


def august(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """Return that instant of August 2025, given in New Zealand's time of winter."""
    return datetime(2025, 8, day, hour, minute, tzinfo=UTC) - timedelta(hours=12)


def test_a_day_accounts_for_every_id_up_to_the_next_day(session: Session) -> None:
    start_at(session, 100)
    # 100 and 101 come before the first dated story, 104 has no row, 110 is the last id known.
    for number, at in ((102, august(19)), (103, august(19)), (106, august(20)), (108, august(20))):
        store_page(session, number, at)
    session.execute(
        insert(Page),
        [
            page(100, "gone"),
            page(101, "rejected"),
            page(105, "pending"),
            page(107, "gone"),
            page(109, "rejected"),
            page(110, "pending"),
        ],
    )
    assert coverage(session) == [
        Day("2025-08-19", 6, stored=2, gone=1, rejected=1, pending=2, accounted=4 / 6),
        Day("2025-08-20", 5, stored=2, gone=1, rejected=1, pending=1, accounted=4 / 5),
    ]


def test_an_empty_archive_has_no_days(session: Session) -> None:
    assert coverage(session) == []
    start_at(session, None)
    assert coverage(session) == []


def test_an_archive_without_a_dated_story_has_no_days(session: Session) -> None:
    start_at(session, 100)
    store_page(session, 100, None)
    session.execute(insert(Page), [page(101, "pending")])
    assert coverage(session) == []


def test_what_is_older_than_the_archive_does_not_count(session: Session) -> None:
    start_at(session, 100)
    for number, at in ((50, august(1)), (100, august(20)), (101, august(20))):
        store_page(session, number, at)
    session.execute(insert(Page), [page(99, "pending")])
    assert expected(session) == {"2025-08-20": 2}


@pytest.mark.parametrize(
    "outlier", [20_000, 390_001, 410_000, 431_999, 434_100, 500_000, 4_330_010, 10**17]
)
@pytest.mark.parametrize("day", [18, 20, 22])
def test_an_outlier_in_any_direction_changes_no_day(
    session: Session, outlier: int, day: int
) -> None:
    start_at(session, 400_000)
    for number in range(30):
        store_page(session, 433_000 + number, august(18 + number // 10))
    before = expected(session)
    assert before == {"2025-08-18": 33_010, "2025-08-19": 10, "2025-08-20": 10}

    store_page(session, outlier, august(day))
    assert expected(session) == before
    last = [(row.day, row.expected) for row in last_days(session, 2)]
    assert last == [("2025-08-20", 10), ("2025-08-19", 10)]


def test_an_outlier_among_the_ids_of_another_year_changes_no_day(session: Session) -> None:
    start_at(session, 400_000)
    for number in range(30):
        store_page(session, 433_000 + number, august(18 + number // 10))
        store_page(session, 400_000 + 2 * number, august(1) - timedelta(days=500))
    before = expected(session)

    store_page(session, 400_005, august(20))
    assert expected(session) == before


def test_a_start_moved_back_is_accounted_for(session: Session) -> None:
    start_at(session, 40)
    store_page(session, 100, august(20))
    assert expected(session) == {"2025-08-20": 61}


def test_an_old_story_with_a_late_id_counts_where_its_id_is(session: Session) -> None:
    start_at(session, 100)
    for number, day in ((100, 18), (103, 20), (105, 19), (107, 21), (108, 18), (109, 21)):
        store_page(session, number, august(day))
    assert expected(session) == {"2025-08-18": 3, "2025-08-20": 4, "2025-08-21": 3}


def test_a_day_without_a_dated_story_counts_with_the_day_before(session: Session) -> None:
    start_at(session, 100)
    store_page(session, 100, august(18))
    store_page(session, 105, None)
    store_page(session, 110, august(20))
    assert expected(session) == {"2025-08-18": 10, "2025-08-20": 1}


def test_an_estimate_is_a_date_too(session: Session) -> None:
    start_at(session, 100)
    store_page(session, 100, august(18))
    store_page(session, 105, august(19), "estimated")
    store_page(session, 110, august(20))
    assert expected(session) == {"2025-08-18": 5, "2025-08-19": 5, "2025-08-20": 1}


def test_a_page_that_repeats_a_story_counts_by_its_own_date(session: Session) -> None:
    start_at(session, 100)
    store_page(session, 100, august(18))
    store_page(session, 102, august(19))
    own = {"date_published": august(20), "date_published_precision": "minute"}
    session.execute(
        insert(Page),
        [page(104, "stored", article_id=1, **own), page(106, "stored", article_id=1)],
    )
    assert expected(session) == {"2025-08-18": 2, "2025-08-19": 2, "2025-08-20": 3}


def test_a_page_that_is_dated_but_not_stored_yet_begins_its_day(session: Session) -> None:
    start_at(session, 100)
    dated = {"date_published": august(19), "date_published_precision": "minute"}
    session.execute(insert(Page), [page(100, "pending", **dated), page(101, "gone")])
    assert coverage(session) == [Day("2025-08-19", 1, 0, 0, 0, 1, 0.0)]


def test_days_are_those_of_the_zone_of_the_site(session: Session) -> None:
    start_at(session, 100)
    store_page(session, 100, august(18, 23, 59))
    store_page(session, 101, august(19, 0, 0))
    # Midnight and five past of 20 January in New Zealand, an hour ahead in summer.
    store_page(session, 102, datetime(2026, 1, 19, 11, 0, tzinfo=UTC), "day")
    store_page(session, 103, datetime(2026, 1, 19, 11, 5, tzinfo=UTC))
    store_page(session, 104, datetime(2026, 1, 19, 12, 0, tzinfo=UTC))
    assert expected(session) == {"2025-08-18": 1, "2025-08-19": 1, "2026-01-20": 3}
    session.execute(delete(Page).where(Page.source_id == "102"))
    session.execute(delete(Article).where(Article.source_id == "102"))
    assert expected(session) == {
        "2025-08-18": 1, "2025-08-19": 2, "2026-01-20": 2
    }  # fmt: skip


def test_sites_are_counted_apart(session: Session) -> None:
    start_at(session, 100)
    store_page(session, 100, august(18))
    session.execute(insert(Source), [{"source": "other", "first_id": 7}])
    dated = {"date_published": august(1), "date_published_precision": "minute"}
    session.execute(insert(Page), [page(9, "pending", source="other", **dated)])
    assert expected(session) == {"2025-08-18": 1}
    assert coverage(session, "other") == [Day("2025-08-01", 3, 0, 0, 0, 3, 0.0)]


@given(
    st.dictionaries(st.integers(1, 40), st.none() | st.integers(1, 9), min_size=1),
    st.integers(1, 20),
)
def test_every_id_is_accounted_for_once(
    session: Session, stories: dict[int, int | None], first_id: int
) -> None:
    for model in (Page, Article, Source):
        session.execute(delete(model))
    start_at(session, first_id)
    for number, day in stories.items():
        store_page(session, number, None if day is None else august(day))

    # The rule as it is told: a running maximum of the days, over the ids in order.
    told: dict[str, int] = {}
    newest = first = 0
    for number in range(first_id, max(stories) + 1):
        newest = max(newest, stories.get(number) or 0)
        first = first or newest
        told[f"2025-08-{newest:02}"] = told.get(f"2025-08-{newest:02}", 0) + 1
    before = told.pop("2025-08-00", 0)
    if first:
        told[f"2025-08-{first:02}"] += before

    assert expected(session) == told
    assert all(row.expected == row.stored + row.pending for row in coverage(session))
    # What looks at the last days alone says the same of them.
    newest_first = coverage(session)[::-1]
    for days in (1, 2, 4):
        found = [astuple(day)[: len(Day._fields)] for day in last_days(session, days)]
        assert found == newest_first[:days]


def test_article_urls_are_the_pages_with_a_story(session: Session) -> None:
    store_page(session, 1, NOON)
    session.execute(
        insert(Page),
        [page(2, "gone", article_id=1), page(3, "gone"), page(4, "pending"), page(5, "rejected")],
    )
    address = "https://home.nzcity.co.nz/news/article.aspx?id="
    query = "SELECT source, source_id, url, article_id FROM article_urls ORDER BY source_id"
    assert rows(session, query) == [
        ("nzcity", "1", f"{address}1", 1),
        ("nzcity", "2", f"{address}2", 1),
    ]


def test_rejected_pages_say_why_and_how_often(session: Session) -> None:
    store_page(session, 1, NOON)
    start = "https://home.nzcity.co.nz/news/"
    session.execute(
        insert(Page).values(
            page(None, "rejected", url=start, reason="block page", attempts=3, last_fetched_at=NOON)
        )
    )
    [found] = rows(session, "SELECT url, reason, attempts, last_fetched_at FROM rejected_pages")
    assert found[:3] == (start, "block page", 3)
    assert str(found[3]).startswith("2025-08-20 00:00:00")


def kinds_of_change(session: Session) -> list[str]:
    return list(session.execute(text("SELECT kind FROM changes ORDER BY changed_at")).scalars())


def test_a_title_that_was_empty_is_not_changed(session: Session) -> None:
    for number, title in enumerate(("", "Rain")):
        entry = replace(a_listing(7, minute(NOON)), title=title)
        save(session, a_list_page([entry], at=NOON + hours(number)))
    save(session, a_page(7, at=NOON + hours(3)))
    assert kinds_of_change(session) == []


def test_edits_titles_and_removals_are_changes(session: Session) -> None:
    for number, title in enumerate(("Hail", "Rain")):
        entry = replace(a_listing(7, minute(NOON)), title=title)
        save(session, a_list_page([entry], at=NOON + hours(number)))
    save(session, a_page(7, at=NOON + hours(2)))
    save(session, a_page(7, "Another body.", at=NOON + hours(3)))
    save(session, a_failure(7, "HTTP 404", status=404, at=NOON + hours(4)))
    save(session, a_failure(7, "HTTP 404", status=404, at=NOON + hours(40)))
    assert kinds_of_change(session) == ["retitled", "edited", "removed"]
