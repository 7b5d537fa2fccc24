"""Stories and their versions: new, edited, read again."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from newsbot.items import Origin
from newsbot.store.reading.search import search
from newsbot.store.recording.known import Incoming, Outcome, Saved
from newsbot.store.tables import Article, ArticleVersion, Version
from tests.helpers.made_up import (
    LONG_BODY,
    NOON,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    day,
    hours,
    save,
    url_of,
)
from tests.helpers.stored import EDITED, OTHER_BODY, article_of, page, saved, versions

RECORD: dict[str, Any] = {"warc_file": "a.warc.gz", "warc_offset": 512}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def dump(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    tables = ("articles", "pages", "versions", "shingles", "listings", "sections")
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
    assert (story.copyright_holder, story.section_path) == ("Example Press", "International")
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
    saved(session, 7, day_printed="2025-08-20")
    before = dump(session)

    assert saved(session, 7, day_printed="2025-08-20").outcome is Outcome.UNCHANGED
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
    # The present text is in `articles`, and not a second time here.
    assert session.execute(
        select(Version.version, Version.article_body).order_by(Version.version)
    ).all() == [(1, None), (2, EDITED)]
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
    )

    assert outcome.outcome is Outcome.UNCHANGED
    story = article_of(session, 7)
    assert (story.credit_text, story.article_section) == (None, "Law and Order")
    assert story.copyright_holder == "Another Press"
    assert story.date_modified is None
    assert page(session, 7).article_section == "Law and Order"
    assert versions(session, 7) == [(1, LONG_BODY)]


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

    with pytest.raises(ValueError, match="requested as a list"):
        save(session, nameless)
    with pytest.raises(ValueError, match="has no fingerprint"):
        Incoming(a_page(7))


def test_a_list_s_section_comes_before_that_of_a_foreign_page(session: Session) -> None:
    save(session, a_list_page([a_listing(7, day(NOON))]))
    foreign = {"article_section": "Politics", "section_path": "Politics"}

    saved(session, 7, has_foreign_section=True, **foreign)

    story = article_of(session, 7)
    assert (story.article_section, story.section_path) == ("International", "International")


def test_a_text_corrected_to_nothing_stays_at_the_other_pages(session: Session) -> None:
    saved(session, 7, **RECORD)
    saved(session, 8)

    saved(session, 7, "", **RECORD)

    assert article_of(session, 7).article_body == ""
    assert article_of(session, 8).article_body != ""
    assert {x.date_modified for x in session.scalars(select(Article))} == {None}
