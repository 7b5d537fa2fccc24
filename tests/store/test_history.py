"""What is usual for the archive."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store import crawls
from newsbot.store.crawls import Usual, usual
from newsbot.store.tables import Source

NOW = datetime(2025, 8, 20, tzinfo=UTC)


def add_run(
    session: Session,
    *,
    at: datetime = NOW,
    exit_code: int = 0,
    new: int = 0,
    rejected: int = 0,
    **shown: int,
) -> None:
    crawl = crawls.begin(session.connection(), "nzcity", at)
    counts = crawls.Counts(new=new, rejected=rejected, shown=shown)
    crawls.finish(
        session.connection(),
        crawl,
        NOW,
        counts,
        outcome="finished",
        exit_code=exit_code,
        message="",
    )


def test_an_empty_archive_has_no_past(session: Session) -> None:
    assert usual(session.connection(), "nzcity") == Usual()


def test_runs_that_went_well_tell_how_often_a_page_is_rejected(session: Session) -> None:
    add_run(session, exit_code=0, new=90, rejected=10)
    add_run(session, exit_code=3, new=0, rejected=1000)

    assert usual(session.connection(), "nzcity").rejected_share == pytest.approx(0.1)


def test_a_few_pages_tell_nothing_of_rejections(session: Session) -> None:
    add_run(session, exit_code=0, new=10, rejected=9)

    assert usual(session.connection(), "nzcity").rejected_share is None


def test_the_last_two_good_runs_tell_which_lists_are_shown(session: Session) -> None:
    add_run(session, articles=10, top=10)
    assert usual(session.connection(), "nzcity").shown == {}

    add_run(session, articles=10, today=9)
    add_run(session, exit_code=3, articles=10)
    add_run(session)
    add_run(session, articles=30, today=30)

    assert usual(session.connection(), "nzcity").shown == {"today": pytest.approx(39 / 40)}


def test_runs_before_the_site_was_accepted_tell_nothing(session: Session) -> None:
    connection = session.connection()
    for _ in range(2):
        add_run(session, new=90, rejected=10, articles=10, today=10)
    crawls.accept(connection, "nzcity", NOW + timedelta(seconds=1))
    assert usual(connection, "nzcity") == Usual()

    for _ in range(2):
        add_run(session, at=NOW + timedelta(seconds=1), new=30, articles=10, top=10)
    assert usual(connection, "nzcity") == Usual({"top": 1.0}, 0.0)


def test_a_site_is_accepted_again(session: Session) -> None:
    connection = session.connection()
    for days in (1, 0, 2):
        crawls.accept(connection, "nzcity", NOW + timedelta(days=days))

    [row] = connection.execute(select(Source.source, Source.accepted_at)).all()
    assert row == ("nzcity", NOW + timedelta(days=2))
