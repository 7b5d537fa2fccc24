"""A clock for a crawl in a process of its own: it stands still, so that what it stores is known."""

import os
from datetime import datetime

from newsbot.crawl.crawl_run import Clock

VARIABLE = "NEWSBOT_TEST_NOW"


class StillClock(Clock):
    """Tells the instant in the environment's NEWSBOT_TEST_NOW (ISO 8601, with a zone)."""

    def now(self) -> datetime:
        """Return that instant."""
        return datetime.fromisoformat(os.environ[VARIABLE])
