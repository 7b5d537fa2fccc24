"""The replica's own clock, in UTC: frozen, moved by a test, or running at a given speed."""

import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

NEW_ZEALAND = ZoneInfo("Pacific/Auckland")


class Clock:
    """Starts at an instant and runs at `speed` seconds a second; 0 stands still."""

    def __init__(self, start: datetime, speed: float = 0.0) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start!r} has no time zone")
        self._lock = threading.Lock()
        self._base = start.astimezone(UTC)
        self._started = time.monotonic()
        self._speed = speed

    @property
    def speed(self) -> float:
        """Seconds of this clock in one second of the machine's."""
        return self._speed

    def now(self) -> datetime:
        """The instant, in UTC."""
        with self._lock:
            return self._now()

    def advance(self, by: timedelta | float) -> datetime:
        """Move the clock on by a span (a number is seconds), and tell its new instant."""
        span = by if isinstance(by, timedelta) else timedelta(seconds=by)
        with self._lock:
            self._base += span
            return self._now()

    def set(self, instant: datetime) -> None:
        """Put the clock at an instant, earlier or later; its speed stays."""
        with self._lock:
            self._base, self._started = instant.astimezone(UTC), time.monotonic()

    def run(self, speed: float) -> None:
        """Go on from here at another speed; 0 stops."""
        with self._lock:
            self._base, self._started = self._now(), time.monotonic()
            self._speed = speed

    def _now(self) -> datetime:
        if not self._speed:
            return self._base
        return self._base + timedelta(seconds=(time.monotonic() - self._started) * self._speed)
