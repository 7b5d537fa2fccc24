"""The time, so that a month can be played in minutes."""

import asyncio
from datetime import UTC, datetime


class Clock:
    """Tells the time and sleeps; setting `CLOCK` names the class that does."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds; the event loop goes on meanwhile."""
        await asyncio.sleep(seconds)
