"""What becomes of a page without an article."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Origin, Reason, Status
from newsbot.items import Page as ItemPage
from newsbot.store.recording.refetch import BACKOFF, GONE_AGAIN_AFTER, MAX_ATTEMPTS
from newsbot.store.tables import Article, Page
from tests.helpers.made_up import NOON, a_failure, a_list_page, a_listing, a_page, hours, save


def row(session: Session) -> Page:
    session.expire_all()
    return session.scalars(select(Page)).one()


def saved_status(session: Session, page: ItemPage, **options: object) -> Status:
    status = save(session, page, **options).status  # type: ignore[arg-type]
    assert status is not None
    return status


def fail(
    session: Session, reason: str = "no headline", *, status: int | None = 200, at: datetime = NOON
) -> Status:
    return saved_status(session, a_failure(7, reason, status=status, at=at))


def test_an_unreadable_page_is_rejected(session: Session) -> None:
    page = a_failure(7, Reason.CUT_OFF, warc_file="a.warc.gz", warc_offset=512)

    assert save(session, page, origin=Origin.GAP).status is Status.REJECTED

    rejected = row(session)
    assert (rejected.status, rejected.reason) == ("rejected", "cut off before the end")
    assert (rejected.attempts, rejected.http_status, rejected.origin) == (1, 200, "gap")
    assert (rejected.last_fetched_at, rejected.next_fetch_at) == (NOON, NOON + hours(1))
    assert (rejected.warc_file, rejected.warc_offset) == ("a.warc.gz", 512)


@pytest.mark.parametrize("status", [403, 401, 418])
def test_a_refusal_is_a_rejection(session: Session, status: int) -> None:
    assert fail(session, f"HTTP {status}", status=status) is Status.REJECTED


@pytest.mark.parametrize("status", [None, 500, 502, 503, 504, 408])
def test_a_passing_failure_leaves_the_page_pending(session: Session, status: int | None) -> None:
    assert fail(session, "it failed", status=status) is Status.PENDING

    pending = row(session)
    assert (pending.status, pending.reason) == ("pending", "it failed")
    assert (pending.attempts, pending.next_fetch_at) == (1, NOON + hours(1))


@pytest.mark.parametrize("status", [None, 200])
def test_a_page_is_tried_ever_less_often_and_then_given_up(
    session: Session, status: int | None
) -> None:
    at = NOON
    for number, backoff in enumerate(BACKOFF, 1):
        fail(session, status=status, at=at)
        assert (row(session).attempts, row(session).next_fetch_at) == (number, at + backoff)
        at += backoff

    assert fail(session, status=status, at=at) is Status.REJECTED
    assert (row(session).attempts, row(session).next_fetch_at) == (MAX_ATTEMPTS, None)
    assert row(session).reason == "no headline"


def test_a_success_starts_the_count_again(session: Session) -> None:
    fail(session)
    save(session, a_page(7, at=NOON + hours(1)))

    assert (row(session).status, row(session).attempts) == ("stored", 0)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("HTTP 404", 404),
        ("HTTP 410", 410),
        (Reason.NO_SUCH_ARTICLE, 200),
        (Reason.REDIRECTED, 200),
    ],
)
def test_a_page_without_an_article_is_gone_and_asked_once_more(
    session: Session, reason: str, status: int
) -> None:
    assert fail(session, reason, status=status) is Status.GONE
    gone = row(session)
    assert (gone.status, gone.reason, gone.attempts) == ("gone", reason, 0)
    assert gone.next_fetch_at == NOON + GONE_AGAIN_AFTER

    assert fail(session, reason, status=status, at=NOON + GONE_AGAIN_AFTER) is Status.GONE
    assert row(session).next_fetch_at is None


def test_what_a_backfill_does_not_find_is_not_asked_again(session: Session) -> None:
    page = a_failure(7, "HTTP 404", status=404)
    save(session, page, origin=Origin.BACKFILL)

    assert (row(session).status, row(session).next_fetch_at) == ("gone", None)


def test_a_stored_page_that_has_gone_keeps_its_article(session: Session) -> None:
    save(session, a_page(7))

    assert fail(session, "HTTP 404", status=404, at=NOON + hours(1)) is Status.GONE

    assert (row(session).status, row(session).article_id) == ("gone", 1)
    assert row(session).next_fetch_at == NOON + hours(25)
    assert session.scalars(select(Article.id)).all() == [1]


@pytest.mark.parametrize("status", [404, 200])
def test_a_not_found_in_a_storm_of_errors_proves_nothing(session: Session, status: int) -> None:
    page = a_failure(7, Reason.NO_SUCH_ARTICLE, status=status)

    assert save(session, page, trusted=False).status is Status.PENDING
    assert (row(session).status, row(session).attempts) == ("pending", 1)

    save(session, a_page(7, at=NOON + hours(1)))
    later = a_failure(7, Reason.NO_SUCH_ARTICLE, status=status, at=NOON + hours(2))
    assert save(session, later, trusted=False).status is Status.STORED
    assert (row(session).reason, row(session).next_fetch_at) == (
        "no such article",
        NOON + hours(3),
    )


@pytest.mark.parametrize(("reason", "status"), [("no headline", 200), ("HTTP 500", 500)])
def test_a_stored_page_stays_stored_through_other_failures(
    session: Session, reason: str, status: int
) -> None:
    save(session, a_page(7, warc_file="a.warc.gz", warc_offset=512), recheck_after=[hours(1)])
    page = a_failure(
        7, reason, status=status, at=NOON + hours(1), warc_file="b.warc.gz", warc_offset=0
    )

    assert save(session, page).status is Status.STORED

    stored = row(session)
    assert (stored.status, stored.reason, stored.attempts) == ("stored", reason, 1)
    assert stored.next_fetch_at == NOON + hours(2)
    assert (stored.warc_file, stored.warc_offset) == ("a.warc.gz", 512)


def test_a_stored_page_that_keeps_failing_is_left_alone_in_the_end(session: Session) -> None:
    save(session, a_page(7))
    for number in range(1, MAX_ATTEMPTS + 1):
        assert fail(session, at=NOON + hours(number)) is Status.STORED

    assert (row(session).attempts, row(session).next_fetch_at) == (MAX_ATTEMPTS, None)


def test_too_many_requests_is_no_attempt(session: Session) -> None:
    fail(session, "HTTP 500", status=500)

    assert fail(session, "HTTP 429", status=429, at=NOON + hours(1)) is Status.PENDING

    pending = row(session)
    assert (pending.attempts, pending.reason) == (1, "HTTP 500")
    assert (pending.http_status, pending.last_fetched_at) == (429, NOON + hours(1))


def test_reading_a_failure_anew_is_no_attempt(session: Session) -> None:
    save(session, a_failure(7, Reason.NO_HEADLINE, warc_file="a.warc.gz", warc_offset=512))

    again = a_failure(7, Reason.NO_HEADLINE, warc_file="a.warc.gz", warc_offset=512)
    assert save(session, again).status is Status.REJECTED

    assert (row(session).reason, row(session).attempts) == ("no headline", 1)


def test_an_older_failure_changes_nothing(session: Session) -> None:
    save(session, a_page(7, at=NOON))

    assert fail(session, at=NOON - hours(1)) is Status.STORED
    assert (row(session).reason, row(session).attempts) == (None, 0)


def test_no_answer_keeps_the_status_of_the_last_one(session: Session) -> None:
    fail(session, "HTTP 503", status=503)
    fail(session, "no answer in time", status=None, at=NOON + hours(1))

    assert (row(session).http_status, row(session).reason) == (503, "no answer in time")


def test_a_list_page_has_a_row_only_while_it_can_not_be_read(session: Session) -> None:
    for number in (1, 2):
        page = a_failure(None, "HTTP 500", status=500, at=NOON + hours(number))
        assert save(session, page).status is Status.REJECTED
        unread = row(session)
        assert (unread.status, unread.reason, unread.attempts) == ("rejected", "HTTP 500", number)
        assert (unread.source_id, unread.url) == (None, "https://news.example/news/")
        assert (unread.next_fetch_at, unread.last_fetched_at) == (None, NOON + hours(number))

    assert save(session, a_list_page([a_listing(7)], at=NOON + hours(3))).status is None
    assert row(session).source_id == "7"


def test_a_list_page_that_asks_us_to_wait_is_no_failure(session: Session) -> None:
    assert save(session, a_failure(None, "HTTP 429", status=429)).status is None
    assert session.scalars(select(Page)).all() == []
