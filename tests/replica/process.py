"""The replica in a process of its own, for benchmarks: it takes no time from the one measured."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin
from urllib.request import Request, urlopen

_ROOT = Path(__file__).parents[2]


class ReplicaProcess:
    """`with ReplicaProcess("--days", "30", "--warm") as replica: replica.url`.

    Takes the arguments of `python -m tests.replica`; control.py lists the endpoints.
    """

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, "-m", "tests.replica", *arguments]

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(self._command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"{self._command} ended without an address")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate()

    def ask(self, endpoint: str) -> Any:
        """What a control endpoint tells: `ask("truth.json?id=433100")`, `ask("log.json")`."""
        return self._call(endpoint, None, "GET")

    def order(self, endpoint: str, **order: Any) -> Any:
        """Have a control endpoint do something: `order("clock", advance=3600)`."""
        return self._call(endpoint, json.dumps(order).encode(), "POST")

    def _call(self, endpoint: str, body: bytes | None, method: str) -> Any:
        url = urljoin(self.url, f"/__replica__/{endpoint}")
        with urlopen(Request(url, data=body, method=method)) as answer:  # noqa: S310 - loopback
            return json.load(answer)
