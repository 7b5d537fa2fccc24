"""What `newsbot status` and `newsbot export` ask of the store, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from newsbot.errors import BadQuery
from newsbot.store.reading.queries import COLUMNS, Choice, count, stream
from newsbot.store.reading.status import Day, Trouble, status
from newsbot.store.tables import Article, Crawl, Host, Page, Source
from tests.helpers.rows import NOON, article, page


@pytest.fixture
def filled(session: Session) -> Session:
    session.execute(
        insert(Article),
        [
            article(1, headline="Whangārei votes"),
            article(
                2,
                article_section="Rugby",
                date_published=datetime(2025, 8, 20, 12, tzinfo=UTC),
                date_published_precision="day",
            ),
            article(3, date_published=None, date_published_precision="unknown"),
        ],
    )
    first = session.query(Article.id).order_by(Article.id).first()
    assert first is not None
    session.execute(
        insert(Page).values(
            page(1, "stored", article_id=first.id)
            | {"date_published": NOON, "date_published_precision": "minute"}
            | {"day_published": "2025-08-20"}
        )
    )
    session.execute(
        insert(Page),
        [page(2, "gone", reason="HTTP 404"), page(4, "rejected", reason="no headline")],
    )
    # Up to here it is known that there are articles.
    session.execute(insert(Page).values(page(5, "stored", article_id=first.id)))
    session.execute(insert(Source).values(source="nzcity", first_id=1))
    session.execute(
        insert(Crawl).values(
            source="nzcity", started_at=NOON, finished_at=NOON, outcome="finished", exit_code=0
        )
    )
    session.execute(insert(Host).values(host="news.example", retry_at=NOON + timedelta(hours=2)))
    return session


def test_status_counts_what_is_there(filled: Session) -> None:
    now = NOON + timedelta(hours=1)

    found = status(filled, now, days=7, crawls=5, limit=14, period=300)

    assert found.articles == 3
    assert found.newest == (datetime(2025, 8, 20, 12, tzinfo=UTC), "day")
    assert found.age == timedelta(hours=1)
    assert found.pages == {"pending": 0, "stored": 2, "gone": 1, "rejected": 1}
    assert found.troubles == [Trouble("gone", "HTTP 404", 1), Trouble("rejected", "no headline", 1)]
    assert found.coverage == [Day("2025-08-20", 5, 2, 1, 1, 1, 0.8, stories=1)]
    assert [run.outcome for run in found.crawls] == ["finished"]
    assert found.next_request_at == NOON + timedelta(hours=2, seconds=1)


def test_status_of_an_empty_archive(session: Session) -> None:
    found = status(session, NOON, days=7, crawls=5, limit=14, period=300)

    assert (found.articles, found.newest, found.age, found.coverage) == (0, None, None, [])
    assert found.next_request_at == NOON


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        (Choice(), ["1", "2", "3"]),
        (Choice(words="whangarei"), ["1"]),
        (Choice(section="Rugby"), ["2"]),
        (Choice(since=NOON + timedelta(hours=1)), ["2"]),
        (Choice(until=NOON + timedelta(hours=1)), ["1"]),
        (Choice(limit=2), ["2", "1"]),
        (Choice(limit=9), ["2", "1", "3"]),
        (Choice(words="zeppelin"), []),
    ],
)
def test_articles_are_handed_out_as_chosen(filled: Session, choice: Choice, ids: list[str]) -> None:
    rows = list(stream(filled, choice))

    assert [row["source_id"] for row in rows] == ids
    assert count(filled, choice) == len(ids)
    assert all(list(row) == list(COLUMNS) for row in rows)


def test_instants_are_handed_out_with_their_zone(filled: Session) -> None:
    assert next(stream(filled, Choice()))["date_published"] == NOON


def test_a_choice_without_a_word_is_refused(filled: Session) -> None:
    with pytest.raises(BadQuery, match="no word"):
        count(filled, Choice(words="()"))
