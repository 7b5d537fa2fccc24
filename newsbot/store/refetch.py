"""Every rule of what is asked for again, and when. Pure: no database, no clock.

A stored page is looked at again for edits (`next_recheck`), a failed one is tried again ever less
often (`after_failure`), a vanished one is asked for once more (`after_gone`), and a section's lists
are looked at when they are due (`section_due_at`), or can date an article (`feed_may_date`). In which
order a run asks is in crawl/plan.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbot.items import Date, Origin, Page, Precision, Reason, Status

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

EARLY = timedelta(minutes=5)
"""So much before its time a page is rechecked: a crawl that cron starts each hour would else find
what the last one stored due a few seconds too late."""

START_PAGE_EVERY = timedelta(hours=6)
"""The start page is asked for so often, and where nothing else shows the day's list."""

LOOK_OFTEN, LOOK_SELDOM = timedelta(hours=4), timedelta(hours=24)
"""How long after a look a section is due: if the day's list lacked articles of it, or not."""

FEED_AGAIN_AFTER = timedelta(hours=2)
"""The feed of a section that is looked at often is asked for minutes once in this time: until then
more articles come that it can date."""

MISSING_COUNTS_FOR = timedelta(days=7)
"""For so long a section is looked at often after one of its articles was missing."""

FEED_REACHES_BACK = timedelta(hours=36)
"""A feed is asked for the minute of an article only if its day began no longer ago: the feed of a
busy section holds about as much."""

EXPIRES_AFTER = timedelta(days=25)
"""A syndicated article of this age that is gone was not removed: it has expired."""

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
    return next((at for at in rechecks if at > fetched_at + EARLY), None)


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


@dataclass(frozen=True, slots=True)
class Looks:
    """What is known of a section's lists: when they were looked at, and how its feed answers.

    `looked_at` is the last look at any list of it, `fed_at` that at its feed, `asked_at` when a
    page that should show a list was last fetched. `missing_at` is when one of its articles was last
    missing from the day's list. `has_feed` tells whether there is a feed that answers.
    """

    looked_at: datetime | None
    fed_at: datetime | None
    asked_at: datetime | None
    missing_at: datetime | None
    has_feed: bool


def section_due_at(looks: Looks, now: datetime) -> datetime | None:
    """Return when a section's lists are due to be looked at; None: at once.

    The day's list shows most articles. A section of which it lacked some in the last week is looked
    at every four hours, by its feed where that answers, since only the feed tells the minute; any
    other one once a day, by whatever list comes by. A feed that can date an article is asked for
    sooner: see `feed_may_date`.
    """
    is_missing = lacks_articles(looks.missing_at, now)
    if is_missing and looks.has_feed:
        return looks.fed_at and looks.fed_at + LOOK_OFTEN
    known = [each for each in (looks.looked_at, looks.asked_at) if each is not None]
    return max(known) + (LOOK_OFTEN if is_missing else LOOK_SELDOM) if known else None


def lacks_articles(missing_at: datetime | None, now: datetime) -> bool:
    """Tell whether the day's list lacked articles of a section lately."""
    return missing_at is not None and now - missing_at <= MISSING_COUNTS_FOR


def lacks_minute(date: Date, now: datetime) -> bool:
    """Tell whether an article has no minute and is so new that a feed may still tell it."""
    is_recent = date.at is not None and now - date.at <= FEED_REACHES_BACK
    return is_recent and date.precision is not Precision.MINUTE


def feed_may_date(date: Date, first_seen_at: datetime, section: Looks, now: datetime) -> bool:
    """Tell whether the feed of its section is worth a request for the minute of an article.

    The day's list tells most minutes. It never shows the articles of some sections; nor one that
    was pushed out of it while the site was down or no crawl ran, or that came shortly before
    midnight.

    Args:
        date: the best date that the article has.
        first_seen_at: when a list first showed it.
        section: what is known of the lists of its section.
        now: the present instant.
    """
    if not section.has_feed or not lacks_minute(date, now):
        return False
    if section.fed_at is None:
        return True
    wait = FEED_AGAIN_AFTER if lacks_articles(section.missing_at, now) else timedelta(0)
    return section.fed_at < first_seen_at and now - section.fed_at >= wait - EARLY


def feed_retry_at(at: datetime, failures: int) -> datetime:
    """Return when a feed is asked for again after so many failures in a row: ever less often."""
    return at + BACKOFF[min(failures, len(BACKOFF)) - 1]


def is_expired(published: datetime | None, first_seen_at: datetime, at: datetime) -> bool:
    """Tell whether a syndicated article that is gone has come to its normal end.

    Such articles vanish about a month after they were published.
    """
    return at - (published or first_seen_at) >= EXPIRES_AFTER


def _is_passing(page: Page) -> bool:
    # A "gone" that is not trusted comes here too: it proves nothing either.
    status = page.http_status
    if status is None:
        return page.reason != Reason.TOO_LARGE
    return status >= _SERVER_ERROR or status in _TIMEOUTS or says_gone(page)
