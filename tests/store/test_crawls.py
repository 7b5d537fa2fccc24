"""The row that each run leaves."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Status
from newsbot.store import crawls
from newsbot.store.crawls import Counts
from newsbot.store.recording.known import Outcome, Recorded, Saved
from newsbot.store.tables import Crawl, Page
from tests.helpers.made_up import (
    NOON,
    SOURCE,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    hours,
    save,
)
from tests.helpers.stored import OTHER_BODY, article_of


def rows(session: Session) -> list[Crawl]:
    session.expire_all()
    return list(session.scalars(select(Crawl).order_by(Crawl.id)))


def test_a_run_begins_and_finishes(session: Session) -> None:
    crawl_id = crawls.begin(session.connection(), SOURCE, NOON)
    (running,) = rows(session)
    assert (running.id, running.source, running.started_at) == (crawl_id, SOURCE, NOON)
    assert (running.outcome, running.finished_at) == ("running", None)

    save(session, a_list_page([a_listing(1), a_listing(2)]))
    counts = Counts(requests=3, responses={"200": 2, "429": 1}, new=1, waited_seconds=12.5)
    crawls.finish(
        session.connection(),
        crawl_id,
        NOON + hours(1),
        counts,
        outcome="finished",
        exit_code=0,
        message="1 new; 2 pending.",
    )

    (finished,) = rows(session)
    assert (finished.outcome, finished.exit_code) == ("finished", 0)
    assert (finished.finished_at, finished.message) == (NOON + hours(1), "1 new; 2 pending.")
    assert (finished.requests, finished.new, finished.waited_seconds) == (3, 1, 12.5)
    assert finished.responses == {"200": 2, "429": 1}
    assert finished.pending_left == 2


def test_a_run_that_was_killed_is_marked_by_the_next_one(session: Session) -> None:
    crawls.begin(session.connection(), "elsewhere", NOON)
    crawls.begin(session.connection(), SOURCE, NOON)
    crawls.begin(session.connection(), SOURCE, NOON + hours(1))

    assert [(row.source, row.outcome, row.finished_at) for row in rows(session)] == [
        ("elsewhere", "running", None),
        (SOURCE, "interrupted", None),
        (SOURCE, "running", None),
    ]


def test_what_a_run_noted_whose_clock_was_ahead_is_mended_by_the_next_one(session: Session) -> None:
    connection = session.connection()
    right, ahead = NOON, NOON + hours(5 * 8766)
    crawls.begin(connection, SOURCE, right)
    save(session, a_page(1, at=right), recheck_after=[hours(1)])
    crawls.begin(connection, SOURCE, ahead)
    save(session, a_page(2, at=ahead), recheck_after=[hours(1)])
    save(session, a_failure(3, "HTTP 503", status=503, at=ahead))
    before = ledger_times(session)

    crawls.begin(connection, SOURCE, ahead - hours(20))
    assert ledger_times(session) == before

    now = right + hours(0.5)
    crawls.begin(connection, SOURCE, now)
    assert ledger_times(session) == {
        "1": before["1"],
        "2": (now, now, now, now),
        "3": (now, None, now, now),
    }


def test_an_edit_is_shown_after_a_run_whose_clock_was_ahead(session: Session) -> None:
    connection = session.connection()
    ahead = NOON + hours(30 * 24)
    crawls.begin(connection, SOURCE, ahead)
    save(session, a_page(1, at=ahead))

    crawls.begin(connection, SOURCE, NOON)
    save(session, a_page(1, OTHER_BODY, at=NOON + hours(1)))

    assert article_of(session, 1).article_body == OTHER_BODY
    assert [row.started_at for row in rows(session)] == [NOON, NOON]


def ledger_times(session: Session) -> dict[str | None, tuple[datetime | None, ...]]:
    session.expire_all()
    names = ("first_seen_at", "stored_at", "last_fetched_at", "next_fetch_at")
    pages = session.scalars(select(Page))
    return {page.source_id: tuple(getattr(page, name) for name in names) for page in pages}


def test_pages_that_wait_for_another_try_are_left_too(session: Session) -> None:
    save(session, a_list_page([a_listing(each) for each in range(1, 6)]))
    save(session, a_page(1))
    save(session, a_failure(2, "HTTP 404", status=404))
    save(session, a_failure(3, "no headline"))
    save(session, a_failure(4, "HTTP 503", status=503))

    assert crawls.pending_left(session.connection(), SOURCE) == 2


def test_counts_add_up() -> None:
    counts = Counts()
    for recorded in (
        Recorded(Saved(Outcome.NEW, 1), None),
        Recorded(Saved(Outcome.NEW, 2, duplicate_of_id=1), None),
        Recorded(Saved(Outcome.DUPLICATE, 1), None),
        Recorded(Saved(Outcome.UPDATED, 1), None),
        Recorded(Saved(Outcome.UNCHANGED, 1), None),
        Recorded(None, Status.REJECTED),
        Recorded(None, Status.GONE),
        Recorded(None, Status.PENDING),
        Recorded(None, Status.STORED),
        Recorded(None, None),
    ):
        counts.add(recorded)

    assert counts == Counts(new=2, updated=1, duplicates=2, rejected=1, gone=1)
