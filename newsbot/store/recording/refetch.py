"""The rules for fetching again: what, and when. Pure: no database, no clock.

A stored page is rechecked for edits (`next_recheck`), a failed one is tried again at growing
intervals (`after_failure`), one that is gone is requested once more (`after_gone`), and a section's
lists are fetched when they are due (`section_due_at`) or can date an article (`feed_may_date`).
crawl/plan.py decides the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbot.items import Date, ListKind, Origin, Page, Precision, Reason, Status
from newsbot.site import Site
from newsbot.store.recording.dates import truncate_to_second
from newsbot.store.recording.known import (
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
"""Number of failures in a row after which a page is given up: its `next_fetch_at` stays NULL."""

GONE_AGAIN_AFTER = timedelta(days=1)
"""How long after it was found gone a page is requested once more, in case that was a mistake."""

EARLY = timedelta(minutes=5)
"""How long before it is due a page may be rechecked. Otherwise a page stored by an hourly crawl
would be due just after the next crawl."""

START_PAGE_EVERY = timedelta(hours=6)
"""How often the start page is requested; sooner if no other page shows the `today` list."""

LOOK_OFTEN, LOOK_SELDOM = timedelta(hours=4), timedelta(hours=24)
"""Interval at which a section is due: if the `today` list lacked articles of it, and if not."""

FEED_AGAIN_AFTER = timedelta(hours=2)
"""The feed of a section that is looked at often is asked for minutes once in this time: until then
more articles come that it can date."""

MISSING_COUNTS_FOR = timedelta(days=7)
"""How long a section is fetched often after the `today` list lacked one of its articles."""

FEED_REACHES_BACK = timedelta(hours=36)
"""How long ago an article's day may have begun for its feed to be fetched for the minute: the feed
of a busy section reaches back about as far."""

EXPIRES_AFTER = timedelta(days=25)
"""Age from which a syndicated article that is gone counts as expired, not as removed."""

_TOO_MANY_REQUESTS = 429
_GONE = {404, 410}
_TIMEOUTS = {408, 425}
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """New values of the columns of these names, after a response without an article."""

    status: Status
    attempts: int
    next_fetch_at: datetime | None


def next_recheck(
    stored_at: datetime, fetched_at: datetime, recheck_after: Sequence[timedelta]
) -> datetime | None:
    """Return the instant of the first recheck after the fetch; None if all are done.

    `recheck_after` counts from the first time that the page was stored.
    """
    rechecks = (stored_at + each for each in sorted(recheck_after))
    return next((at for at in rechecks if at > fetched_at + EARLY), None)


def after_failure(
    page: Page, at: datetime, *, status: Status, attempts: int, has_article: bool
) -> Failure:
    """Return the new state of a page after a failure that does not prove that it is gone.

    A page that has an article keeps its status. One without becomes `rejected`: at once if the
    response itself was unusable, else when it is given up.
    """
    attempts += 1
    given_up = attempts >= MAX_ATTEMPTS
    if not has_article and (not _is_temporary(page) or (given_up and status is Status.PENDING)):
        status = Status.REJECTED
    return Failure(status, attempts, None if given_up else at + BACKOFF[attempts - 1])


def after_gone(at: datetime, *, status: Status, origin: Origin, has_article: bool) -> Failure:
    """Return the new state of a page whose response says that there is no article (any more)."""
    is_old = origin is Origin.BACKFILL and not has_article
    again = None if is_old or status is Status.GONE else at + GONE_AGAIN_AFTER
    return Failure(Status.GONE, 0, again)


def says_nothing(page: Page) -> bool:
    """Return whether a response says nothing about its page: the site asked us to wait."""
    return page.http_status == _TOO_MANY_REQUESTS


def says_gone(page: Page) -> bool:
    """Return whether a response says that there is no such article (any more)."""
    return page.http_status in _GONE or page.reason in {
        Reason.NO_SUCH_ARTICLE,
        Reason.REDIRECTED,
    }


@dataclass(frozen=True, slots=True)
class Looks:
    """When a section's lists were last seen, and whether its feed can be read.

    `looked_at` is when any list of it was last seen, `fed_at` when its feed was last read,
    `asked_at` when a page that should show a list was last fetched. `missing_at` is when the
    `today` list last lacked one of its articles. `has_feed` is True if it has a feed that can be
    read.
    """

    looked_at: datetime | None
    fed_at: datetime | None
    asked_at: datetime | None
    missing_at: datetime | None
    has_feed: bool


def section_due_at(looks: Looks, now: datetime) -> datetime | None:
    """Return when a section's lists are due to be fetched; None: at once.

    The `today` list shows most articles. A section of which it lacked some in the last week is due
    four hours after its feed was read, since only the feed gives the minute, or, without a feed,
    after any of its lists was seen. Any other section is due a day after that. A feed that can date
    an article is requested sooner: see `feed_may_date`.
    """
    is_missing = lacks_articles(looks.missing_at, now)
    if is_missing and looks.has_feed:
        return looks.fed_at and looks.fed_at + LOOK_OFTEN
    known = [each for each in (looks.looked_at, looks.asked_at) if each is not None]
    return max(known) + (LOOK_OFTEN if is_missing else LOOK_SELDOM) if known else None


def lacks_articles(missing_at: datetime | None, now: datetime) -> bool:
    """Return whether the `today` list lacked articles of a section in the last week."""
    return missing_at is not None and now - missing_at <= MISSING_COUNTS_FOR


def lacks_minute(date: Date, now: datetime) -> bool:
    """Return whether an article has no minute and is so new that a feed may still give it."""
    is_recent = date.at is not None and now - date.at <= FEED_REACHES_BACK
    return is_recent and date.precision is not Precision.MINUTE


def feed_may_date(date: Date, first_seen_at: datetime, section: Looks, now: datetime) -> bool:
    """Return whether the feed of its section is worth a request for the minute of an article.

    The `today` list gives most minutes. It never shows the articles of some sections, and it lacks
    those that newer ones displaced while the site was down or no crawl ran, and those of the last
    minutes before midnight.

    Args:
        date: the best date that the article has.
        first_seen_at: when a list first showed it.
        section: what is known of the lists of its section.
        now: the current instant.
    """
    if not section.has_feed or not lacks_minute(date, now):
        return False
    if section.fed_at is None:
        return True
    wait = FEED_AGAIN_AFTER if lacks_articles(section.missing_at, now) else timedelta(0)
    return section.fed_at < first_seen_at and now - section.fed_at >= wait - EARLY


def feed_retry_at(at: datetime, failures: int) -> datetime:
    """Return when to request a feed again after `failures` in a row, at growing intervals."""
    return at + BACKOFF[min(failures, len(BACKOFF)) - 1]


def is_expired(published: datetime | None, first_seen_at: datetime, at: datetime) -> bool:
    """Return whether a syndicated article that is gone has expired.

    The site removes such articles about a month after they were published.
    """
    return at - (published or first_seen_at) >= EXPIRES_AFTER


def _is_temporary(page: Page) -> bool:
    # A "gone" that is not trusted gets here too: it proves nothing either.
    status = page.http_status
    if status is None:
        return page.reason != Reason.TOO_LARGE
    return status >= _SERVER_ERROR or status in _TIMEOUTS or says_gone(page)


def record_failure(known: Known, incoming: Incoming, new_ids: list[str]) -> Recorded:
    """Record why a page has no article, and when to try again.

    A 429 says nothing about the page and does not count as an attempt; nor does an archived
    response that is read again.
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
        # Keep pointing to the response that an article was read from.
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
    """Return whether a page that is gone held a syndicated article that has expired."""
    article = known.articles.get(row["article_id"] or 0)
    if article is None:
        return False
    is_syndicated = known.site.is_syndicated(article["credit_text"], article["copyright_holder"])
    published, first_seen_at = article["date_published"], article["first_seen_at"]
    return is_syndicated and is_expired(published, first_seen_at, row["gone_at"])


def record_list_page(known: Known, page: Page, new_ids: list[str]) -> Recorded:
    """Keep a row of a page requested as a list while nothing can be read from it.

    The failure of a feed is recorded with its section. After the last page of a section, a page is
    expected to be empty.
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
    """Return whether a section page, not the first, lists nothing: it is after the last one."""
    if page.asked_as is not ListKind.SECTION_PAGE or page.listings or page.http_status is None:
        return False
    number = site.cat_in(page.url)
    return number is not None and page.url != site.section_url(number)
