"""Clocks for crawls that are to be played in a moment: named by the setting CLOCK."""

import asyncio
import json
import os
import time
from datetime import datetime
from pathlib import Path
from urllib.request import Request, urlopen

ADDRESS = "NEWSBOT_TEST_CLOCK"
RELEASE = "NEWSBOT_TEST_RELEASE"

_LONG = 60.0


class ReplicaClock:
    """The replica's clock, asked over HTTP; whoever waits moves it on.

    Its address is in the environment.
    """

    def __init__(self) -> None:
        self._url = os.environ[ADDRESS]

    def now(self) -> datetime:
        """Return the replica's instant, in UTC."""
        return datetime.fromisoformat(self._call(None)["now"])

    async def sleep(self, seconds: float) -> None:
        """Move the replica's clock on by so many seconds."""
        self._call(json.dumps({"advance": seconds}).encode())
        await asyncio.sleep(0)

    def _call(self, order: bytes | None) -> dict[str, str]:
        with urlopen(Request(self._url, data=order)) as answer:  # noqa: S310 - loopback
            found: dict[str, str] = json.load(answer)
        return found


class HeldClock(ReplicaClock):
    """The replica's clock, which a long wait holds until the test lets it go.

    A test lets it go by making the file whose path is in the environment.
    """

    async def sleep(self, seconds: float) -> None:
        """Move the clock on; if by a minute or more, when the test lets it go."""
        if seconds >= _LONG:
            await asyncio.to_thread(_wait_for, Path(os.environ[RELEASE]))
        await super().sleep(seconds)


def _wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.01)
