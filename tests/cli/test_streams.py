"""Streams that are closed, full or in another encoding: no traceback, and the right exit code."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsbot.cli import main
from tests.helpers.console import Console
from tests.helpers.crawling import ROOT, Archive
from tests.helpers.forks import ScrapyProcess, exit_code_of
from tests.helpers.rows import NOON, article, page
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica

NEWSBOT = Path(sys.executable).with_name("newsbot")
# Commands that write to stdout, and one that does not.
ASKING = [
    ["--help"],
    ["--version"],
    ["search", "ferry"],
    ["search", "--json"],
    ["show", "1"],
    ["status"],
    ["export"],
    ["export", "--format", "parquet"],
    ["inspect", str(ROOT / "LICENSE")],
    ["inspect", str(ROOT / "LICENSE"), "--json"],
]
DOING = [["reindex"]]


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(scenarios.plain(days=1, per_day=2), Clock(scenarios.evening(1))) as replica:
        yield replica


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(
        articles=[article(1, id=1, headline="Whangārei’s “ferry” 😀 runs \x9b31m")],
        pages=[page(1, "stored", article_id=1, date_published=NOON)],
    )
    return console


def run(console: Console, arguments: list[str], stderr: Path, streams: Callable[[], None]) -> int:
    """Run a command in a process of its own, with other standard streams; return its exit code."""
    if not arguments[0].startswith("-"):
        arguments = [*arguments, "--database", console.url]
    return exit_code_of(_run, arguments, stderr, streams)


def _run(arguments: list[str], stderr: Path, streams: Callable[[], None]) -> None:
    _point(2, stderr)
    streams()
    sys.argv = ["newsbot", *arguments]
    main()


def _point(number: int, path: Path | str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.dup2(file, number)
    os.close(file)


def closed_stdout() -> None:
    os.close(1)
    sys.stdout = None


def full_stdout() -> None:
    _point(1, "/dev/full")


def closed_stderr() -> None:
    os.close(2)
    sys.stderr = None
    _point(1, os.devnull)


def full_stderr() -> None:
    _point(2, "/dev/full")
    _point(1, os.devnull)


def full_streams() -> None:
    _point(1, "/dev/full")
    _point(2, "/dev/full")


def no_streams() -> None:
    closed_stderr()
    closed_stdout()
    os.close(0)


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
@pytest.mark.parametrize("streams", [closed_stdout, full_stdout])
def test_what_can_not_be_written_is_a_sentence_and_1(
    console: Console, tmp_path: Path, arguments: list[str], streams: Callable[[], None]
) -> None:
    said = tmp_path / "stderr"

    code = run(console, arguments, said, streams)

    *_, line = said.read_text().splitlines()
    assert "Traceback" not in said.read_text()
    assert "Exception ignored" not in said.read_text()
    assert line.startswith("newsbot: Standard output ")
    assert code == 1


@pytest.mark.parametrize("arguments", DOING, ids=" ".join)
@pytest.mark.parametrize("streams", [closed_stdout, full_stdout, no_streams])
def test_a_command_that_writes_nothing_needs_no_stdout(
    console: Console, tmp_path: Path, arguments: list[str], streams: Callable[[], None]
) -> None:
    assert run(console, arguments, tmp_path / "stderr", streams) == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["status"], 0),
        (["status", "--max-age", "2h"], 1),
        (["search", "zeppelin"], 0),
        (["show", "99"], 1),
        (["search", "--limit", "0"], 2),
        (["export", "--output", "x.tsv"], 2),
    ],
)
@pytest.mark.parametrize("streams", [closed_stderr, full_stderr])
def test_the_exit_code_does_not_depend_on_stderr(
    console: Console, tmp_path: Path, arguments: list[str], code: int, streams: Callable[[], None]
) -> None:
    assert run(console, arguments, tmp_path / "stderr", streams) == code


@pytest.mark.parametrize("encoding", ["latin-1"])
@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_another_encoding_is_no_trouble(
    console: Console, tmp_path: Path, arguments: list[str], encoding: str
) -> None:
    written, said = tmp_path / "stdout", tmp_path / "stderr"

    code = run(console, arguments, said, _Encoded(written, encoding))

    assert "Traceback" not in said.read_text(encoding=encoding, errors="replace")
    assert code == 0
    if "--json" in arguments:
        # What the encoding lacks is escaped as JSON has it.
        text = written.read_text(encoding=encoding)
        assert subprocess.run(
            [sys.executable, "-m", "json.tool"], input=text, text=True, check=True
        )


class _Encoded:
    def __init__(self, path: Path, encoding: str) -> None:
        self._path, self._encoding = path, encoding

    def __call__(self) -> None:
        _point(1, self._path)
        for name, number in (("stdout", 1), ("stderr", 2)):
            file = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
            setattr(sys, name, io.TextIOWrapper(file, self._encoding))


def test_a_reader_that_leaves_early_hears_nothing(console: Console) -> None:
    console.fill(articles=[article(number, headline="word " * 99) for number in range(2, 200)])
    for arguments in ("search ferry --limit 200", "export", "search ferry --json --limit 200"):
        command = f"{NEWSBOT} {arguments} --database {console.url} | head -c 10"

        done = subprocess.run(["bash", "-c", command], check=True, capture_output=True, text=True)

        assert (len(done.stdout), done.stderr) == (10, "")


@pytest.mark.parametrize("program", ["newsbot", "scrapy"])
@pytest.mark.parametrize("streams", [closed_stdout, full_streams, no_streams])
def test_a_good_crawl_ends_with_0_whatever_its_streams(
    tmp_path: Path, replica: Replica, streams: Callable[[], None], program: str
) -> None:
    archive = Archive(tmp_path, replica.url)
    start = {
        "newsbot": ["--start-url", replica.url],
        "scrapy": ["nzcity", "-a", f"start_url={replica.url}"],
    }
    process = ScrapyProcess(
        ["crawl", *start[program], "-s", "RATE_LIMIT_REQUESTS=0"],
        cwd=ROOT,
        env=os.environ
        | {"NEWSBOT_DATABASE_URL": archive.url, "NEWSBOT_ARCHIVE_DIR": str(archive.warc)},
        output=archive.output,
        before=streams,
        program=program,
    )
    with process:
        assert process.wait(60) == 0
        assert "Traceback" not in process.stderr
    assert archive.value("SELECT count(*) FROM articles") > 0
