"""What questions cost: those of a crawl that starts, of `newsbot status`, of a search."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median, quantiles

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from benchmarks.scale.news import SOURCE, Newsroom
from newsbot.sites import DEFAULT, ZONES
from newsbot.store import crawls, ledger
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from newsbot.store.reading.search import Order, search
from newsbot.store.reading.status import status
from newsbot.store.tables import Page

REPEATS = 5
ROOM = 32
"""So many asks at once, as with CONCURRENT_REQUESTS at 16."""

# Places in the vocabulary, the commonest word first; some neighbours of each are searched too.
RANKS = (0, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 100_000)
WORDS_A_RANK, SEARCHES_A_WORD = 4, 3

_NEWEST = select(Page.first_seen_at).order_by(Page.id.desc()).limit(1)


def crawl_start(url: str) -> dict[str, float]:
    """Return milliseconds (median of some) that a crawl needs before its first request, by part."""

    def begin() -> None:
        engine = open_engine(url)
        migrate(engine, ZONES)
        with Session(engine) as session:
            now = session.scalar(_NEWEST)
            assert now is not None
            crawls.usual(session.connection(), SOURCE)
            crawls.begin(session.connection(), SOURCE, now)
            ledger.newest_of_section(session.connection(), DEFAULT, "International")
            ledger.to_fetch(session.connection(), DEFAULT, now, ROOM)
            session.rollback()
        engine.dispose()

    return {"crawl start": _milliseconds(begin)}


def questions(engine: Engine) -> dict[str, float]:
    """Return milliseconds (median of some) of each question that a crawl or a user asks."""
    with Session(engine) as session:
        newest = session.scalar(_NEWEST)
        assert newest is not None
        now = newest + timedelta(hours=2)
        asked: dict[str, Callable[[], object]] = {
            "newest_of_section": lambda: ledger.newest_of_section(
                session.connection(), DEFAULT, "International"
            ),
            "pending": lambda: ledger.to_fetch(session.connection(), DEFAULT, now, ROOM),
            "gaps_pay": lambda: ledger.gaps_pay(session.connection(), SOURCE),
            "missing_ids": lambda: ledger.missing_ids(session.connection(), SOURCE, ROOM),
            "due_rechecks": lambda: ledger.due_rechecks(session.connection(), DEFAULT, now, ROOM),
            "pending_left": lambda: crawls.pending_left(session.connection(), SOURCE),
            "usual": lambda: crawls.usual(session.connection(), SOURCE),
            "coverage": lambda: session.execute(text("SELECT * FROM coverage")).all(),
            "status": lambda: status(
                session, datetime.now(UTC), days=7, crawls=5, limit=14, period=300
            ),
        }
        return {name: _milliseconds(ask) for name, ask in asked.items()}


def searches(engine: Engine) -> list[tuple[float, str, float, float]]:
    """Return, for each rank, the share of articles with the word, the order, p50 and p95 in ms."""
    words = Newsroom().words
    found: list[tuple[float, str, float, float]] = []
    with Session(engine) as session:
        articles = session.execute(text("SELECT count(*) FROM articles")).scalar_one()
        for rank in RANKS:
            some = words[rank : rank + WORDS_A_RANK]
            share = sum(_matches(session, word) for word in some) / len(some) / articles
            orders: tuple[Order, ...] = ("newest", "best")
            for order in orders:
                times = [
                    _once(partial(search, session, word, order=order))
                    for word in some
                    for _ in range(SEARCHES_A_WORD)
                ]
                found.append((share, order, median(times), quantiles(times, n=20)[-1]))
    return found


def _matches(session: Session, word: str) -> int:
    count = text("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH :word")
    return int(session.execute(count, {"word": f'"{word}"'}).scalar_one())


def _milliseconds(ask: Callable[[], object]) -> float:
    return median(_once(ask) for _ in range(REPEATS))


def _once(ask: Callable[[], object]) -> float:
    # CPU, since others share the machine; the questions wait for nothing else.
    began = time.process_time()
    ask()
    return (time.process_time() - began) * 1000
