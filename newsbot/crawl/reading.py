"""Makes pages for the store out of an answer, in this process or in worker processes.

`ProcessPoolExecutor` is broken for good when one of its processes is killed, and does not tell
whose work killed it; so here a thread for each process hands it one piece of work at a time.
"""

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, Self, TypeVar

from itemadapter import ItemAdapter

from newsbot.errors import BadSetting, NotRead
from newsbot.html.answers import pages, read_answer
from newsbot.items import Article, Ask, Listing, NewsList, Page
from newsbot.site import Answer, Site
from newsbot.text import clean, fingerprint

DEATHS = 3
"""Work that has ended this many processes in a row is given up."""

# So many parcels are under way for each process: none waits, and results do not pile up.
_PARCELS_EACH = 3
_MOST = 64

# Objects that were made and not freed; they take some 20 MB.
_COLLECT_AFTER = 200_000

# Forked, a worker would hold the lock of the database too, and outlive this process's.
_SPAWN = get_context("spawn")

T = TypeVar("T")
R = TypeVar("R")

# Looked up once for each class: a page holds twenty listings.
_FIELDS = {
    kind: tuple(ItemAdapter.get_field_names_from_class(kind) or ()) for kind in (Article, Listing)
}


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer says: its pages, and the titles of list entries that lead to no article."""

    pages: list[Page]
    unlinked: list[str]


def read(site: Site, answer: Answer) -> Read:
    """Return the pages of an answer: one, or two where one article leads to another."""
    reading = read_answer(site, answer)
    return Read(list(pages(site, answer, reading)), reading.unlinked if reading else [])


def read_whole(site: Site, answer: Answer) -> Read:
    """Return the pages of an answer as the store gets them: cleaned and with their fingerprints."""
    found = read(site, answer)
    for page in found.pages:
        add_fingerprint(clean_page(page))
    return found


def failed_page(
    site: Site, ask: Ask, at: datetime, reason: str, http_status: int | None = None
) -> Page:
    """Return the page of a request whose answer could not be used, or that had none."""
    return Page(
        source=site.name,
        source_id=ask.source_id,
        url=ask.url,
        fetched_at=at,
        http_status=http_status,
        reason=reason,
        asked_as=site.list_kind(ask.url),
    )


def clean_page(page: Page) -> Page:
    """Clean every text of a page and of its listings, in place, unless that was done before."""
    if page.is_clean:
        return page
    if page.article:
        _clean_fields(page.article)
    for listing in page.listings:
        _clean_fields(listing)
        listing.news_list = _clean_list(listing.news_list)
    page.boxes = list(map(_clean_list, page.boxes))
    page.empty = list(map(_clean_list, page.empty))
    page.unreadable = list(map(_clean_list, page.unreadable))
    page.sections = {number: clean(name) for number, name in page.sections.items()}
    page.is_clean = True
    return page


def add_fingerprint(page: Page) -> Page:
    """Give a page the fingerprint of its article, unless it has none or has it already."""
    if page.article and page.fingerprint is None:
        page.fingerprint = fingerprint(page.article)
    return page


def _clean_fields(item: Article | Listing) -> None:
    for name in _FIELDS[type(item)]:
        value = getattr(item, name)
        if isinstance(value, str):
            setattr(item, name, clean(value))


# The same lists are on every page.
@lru_cache(maxsize=256)
def _clean_list(news_list: NewsList) -> NewsList:
    section = news_list.section
    return NewsList(
        news_list.kind, clean(news_list.name), None if section is None else clean(section)
    )


class Readers:
    """A number of worker processes, each started when it is first needed; with 0, this process.

    A worker that dies is replaced, and its work is done again. Ctrl-C is left to this process;
    `close` ends the workers, and so does the end of this process.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._threads = ThreadPoolExecutor(max(count, 1), "newsbot-reader")
        self._of_thread = threading.local()
        self._workers: set[_Worker] = set()
        self._changing = threading.Lock()
        self._is_closed = False

    def submit(self, work: Callable[[T], R], thing: T) -> Future[R]:
        """Return the future of `work(thing)`, done by a worker; what is sent must be picklable.

        The future raises what `work` does, or NotRead if it has ended DEATHS workers in a row.
        """
        return self._threads.submit(self._do, work, thing)

    def map(
        self, work: Callable[[T], R], things: Iterable[T], parcel: int = 1
    ) -> Iterator[R | NotRead]:
        """Yield, in order, what `work` makes of each thing, or NotRead.

        They are sent in groups of `parcel`; a group that ends a worker is sent again one by one.
        """
        if not self.count:
            yield from map(work, things)
            return
        left = iter(things)
        parcels = iter(lambda: tuple(islice(left, parcel)), ())
        under_way: deque[Future[list[R | NotRead]]] = deque()
        while True:
            for some in islice(parcels, self.count * _PARCELS_EACH - len(under_way)):
                under_way.append(self._threads.submit(self._do_parcel, work, some))
            if not under_way:
                return
            yield from under_way.popleft().result()

    def close(self) -> None:
        """End the workers; work that is not done is cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._changing:
            self._is_closed = True
            for worker in self._workers:
                worker.end()
        self._threads.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _do(self, work: Callable[[T], R], thing: T, deaths: int = DEATHS) -> R:
        for _ in range(deaths):
            # A worker that has died ends the conversation from its side.
            with suppress(EOFError, OSError):
                error, result = self._worker().do(work, thing)
                break
        else:
            raise NotRead(f"reading it has ended {deaths} processes")
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _do_parcel(self, work: Callable[[T], R], some: tuple[T, ...]) -> list[R | NotRead]:
        if len(some) > 1:
            with suppress(NotRead):
                return [*self._do(partial(_each, work), some, 1)]
        done: list[R | NotRead] = []
        for thing in some:
            try:
                done.append(self._do(work, thing))
            except NotRead as error:
                done.append(error)
        return done

    def _worker(self) -> "_Worker":
        """Return the worker of this thread, a new one if it has none that lives."""
        worker: _Worker | None = getattr(self._of_thread, "worker", None)
        if worker is not None and worker.process.is_alive():
            return worker
        with self._changing:
            if self._is_closed:
                raise CancelledError
            if worker is not None:
                self._workers.discard(worker)
            worker = self._of_thread.worker = _Worker()
            self._workers.add(worker)
        return worker


class _Worker:
    """A process, and the connection to it."""

    def __init__(self) -> None:
        self._connection, theirs = _SPAWN.Pipe()
        self.process = _SPAWN.Process(
            target=_serve, args=(theirs,), name="newsbot-reader", daemon=True
        )
        self.process.start()
        # Only the worker's own end may be open, so that its death is noticed.
        theirs.close()

    def do(self, work: Callable[[T], Any], thing: T) -> tuple[Exception | None, Any]:
        """Return what `work` raises, or None, and what it makes of a thing.

        Raises:
            EOFError, OSError: the process has died.
        """
        try:
            self._connection.send((work, thing))
            answer: tuple[Exception | None, Any] = self._connection.recv()
        except (EOFError, OSError):
            self.end()
            raise
        return answer

    def end(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.join()


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for cyclic garbage only after `_COLLECT_AFTER` new objects, and never among old ones.

    A page makes thousands of objects and hardly any cycle; with Python's own thresholds, the search
    takes a tenth of the time of reading.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def parse_readers(value: Any) -> int:
    """Return the number of workers that the setting READERS names.

    Raises:
        BadSetting: it is no whole number, negative, or beyond any machine.
    """
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST):
        raise BadSetting(f"READERS is {value!r}; set it to a whole number, 0 to {_MOST}.")
    return int(text)


def _each(work: Callable[[T], R], some: Iterable[T]) -> list[R]:
    return list(map(work, some))


def _serve(connection: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError), collecting_rarely():
        while True:
            work, thing = connection.recv()
            result, fault = None, None
            try:
                result = work(thing)
            except Exception as error:  # noqa: BLE001 - raised again in the caller
                fault = error
            connection.send((fault, result))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
