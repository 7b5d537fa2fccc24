"""Faults of the connection: late, slow, broken off."""

from dataclasses import dataclass, replace

from tests.replica.faults.base import Exchange
from tests.replica.message import Answer, Framing


@dataclass(frozen=True)
class Delay:
    """Nothing for so many seconds, then the answer."""

    seconds: float

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        return replace(answer, delay=answer.delay + self.seconds)


@dataclass(frozen=True)
class Drip:
    """The body comes one byte at a time, so many seconds apart."""

    seconds: float = 0.5

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        return replace(answer, pace=self.seconds)


@dataclass(frozen=True)
class Reset:
    """The connection is reset after so many bytes of the body."""

    at: int = 1000

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        return replace(answer, stop_at=self.at, reset=True)


@dataclass(frozen=True)
class CutOff:
    """The body ends after `at` bytes.

    `framing` is how a client could notice: `length` (the head announced more),
    `chunked` (the last chunk is missing), `close` and `http/1.0` (it can't: the
    body ends where the connection does).
    """

    at: int
    framing: str = "length"

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        return replace(answer, stop_at=self.at, framing=Framing(self.framing))


@dataclass(frozen=True)
class Framed:
    """Nothing is wrong, but the body's end is told in another way."""

    framing: str = "chunked"

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        return replace(answer, framing=Framing(self.framing))
