"""Prints what recording a page costs: `python -m benchmarks.record [PAGES]`.

The pages of a replica are read and fingerprinted beforehand, then recorded a hundred to a
transaction. The very same statements, with the same parameters, are then run by bare sqlite3.
"""

import argparse
import gc
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from newsbot.html.answers import pages, read_answer
from newsbot.items import Page
from newsbot.pipelines.clean import CleanPipeline
from newsbot.site import Answer
from newsbot.sites import DEFAULT as SITE
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from newsbot.store.recording.known import Incoming, Known
from newsbot.store.recording.record import record
from newsbot.text import fingerprint
from tests.replica import scenarios
from tests.replica.markups import render

BATCH = 100
ROUNDS = 3
RECHECKS = [timedelta(hours=1), timedelta(days=1), timedelta(days=7)]

Statement = tuple[str, Any, bool]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=1000)
    number: int = parser.parse_args().pages
    incoming = [Incoming(page, RECHECKS) for page in read(number)]
    # A crawl does not hold a thousand pages at once; the collector is not to look at them.
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        statements: list[Statement] = []
        best: dict[str, float] = {}
        for round_number in range(ROUNDS):
            database = Path(folder) / f"{round_number}.db"
            make(database)
            own = cpu(lambda path=database: fill(path, incoming, statements))  # type: ignore[misc]
            bare = Path(folder) / f"{round_number}-bare.db"
            make(bare)
            same = cpu(lambda path=bare: replay(path, statements))  # type: ignore[misc]
            for name, seconds in (("record()", own), ("bare sqlite3", same)):
                best[name] = min(best.get(name, seconds), seconds)
    for name, seconds in best.items():
        print(f"{name}: {seconds / number * 1000:.2f} ms of CPU a page")
    print(f"ratio: {best['record()'] / best['bare sqlite3']:.2f}")
    print(f"statements: {len(statements) / (number / BATCH):.0f} for {BATCH} pages")


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def read(number: int) -> Iterator[Page]:
    site = scenarios.plain(days=number // 60 + 2, per_day=66)
    clean = CleanPipeline()
    for story in site.stories()[:number]:
        at = story.listed_at + timedelta(hours=1)
        page = site.page(story.id, at)
        assert page is not None
        body = render(page, "tables", SITE.start_url).encode()
        answer = Answer(
            SITE.name,
            str(story.id),
            SITE.article_url(str(story.id)),
            SITE.article_url(str(story.id)),
            200,
            body,
            at.astimezone(UTC),
            content_type="text/html",
        )
        for each in pages(SITE, answer, read_answer(SITE, answer)):
            clean.process_item(each)
            if each.article is not None:
                each.fingerprint = fingerprint(each.article)
            yield each


def make(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, {SITE.name: SITE.zone})
    engine.dispose()


def fill(path: Path, incoming: list[Incoming], statements: list[Statement]) -> None:
    """Record everything; note the statements when `statements` is empty."""
    engine = open_engine(f"sqlite:///{path}")
    if not statements:

        def note(_c: Any, _cursor: Any, text: str, values: Any, _x: Any, many: bool) -> None:
            statements.append((text, values, many))

        event.listen(engine, "before_cursor_execute", note)
    known = Known(SITE)
    for start in range(0, len(incoming), BATCH):
        with engine.begin() as connection:
            record(connection, SITE, incoming[start : start + BATCH], known)
        if statements and statements[-1][0] != "COMMIT":
            statements.append(("COMMIT", (), False))
    engine.dispose()


def replay(path: Path, statements: list[Statement]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    for text, values, many in statements:
        cursor = connection.cursor()
        if many:
            cursor.executemany(text, values)
        else:
            cursor.execute(text, values).fetchall()
    connection.close()


if __name__ == "__main__":
    main()
