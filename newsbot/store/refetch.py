"""Every rule of what is asked for again, and when. Pure: no database, no clock.

A stored page is looked at again for edits (`next_recheck`), a failed one is tried again ever less
often (`after_failure`), a vanished one is asked for once more (`after_gone`), and a list is looked
at when a part of it is likely to be new (`list_interval`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbot.items import Origin, Page, Reason, Status

BACKOFF = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
    timedelta(days=4),
    timedelta(days=14),
)
"""How long after the first, second, … failure in a row a page is tried again."""

MAX_ATTEMPTS = len(BACKOFF) + 1
"""After so many failures in a row a page is given up: its `next_fetch_at` stays NULL."""

GONE_AGAIN_AFTER = timedelta(days=1)
"""A page that has just gone is asked for once more, in case it was early or a mistake."""

LOOK_AT_MOST_EVERY, LOOK_AT_LEAST_EVERY = timedelta(minutes=30), timedelta(hours=12)

_TOO_MANY_REQUESTS = 429
_GONE = {404, 410}
_TIMEOUTS = {408, 425}
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """What a page without an article makes of its row: the columns of these names."""

    status: Status
    attempts: int
    next_fetch_at: datetime | None


def next_recheck(
    stored_at: datetime, fetched_at: datetime, recheck_after: Sequence[timedelta]
) -> datetime | None:
    """Return the first recheck that lies after the fetch; None if all are done.

    `recheck_after` counts from the first time that the page was stored.
    """
    rechecks = (stored_at + each for each in sorted(recheck_after))
    return next((at for at in rechecks if at > fetched_at), None)


def after_failure(
    page: Page, at: datetime, *, status: Status, attempts: int, has_article: bool
) -> Failure:
    """Return what follows from a failure that does not prove that the page is gone.

    A page that has an article stays what it is. One without becomes `rejected`, at once if the
    answer itself was unusable, else when it is given up.
    """
    attempts += 1
    given_up = attempts >= MAX_ATTEMPTS
    if not has_article and (not _is_passing(page) or (given_up and status is Status.PENDING)):
        status = Status.REJECTED
    return Failure(status, attempts, None if given_up else at + BACKOFF[attempts - 1])


def after_gone(at: datetime, *, status: Status, origin: Origin, has_article: bool) -> Failure:
    """Return what follows from an answer that says that there is no such article (any more)."""
    is_old = origin is Origin.BACKFILL and not has_article
    again = None if is_old or status is Status.GONE else at + GONE_AGAIN_AFTER
    return Failure(Status.GONE, 0, again)


def says_nothing(page: Page) -> bool:
    """Tell whether an answer says nothing about its page: the site asked us to wait."""
    return page.http_status == _TOO_MANY_REQUESTS


def says_gone(page: Page) -> bool:
    """Tell whether an answer says that there is no such article (any more)."""
    return page.http_status in _GONE or page.reason in {
        Reason.NO_SUCH_ARTICLE,
        Reason.REDIRECTED,
    }


def list_interval(change_interval: float, typical_entries: float) -> timedelta:
    """Return after how long a third of a list is likely to be new.

    Args:
        change_interval: seconds between two new entries.
        typical_entries: how many entries the list holds.
    """
    turnover = timedelta(seconds=change_interval * typical_entries)
    return min(max(turnover / 3, LOOK_AT_MOST_EVERY), LOOK_AT_LEAST_EVERY)


def _is_passing(page: Page) -> bool:
    # A "gone" that is not trusted comes here too: it proves nothing either.
    status = page.http_status
    if status is None:
        return page.reason != Reason.TOO_LARGE
    return status >= _SERVER_ERROR or status in _TIMEOUTS or says_gone(page)
