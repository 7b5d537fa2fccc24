"""Indexes files and reads captures, on several cores, and yields the results in order."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache, partial
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Self, TypeVar

from newsbot.items import Page
from newsbot.rebuild.index import Capture, FileIndex, index_file
from newsbot.rebuild.replay import Replay
from newsbot.site import Site

# So many captures travel together, and so many parcels are under way for each process: none waits,
# and what has been read does not pile up before it is stored.
_PARCEL = 32
_PARCELS_EACH = 3

T = TypeVar("T")
R = TypeVar("R")


class Readers:
    """So many processes besides this one; with 0 it reads by itself.

    As a context manager they end with the block, and where this process is killed, with it.
    """

    def __init__(self, processes: int) -> None:
        self._under_way = max(_PARCELS_EACH * processes, 1)
        self._executor: ProcessPoolExecutor | None = None
        if processes:
            # Forked, they would hold the lock of the database too, and outlive this process's.
            context = get_context("spawn")
            self._executor = ProcessPoolExecutor(processes, context, _end_with_parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def index(self, paths: Iterable[Path], site: Site) -> Iterator[FileIndex]:
        """Yield what each file holds; see `index_file`."""
        return self._map(partial(index_file, site=site), paths)

    def read(
        self, captures: Sequence[tuple[Capture, Site]], folder: Path
    ) -> Iterator[tuple[Capture, list[Page]]]:
        """Yield each capture with what the store gets of it; see `Replay`."""
        starts = range(0, len(captures), _PARCEL)
        parcels = (captures[start : start + _PARCEL] for start in starts)
        for pages in self._map(partial(_read, folder), parcels):
            yield from pages

    def _map(self, work: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
        if self._executor is None:
            yield from map(work, things)
            return
        left = iter(things)
        futures: deque[Future[R]] = deque()
        while True:
            for thing in islice(left, self._under_way - len(futures)):
                futures.append(self._executor.submit(work, thing))
            if not futures:
                return
            yield futures.popleft().result()


@cache
def _replay(folder: Path, site: Site) -> Replay:
    return Replay(folder, site)


def _read(
    folder: Path, captures: Sequence[tuple[Capture, Site]]
) -> list[tuple[Capture, list[Page]]]:
    return [(capture, _replay(folder, site).pages(capture)) for capture, site in captures]


def _end_with_parent() -> None:
    # Ctrl-C is the parent's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:

        def watch(sentinel: int) -> None:
            wait([sentinel])
            os._exit(1)

        Thread(target=watch, args=(parent.sentinel,), daemon=True).start()
