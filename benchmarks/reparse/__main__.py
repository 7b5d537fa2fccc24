"""Prints the table of README.md: `python -m benchmarks.reparse [PAGES]`."""

import argparse
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from newsbot.rebuild.job import reparse
from newsbot.sites import DEFAULT
from newsbot.store.comparing import Difference
from newsbot.warc.records import Request, Response
from newsbot.warc.writing import WarcFile
from tests.replica import scenarios
from tests.replica.markups import render

INFO = {"software": "newsbot/0.1.0", "isPartOf": "nzcity"}
PER_DAY = 66


class Stopwatch:
    """Notes when each part of a reparse was done."""

    def __init__(self) -> None:
        self.began = self.indexed_at = self.read_at = time.perf_counter()

    def indexed(self, *_: int) -> None:
        self.indexed_at = time.perf_counter()

    def read(self, *_: int) -> None:
        self.read_at = time.perf_counter()

    def passed_over(self, what: str) -> None:
        raise AssertionError(what)

    def differs(self, difference: Difference) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reparse", description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=4000)
    pages: int = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "warc"
        size = write_archive(archive, pages)
        print(
            f"{pages} pages of {size / pages / 1000:.0f} kB, each with an article and its boxes\n"
        )
        print(
            "| cores | readers | database | index | read, store | compare | pages/s | CPU ms each |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        cores = sorted(os.sched_getaffinity(0))
        for number, processes in ((1, 0), (2, 1), (2, 2)):
            os.sched_setaffinity(0, cores[:number])
            database = Path(folder) / f"{number}-{processes}.db"
            for state in ("empty", "same"):
                measure(database, archive, pages, processes, f"{number} | {processes} | {state}")


def write_archive(folder: Path, pages: int) -> int:
    """Write each article's page as it was an hour after it came out, a day in a file."""
    days = pages // (PER_DAY - PER_DAY // 10) + 1
    site = scenarios.plain(days=days, per_day=PER_DAY)
    size = 0
    stories = site.stories()[:pages]
    for start in range(0, len(stories), PER_DAY):
        file = WarcFile(folder, "nzcity", INFO)
        for story in stories[start : start + PER_DAY]:
            at = story.published + timedelta(hours=1)
            page = site.page(story.id, at)
            assert page is not None
            body = render(page, "tables").encode()
            size += len(body)
            url = f"https://home.nzcity.co.nz/news/article.aspx?id={story.id}"
            file.write(Request([]), Response(url, at, 200, [(b"Content-Type", b"text/html")], body))
        file.close()
    return size


def measure(database: Path, archive: Path, pages: int, processes: int, label: str) -> None:
    watch = Stopwatch()
    busy = cpu_seconds()
    outcome = reparse(
        f"sqlite:///{database}",
        archive,
        [],
        DEFAULT,
        keep=True,
        audience=watch,
        processes=processes,
    )
    ended = time.perf_counter()
    assert outcome.captures == pages
    index, read = watch.indexed_at - watch.began, watch.read_at - watch.indexed_at
    compare, pace = ended - watch.read_at, pages / (ended - watch.began)
    each = (cpu_seconds() - busy) / pages * 1000
    print(
        f"| {label} | {index:.1f} s | {read:.1f} s | {compare:.1f} s | {pace:.0f} | {each:.1f} |",
        flush=True,
    )


def cpu_seconds() -> float:
    """Return what this process and those that it has started and ended have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
