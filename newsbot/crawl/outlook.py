"""What a run has before it: the pages still to come, and what the budget says of them."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsbot.items import Origin
from newsbot.store import crawls, ledger, limits
from newsbot.store.engine import open_engine
from newsbot.store.faults import explained


@dataclass(slots=True, frozen=True)
class Outlook:
    """How the ledger and the budget stand at an instant.

    `pending` counts all pages still to be asked for, `awaited` those that this run waits for.
    `left` of `limit` requests can be sent in this window of `period` seconds; without a limit both
    are 0.
    """

    pending: int
    awaited: int
    left: int
    limit: int
    period: float

    def seconds(self, waiting: float) -> float | None:
        """Return how long the awaited pages will take, about; None where nothing limits them.

        `waiting` is how many seconds the limiter still waits now: with them a new window begins.
        """
        if not self.limit:
            return None
        if waiting > 0:
            return waiting + self._windows(self.awaited - self.limit) * self.period
        return self._windows(self.awaited - self.left) * self.period

    def _windows(self, pages: int) -> int:
        return max(math.ceil(pages / self.limit), 0)


def look(
    database_url: str,
    source: str,
    host: str,
    now: datetime,
    *,
    origins: Collection[Origin],
    limit: int,
    period: float,
) -> Outlook:
    """Return the outlook of a run on `source`, which waits for pages of these `origins`.

    Reads the database beside whoever writes it, and holds up nobody.

    Raises:
        DatabaseUnusable: it can't be read.
    """
    engine = open_engine(database_url, read_only=True)
    try:
        with explained(engine), Session(engine) as session:
            return Outlook(
                pending=crawls.pending_left(session, source),
                awaited=ledger.count_pending(session, source, now, origins),
                left=limits.left(session, host, now, limit=limit, period=period),
                limit=limit,
                period=period,
            )
    finally:
        engine.dispose()
