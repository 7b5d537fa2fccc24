"""Runs the real `scrapy crawl nzcity` as a user does, in a process of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SCRAPY = Path(sys.executable).with_name("scrapy")


@dataclass(frozen=True, slots=True)
class Run:
    """How a crawl ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        """The sentence at the end of stderr."""
        return self.stderr.strip().splitlines()[-1]


class Archive:
    """A database and the crawls that fill it."""

    def __init__(self, folder: Path, start_url: str, **settings: object) -> None:
        self.path = folder / "newsbot.db"
        self.warc = folder / "warc"
        self.start_url = start_url
        self.settings: dict[str, object] = {"RATE_LIMIT_REQUESTS": 0, "RETRY_TIMES": 0, **settings}

    def start(self, *arguments: str, **settings: object) -> subprocess.Popen[str]:
        """Start a crawl and return its process."""
        command = [str(SCRAPY), "crawl", "nzcity", "-a", f"start_url={self.start_url}", *arguments]
        for name, value in {**self.settings, **settings}.items():
            command += ["-s", f"{name}={value}"]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ
            | {
                "NEWSBOT_DATABASE_URL": f"sqlite:///{self.path}",
                "NEWSBOT_ARCHIVE_DIR": str(self.warc),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def crawl(self, *arguments: str, timeout: float = 60, **settings: object) -> Run:
        """Crawl to the end; a crawl that takes longer than `timeout` seconds fails the test."""
        with self.start(*arguments, **settings) as process:
            try:
                stdout, stderr = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                _, stderr = process.communicate()
                raise AssertionError(f"the crawl took too long:\n{stderr[-3000:]}") from None
        assert "Traceback" not in stderr, stderr
        return Run(process.returncode, stdout, stderr)

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
