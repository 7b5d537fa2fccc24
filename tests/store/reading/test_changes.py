from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from newsbot.store.reading.queries import Change, changes
from tests.helpers.made_up import (
    LONG_BODY,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    hours,
    minute,
    save,
    url_of,
)
from tests.helpers.rows import NOON

LATER = NOON + hours(1000)


def list_it(session: Session, title: str, at: datetime) -> None:
    save(session, a_list_page([replace(a_listing(7, minute(NOON)), title=title)], at=at))


@pytest.fixture
def changed(session: Session) -> Session:
    """A story whose title in a list changed, then its text, and which then was removed."""
    list_it(session, "Hail", NOON)
    save(session, a_page(7, at=NOON + hours(1)))
    list_it(session, "Rain", NOON + hours(2))
    save(session, a_page(7, "Another body.", at=NOON + hours(3)))
    for number in (4, 40):
        save(session, a_failure(7, "HTTP 404", status=404, at=NOON + hours(number)))
    return session


def test_changes_come_with_both_texts_the_newest_first(changed: Session) -> None:
    removed, edited, retitled = changes(changed, LATER)

    story = ("Ferry is raised", url_of(7))
    head = "Ferry is raised\n\nIt lay there for a century.\n\n"
    assert (removed.kind, removed.headline, removed.url) == ("removed", *story)
    assert edited == Change(
        "7", "edited", NOON + hours(3), *story, head + LONG_BODY, head + "Another body."
    )
    assert retitled == Change("7", "retitled", NOON + hours(2), *story, "Hail", "Rain")


def test_changes_are_chosen_by_time_and_number(changed: Session) -> None:
    def kinds(until: datetime, since: datetime | None = None, limit: int = 9) -> list[str]:
        return [change.kind for change in changes(changed, until, since=since, limit=limit)]

    assert kinds(LATER, since=NOON + hours(3)) == ["removed", "edited"]
    assert kinds(NOON + hours(3)) == ["retitled"]
    assert kinds(LATER, limit=1) == ["removed"]
    assert kinds(NOON) == []
    # However long ago they were.
    assert kinds(NOON + hours(24 * 3000), limit=1) == ["removed"]
