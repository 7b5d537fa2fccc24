"""WARC files read on many machines: whatever is killed, every shard is there once, and the same."""

import ast
import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

import newsbot
from newsbot.errors import ArchiveUnusable, NewsbotError, SchedulerUnusable
from newsbot.rebuild import shards
from newsbot.rebuild.job import reparse
from newsbot.sites import DEFAULT
from newsbot.store.comparing import differences
from newsbot.store.engine import open_engine
from newsbot.warc.reading import warc_files
from newsbot.warc.records import Request, Response
from newsbot.warc.writing import WarcFile
from tests.helpers.reparsing import Watcher
from tests.replica import scenarios
from tests.replica.markups import render

pytest.importorskip("msgspec")

SITE = scenarios.plain(days=2, per_day=24)
INFO = {"software": "newsbot/0.1.0", "isPartOf": "nzcity"}
DASK = Path(sys.executable).with_name("dask")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve files of four pages; one is another program's."""
    folder = tmp_path_factory.mktemp("archive") / "warc"
    stories = SITE.stories()
    for number in range(12):
        file = WarcFile(folder, f"{number:02}", {} if number == 5 else INFO)
        for story in stories[4 * number : 4 * number + 4]:
            at = story.published + timedelta(hours=1)
            page = SITE.page(story.id, at)
            assert page is not None
            url = f"https://home.nzcity.co.nz/news/article.aspx?id={story.id}"
            body = b"<p>not whole" if story is stories[20] else render(page, "divs").encode()
            file.write(Request([]), Response(url, at, 200, [], body))
        file.close()
    return folder


