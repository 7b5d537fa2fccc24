"""Stories and their versions: new, repeated, edited, shared, read anew."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from newsbot.items import Origin
from newsbot.store.articles import Outcome, Saved, save_article
from newsbot.store.fingerprints import fingerprint_of
from newsbot.store.models import Article, ArticleVersion, Page
from newsbot.store.record import record
from newsbot.store.search import search
from tests.made_up import LONG_BODY, NOON, a_failure, a_page, hours, save, url_of

OTHER_BODY = "The council will plant two hundred pōhutukawa along the coast road this winter."
EDITED = LONG_BODY + " It closes at five."
RECORD: dict[str, Any] = {"warc_file": "a.warc.gz", "warc_offset": 512}
RECHECKS = [hours(1), hours(24), hours(168)]

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def saved(session: Session, *args: Any, **changes: Any) -> Saved:
    outcome = save(session, a_page(*args, **changes), recheck_after=RECHECKS).saved
    assert outcome is not None
    return outcome


def article_of(session: Session, source_id: int) -> Article:
    session.expire_all()
    return session.scalars(
        select(Article)
        .join(Page, Page.article_id == Article.id)
        .where(Page.source_id == str(source_id))
    ).one()


def page(session: Session, source_id: int) -> Page:
    session.expire_all()
    return session.scalars(select(Page).where(Page.source_id == str(source_id))).one()


def versions(session: Session, source_id: int) -> list[tuple[int, str]]:
    """The version numbers and bodies at a page, in the order of first sight."""
    rows = session.execute(
        select(ArticleVersion.version, ArticleVersion.article_body)
        .join(Page, Page.id == ArticleVersion.page_id)
        .where(Page.source_id == str(source_id))
        .order_by(ArticleVersion.version)
    )
    return [(version, body) for version, body in rows]


def dump(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    tables = ("articles", "pages", "article_versions", "shingles", "listings", "boxes")
    return {
        name: [tuple(row) for row in session.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2"))]  # noqa: S608
        for name in tables
    }


def test_a_new_page_becomes_a_story(session: Session) -> None:
    outcome = saved(session, 7, at=NOON, warc_file="a.warc.gz", warc_offset=512)

    assert outcome == Saved(Outcome.NEW, article_id=1)
    story = article_of(session, 7)
    assert (story.source, story.source_id, story.url) == ("nzcity", "7", url_of(7))
    assert (story.headline, story.description) == (
        "Ferry is raised",
        "It lay there for a century.",
    )
    assert story.article_body == LONG_BODY
    assert (story.article_section, story.credit_text) == ("International", "Harbour News")
    assert (story.copyright_holder, story.copyright_year) == ("Example Press", 2025)
    assert story.word_count == 60
    assert (story.first_seen_at, story.last_fetched_at, story.date_modified) == (NOON, NOON, None)
    assert (story.date_published, story.date_published_precision) == (None, "unknown")
    row = page(session, 7)
    assert (row.status, row.reason, row.attempts, row.origin) == ("stored", None, 0, "start")
    assert (row.article_id, row.article_section, row.id_number) == (1, "International", 7)
    assert (row.http_status, row.first_seen_at) == (200, NOON)
    assert (row.stored_at, row.last_fetched_at, row.next_fetch_at) == (NOON, NOON, NOON + hours(1))
    assert (row.warc_file, row.warc_offset) == ("a.warc.gz", 512)
    assert versions(session, 7) == [(1, LONG_BODY)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.tuples(texts, texts, texts))
def test_any_text_comes_out_as_it_went_in(session: Session, parts: tuple[str, str, str]) -> None:
    headline, description, body = parts
    with session.begin_nested() as savepoint:
        saved(session, 7, body, headline=headline, description=description)
        story = article_of(session, 7)
        assert (story.headline, story.description, story.article_body) == parts
        assert versions(session, 7) == [(1, body)]
        savepoint.rollback()


def test_saving_a_page_again_changes_nothing(session: Session) -> None:
    saved(session, 7, head=NOON - hours(2))
    before = dump(session)

    assert saved(session, 7, head=NOON - hours(2)).outcome is Outcome.UNCHANGED
    assert dump(session) == before


def test_an_unchanged_page_moves_on_to_its_next_recheck(session: Session) -> None:
    for at, expected in (
        (NOON, NOON + hours(1)),
        (NOON + hours(1), NOON + hours(24)),
        (NOON + hours(30), NOON + hours(168)),
        (NOON + hours(200), None),
    ):
        saved(session, 7, at=at)
        assert page(session, 7).next_fetch_at == expected

    story = article_of(session, 7)
    assert (story.first_seen_at, story.last_fetched_at) == (NOON, NOON + hours(200))
    assert story.date_modified is None
    (version,) = session.scalars(select(ArticleVersion))
    assert (version.observed_at, version.last_observed_at) == (NOON, NOON + hours(200))


def test_no_rechecks_without_recheck_after(session: Session) -> None:
    save(session, a_page(7))

    assert page(session, 7).next_fetch_at is None


def test_an_edit_is_a_version_and_the_story_shows_it(session: Session) -> None:
    saved(session, 7)

    outcome = saved(session, 7, EDITED, at=NOON + hours(1), headline="Ferry is up")

    assert outcome.outcome is Outcome.UPDATED
    story = article_of(session, 7)
    assert (story.headline, story.article_body, story.word_count) == ("Ferry is up", EDITED, 64)
    assert (story.date_modified, story.first_seen_at) == (NOON + hours(1), NOON)
    assert versions(session, 7) == [(1, LONG_BODY), (2, EDITED)]
    assert session.scalars(select(Article.id)).all() == [1]


def test_the_search_index_follows_an_edit(session: Session) -> None:
    saved(session, 7)
    saved(session, 7, OTHER_BODY, at=NOON + hours(1))

    assert [hit.source_id for hit in search(session, "pōhutukawa")] == ["7"]
    assert search(session, "captain") == []


def test_a_text_that_comes_back_is_shown_again_without_a_new_version(session: Session) -> None:
    for hour, body in enumerate([LONG_BODY, EDITED, LONG_BODY, EDITED, LONG_BODY]):
        saved(session, 7, body, at=NOON + hours(hour))

    assert article_of(session, 7).article_body == LONG_BODY
    assert article_of(session, 7).date_modified == NOON + hours(4)
    assert versions(session, 7) == [(1, LONG_BODY), (2, EDITED)]
    seen = session.execute(
        select(ArticleVersion.observed_at, ArticleVersion.last_observed_at).order_by(
            ArticleVersion.version
        )
    )
    assert [tuple(row) for row in seen] == [
        (NOON, NOON + hours(4)),
        (NOON + hours(1), NOON + hours(3)),
    ]


def test_a_changed_credit_is_no_version(session: Session) -> None:
    saved(session, 7)

    outcome = saved(
        session,
        7,
        at=NOON + hours(1),
        credit_text=None,
        article_section="Law and Order",
        copyright_holder="Another Press",
        copyright_year=2026,
    )

    assert outcome.outcome is Outcome.UNCHANGED
    story = article_of(session, 7)
    assert (story.credit_text, story.article_section) == (None, "Law and Order")
    assert (story.copyright_holder, story.copyright_year) == ("Another Press", 2026)
    assert story.date_modified is None
    assert page(session, 7).article_section == "Law and Order"
    assert versions(session, 7) == [(1, LONG_BODY)]


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


def test_an_older_response_adds_to_the_history_alone(session: Session) -> None:
    saved(session, 7, EDITED, at=NOON)

    outcome = saved(session, 7, at=NOON - hours(5), credit_text="Someone")

    assert outcome.outcome is Outcome.UNCHANGED
    story = article_of(session, 7)
    assert (story.article_body, story.date_modified) == (EDITED, None)
    assert (story.credit_text, story.last_fetched_at) == ("Harbour News", NOON)
    assert page(session, 7).last_fetched_at == NOON
    assert versions(session, 7) == [(1, EDITED), (2, LONG_BODY)]
    assert saved(session, 7, EDITED, at=NOON - hours(9)).outcome is Outcome.UNCHANGED
    assert article_of(session, 7).article_body == EDITED


def test_an_archived_response_read_anew_corrects_the_text_it_gave(session: Session) -> None:
    saved(session, 7, at=NOON - hours(1))
    saved(session, 8, at=NOON - hours(1))
    saved(session, 7, at=NOON, **RECORD)

    outcome = saved(session, 7, EDITED, at=NOON, **RECORD)

    assert outcome.outcome is Outcome.UPDATED
    story = article_of(session, 7)
    assert (story.article_body, story.date_modified) == (EDITED, None)
    assert article_of(session, 8).id == story.id
    assert versions(session, 7) == versions(session, 8) == [(1, EDITED)]


def test_a_correction_to_a_text_known_already_adds_no_version(session: Session) -> None:
    saved(session, 7, EDITED, at=NOON - hours(1))
    saved(session, 7, at=NOON, **RECORD)

    saved(session, 7, EDITED, at=NOON, **RECORD)

    assert article_of(session, 7).article_body == EDITED
    assert versions(session, 7) == [(1, EDITED), (2, LONG_BODY)]


def test_a_rejected_page_read_anew_is_stored_though_asked_again_since(session: Session) -> None:
    save(session, a_failure(7, at=NOON, **RECORD))
    save(session, a_failure(7, "no answer in time", status=None, at=NOON + hours(1)))

    assert saved(session, 7, at=NOON, **RECORD).outcome is Outcome.NEW

    row = page(session, 7)
    assert (row.status, row.reason, row.attempts) == ("stored", None, 0)
    assert (row.stored_at, row.last_fetched_at) == (NOON, NOON + hours(1))


def test_a_gone_page_read_anew_stays_gone(session: Session) -> None:
    saved(session, 7, at=NOON)
    save(session, a_failure(7, "HTTP 404", status=404, at=NOON + hours(1)))

    saved(session, 7, EDITED, at=NOON + timedelta(minutes=30))

    assert (page(session, 7).status, article_of(session, 7).article_body) == ("gone", EDITED)


def test_a_gone_page_that_comes_back_is_stored(session: Session) -> None:
    saved(session, 7, at=NOON)
    save(session, a_failure(7, "HTTP 404", status=404, at=NOON + hours(1)))

    saved(session, 7, at=NOON + hours(25))

    row = page(session, 7)
    assert (row.status, row.reason, row.next_fetch_at) == ("stored", None, NOON + hours(168))


def test_an_address_that_the_ledger_does_not_know_gets_the_origin_given(session: Session) -> None:
    save(session, a_page(7), origin=Origin.BACKFILL)

    assert page(session, 7).origin == "backfill"


def test_what_can_not_be_saved_is_refused(session: Session) -> None:
    nameless = a_page(7)
    nameless.source_id = None

    with pytest.raises(ValueError, match="asked for as a list"):
        save(session, nameless)
    with pytest.raises(ValueError, match="without its fingerprint"):
        record(session, a_page(7), None)
    with pytest.raises(ValueError, match="no article to save: no body"):
        save_article(session, a_failure(7), fingerprint_of("", "", ""))
