import random
import unicodedata
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from newsbot.errors import BadQuery
from newsbot.store.reading import search as search_module
from newsbot.store.reading.search import Hit, Order, count, search
from newsbot.store.reading.search_text import MARK_END, MARK_START, MAX_LENGTH
from newsbot.store.search_index import create_search_index, rebuild_search_index
from newsbot.store.tables import Article
from tests.helpers.databases import ON_SQLITE
from tests.helpers.rows import NOON, article


def store(session: Session, *rows: dict[str, Any]) -> None:
    session.execute(insert(Article), list(rows))


def found(session: Session, words: str | None, **options: Any) -> list[str]:
    """Return the source ids of what `words` find, in order."""
    return [hit.source_id for hit in search(session, words, **options)]


@pytest.fixture
def ferries(session: Session) -> Session:
    """A story with many kinds of words in it (1), and one without any of them (2)."""
    store(
        session,
        article(
            1,
            headline="Whangārei’s C++ coders & Women's boats: “Ka pai!”",
            description="Covid-19, naïve piñatas and rock 'n' roll",
            article_body="Don't panic--the ferry\u2014old, slow\u2014is NEAR (very near).\n\n"
            "Fish'n'chips",
        ),
        article(2, headline="Nothing", description="Nil", article_body="Zero"),
    )
    return session


@pytest.mark.parametrize(
    "words",
    [
        "Whangarei", "WHANGĀREI", "whanga\u0304rei", "whangarei's", "Whangārei’s", "C++", "C",
        "women's", "Women’s", "womens OR women", '"Ka pai"', '"ka pai!"', "“Ka pai!”", "covid-19",
        "19", "naive", "pinatas", "piñatas", "rock'n'roll", "don't", "dont OR don", "panic--the",
        "ferry—old", '"the ferry"', "NEAR(", "NEAR(very near)", "fish'n'chips", "coders & boats",
        "near ferry NOT train", "train OR ferry", "(train OR ferry) AND slow", 'ferry "',
        "headline:", "ferry*", "ferr*", "WHANGĀ*", '"the ferr"*', "covid-1 9 OR covid-19*",
        "^panic", "-ferry",
    ],
)  # fmt: skip
def test_plain_words_find_their_story(ferries: Session, words: str) -> None:
    expected = [] if words == "headline:" else ["1"]
    assert found(ferries, words) == expected


def test_words_are_all_to_be_found_in_any_field(ferries: Session) -> None:
    assert found(ferries, "boats covid panic") == ["1"]
    assert found(ferries, "boats zero") == []
    assert found(ferries, "boats OR zero") == ["2", "1"]
    assert found(ferries, '"old ferry"') == []
    assert found(ferries, '"thing ferr"*') == []
    assert found(ferries, "ferrie*") == []


@pytest.mark.parametrize("words", ["ferry AND", "NOT ferry", "ferry OR OR old", "f*"])
def test_what_does_not_add_up_is_a_sentence(ferries: Session, words: str) -> None:
    for ask in (search, count):
        with pytest.raises(BadQuery, match=r"\.$"):
            ask(ferries, words)


@pytest.mark.parametrize("words", ["", "&", "+++", '"'])
def test_a_text_without_words_is_refused(session: Session, words: str) -> None:
    with pytest.raises(BadQuery):
        search(session, words)


def test_a_hit_tells_what_is_needed_to_show_it(session: Session) -> None:
    store(session, article(7, article_body="A boat came.\n\nIt left."))
    [hit] = search(session, "boat came")
    assert hit == Hit(
        id=session.scalars(select(Article.id)).one(),
        source_id="7",
        url="https://home.nzcity.co.nz/news/article.aspx?id=7",
        headline="Ferry runs again",
        article_section="National",
        date_published=NOON,
        date_published_precision="minute",
        snippet=hit.snippet,
    )
    assert hit.snippet.replace(MARK_START, "[").replace(MARK_END, "]") == (
        "The morning [boat] is back A [boat] [came]. It left."
    )


