"""The request budget across runs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from newsbot.store import budget
from newsbot.store.budget import Budget
from newsbot.store.tables import Base, SentRequest

NOW = datetime(2025, 8, 19, 22, 13, tzinfo=UTC)


def reserve(session: Session, seconds: float, *, limit: int = 3, spacing: float = 0.0) -> float:
    now = NOW + timedelta(seconds=seconds)
    allowed = Budget(limit, 300, spacing)
    wait = budget.reserve(session.connection(), "site", now, allowed)
    return wait.seconds if wait else 0


def window(session: Session, seconds: float, name: str = "site") -> budget.Window:
    now = NOW + timedelta(seconds=seconds)
    return budget.look(session.connection(), name, now, Budget(3, 300))


def test_the_window_slides(session: Session) -> None:
    assert [reserve(session, at) for at in (0, 10, 20)] == [0, 0, 0]
    assert reserve(session, 30) == 270
    assert reserve(session, 300) == 0
    assert reserve(session, 301) == 9


def test_requests_stand_apart(session: Session) -> None:
    assert reserve(session, 0, spacing=2) == 0
    assert reserve(session, 0.5, spacing=2) == 1.5
    assert reserve(session, 2, spacing=2) == 0


def test_each_host_has_its_own_budget(session: Session) -> None:
    for at in range(3):
        reserve(session, at)

    assert budget.reserve(session.connection(), "other", NOW, Budget(3, 300)) is None


def test_a_host_that_asked_for_silence_gets_it_even_without_a_limit(session: Session) -> None:
    budget.hold(session.connection(), "site", NOW + timedelta(seconds=60))

    assert reserve(session, 0, limit=0) == 61
    assert window(session, 0).silence == 61
    assert reserve(session, 61, limit=0) == 0


def test_a_shorter_silence_does_not_cut_a_longer_one(session: Session) -> None:
    budget.hold(session.connection(), "site", NOW + timedelta(seconds=60))
    budget.hold(session.connection(), "site", NOW + timedelta(seconds=5))

    assert reserve(session, 0) == 61


def test_a_clock_that_was_set_back_does_not_lock_the_budget(session: Session) -> None:
    for at in range(3):
        reserve(session, 100_000 + at)

    assert reserve(session, 0) == 300
    assert reserve(session, 200) == 100
    assert reserve(session, 300) == 0


def test_a_silence_told_by_a_clock_that_was_wrong_is_none(session: Session) -> None:
    budget.hold(session.connection(), "site", NOW + timedelta(days=365))

    assert reserve(session, 0) == 0

    budget.hold(session.connection(), "site", NOW + timedelta(seconds=60))
    assert reserve(session, 0) == 61

    budget.hold(session.connection(), "other", NOW + timedelta(seconds=budget.LONGEST))
    assert window(session, 0, "other").wait == budget.Wait(budget.LONGEST + 1, asked_for=True)


def test_what_is_left_of_the_window(session: Session) -> None:
    reserve(session, 0)
    reserve(session, 290)

    assert window(session, 295).left == 1
    assert window(session, 305).left == 2


def test_a_place_that_was_not_used_is_given_back(session: Session) -> None:
    for at in range(3):
        reserve(session, at)

    budget.give_back(session.connection(), "site", NOW.timestamp() + 1)

    assert window(session, 3).left == 1


def test_requests_of_former_windows_are_not_kept(session: Session) -> None:
    for at in range(0, 3000, 50):
        reserve(session, at)

    assert len(session.scalars(select(SentRequest.sent_at)).all()) <= 6


@given(st.lists(st.floats(0, 200), max_size=40), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_limit(pauses: list[float], limit: int) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    sent: list[float] = []
    at = 0.0
    with Session(engine) as session:
        for pause in pauses:
            at += pause
            if reserve(session, at, limit=limit) == 0:
                sent.append(at)
    engine.dispose()

    for first in sent:
        assert sum(1 for time in sent if first <= time < first + 300) <= limit
