"""Prints the table of README.md: `python -m benchmarks.bulk [PAGES]`."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from benchmarks.reparse.__main__ import write_archive
from newsbot.crawl.reading import Readers
from newsbot.rebuild.cluster import make_shards
from newsbot.rebuild.index import FileIndex, index_file
from newsbot.rebuild.replay import read_capture
from newsbot.rebuild.shards import shard_path
from newsbot.sites import DEFAULT
from newsbot.warc.reading import warc_files

WORKERS = 2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk", description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=3000)
    pages: int = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_archive(folder / "warc", pages)
        files = warc_files(folder / "warc")
        first, rest = files[:WORKERS], files[WORKERS:]
        local = read_locally(folder, first, rest)
        dask = read_by_dask(folder, first, rest)
    print(f"{len(rest)} files, {pages} pages\n")
    print("| by | CPU s | ms a page |\n| --- | --- | --- |")
    for by, seconds in (("local processes", local), ("Dask", dask)):
        print(f"| {by} | {seconds:.1f} | {seconds / pages * 1000:.2f} |")
    print(f"\nRatio: {dask / local:.2f}")


def read_locally(folder: Path, first: list[Path], rest: list[Path]) -> float:
    with Readers(WORKERS) as readers:
        read(readers, folder, first)
        began = cpu_seconds()
        read(readers, folder, rest)
        return cpu_seconds() - began


def read(readers: Readers, folder: Path, files: list[Path]) -> None:
    indexes = list(readers.map(partial(index_file, site=DEFAULT), files))
    things = (
        (capture, DEFAULT)
        for index in indexes
        if isinstance(index, FileIndex)
        for capture in index.captures
    )
    for _ in readers.map(partial(read_capture, folder / "warc"), things, 32):
        pass


def read_by_dask(folder: Path, first: list[Path], rest: list[Path]) -> float:
    with cluster(folder) as address:
        for files in (first, rest):
            began = cpu_seconds()
            shards = {path: shard_path(folder / "shards", path, DEFAULT) for path in files}
            make_shards(address, shards, folder / "warc", DEFAULT, lambda *_: None)
        return cpu_seconds() - began


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    dask = Path(sys.executable).with_name("dask")
    options = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": folder}
    place = folder / "scheduler.json"
    started = [
        subprocess.Popen([dask, *arguments, "--no-dashboard", "--scheduler-file", place], **options)  # type: ignore[call-overload]
        for arguments in (
            ["scheduler", "--host", "127.0.0.1", "--port", "18787"],
            ["worker", "--nthreads", "1", "--nworkers", str(WORKERS)],
        )
    ]
    try:
        yield "tcp://127.0.0.1:18787"
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def cpu_seconds() -> float:
    """Return what this process and those that it has started have used."""
    own = psutil.Process()
    times = [process.cpu_times() for process in (own, *own.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


if __name__ == "__main__":
    main()
