"""What a new article costs: clean, fingerprint, store, search index; and of which deduplication."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial, wraps
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, event

from benchmarks.scale.filling import prepared
from benchmarks.scale.news import Newsroom, visits
from newsbot.items import Page
from newsbot.sites import DEFAULT
from newsbot.store.recording import decide, duplicates
from newsbot.store.recording.known import Incoming
from newsbot.store.recording.record import record
from newsbot.store.writer import BATCH, Writer
from newsbot.text import fingerprint

RECHECKS = [timedelta(hours=1), timedelta(days=1), timedelta(days=7)]
# All that asks which story a text repeats, or makes it findable for the next one.
_DEDUPLICATION = (
    (duplicates, "candidates"),
    (decide, "nearest"),
)


class Clock:
    """Adds up milliseconds under names: CPU of this process, and time."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Add the time that the block takes."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu[name] = self.cpu.get(name, 0.0) + (time.process_time() - cpu) * 1000
        self.wall[name] = self.wall.get(name, 0.0) + (time.perf_counter() - wall) * 1000


def cost(engine: Engine, after_id: int, articles: int, *, alone: bool) -> dict[str, float]:
    """Store new articles with all their boxes; return milliseconds an article, by part.

    They share commits as in a fast crawl, or each has its own (`alone`), as
    under the site's limit. Returns also how many were stored (`articles`).
    """
    newsroom = Newsroom(seed=after_id)
    every = visits(newsroom, after_id=after_id)
    pages = [page for visit in islice(every, articles // 5) for page in visit]
    number = sum(page.article is not None for page in pages)
    clock = Clock()
    with clock.of("clean and fingerprint"):
        prepared(pages)
    with clock.of("fingerprint"):
        for page in pages:
            if page.article:
                fingerprint(page.article)
    with _timed(clock), _timed_insert(engine, clock), Writer(engine) as writer, clock.of("store"):
        _store(writer, pages, alone=alone)
    each = {name: spent / number for name, spent in clock.cpu.items()}
    return {
        "articles": number,
        "cpu": each["clean and fingerprint"] + each["store"],
        "wall": (clock.wall["clean and fingerprint"] + clock.wall["store"]) / number,
        "deduplication": each["fingerprint"] + each.get("deduplication", 0.0),
        "row and search index": each.get("insert", 0.0),
    }


def _store(writer: Writer, pages: list[Page], *, alone: bool) -> None:
    def work(page: Page, connection: Connection) -> None:
        record(connection, DEFAULT, [Incoming(page, RECHECKS)])

    at_once = 1 if alone else BATCH
    for start in range(0, len(pages), at_once):
        futures = [writer.submit(partial(work, page)) for page in pages[start : start + at_once]]
        for future in futures:
            future.result()


@contextmanager
def _timed(clock: Clock) -> Iterator[None]:
    def timing(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*arguments: Any) -> Any:
            with clock.of("deduplication"):
                return function(*arguments)

        return timed

    originals = [(module, name, getattr(module, name)) for module, name in _DEDUPLICATION]
    for module, name, function in originals:
        setattr(module, name, timing(function))
    yield
    for module, name, function in originals:
        setattr(module, name, function)


@contextmanager
def _timed_insert(engine: Engine, clock: Clock) -> Iterator[None]:
    running: list[Any] = []

    def before(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO articles "):
            running.append(clock.of("insert"))
            running[-1].__enter__()

    def after(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO articles "):
            running.pop().__exit__(None, None, None)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)
