"""Pages that share a story, or nearly repeat one; docs/decisions/0002 has the rules."""

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from newsbot.items import Fingerprint
from newsbot.store.recording import duplicates
from newsbot.store.recording.known import Outcome, Saved
from newsbot.store.tables import Article, ArticleVersion
from tests.helpers.made_up import LONG_BODY, NOON, hours, url_of
from tests.helpers.stored import EDITED, OTHER_BODY, article_of, page, saved, versions


def test_one_text_at_two_ids_is_one_story(session: Session) -> None:
    saved(session, 7)

    outcome = saved(session, 8, at=NOON + hours(1), article_section="National")

    assert outcome == Saved(Outcome.DUPLICATE, article_id=1)
    story = article_of(session, 8)
    assert (story.source_id, story.article_section) == ("7", "International")
    assert story.last_fetched_at == NOON + hours(1)
    assert page(session, 8).article_section == "National"
    assert versions(session, 8) == [(1, LONG_BODY)]
    assert session.scalars(select(Article.id)).all() == [1]


def test_the_page_that_a_story_is_named_for_tells_its_section(session: Session) -> None:
    saved(session, 7)
    saved(session, 8, article_section="National")

    saved(session, 8, at=NOON + hours(1), article_section="National")

    assert article_of(session, 7).article_section == "International"


def test_a_near_duplicate_is_a_story_of_its_own(session: Session) -> None:
    saved(session, 7)

    outcome = saved(session, 8, EDITED)

    assert outcome == Saved(Outcome.NEW, article_id=2, duplicate_of_id=1)
    story = article_of(session, 8)
    assert story.duplicate_of_id == 1
    assert story.similarity == pytest.approx(66 / 70)


def test_an_edit_in_the_story_s_own_page_parts_the_other_page(session: Session) -> None:
    saved(session, 7)
    saved(session, 8, at=NOON + hours(1), article_section="National")

    outcome = saved(session, 7, EDITED, at=NOON + hours(2))

    assert outcome == Saved(Outcome.UPDATED, article_id=1)
    edited, other = article_of(session, 7), article_of(session, 8)
    assert (edited.id, edited.article_body, edited.date_modified) == (1, EDITED, NOON + hours(2))
    assert (other.id, other.article_body, other.date_modified) == (2, LONG_BODY, None)
    assert (other.source_id, other.url, other.article_section) == ("8", url_of(8), "National")
    assert other.first_seen_at == NOON + hours(1)
    assert (other.duplicate_of_id, edited.duplicate_of_id) == (1, None)
    assert versions(session, 7) == [(1, LONG_BODY), (2, EDITED)]
    assert versions(session, 8) == [(1, LONG_BODY)]
    assert session.scalars(select(ArticleVersion.article_id).order_by(ArticleVersion.id)).all() == [
        1,
        2,
        1,
    ]


def test_an_edit_in_another_page_parts_that_page(session: Session) -> None:
    saved(session, 7)
    saved(session, 8)

    outcome = saved(session, 8, OTHER_BODY, at=NOON + hours(1))

    assert outcome == Saved(Outcome.UPDATED, article_id=2)
    assert (article_of(session, 7).id, article_of(session, 7).article_body) == (1, LONG_BODY)
    parted = article_of(session, 8)
    assert (parted.source_id, parted.article_body) == ("8", OTHER_BODY)
    assert (parted.date_modified, parted.duplicate_of_id) == (NOON + hours(1), None)
    assert versions(session, 8) == [(1, LONG_BODY), (2, OTHER_BODY)]


def test_a_recheck_of_the_unedited_page_brings_nothing_back(session: Session) -> None:
    saved(session, 7)
    saved(session, 8)
    saved(session, 7, EDITED, at=NOON + hours(1))

    outcome = saved(session, 8, at=NOON + hours(2))

    assert outcome.outcome is Outcome.UNCHANGED
    assert article_of(session, 7).article_body == EDITED
    assert article_of(session, 8).article_body == LONG_BODY


def test_pages_that_keep_a_text_stay_together(session: Session) -> None:
    for source_id in (7, 8, 9):
        saved(session, source_id)

    saved(session, 7, OTHER_BODY, at=NOON + hours(1))

    assert article_of(session, 8).id == article_of(session, 9).id == 2
    assert article_of(session, 8).source_id == "8"


def test_pages_edited_alike_remain_two_stories_and_say_so(session: Session) -> None:
    saved(session, 7)
    saved(session, 8)
    for source_id in (7, 8):
        saved(session, source_id, EDITED, at=NOON + hours(1))

    later = article_of(session, 8)
    assert (later.id, later.duplicate_of_id, later.similarity) == (2, 1, 1.0)
    assert later.text_hash == article_of(session, 7).text_hash


def test_a_page_that_parts_joins_the_story_that_shows_its_text(session: Session) -> None:
    saved(session, 6, OTHER_BODY)
    saved(session, 7)
    saved(session, 8)

    saved(session, 8, OTHER_BODY, at=NOON + hours(1))

    assert article_of(session, 8).id == article_of(session, 6).id == 1
    assert set(session.scalars(select(Article.id))) == {1, 2}


def test_an_edit_is_compared_again_in_both_directions(session: Session) -> None:
    saved(session, 7)
    saved(session, 8, EDITED)
    saved(session, 9, OTHER_BODY)

    saved(session, 7, OTHER_BODY + " So it was said.", at=NOON + hours(1))

    assert article_of(session, 8).duplicate_of_id is None
    assert article_of(session, 8).similarity is None
    assert article_of(session, 9).duplicate_of_id == 1
    assert article_of(session, 9).similarity == pytest.approx(18 / 22)


def test_an_edit_of_what_many_repeat_compares_only_so_many_with_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source_id in range(200):
        saved(session, source_id + 1, f"{LONG_BODY} Bulletin {source_id}.")
    compared: list[int] = []
    fingerprint_of = duplicates._fingerprint

    def counted(connection: Connection, article_id: int) -> Fingerprint:
        compared.append(article_id)
        return fingerprint_of(connection, article_id)

    monkeypatch.setattr(duplicates, "_fingerprint", counted)
    saved(session, 1, f"{LONG_BODY} Bulletin 0, corrected.", at=NOON + hours(1))

    assert 1 in compared
    assert 1 < len(compared) <= 3 * duplicates.COMPARED_AT_ONCE
