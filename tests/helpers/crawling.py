"""Runs the real `scrapy crawl nzcity` as a user does, in a process of its own."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

from tests.helpers import clocks
from tests.helpers.forks import ScrapyProcess
from tests.replica.server import Replica

ROOT = Path(__file__).parents[2]


# What `crawls.message` leaves out of the last line: when it was said, and the database's name.
_STAMP = re.compile(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?!\[)")
_NAMED = re.compile(r" Database: .*?( \(just created\))?\.$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """How a crawl ended; `stderr` is without the last line's time and database, `said` with it."""

    exit_code: int
    stdout: str
    stderr: str
    peak_memory: int
    said: str = ""

    @property
    def last_line(self) -> str:
        """The sentence at the end of stderr."""
        return self.stderr.strip().splitlines()[-1]


class Archive:
    """A database and the crawls that fill it.

    `before` runs in the process of each crawl before anything else; `env` is put into its
    environment.
    """

    def __init__(self, folder: Path, start_url: str, **settings: object) -> None:
        self.path = folder / "newsbot.db"
        self.url = f"sqlite:///{self.path}"
        self.warc = folder / "warc"
        self.output = folder / "output"
        self.before: Callable[[], object] | None = None
        self.env: dict[str, str] = {}
        self.spider = "nzcity"
        self.start_url = start_url
        self.settings: dict[str, object] = {"RATE_LIMIT_REQUESTS": 0, "RETRY_TIMES": 0, **settings}

    def live_by(self, replica: Replica) -> Self:
        """Let crawls tell the time by the replica's clock, which moves on when they wait."""
        self.settings["CLOCK"] = "tests.helpers.clocks.ReplicaClock"
        self.env[clocks.ADDRESS] = urljoin(replica.url, "/__replica__/clock")
        return self

    def start(self, *arguments: str, **settings: object) -> ScrapyProcess:
        """Start a crawl and return its process."""
        command = ["crawl", self.spider, "-a", f"start_url={self.start_url}", *arguments]
        for name, value in {**self.settings, **settings}.items():
            command += ["-s", f"{name}={value}"]
        return ScrapyProcess(
            command,
            cwd=ROOT,
            env=os.environ
            | {"NEWSBOT_DATABASE_URL": self.url, "NEWSBOT_ARCHIVE_DIR": str(self.warc)}
            | self.env,
            output=self.output,
            before=self.before,
        )

    def crawl(self, *arguments: str, timeout: float = 60, **settings: object) -> Run:
        """Crawl to the end; a crawl that takes longer than `timeout` seconds fails the test."""
        with self.start(*arguments, **settings) as process:
            return finished(process, timeout)

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a user sees who asks the database."""
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return connection.execute(query, parameters).fetchall()
        finally:
            connection.close()

    def value(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the one value that a query gives."""
        [(value,)] = self.rows(query, parameters)
        return value


def finished(process: ScrapyProcess, timeout: float = 60) -> Run:
    """Wait for the end of a crawl; one that takes longer, or shows a traceback, fails the test."""
    try:
        stdout, stderr = process.communicate(timeout)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"the crawl took too long:\n{process.stderr[-3000:]}") from None
    assert process.returncode is not None
    assert "Traceback" not in stderr, stderr
    plain = _NAMED.sub("", _STAMP.sub("", stderr))
    return Run(process.returncode, stdout, plain, process.peak_memory, stderr)
