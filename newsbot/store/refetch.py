"""Every rule of what is asked for again, and when. Pure: no database, no clock.

A stored page is looked at again for edits (`next_recheck`), a failed one is tried again ever less
often (`after_failure`), a vanished one is asked for once more (`after_gone`), and a section's lists
are looked at when they are due (`section_due_at`). In which order a run asks is in crawl/plan.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbot.items import Date, ListKind, Origin, Page, Precision, Reason, Status
from newsbot.site import Site
from newsbot.store.dates import truncate_to_second
from newsbot.store.known import (
    Incoming,
    Known,
    Recorded,
    Row,
    first_answer,
    is_outdated,
    is_same_response,
)

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

LOOK_OFTEN, LOOK_SELDOM = timedelta(hours=2), timedelta(hours=24)
"""How long after a look a section is due: if the day's list lacked articles of it, or not."""

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
    at every two hours, by its feed where that answers, since only the feed tells the minute; any
    other one once a day, by whatever list comes by.
    """
    is_missing = lacks_articles(looks.missing_at, now)
    if is_missing and looks.has_feed:
        return looks.fed_at and looks.fed_at + LOOK_OFTEN
    known = [each for each in (looks.looked_at, looks.asked_at) if each is not None]
    return max(known) + (LOOK_OFTEN if is_missing else LOOK_SELDOM) if known else None


def lacks_articles(missing_at: datetime | None, now: datetime) -> bool:
    """Tell whether the day's list lacked articles of a section lately."""
    return missing_at is not None and now - missing_at <= MISSING_COUNTS_FOR


def feed_may_date(
    date: Date, first_seen_at: datetime, fed_at: datetime | None, now: datetime
) -> bool:
    """Tell whether the feed of its section is worth a request for the minute of an article.

    The day's list tells most minutes. It does not show an article that was pushed out of it while
    the site was down or no crawl ran, nor one of the last minutes before midnight.

    Args:
        date: the best date that the article has.
        first_seen_at: when a list first showed it.
        fed_at: when the feed was last read.
        now: the present instant.
    """
    is_recent = date.at is not None and now - date.at <= FEED_REACHES_BACK
    has_minute = date.precision is Precision.MINUTE
    return is_recent and not has_minute and (fed_at is None or fed_at < first_seen_at)


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


def record_failure(known: Known, incoming: Incoming, new_ids: list[str]) -> Recorded:
    """Note why a page has no article, and when to try again.

    A 429 tells nothing about the page and is no attempt; neither is an archived response that is
    read again.
    """
    page, at = incoming.page, truncate_to_second(incoming.page.fetched_at)
    row = known.page(page, incoming.origin, at)
    has_article = row["article_id"] is not None
    if is_outdated(row, at):
        pass
    elif is_same_response(row, page):
        if row["status"] == Status.REJECTED:
            row.set(reason=page.reason)
    else:
        row.set(last_fetched_at=at, **first_answer(row, at))
        if page.http_status is not None:
            row.set(http_status=page.http_status)
        # What an article was read from is worth more than an answer without one.
        if page.warc_file is not None and not has_article:
            row.set(warc_file=page.warc_file, warc_offset=page.warc_offset)
        if not says_nothing(page):
            _set_failed(known, row, incoming, has_article=has_article)
    return Recorded(
        None,
        Status(row["status"]),
        row["attempts"],
        has_article or row["origin"] == Origin.LIST.value,
        new_ids=new_ids,
    )


def _set_failed(known: Known, row: Row, incoming: Incoming, *, has_article: bool) -> None:
    page, status = incoming.page, Status(row["status"])
    reason = page.reason
    at = truncate_to_second(page.fetched_at)
    if says_gone(page) and incoming.trusted:
        origin = Origin(row["origin"])
        after = after_gone(at, status=status, origin=origin, has_article=has_article)
        if status is not Status.GONE:
            row.set(gone_at=at)
        if _has_expired(known, row):
            reason = Reason.EXPIRED
    else:
        after = after_failure(
            page, at, status=status, attempts=row["attempts"], has_article=has_article
        )
    row.set(
        status=after.status.value,
        reason=reason,
        attempts=after.attempts,
        next_fetch_at=after.next_fetch_at,
    )


def _has_expired(known: Known, row: Row) -> bool:
    """Tell whether a page that is gone held a syndicated article that has come to its end."""
    article = known.articles.get(row["article_id"] or 0)
    if article is None:
        return False
    is_syndicated = known.site.is_syndicated(article["credit_text"], article["copyright_holder"])
    published, first_seen_at = article["date_published"], article["first_seen_at"]
    return is_syndicated and is_expired(published, first_seen_at, row["gone_at"])


def record_list_page(known: Known, page: Page, new_ids: list[str]) -> Recorded:
    """Keep a row of a page asked for as a list while nothing can be read from it.

    A feed that fails is noted with its section; behind the last page of a section nothing is
    expected.
    """
    row = known.list_pages.get(page.url)
    if page.asked_as is ListKind.FEED or is_behind_the_last(known.site, page):
        return Recorded(None, None, new_ids=new_ids)
    if says_nothing(page):
        return Recorded(None, None, row["attempts"] if row else 0, new_ids=new_ids)
    if page.listings:
        if row is not None:
            known.deleted.append(known.list_pages.pop(page.url))
        return Recorded(None, None, new_ids=new_ids)
    at = truncate_to_second(page.fetched_at)
    if row is None:
        row = known.list_pages[page.url] = known.new_row(
            "pages",
            source=known.site.name,
            url=page.url,
            origin=Origin.START.value,
            first_seen_at=at,
            attempts=0,
        )
    row.set(
        status=Status.REJECTED.value,
        reason=page.reason,
        attempts=row["attempts"] + 1,
        http_status=page.http_status,
        last_fetched_at=at,
        warc_file=page.warc_file,
        warc_offset=page.warc_offset,
    )
    return Recorded(None, Status.REJECTED, row["attempts"], new_ids=new_ids)


def is_behind_the_last(site: Site, page: Page) -> bool:
    """Tell whether a page of a section, not its first, lists nothing: the section has ended."""
    if page.asked_as is not ListKind.SECTION_PAGE or page.listings or page.http_status is None:
        return False
    number = site.cat_in(page.url)
    return number is not None and page.url != site.section_url(number)
