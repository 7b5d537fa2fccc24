"""Fills a database through the real store; the pages are made and cleaned in another process."""

import multiprocessing
from functools import partial
from itertools import islice
from typing import Self

from sqlalchemy import Connection

from benchmarks.scale.news import Newsroom, visits
from newsbot.items import Page
from newsbot.pipelines.clean import CleanPipeline
from newsbot.pipelines.deduplicate import DeduplicatePipeline
from newsbot.sites import DEFAULT
from newsbot.store.recording.known import Incoming
from newsbot.store.recording.record import record
from newsbot.store.writer import Writer

_VISITS_AT_ONCE = 40
_READY = 8


def fill(writer: Writer, after_id: int, articles: int) -> None:
    """Store about so many more articles through the real store, some hundred pages a commit."""
    with Press(after_id) as press:
        while articles > 0:
            pages = press.next_pages()
            writer.submit(partial(_store, pages)).result()
            articles -= sum(page.article is not None for page in pages)


def prepared(pages: list[Page]) -> list[Page]:
    """Clean pages and take their fingerprints, as the pipelines do."""
    clean, deduplicate = CleanPipeline(), DeduplicatePipeline()
    return [deduplicate.process_item(clean.process_item(page)) for page in pages]


def _store(pages: list[Page], connection: Connection) -> None:
    # Without rechecks: all but the newest pages of an archive have theirs behind them.
    record(connection, DEFAULT, [Incoming(page) for page in pages])


class Press:
    """Makes pages in a process of its own, some ahead of who takes them."""

    def __init__(self, after_id: int) -> None:
        self._queue: multiprocessing.Queue[list[Page]] = multiprocessing.Queue(maxsize=_READY)
        self._process = multiprocessing.Process(target=self._run, args=(after_id,), daemon=True)

    def next_pages(self) -> list[Page]:
        """Return the pages of the next visits, cleaned and with their fingerprints."""
        return self._queue.get()

    def _run(self, after_id: int) -> None:
        newsroom = Newsroom(seed=after_id)
        every = visits(newsroom, after_id=after_id, boxes_once=True)
        while some := list(islice(every, _VISITS_AT_ONCE)):
            self._queue.put(prepared([page for visit in some for page in visit]))

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()