def test_without_words_all_are_found_the_newest_first(session: Session) -> None:
    unknown = {"date_published": None, "date_published_precision": "unknown"}
    store(
        session,
        article(1, **unknown),
        article(2),
        article(3, date_published=NOON + timedelta(days=1), article_section="Rugby"),
        article(4, first_seen_at=NOON + timedelta(days=1), article_section="Netball"),
    )

    assert found(session, None) == ["3", "4", "2", "1"]
    assert found(session, None, limit=2, offset=1) == ["4", "2"]
    assert found(session, None, section=["Rugby", "Netball"]) == ["3", "4"]
    assert found(session, None, seen_since=NOON + timedelta(hours=1)) == ["4"]
    assert count(session, None) == 4
    assert count(session, None, section=["Rugby", "Netball"]) == 2


@pytest.mark.parametrize("order", ["newest", "best"])
def test_what_is_found_is_counted_and_turned_over(session: Session, order: Order) -> None:
    store(session, *(article(number) for number in range(5)), article(9, article_section="Rugby"))

    assert count(session, "ferry") == 6
    assert count(session, "ferry", section="Rugby") == 1
    assert count(session, "zeppelin") == 0
    assert found(session, "ferry", order=order, offset=4) == ["1", "0"]


def test_too_many_are_not_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    store(session, *(article(number) for number in range(5)))
    monkeypatch.setattr(search_module, "COUNTED", 4)

    assert count(session, "ferry") is None
    assert count(session, "ferry", section="Rugby") is None
    assert count(session, None) == 5


def test_words_that_are_not_wanted_are_not_marked(session: Session) -> None:
    store(session, article(description="A boat", article_body="came back"))
    [hit] = search(session, "back NOT train")
    assert hit.snippet == f"A boat came {MARK_START}back{MARK_END}"


def test_newest_is_by_date_of_publication_not_of_storing(session: Session) -> None:
    unknown = {"date_published": None, "date_published_precision": "unknown"}
    store(
        session,
        article(1, date_published=NOON),
        article(2, date_published=NOON + timedelta(days=1)),
        article(3, date_published=NOON - timedelta(days=1)),
        article(4, **unknown),
        article(5, date_published=NOON),
        article(6, **unknown),
    )
    assert found(session, "ferry") == ["2", "5", "1", "3", "6", "4"]
    assert found(session, "ferry", limit=2) == ["2", "5"]


def test_best_is_by_where_and_how_often_the_words_stand(session: Session) -> None:
    plain = {"headline": "Nothing", "description": "Nil", "article_body": "Zero by the sea"}
    store(
        session,
        article(1, **plain | {"article_body": "A ferry by the sea"}),
        article(2, **plain | {"headline": "Ferry"}),
        article(3, **plain | {"description": "Ferry"}),
        article(4, **plain | {"article_body": "A ferry, a ferry by the sea"}),
        *(article(i, **plain) for i in range(5, 15)),
    )
    assert found(session, "ferry", order="best") == ["2", "3", "4", "1"]
    assert found(session, "ferry", order="best", limit=1) == ["2"]


@pytest.mark.parametrize("order", ["newest", "best"])
def test_filters_narrow_what_is_found(session: Session, order: Order) -> None:
    store(
        session,
        article(1, article_section="Rugby"),
        article(2, date_published=NOON + timedelta(minutes=1)),
        article(3, date_published=NOON + timedelta(minutes=2)),
        article(4, date_published=None, date_published_precision="unknown"),
    )
    after = NOON + timedelta(minutes=1)

    def by(**filters: Any) -> list[str]:
        return sorted(found(session, "ferry", order=order, **filters))

    assert by(section="Rugby") == ["1"]
    assert by(section="National") == ["2", "3", "4"]
    assert by(since=after) == ["2", "3"]
    assert by(until=after) == ["1"]
    assert by(since=after, until=after + timedelta(minutes=1)) == ["2"]
    assert by(since=NOON + timedelta(days=1)) == []
    assert by(section="Nowhere") == []


