"""Watches a reparse."""

from newsbot.store.comparing import Difference


class Watcher:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.files: list[tuple[int, int]] = []
        self.captures: list[tuple[int, int]] = []
        self.passed: list[str] = []
        self.rows: list[Difference] = []

    def indexed(self, done: int, files: int) -> None:
        self.files.append((done, files))

    def read(self, done: int, captures: int) -> None:
        self.captures.append((done, captures))

    def passed_over(self, what: str) -> None:
        self.passed.append(what)

    def differs(self, difference: Difference) -> None:
        self.rows.append(difference)
