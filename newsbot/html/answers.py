"""Turn an HTTP response into pages, for the crawl and for `newsbot reparse`.

The pages depend on where the response came from: the request may have been redirected to another
article, or to a page without an article.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from newsbot.items import Page, Reason
from newsbot.site import Answer, Reading, Site

OK = 200
NO_ID = "no id in the address"
_LONGEST_AGE = 10 * 365 * 86_400
_EARLY_YEAR = re.compile(r"\b0\d{3}\b(?!:)")

# A date outside these years is wrong, and arithmetic with it may overflow.
SANE_YEARS = range(1990, 2200)


def read_answer(site: Site, answer: Answer) -> Reading | None:
    """Return what a response's page says, or None where the status is not 200."""
    return site.read(answer) if answer.status == OK else None


def served_at(answer: Answer) -> datetime | None:
    """Return when the server made the page by its headers: `Date` less `Age`; None without one."""
    at = parse_http_date(answer.date)
    if at is not None and answer.age.isascii() and answer.age.isdigit():
        at -= timedelta(seconds=min(int(answer.age[:12]), _LONGEST_AGE))
    return at


def parse_http_date(value: str | None) -> datetime | None:
    """Return the instant of an HTTP or RSS date (RFC 9110, RFC 5322), or None if it is not one."""
    # The library takes the year 1, which .NET writes for "no date", for 2001.
    if not value or _EARLY_YEAR.search(value):
        return None
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if parsed.year not in SANE_YEARS:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def pages(site: Site, answer: Answer, reading: Reading | None) -> Iterator[Page]:
    """Yield what `reading` of `answer` means for the ledger; the page that was asked for first."""
    asked = Page(
        source=answer.source,
        source_id=answer.source_id,
        url=answer.asked_url,
        fetched_at=answer.fetched_at,
        http_status=answer.status,
        asked_as=site.list_kind(answer.asked_url),
        warc_file=answer.warc_file,
        warc_offset=answer.warc_offset,
    )
    if reading is None:
        yield replace(asked, reason=f"HTTP {answer.status}")
        return
    page = replace(
        asked,
        article=reading.article,
        reason=reading.reason,
        listings=reading.listings,
        boxes=reading.boxes,
        empty=reading.empty,
        unreadable=reading.unreadable,
        sections=reading.sections,
    )
    landed_on = site.article_id(answer.url)
    if landed_on is not None and landed_on != page.source_id:
        is_list = page.source_id is None
        why = Reason.NOT_AN_ARTICLE if is_list else f"redirected to article {landed_on}"
        # The lists of the response were given with the page that was asked for.
        yield replace(page, article=None, reason=why)
        url = site.article_url(landed_on)
        yield replace(asked, source_id=landed_on, url=url, article=page.article, reason=page.reason)
    elif page.source_id is None and page.article is not None:
        yield replace(page, article=None, reason=NO_ID)
    elif page.article is None and landed_on != page.source_id and page.boxes:
        # The news page, known by its boxes, means "no such article"; an error page does not.
        yield replace(page, reason=Reason.REDIRECTED)
    else:
        if landed_on is not None and answer.moved_permanently:
            page.moved_to = site.canonical(answer.url)
        yield page
