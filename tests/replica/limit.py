"""The site's request limit, as SITE.md knows it."""

from collections import deque
from datetime import datetime, timedelta


class RateLimit:
    """At most `requests` in any `period` seconds of the replica's clock.

    The window slides. One request too many starts a wait of a whole period,
    and a request sent during the wait starts it again.
    """

    def __init__(self, requests: int = 15, period: float = 300.0) -> None:
        self.requests = requests
        self.period = timedelta(seconds=period)
        self._answered: deque[datetime] = deque()
        self._blocked_until: datetime | None = None

    def retry_after(self, now: datetime) -> int | None:
        """Seconds to wait if a request at this instant is one too many, or None."""
        while self._answered and self._answered[0] <= now - self.period:
            self._answered.popleft()
        blocked = self._blocked_until is not None and now < self._blocked_until
        if blocked or len(self._answered) >= self.requests:
            self._blocked_until = now + self.period
            return int(self.period.total_seconds())
        self._blocked_until = None
        self._answered.append(now)
        return None
