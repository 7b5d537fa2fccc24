"""The language of searches: any words are refused with a sentence, or run on both databases.

Where they hold nothing but words, operators and marks that both databases know, both find the
same stories.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from newsbot.errors import BadQuery
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from newsbot.store.reading.search import count, search
from newsbot.store.tables import Article
from tests.helpers.made_up import ZONES
from tests.helpers.postgresql import server
from tests.helpers.rows import article

WORDS = "ferry ferries boat boats covid 19 Whangārei whangarei women s old ß ǆ İ ı Straße x̌".split()
MARKS = [
    *('"', "'", "(", ")", "((", "))", "*", "-", "+", "^", ":", "{", "}", ",", "|", "&", "!"),
    *("\\", "AND", "OR", "NOT", "NEAR", "NEAR(", "and", "&&", "<->", "<2>", ":*", ":A", "%", "_"),
    *(";--", "\x00", "\t", "\n", "\x1b", "\ud800", "\u200b", "\u0301", "…", "“", "”", "'' "),
    *("$1", ":x", "headline:", "articles_fts", "rowid", '""', '"ferry boat"', '"ferr"*', "f*"),
    *("fe*", "\U0001f6a2"),
]
PLAIN = re.compile(r'[A-Za-z0-9ā()"*\-+^:{},|&!\\\s]*')

INPUT = (
    st.lists(st.sampled_from([*WORDS, *MARKS]), max_size=30).map(" ".join)
    | st.lists(st.sampled_from([*WORDS, *MARKS, " "]), max_size=40).map("".join)
    | st.text(max_size=80)
    | st.text(alphabet=st.characters(categories=["L", "M", "N"]), min_size=1, max_size=20)
    | st.tuples(st.sampled_from([*WORDS, *MARKS]), st.integers(1, 400)).map(lambda x: x[0] * x[1])
)

TEXTS = (
    "Whangārei’s ferry boats are old",
    "The covid-19 ferry, and women's boats",
    "Straße İstanbul ferries ǆ 19",
    "Old boats NOT ferries",
    "Nothing",
)


@contextmanager
def checking() -> Iterator[Callable[[str], None]]:
    """Yield a check that runs a search on SQLite, and on PostgreSQL where there is a server."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        urls = [f"sqlite:///{Path(folder)}/newsbot.db"]
        with suppress(pytest.skip.Exception):
            urls.append(stack.enter_context(stack.enter_context(server()).empty_database()))
        if len(urls) == 1:
            print("There is no PostgreSQL server: SQLite alone is tried.")
        sessions = [stack.enter_context(Session(filled(url))) for url in urls]
        yield lambda words: check(sessions, words)
        for session in sessions:
            session.rollback()
            session.get_bind().engine.dispose()


def filled(url: str) -> Engine:
    engine = open_engine(url)
    migrate(engine, ZONES)
    rows = [article(number, article_body=text) for number, text in enumerate(TEXTS, 1)]
    with engine.begin() as connection:
        connection.execute(insert(Article), rows)
    return engine


def check(sessions: list[Session], words: str) -> None:
    found: list[set[str] | None] = []
    for session in sessions:
        try:
            hits = search(session, words, order="best", limit=9)
            newest = search(session, words, limit=9)
            assert {hit.id for hit in hits} == {hit.id for hit in newest}
            assert count(session, words) == len(hits)
        except BadQuery as error:
            check_sentence(str(error))
            found.append(None)
        else:
            found.append({hit.source_id for hit in hits})
    if PLAIN.fullmatch(words) or None in found:
        assert found.count(found[0]) == len(found), f"{words!r} finds {found}"


def check_sentence(text: str) -> None:
    assert text.endswith(".")
    assert "\n" not in text