@ON_SQLITE
def test_the_short_ways_find_the_same_as_the_long_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = random.Random(7)
    for number in range(300):
        date = NOON + timedelta(hours=chosen.randint(0, 99)) if chosen.random() < 0.9 else None
        store(
            session,
            article(
                number,
                headline=" ".join(word for word in "abcd" if chosen.random() < 0.5) or "e",
                description="all" if number < 200 else "",
                article_section=chosen.choice(["Rugby", "National"]),
                date_published=date,
                date_published_precision="minute" if date else "unknown",
            ),
        )
    asked: list[dict[str, Any]] = [
        {"words": words, **filters}
        for words in ("a", "a AND b AND c AND d", "all", "e", "ferry", "train")
        for filters in (
            {},
            {"limit": 3},
            {"section": "Rugby"},
            {"since": NOON + timedelta(hours=98)},
            {"until": NOON + timedelta(hours=5), "section": "Rugby"},
            {"order": "best", "since": NOON + timedelta(hours=50)},
        )
    ]
    usual = [found(session, **each) for each in asked]
    sizes = ((0, 0, 5), (1000, 0, 50), (0, 20, 1), (0, 0, 1000), (0, 1000, 1), (20, 1000, 1))
    for few, many, newest in sizes:
        monkeypatch.setattr(search_module, "_FEW", few)
        monkeypatch.setattr(search_module, "_MANY", many)
        monkeypatch.setattr(search_module, "_NEWEST", newest)
        assert [found(session, **each) for each in asked] == usual


@pytest.mark.parametrize("order", ["newest", "best"])
def test_of_too_many_matches_the_last_stored_are_ranked(
    session: Session, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(session, *(article(number) for number in range(6)))
    monkeypatch.setattr(search_module, "RANKED", 3)
    assert (
        found(session, "ferry", order=order)
        == {
            "newest": ["5", "4", "3", "2", "1", "0"],
            "best": ["5", "4", "3"],
        }[order]
    )


def test_the_index_follows_the_articles(session: Session) -> None:
    store(session, article(1), article(2))
    session.execute(update(Article).where(Article.source_id == "1").values(headline="Train"))
    assert found(session, "train") == ["1"]
    assert found(session, "runs") == ["2"]
    session.execute(update(Article).values(article_section="Rugby"))
    assert found(session, "ferry back") == ["2", "1"]
    session.execute(delete(Article).where(Article.source_id == "2"))
    assert found(session, "ferry") == ["1"]
    session.rollback()
    assert found(session, "ferry") == []


def test_the_index_can_be_rebuilt(session: Session) -> None:
    store(session, article(1))
    session.execute(text("DROP TABLE articles_fts"))
    create_search_index(session.connection())
    assert found(session, "ferry") == ["1"]
    rebuild_search_index(session.connection())
    assert found(session, "ferry") == ["1"]
    store(session, article(2))
    assert found(session, "ferry") == ["2", "1"]


@given(st.text(max_size=60) | st.text("ab\"()*+-^:~{} ANDORTE'", max_size=60))
@example("(" * 500)
@example("x" * 500)
@example("\U0001f600" * 250 + "a")
def test_no_text_is_wrong_syntax(ferries: Session, words: str) -> None:
    with suppress(BadQuery):
        search(ferries, words)
        search(ferries, words, order="best")


@ON_SQLITE
@pytest.mark.parametrize(
    "words",
    ["a OR (b AND " * 40 + "c", "a NOT " * 80 + "a", "a " * 249, "(" * 10 + "a OR b AND c)" * 10],
)
def test_no_text_is_too_deep_for_the_index(ferries: Session, words: str) -> None:
    assert found(ferries, words) == []


# PostgreSQL takes fewer signs for digits or letters: not `½`, nor those of rare scripts.
SIGNS = {
    "sqlite": st.characters(exclude_categories=["Cc", "Cs"]),
    "postgresql": st.characters(max_codepoint=0x2FFF, exclude_categories=["Cc", "Cn", "No"]),
}


@given(st.data())
def test_every_word_of_a_story_finds_it(session: Session, data: st.DataObject) -> None:
    session.execute(delete(Article))
    signs = SIGNS[session.get_bind().dialect.name]
    body = unicodedata.normalize("NFC", data.draw(st.text(signs)))
    store(session, article(1, article_body=body))
    # A star behind a word asks for all words that begin so.
    words = [word for word in body.replace("*", " ").split() if any(map(str.isalnum, word))]
    if words:
        assert found(session, data.draw(st.sampled_from(words))[:MAX_LENGTH]) == ["1"]
