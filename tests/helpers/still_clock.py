"""A clock for a crawl in a process of its own: it stands still, so that what it stores is known."""

import os
from datetime import datetime

from newsbot.crawl import clock

VARIABLE = "NEWSBOT_TEST_NOW"


class StillClock(clock.Clock):
    """Tells the instant in the environment's NEWSBOT_TEST_NOW (ISO 8601, with a zone)."""

    def now(self) -> datetime:
        """Return that instant."""
        return datetime.fromisoformat(os.environ[VARIABLE])