@pytest.fixture(scope="module")
def expected(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the shards as one process makes them."""
    folder = tmp_path_factory.mktemp("expected")
    for path in warc_files(archive):
        shards.make_shard(path, archive, shards.shard_path(folder, path, DEFAULT), DEFAULT)
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.jsonl.gz"))}


@pytest.fixture
def empty(archive: Path) -> Path:
    """Return the folder of the shards, without any."""
    folder = archive / "shards"
    for path in folder.glob("*"):
        path.unlink()
    return folder


def bulk(archive: Path, database: Path, scheduler: str | None) -> Watcher:
    watcher = Watcher()
    reparse(
        f"sqlite:///{database}",
        archive,
        [],
        DEFAULT,
        keep=True,
        audience=watcher,
        processes=0,
        scheduler=scheduler,
    )
    return watcher


def unlike(one: Path, other: Path) -> int:
    engines = [open_engine(f"sqlite:///{path}", read_only=True) for path in (one, other)]
    with engines[0].connect() as before, engines[1].connect() as after:
        found = len(list(differences(before, after, DEFAULT.name)))
    for engine in engines:
        engine.dispose()
    return found


def test_no_module_that_reads_files_knows_the_engine() -> None:
    package = Path(newsbot.__file__).parent
    users = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in [getattr(node, "module", None) or node.names[0].name]
        if name.split(".")[0] in {"dask", "distributed"}
    }

    assert users == {"rebuild/cluster.py"}


def test_a_shard_is_the_same_whenever_it_is_made(
    archive: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    path = warc_files(archive)[0]
    target = shards.shard_path(tmp_path, path, DEFAULT)

    for _ in range(2):
        assert shards.make_shard(path, archive, target, DEFAULT) == 4
        assert contents(tmp_path) == {target.name: expected[target.name]}


def test_a_shard_says_what_was_read_and_what_was_not(archive: Path, tmp_path: Path) -> None:
    path = warc_files(archive)[5]
    target = shards.shard_path(tmp_path, path, DEFAULT)
    shards.make_shard(path, archive, target, DEFAULT)

    index, lines = shards.read_shard(target)
    rows = list(shards.rows_of(index, lines))

    assert index.path == path
    assert [page.article is not None for row in rows for page in shards.decode_pages(row["pages"])]
    assert len(rows) == 3
    [told] = index.passed_over
    assert told.startswith(f"{path}, byte ")


def test_another_file_or_site_has_another_shard(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc_files(archive)[0].read_bytes())
    names = [shards.shard_path(tmp_path, path, DEFAULT)]
    names.append(shards.shard_path(tmp_path, path, DEFAULT.at("http://127.0.0.1/")))
    path.write_bytes(warc_files(archive)[1].read_bytes())
    names.append(shards.shard_path(tmp_path, path, DEFAULT))

    assert len(set(names)) == 3


def test_a_damaged_shard_is_named(archive: Path, tmp_path: Path) -> None:
    path = warc_files(archive)[0]
    target = shards.shard_path(tmp_path, path, DEFAULT)
    shards.make_shard(path, archive, target, DEFAULT)
    target.write_bytes(target.read_bytes()[:-20])

    with pytest.raises(ArchiveUnusable, match="delete it"):
        list(shards.read_shard(target)[1])


def test_a_worker_streams(tmp_path: Path) -> None:
    """A file whose records are other sites' takes no more memory than one of its records."""
    path = tmp_path / "large.warc.gz"
    record = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2025-08-18T07:30:00Z\r\n"
    record += b"WARC-Target-URI: https://www.example.org/\r\nContent-Length: 1000000\r\n\r\n"
    member = gzip.compress(record + bytes(1_000_000) + b"\r\n\r\n")
    with path.open("wb") as file:
        for _ in range(400):
            file.write(member)
    code = (
        "import resource, sys; from pathlib import Path; from newsbot.sites import DEFAULT\n"
        "from newsbot.rebuild.shards import make_shard\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "make_shard(Path(sys.argv[1]), Path('.'), Path(sys.argv[1] + '.shard'), DEFAULT)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )

    assert int(run.stdout) < 50_000  # of 400,000 kB


class Cluster:
    """A Dask scheduler and two workers, each with its nanny, in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = 0
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._address()
        self.nannies = [self._worker(number) for number in range(2)]

    def workers(self, nanny: "subprocess.Popen[bytes]") -> list[int]:
        children = Path(f"/proc/{nanny.pid}/task/{nanny.pid}/children").read_text().split()
        return [
            int(pid)
            for pid in children
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]

    def end(self) -> None:
        for process in (*self.nannies, self.scheduler):
            for pid in self.workers(process) if process.poll() is None else ():
                os.kill(pid, signal.SIGKILL)
            process.kill()
            process.wait()

    def _worker(self, number: int) -> "subprocess.Popen[bytes]":
        where = ["--local-directory", str(self._folder / f"worker-{number}")]
        return self._start("worker", self.address, "--nthreads", "1", *where)

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self._folder / arguments[0]).open("ab") as log:
            return subprocess.Popen([DASK, *arguments, "--no-dashboard"], stderr=log, stdout=log)

    def _address(self) -> str:
        log = self._folder / "scheduler"
        until(lambda: b"Scheduler at:" in log.read_bytes())
        line = next(each for each in log.read_text().splitlines() if "Scheduler at:" in each)
        return line.rpartition(" ")[2]


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 180
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    folder.mkdir(parents=True, exist_ok=True)
    running = Cluster(folder)
    try:
        yield running
    finally:
        running.end()


@pytest.mark.parametrize("killed", ["worker", "nanny", "scheduler"])
def test_whatever_is_killed_every_shard_is_there_once(
    archive: Path, expected: dict[str, bytes], empty: Path, tmp_path: Path, killed: str
) -> None:
    faults: list[NewsbotError] = []
    database = tmp_path / "bulk.db"
    with cluster(tmp_path / "first") as first:

        def run() -> None:
            try:
                bulk(archive, database, first.address)
            except NewsbotError as error:
                faults.append(error)

        thread = Thread(target=run)
        thread.start()
        until(lambda: len(contents(empty)) >= 2)
        if killed == "worker":
            for pid in first.workers(first.nannies[0]):
                os.kill(pid, signal.SIGKILL)
        elif killed == "nanny":
            first.nannies[0].kill()
        else:
            first.scheduler.kill()
        thread.join(240)
        assert not thread.is_alive()
    if killed == "scheduler":
        [fault] = faults
        assert isinstance(fault, SchedulerUnusable)
        there = {path: path.stat().st_mtime_ns for path in empty.glob("*.jsonl.gz")}
        with cluster(tmp_path / "second") as second:
            bulk(archive, database, second.address)
        assert {path: path.stat().st_mtime_ns for path in there} == there
    else:
        assert faults == []

    assert contents(empty) == expected
    alone = tmp_path / "alone.db"
    bulk(archive, alone, None)
    assert unlike(alone, database) == 0


def test_without_a_scheduler_nothing_is_done(archive: Path, empty: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(SchedulerUnusable, match="No Dask scheduler answers"):
        bulk(archive, tmp_path / "x.db", "tcp://127.0.0.1:1")
    assert not empty.exists() or contents(empty) == {}


def test_without_dask_it_says_what_to_install(archive: Path, tmp_path: Path) -> None:
    code = "import sys; sys.modules['distributed'] = None; from newsbot.cli import main; main()"
    run = subprocess.run(
        [
            *(sys.executable, "-c", code, "reparse", "--scheduler", "tcp://127.0.0.1:1"),
            *("--archive", archive, "--database", f"sqlite:///{tmp_path}/x.db"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "newsbot-nzcity[dask]" in run.stderr
    assert "Traceback" not in run.stderr
