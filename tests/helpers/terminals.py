"""A terminal for a crawl, and what it has written there."""

import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable
from functools import partial
from typing import Self


class Terminal:
    """`with Terminal() as terminal`: `attach` is for `Archive.before`, `seen` what came so far.

    Leaving the block closes it, as a window is closed.
    """

    def __enter__(self) -> Self:
        self._ours, self._its = pty.openpty()
        tty.setraw(self._its)
        self._written = bytearray()
        self._closing = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._reader.join()
        os.close(self._its)
        os.close(self._ours)

    @property
    def attach(self) -> Callable[[], object]:
        """What makes this terminal the stderr of the process that calls it."""
        return partial(_attach, os.ttyname(self._its))

    @property
    def seen(self) -> str:
        """All that was written, with the codes that move the cursor."""
        return self._written.decode(errors="replace")

    def wait_for(self, words: str) -> None:
        """Return when these words have been written; AssertionError after a minute."""
        deadline = time.monotonic() + 60
        while words not in self.seen:
            assert time.monotonic() < deadline, self.seen
            time.sleep(0.01)

    def _read(self) -> None:
        while True:
            if select.select([self._ours], [], [], 0.05)[0]:
                self._written += os.read(self._ours, 65_536)
            elif self._closing.is_set():
                return


def _attach(name: str) -> None:
    terminal = os.open(name, os.O_WRONLY | os.O_NOCTTY)
    os.dup2(terminal, 2)
    os.close(terminal)
