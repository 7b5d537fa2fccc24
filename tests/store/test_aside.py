"""What archived responses told is forgotten; what others told stays; what is new is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count as numbers
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy.orm import Session

from newsbot.items import Origin
from newsbot.store import comparing
from newsbot.store.aside import Aside
from newsbot.store.comparing import differences, write
from newsbot.store.engine import open_engine
from newsbot.store.tables import Article, ArticleVersion, Listing, Page, Shingle, Version
from tests.helpers.made_up import (
    LONG_BODY,
    NOON,
    SITE,
    SOURCE,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    hours,
    minute,
    save,
)

OTHER_BODY = "The council has closed the old bridge for the winter.\n\nIt opens again in spring."


@pytest.fixture
def aside(engine: Engine) -> Iterator[Aside]:
    with Aside(engine.url, SITE) as aside:
        yield aside


def forget(session: Session, aside: Aside, *fetched_at: datetime) -> Session:
    """Forget the responses of these instants, whatever page they were of; return what is left."""
    session.commit()
    offsets = numbers()
    ids = session.scalars(select(Page.source_id)).all()
    aside.add_captures(
        {
            "at": at.isoformat(timespec="microseconds"),
            "second": at,
            "path": "a.warc",
            "offset": next(offsets),
            "url": "",
            "asked_url": "",
            "redirects": 0,
            "moved_permanently": False,
            "is_own": True,
            "asked_id": source_id,
            "landed_id": source_id,
        }
        for source_id in ids
        for at in fetched_at
    )
    aside.take_over(session.connection())
    session.commit()
    return Session(aside.connection)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    reader = open_engine(engine.url.render_as_string(hide_password=False), read_only=True)
    with reader.connect() as connection:
        yield connection
    reader.dispose()


def bring_over(aside: Aside, session: Session) -> None:
    """Write what differs, and see that nothing does then."""
    aside.finish()
    session.rollback()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    with reading(engine) as before:
        write(engine, aside.connection, SOURCE, list(differences(before, aside.connection, SOURCE)))
    with reading(engine) as before:
        assert list(differences(before, aside.connection, SOURCE)) == []


def columns(session: Session, source_id: int) -> Any:
    return (
        session.execute(select(Page.__table__).where(Page.source_id == str(source_id)))
        .mappings()
        .one()
    )


def count(session: Session, table: type[Any]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def test_a_page_is_as_before_its_first_answer(session: Session, aside: Aside) -> None:
    save(session, a_failure(1, at=NOON), origin=Origin.LIST)
    pending = {**columns(session, 1), "status": "pending", "attempts": 0, "reason": None}
    save(
        session,
        a_page(1, at=NOON + hours(1), day_printed="2025-08-20", warc_file="a", warc_offset=5),
    )

    left = forget(session, aside, NOON, NOON + hours(1))

    assert columns(left, 1) == pending | {
        "http_status": None,
        "last_fetched_at": None,
        "next_fetch_at": None,
    }
    assert count(left, ArticleVersion) == count(left, Shingle) == count(left, Article) == 0


def test_a_version_keeps_its_words_in_an_article_with_others(
    session: Session, aside: Aside
) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, at=NOON))

    left = forget(session, aside, NOON)
    save(left, a_page(1, at=NOON))
    save(left, a_page(2, at=NOON))
    save(left, a_page(2, OTHER_BODY, at=NOON + hours(1)))
    bring_over(aside, session)

    bodies = select(ArticleVersion.article_body).join(Page, Page.id == ArticleVersion.page_id)
    own = bodies.where(Page.source_id == "2").order_by(ArticleVersion.version)
    assert session.scalars(own).all() == [LONG_BODY, OTHER_BODY]


def test_a_story_that_is_told_again_keeps_its_number(session: Session, aside: Aside) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, OTHER_BODY, at=NOON))
    numbers = dict(session.execute(select(Article.source_id, Article.id)).all())

    left = forget(session, aside, NOON)
    save(left, a_page(2, f"{OTHER_BODY}\n\nThere is a detour.", at=NOON))
    save(left, a_page(1, at=NOON))
    bring_over(aside, session)

    assert dict(session.execute(select(Article.source_id, Article.id)).all()) == numbers
    story = session.scalars(select(Article).where(Article.source_id == "2")).one()
    assert story.article_body.endswith("detour.")
    assert (story.date_modified, story.duplicate_of_id) == (None, None)


def test_a_story_that_is_not_told_again_is_removed(session: Session, aside: Aside) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, f"{LONG_BODY} Entry is free.", at=NOON + hours(1)))
    assert session.scalars(select(Article.duplicate_of_id)).all() == [None, 1]

    left = forget(session, aside, NOON)
    save(left, a_failure(1, at=NOON))
    bring_over(aside, session)

    [story] = session.scalars(select(Article)).all()
    assert (story.source_id, story.duplicate_of_id, story.similarity) == ("2", None, None)
    assert columns(session, 1)["status"] == "rejected"


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_page_with_another_response_is_left_alone(
    session: Session, aside: Aside, missing: int
) -> None:
    for hour in range(3):
        save(session, a_page(1, f"{LONG_BODY}\n\nHour {hour}.", at=NOON + hours(hour)))
    before = columns(session, 1)

    left = forget(session, aside, *(NOON + hours(hour) for hour in range(3) if hour != missing))

    assert columns(left, 1) == before
    assert count(left, ArticleVersion) == 3
    assert count(left, Article) == 1


def test_pages_that_share_a_story_are_forgotten_together_or_not_at_all(
    session: Session, aside: Aside
) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, at=NOON + hours(1)))

    left = forget(session, aside, NOON)

    assert columns(left, 1)["status"] == "stored"
    assert count(left, Article) == 1


def test_entries_of_boxes_go_with_the_response_that_showed_them_first(
    session: Session, aside: Aside
) -> None:
    save(session, a_list_page([a_listing(1, minute(NOON))], at=NOON))
    save(session, a_list_page([a_listing(2, minute(NOON))], at=NOON + hours(1)))

    left = forget(session, aside, NOON + hours(1))

    assert left.scalars(select(Listing.source_id)).all() == ["1"]
    assert columns(left, 1)["date_published"] == NOON
    assert columns(left, 2)["date_published"] is None
    assert columns(left, 2)["date_published_precision"] is None


def test_a_box_goes_if_nothing_else_is_known_of_it(session: Session, aside: Aside) -> None:
    save(session, a_list_page([a_listing(1, minute(NOON))], at=NOON))

    left = forget(session, aside, NOON)

    assert count(left, Listing) == 0


def test_a_list_page_that_could_not_be_read_goes(session: Session, aside: Aside) -> None:
    save(session, a_failure(None, at=NOON))
    assert count(session, Page) == 1

    left = forget(session, aside, NOON)

    assert count(left, Page) == 0


def test_a_date_that_an_entry_from_elsewhere_gives_stays(session: Session, aside: Aside) -> None:
    save(session, a_list_page([a_listing(1, minute(NOON - hours(2)))], at=NOON))
    save(session, a_page(1, at=NOON + hours(1), day_printed="2025-08-20"))

    left = forget(session, aside, NOON + hours(1))

    assert columns(left, 1)["date_published"] == NOON - hours(2)
    assert columns(left, 1)["day_printed"] is None


def test_a_page_left_alone_repeats_the_same_article_as_before(
    session: Session, aside: Aside
) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, f"{LONG_BODY} Entry is free.", at=NOON + hours(1)))

    left = forget(session, aside, NOON)
    save(left, a_page(1, at=NOON))
    bring_over(aside, session)

    assert session.scalars(select(Article.duplicate_of_id).order_by(Article.id)).all() == [None, 1]


def test_texts_that_change_places_are_written(session: Session, aside: Aside) -> None:
    save(session, a_page(1, LONG_BODY, at=NOON))
    save(session, a_page(1, OTHER_BODY, at=NOON + hours(1)))

    left = forget(session, aside, NOON, NOON + hours(1))
    save(left, a_page(1, OTHER_BODY, at=NOON))
    save(left, a_page(1, LONG_BODY, at=NOON + hours(1)))
    bring_over(aside, session)

    bodies = select(ArticleVersion.article_body).order_by(ArticleVersion.version)
    assert session.scalars(bodies).all() == [OTHER_BODY, LONG_BODY]


def test_an_article_that_a_killed_reparse_left_is_taken_up(session: Session, aside: Aside) -> None:
    save(session, a_failure(1, at=NOON))
    left = forget(session, aside, NOON)
    save(left, a_page(1, at=NOON))
    bring_over(aside, session)
    session.execute(delete(Version))
    session.execute(update(Page).values(article_id=None, status="rejected"))
    session.commit()

    with Aside(aside.engine.url.set(database=f"{aside.engine.url.database}-2"), SITE) as again:
        left = forget(session, again, NOON)
        save(left, a_page(1, OTHER_BODY, at=NOON))
        bring_over(again, session)

    assert session.scalars(select(Article.article_body)).all() == [OTHER_BODY]


class _KilledError(Exception):
    pass


@pytest.mark.parametrize("writes", range(1, 4))
def test_a_kill_between_two_writes_leaves_a_sound_database(
    session: Session, aside: Aside, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """Articles that share a text, in two pages each, all misread before."""
    monkeypatch.setattr(comparing, "AT_ONCE", 3)
    bodies = [f"{LONG_BODY}\n\nNumber {number // 2}." for number in range(8)]
    for number, body in enumerate(bodies):
        save(session, a_page(10 - number, body[:40], at=NOON + timedelta(minutes=number)))
    instants = [NOON + timedelta(minutes=number) for number in range(8)]
    left = forget(session, aside, *instants)
    for number, body in enumerate(bodies):
        save(left, a_page(10 - number, body, at=instants[number]))
    aside.finish()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    begun = numbers(1)
    begin = engine.begin

    def begin_or_die() -> Any:
        if next(begun) > writes:
            raise _KilledError
        return begin()

    monkeypatch.setattr(engine, "begin", begin_or_die)
    with reading(engine) as before, pytest.raises(_KilledError):
        write(engine, aside.connection, SOURCE, differences(before, aside.connection, SOURCE))
    monkeypatch.undo()

    stored = session.execute(
        select(Page.source_id, Article.text_hash, ArticleVersion.text_hash)
        .outerjoin(Article, Article.id == Page.article_id)
        .outerjoin(ArticleVersion, ArticleVersion.page_id == Page.id)
    ).all()
    assert len(stored) == 8
    assert all(article is not None and version is not None for _, article, version in stored)
    session.rollback()
    bring_over(aside, session)


@given(data=st.data())
def test_any_state_is_brought_to_any_other(
    data: st.DataObject, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever pages two histories show, writing their differences makes one of the other."""
    histories = [
        data.draw(
            st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.booleans()), max_size=8)
        )
        for _ in range(2)
    ]
    with Session(engine) as session:
        for table in (Shingle, Version, Listing, Page, Article):
            session.execute(delete(table))
        _live(session, histories[0])
        session.commit()
    database = engine.url.set(drivername="sqlite", database=str(tmp_path_factory.mktemp("a") / "x"))
    with Aside(database, SITE) as aside, Session(engine) as session:
        _live(Session(aside.connection), histories[1])
        bring_over(aside, session)
        sketches = select(Article.source_id, Shingle.hash).join(Shingle)
        there = set(map(tuple, aside.connection.execute(sketches)))
        assert set(map(tuple, session.execute(sketches))) == there


def _live(session: Session, history: list[tuple[int, int, bool]]) -> None:
    for minutes, (source_id, text, has_failed) in enumerate(history):
        at = NOON + timedelta(minutes=minutes)
        if has_failed:
            save(session, a_failure(source_id, at=at))
        else:
            body = [LONG_BODY, f"{LONG_BODY} Entry is free.", OTHER_BODY, ""][text]
            listings = [a_listing(source_id + 1, minute(at), title=f"{text}")]
            save(session, a_page(source_id, body, at=at, listings=listings))
