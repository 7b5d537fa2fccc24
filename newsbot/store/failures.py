"""What follows from a page without an article: gone, rejected, or to be tried again. Pure."""

from newsbot.items import ListKind, Origin, Page, Reason, Status
from newsbot.site import Site
from newsbot.store import refetch
from newsbot.store.dates import truncate_to_second
from newsbot.store.known import Known, Row, first_answer, is_outdated, is_same_response
from newsbot.store.outcomes import Incoming, Recorded


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
        if not refetch.says_nothing(page):
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
    if refetch.says_gone(page) and incoming.trusted:
        origin = Origin(row["origin"])
        after = refetch.after_gone(at, status=status, origin=origin, has_article=has_article)
        if status is not Status.GONE:
            row.set(gone_at=at)
        if _has_expired(known, row):
            reason = Reason.EXPIRED
    else:
        after = refetch.after_failure(
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
    return is_syndicated and refetch.is_expired(published, first_seen_at, row["gone_at"])


def record_list_page(known: Known, page: Page, new_ids: list[str]) -> Recorded:
    """Keep a row of a page asked for as a list while nothing can be read from it.

    A feed that fails is noted with its section; behind the last page of a section nothing is
    expected.
    """
    row = known.list_pages.get(page.url)
    if page.asked_as is ListKind.FEED or is_behind_the_last(known.site, page):
        return Recorded(None, None, new_ids=new_ids)
    if refetch.says_nothing(page):
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
