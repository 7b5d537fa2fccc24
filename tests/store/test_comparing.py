"""Two states of the archive, compared."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, delete, insert, update
from sqlalchemy.orm import Session

from newsbot.store.comparing import Difference, differences
from newsbot.store.engine import open_engine
from newsbot.store.tables import Article, Listing, Page
from tests.helpers.made_up import (
    LONG_BODY,
    NOON,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    hours,
    minute,
    save,
)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with Session(engine) as session, session.begin():
        listings = [
            a_listing(1, minute(NOON)),
            a_listing(2, title="Zebra"),
            a_listing(2, title="äb"),
        ]
        save(session, a_list_page(listings))
        save(session, a_page(1, at=NOON))
        save(session, a_page(10, f"{LONG_BODY} More.", at=NOON))
        save(session, a_page(1, f"{LONG_BODY}\n\nLater.", at=NOON + hours(1)))
        save(session, a_failure(3, at=NOON))
        save(session, a_failure(None, at=NOON))
    return engine


@pytest.fixture
def before(filled: Engine) -> Iterator[Connection]:
    """The state that everyone else sees while `after` changes it."""
    reader = open_engine(filled.url.render_as_string(hide_password=False), read_only=True)
    with reader.connect() as connection:
        yield connection
    reader.dispose()


@pytest.fixture
def after(filled: Engine) -> Iterator[Connection]:
    with filled.connect() as connection:
        yield connection
        connection.rollback()


def found(before: Connection, after: Connection) -> list[Difference]:
    return list(differences(before, after, "nzcity"))


def test_equal_states_have_no_difference(before: Connection, after: Connection) -> None:
    assert found(before, after) == []


@pytest.mark.parametrize("table", ["articles", "pages", "article_versions", "listings"])
def test_every_row_counts(before: Connection, after: Connection, table: str) -> None:
    rows = after.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608
    for child in ("versions", "listings", "shingles", "pages", "articles"):
        after.exec_driver_sql(f"DELETE FROM {child}")  # noqa: S608

    gone = [each for each in found(before, after) if each.table == table]

    assert len(gone) == rows > 0
    assert all(each.after is None for each in gone)


def test_a_changed_row_shows_the_changed_columns(before: Connection, after: Connection) -> None:
    after.execute(update(Page).where(Page.source_id == "3").values(reason="other", attempts=2))

    assert found(before, after) == [
        Difference(
            "pages",
            {"source": "nzcity", "source_id": "3", "list_page": ""},
            {"reason": "no headline", "attempts": 1},
            {"reason": "other", "attempts": 2},
        )
    ]


def test_a_removed_and_an_added_row_show_all(before: Connection, after: Connection) -> None:
    row = (
        after.execute(delete(Listing).where(Listing.title == "Zebra").returning(Listing.__table__))
        .mappings()
        .one()
    )
    after.execute(insert(Listing).values({**row, "title": "Aardvark"}))

    added, removed = found(before, after)

    assert (added.key["title"], added.before) == ("Aardvark", None)
    assert (removed.key["title"], removed.after) == ("Zebra", None)
    assert removed.before is not None
    assert removed.before["list_kind"] == "top"


def test_numbers_of_rows_do_not_count(before: Connection, after: Connection) -> None:
    row = (
        after.execute(delete(Listing).where(Listing.title == "Zebra").returning(Listing.__table__))
        .mappings()
        .one()
    )
    after.execute(insert(Listing).values({**row, "id": 999}))

    assert found(before, after) == []


def test_a_story_is_named_by_the_sites_id(before: Connection, after: Connection) -> None:
    after.execute(update(Article).where(Article.source_id == "10").values(duplicate_of_id=None))

    [change] = found(before, after)

    assert (change.before, change.after) == ({"duplicate_of": "1"}, {"duplicate_of": None})


def test_rows_come_in_the_order_of_their_keys(before: Connection, after: Connection) -> None:
    after.execute(update(Listing).values(category="x"))

    keys = [tuple(each.key.values()) for each in found(before, after)]

    assert keys == sorted(keys)
    assert len(keys) == 3
