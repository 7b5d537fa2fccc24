"""What archived responses told is forgotten; what others told stays."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from newsbot.items import Origin
from newsbot.store.forgetting import forget, let_go
from newsbot.store.known import FORGOTTEN
from newsbot.store.tables import Article, ArticleVersion, Listing, Page, Shingle
from tests.helpers.databases import ON_SQLITE
from tests.helpers.made_up import (
    LONG_BODY,
    NOON,
    SITE,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    hours,
    minute,
    save,
)

OTHER_BODY = "The council has closed the old bridge for the winter.\n\nIt opens again in spring."


def forget_all(session: Session, *fetched_at: datetime) -> None:
    """Forget the responses of these instants, whatever page they were of."""
    source_ids = session.scalars(select(Page.source_id))
    forget(session, SITE, [each for each in source_ids if each], fetched_at)


def columns(session: Session, source_id: int) -> Any:
    return (
        session.execute(select(Page.__table__).where(Page.source_id == str(source_id)))
        .mappings()
        .one()
    )


def count(session: Session, table: type[Any]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def test_a_page_is_as_before_its_first_answer(session: Session) -> None:
    save(session, a_failure(1, at=NOON), origin=Origin.LIST)
    pending = {**columns(session, 1), "status": "pending", "attempts": 0, "reason": None}
    save(
        session,
        a_page(1, at=NOON + hours(1), day_printed="2025-08-20", warc_file="a", warc_offset=5),
    )

    forget_all(session, NOON, NOON + hours(1))

    assert columns(session, 1) == pending | {
        "http_status": None,
        "last_fetched_at": None,
        "next_fetch_at": None,
    }
    assert count(session, ArticleVersion) == count(session, Shingle) == 0


def test_a_story_that_is_told_again_keeps_its_number(session: Session) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, OTHER_BODY, at=NOON))
    numbers = dict(session.execute(select(Article.source_id, Article.id)).all())

    forget_all(session, NOON)
    save(session, a_page(2, f"{OTHER_BODY}\n\nThere is a detour.", at=NOON))
    save(session, a_page(1, at=NOON))
    let_go(session)

    assert dict(session.execute(select(Article.source_id, Article.id)).all()) == numbers
    story = session.scalars(select(Article).where(Article.source_id == "2")).one()
    assert story.article_body.endswith("detour.")
    assert (story.date_modified, story.duplicate_of_id) == (None, None)


def test_a_story_that_is_not_told_again_is_removed(session: Session) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, f"{LONG_BODY} Entry is free.", at=NOON + hours(1)))
    assert session.scalars(select(Article.duplicate_of_id)).all() == [None, 1]

    forget_all(session, NOON)
    save(session, a_failure(1, at=NOON))
    let_go(session)

    [story] = session.scalars(select(Article)).all()
    assert (story.source_id, story.duplicate_of_id, story.similarity) == ("2", None, None)
    assert columns(session, 1)["status"] == "rejected"


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_page_with_another_response_is_left_alone(session: Session, missing: int) -> None:
    for hour in range(3):
        save(session, a_page(1, f"{LONG_BODY}\n\nHour {hour}.", at=NOON + hours(hour)))
    before = columns(session, 1)

    forget_all(session, *(NOON + hours(hour) for hour in range(3) if hour != missing))

    assert columns(session, 1) == before
    assert count(session, ArticleVersion) == 3
    assert session.scalars(select(Article.text_hash)).one() != FORGOTTEN


def test_pages_that_share_a_story_are_forgotten_together_or_not_at_all(session: Session) -> None:
    save(session, a_page(1, at=NOON))
    save(session, a_page(2, at=NOON + hours(1)))

    forget_all(session, NOON)

    assert columns(session, 1)["status"] == "stored"
    assert session.scalars(select(Article.text_hash)).one() != FORGOTTEN


def test_entries_of_boxes_go_with_the_response_that_showed_them_first(session: Session) -> None:
    save(session, a_list_page([a_listing(1, minute(NOON))], at=NOON))
    save(session, a_list_page([a_listing(2, minute(NOON))], at=NOON + hours(1)))

    forget_all(session, NOON + hours(1))

    assert session.scalars(select(Listing.source_id)).all() == ["1"]
    assert columns(session, 1)["date_published"] == NOON
    assert columns(session, 2)["date_published"] is None
    assert columns(session, 2)["date_published_precision"] is None


def test_a_list_page_that_could_not_be_read_goes(session: Session) -> None:
    save(session, a_failure(None, at=NOON))
    assert count(session, Page) == 1

    forget_all(session, NOON)

    assert count(session, Page) == 0


def test_a_date_that_an_entry_from_elsewhere_gives_stays(session: Session) -> None:
    save(session, a_list_page([a_listing(1, minute(NOON - hours(2)))], at=NOON))
    save(session, a_page(1, at=NOON + hours(1), day_printed="2025-08-20"))

    forget_all(session, NOON + hours(1))

    assert columns(session, 1)["date_published"] == NOON - hours(2)
    assert columns(session, 1)["day_printed"] is None


def test_it_can_be_done_twice_in_one_connection(session: Session) -> None:
    save(session, a_page(1, at=NOON))
    for _ in range(2):
        forget_all(session, NOON)
        save(session, a_page(1, at=NOON))
        let_go(session)

    assert session.scalars(select(Article.source_id)).all() == ["1"]


@ON_SQLITE
def test_the_search_finds_the_new_words_alone(session: Session) -> None:
    save(session, a_page(1, at=NOON))

    forget_all(session, NOON)
    save(session, a_page(1, OTHER_BODY, at=NOON))
    let_go(session)

    found = text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH :word")
    assert session.execute(found, {"word": "museum"}).all() == []
    assert session.execute(found, {"word": "bridge"}).all() == [(1,)]
