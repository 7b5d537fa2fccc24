"""A page without an article: gone, rejected, or to be tried again, ever less often."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from newsbot import items
from newsbot.items import Origin, Reason, Status
from newsbot.store.pages import PageRow, page_row
from newsbot.store.tables import Page

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

_TOO_MANY_REQUESTS = 429
_GONE = {404, 410}
_TIMEOUTS = {408, 425}
_SERVER_ERROR = 500


def record_failure(
    session: Session, page: items.Page, *, trusted: bool = True, origin: Origin = Origin.START
) -> Status:
    """Note why `page` has no article and when to try again; return where it stands now.

    An answer that says there is no such article makes the page gone, unless
    it is not `trusted` because much else fails at the same time: then, and
    where nothing or the server's own error answered, the failure is passing
    and the page stays what it is until it is given up. A page that has an
    article stays stored through any other failure. A 429 tells nothing about
    the page and is no attempt; neither is a response that is read anew from
    the archive. `origin` is for a page that the ledger does not know yet.

    Raises:
        ValueError: the page was asked for as a list; see `record_list_page`.
    """
    connection = session.connection()
    row = page_row(connection, page, origin)
    if row.is_newer_than(page):
        return Status(row.status)
    if row.gave(page):
        values: dict[str, Any] = {}
        if row.status == Status.REJECTED:
            values["reason"] = page.reason
    else:
        values = _facts(page, row) | _consequences(page, row, trusted=trusted)
    if values:
        connection.execute(update(Page).where(Page.id == row.id).values(values))
    return Status(values.get("status", row.status))


def record_list_page(session: Session, page: items.Page) -> Status | None:
    """Keep a row of a page asked for as a list while nothing can be read from it.

    Returns `rejected`, or None if it listed something, or asked us to wait.
    """
    connection = session.connection()
    of_page = (Page.source == page.source, Page.source_id.is_(None), Page.url == page.url)
    if page.http_status == _TOO_MANY_REQUESTS:
        return None
    if page.listings:
        connection.execute(delete(Page).where(*of_page))
        return None
    known = connection.execute(select(Page.id, Page.attempts).where(*of_page)).one_or_none()
    values = {
        "status": Status.REJECTED.value,
        "reason": page.reason,
        "attempts": known.attempts + 1 if known else 1,
        "http_status": page.http_status,
        "last_fetched_at": page.fetched_at,
        "warc_file": page.warc_file,
        "warc_offset": page.warc_offset,
    }
    if known:
        connection.execute(update(Page).where(Page.id == known.id).values(values))
    else:
        values |= {"source": page.source, "url": page.url, "origin": Origin.START.value}
        values |= {"first_seen_at": page.fetched_at}
        connection.execute(insert(Page).values(values))
    return Status.REJECTED


def standing(session: Session, page: items.Page) -> tuple[int, bool]:
    """How often in a row a page failed, and whether a list or the archive knew an article there.

    0 and False where the ledger has no row of it.
    """
    row = select(Page.attempts, Page.origin, Page.article_id).where(Page.source == page.source)
    if page.source_id is None:
        row = row.where(Page.source_id.is_(None), Page.url == page.url)
    else:
        row = row.where(Page.source_id == page.source_id)
    found = session.execute(row).one_or_none()
    if found is None:
        return 0, False
    return found.attempts, found.article_id is not None or found.origin == Origin.LIST.value


def take_back(session: Session, source: str, source_ids: Sequence[str], now: datetime) -> None:
    """Let pages that were called gone in a storm of failures be what they were, and be asked again.

    The storm may have begun after them: only the whole run shows it.
    """
    gone = (Page.source == source, Page.source_id.in_(source_ids), Page.status == Status.GONE.value)
    again = {"next_fetch_at": now + BACKOFF[0]}
    for has_article, status in (
        (Page.article_id.is_not(None), Status.STORED),
        (Page.article_id.is_(None), Status.PENDING),
    ):
        session.execute(update(Page).where(*gone, has_article).values(status=status.value, **again))


def _facts(page: items.Page, row: PageRow) -> dict[str, Any]:
    values: dict[str, Any] = {"last_fetched_at": page.fetched_at, **row.first_answer(page)}
    if page.http_status is not None:
        values["http_status"] = page.http_status
    # What an article was read from is worth more than an answer without one.
    if page.warc_file is not None and row.article_id is None:
        values |= {"warc_file": page.warc_file, "warc_offset": page.warc_offset}
    return values


def _consequences(page: items.Page, row: PageRow, *, trusted: bool) -> dict[str, Any]:
    if page.http_status == _TOO_MANY_REQUESTS:
        return {}
    if _says_gone(page) and trusted:
        return {
            "status": Status.GONE.value,
            "reason": page.reason,
            "attempts": 0,
            "next_fetch_at": _gone_again_at(page, row),
        }
    attempts = row.attempts + 1
    given_up = attempts >= MAX_ATTEMPTS
    status = row.status
    if row.article_id is None and (
        not _is_passing(page) or (given_up and status == Status.PENDING)
    ):
        status = Status.REJECTED.value
    return {
        "status": status,
        "reason": page.reason,
        "attempts": attempts,
        "next_fetch_at": None if given_up else page.fetched_at + BACKOFF[attempts - 1],
    }


def _gone_again_at(page: items.Page, row: PageRow) -> datetime | None:
    is_old = row.origin == Origin.BACKFILL and row.article_id is None
    is_known = row.status == Status.GONE
    return None if is_old or is_known else page.fetched_at + GONE_AGAIN_AFTER


def _says_gone(page: items.Page) -> bool:
    return page.http_status in _GONE or page.reason in {
        Reason.NO_SUCH_ARTICLE,
        Reason.REDIRECTED,
    }


def _is_passing(page: items.Page) -> bool:
    # An untrusted "gone" comes here too: it proves nothing either.
    status = page.http_status
    if status is None:
        return page.reason != Reason.TOO_LARGE
    return status >= _SERVER_ERROR or status in _TIMEOUTS or _says_gone(page)
