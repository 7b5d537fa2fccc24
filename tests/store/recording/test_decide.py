"""What follows from a page, by the rules alone: no database, rows in memory."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from newsbot.items import Origin, Page, Status
from newsbot.store.recording.decide import decide
from newsbot.store.recording.known import Incoming, Known, Outcome, Recorded, Row, Saved
from newsbot.text import fingerprint
from tests.helpers.made_up import (
    INTERNATIONAL,
    LONG_BODY,
    NOON,
    SITE,
    TODAYS_NEWS,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    day,
    hours,
    minute,
)
from tests.helpers.stored import EDITED, RECHECKS

TABLES = ("articles", "pages", "versions", "listings", "sections")


@pytest.fixture
def known() -> Known:
    """Return what is known in an empty database."""
    return Known(SITE, ids={table: count(1) for table in TABLES})


def said(known: Known, page: Page, **options: Any) -> Recorded:
    """Decide what follows from a page."""
    if page.article is not None:
        page.fingerprint = fingerprint(page.article)
    return decide(known, Incoming(page, RECHECKS, **options))


def values(row: Row, *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_a_new_page_is_an_article_a_version_and_a_row_of_the_ledger(known: Known) -> None:
    recorded = said(known, a_page(7))

    assert recorded.saved == Saved(Outcome.NEW, 1)
    ledger = values(known.pages["7"], "status", "article_id", "next_fetch_at", "stored_at")
    assert ledger == ("stored", 1, NOON + hours(1), NOON)
    [version] = known.versions[1]
    assert values(version, "version", "article_body") == (1, LONG_BODY)
    assert {row.table for row in known.changes} == {"articles", "pages", "versions"}
    assert all(row.is_new for row in known.changes)


def test_what_is_seen_again_changes_instants_only(known: Known) -> None:
    said(known, a_page(7))
    known.is_written()

    recorded = said(known, a_page(7, at=NOON + hours(2)))

    assert recorded.saved == Saved(Outcome.UNCHANGED, 1)
    assert {row.table: row.changed for row in known.changes} == {
        "articles": {"last_fetched_at"},
        "versions": {"last_observed_at"},
        "pages": {"last_fetched_at", "next_fetch_at"},
    }


def test_a_second_page_of_a_batch_sees_what_the_first_one_said(known: Known) -> None:
    said(known, a_page(7))

    assert said(known, a_page(8)).saved == Saved(Outcome.DUPLICATE, 1)
    assert said(known, a_page(9, EDITED)).saved == Saved(Outcome.NEW, 2, duplicate_of_id=1)


def test_an_edit_keeps_the_other_pages_of_the_article_at_its_former_text(known: Known) -> None:
    said(known, a_page(7))
    said(known, a_page(8))

    recorded = said(known, a_page(7, EDITED, at=NOON + hours(1)))

    assert recorded.saved == Saved(Outcome.UPDATED, 1)
    assert known.pages["8"]["article_id"] == 2
    assert known.articles[2]["article_body"] == LONG_BODY
    assert known.articles[1]["article_body"] == EDITED
    assert known.to_compare == {1, 2}


@pytest.mark.parametrize(
    ("page", "trusted", "expected"),
    [
        (a_failure(7, "HTTP 404", status=404), True, (Status.GONE, 0, hours(24))),
        (a_failure(7, "HTTP 404", status=404), False, (Status.STORED, 1, hours(1))),
        (a_failure(7, "HTTP 500", status=500), True, (Status.STORED, 1, hours(1))),
        (a_failure(7, "no headline", status=200), True, (Status.STORED, 1, hours(1))),
        # It says nothing of the page: the next recheck stays what it was.
        (a_failure(7, "HTTP 429", status=429), True, (Status.STORED, 0, hours(1))),
    ],
    ids=["gone", "gone while all fails", "server error", "unreadable", "too many requests"],
)
def test_a_failure_leaves_the_article_as_it_is(
    known: Known, page: Page, trusted: bool, expected: tuple[Status, int, timedelta]
) -> None:
    status, attempts, tried_again_after = expected
    said(known, a_page(7))

    recorded = said(known, page, trusted=trusted)

    assert (recorded.saved, recorded.status, recorded.attempts) == (None, status, attempts)
    row = known.pages["7"]
    assert values(row, "article_id", "next_fetch_at") == (1, NOON + tried_again_after)
    assert known.articles[1]["article_body"] == LONG_BODY


def test_an_unknown_page_without_an_article_is_kept_with_its_reason(known: Known) -> None:
    recorded = said(known, a_failure(7, "no headline", status=200), origin=Origin.GAP)

    assert (recorded.status, recorded.was_known) == (Status.REJECTED, False)
    assert values(known.pages["7"], "origin", "reason", "article_id") == (
        "gap",
        "no headline",
        None,
    )


def test_lists_make_pages_that_are_pending_and_date_articles(known: Known) -> None:
    said(known, a_page(7))
    listings = [
        a_listing(7, minute(NOON), list_name=TODAYS_NEWS),
        a_listing(8, day(NOON - hours(24)), list_name=INTERNATIONAL),
    ]

    recorded = said(known, a_list_page(listings))

    assert recorded.new_ids == ["8"]
    assert values(known.pages["8"], "status", "origin") == ("pending", "list")
    dated = ("date_published", "date_published_precision", "date_published_evidence")
    assert values(known.articles[1], *dated) == (NOON, "minute", TODAYS_NEWS)
    assert values(known.pages["8"], *dated) == (NOON - hours(24), "day", INTERNATIONAL)


def test_a_listed_title_that_is_new_brings_the_recheck_forward(known: Known) -> None:
    said(known, a_list_page([a_listing(7, minute(NOON), title="Ferry is raised")]))
    said(known, a_page(7, at=NOON + hours(1)))
    assert known.pages["7"]["next_fetch_at"] == NOON + hours(2)

    at = NOON + hours(1.5)
    said(known, a_list_page([a_listing(7, minute(NOON), title="Ferry is lost")], at=at))

    assert known.pages["7"]["next_fetch_at"] == at


def test_an_article_without_an_id_is_refused(known: Known) -> None:
    page = a_page(7)
    page.source_id = None

    with pytest.raises(ValueError, match="only an article's page"):
        said(known, page)
