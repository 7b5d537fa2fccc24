"""The budget holds against eight processes that take from it at once, on either database."""

import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from newsbot.store.budget import Budget, reserve
from newsbot.store.engine import open_engine

PROCESSES = 8
LIMIT, PERIOD = 14, 1.0
WINDOWS = 3


def take(number: int, url: str, ready: Path) -> list[float]:
    """Reserve as fast as it goes, for three windows; return the instants of what was granted."""
    engine = open_engine(url)
    granted: list[float] = []
    (ready / str(number)).touch()
    while len(list(ready.iterdir())) < PROCESSES:
        time.sleep(0.001)
    end = time.monotonic() + WINDOWS * PERIOD
    while time.monotonic() < end:
        now = datetime.now(UTC)
        with engine.begin() as connection:
            wait = reserve(connection, "site", now, Budget(LIMIT, PERIOD))
        if wait is None:
            granted.append(now.timestamp())
    engine.dispose()
    return granted


def test_no_window_holds_more_than_the_limit(database_url: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    ready.mkdir()
    with ProcessPoolExecutor(PROCESSES, get_context("forkserver")) as executor:
        taken = executor.map(partial(take, url=database_url, ready=ready), range(PROCESSES))
        granted = sorted(instant for each in taken for instant in each)

    assert len(granted) >= LIMIT * (WINDOWS - 1)
    for first, one_too_many in zip(granted, islice(granted, LIMIT, None), strict=False):
        assert one_too_many - first >= PERIOD
