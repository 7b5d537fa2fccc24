"""Made-up articles, listings and pages, as the reader hands them on."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from newsbot.items import (
    Article,
    Date,
    Listing,
    ListKind,
    NewsList,
    Origin,
    Page,
    Precision,
    Reason,
)
from newsbot.site import Answer, Reading, Site
from newsbot.store.recording.known import Incoming, Recorded
from newsbot.store.recording.record import record
from newsbot.text import fingerprint

SOURCE = "nzcity"
NOON = datetime(2025, 8, 20, 12, tzinfo=UTC)
TODAYS_NEWS = "Today's News"
INTERNATIONAL = "Other International News"
ZONES = {SOURCE: ZoneInfo("Pacific/Auckland")}

LISTS = {
    TODAYS_NEWS: NewsList(ListKind.TODAY, TODAYS_NEWS),
    INTERNATIONAL: NewsList(ListKind.SECTION, INTERNATIONAL, "International"),
    "Top Stories": NewsList(ListKind.TOP, "Top Stories"),
    "International feed": NewsList(ListKind.FEED, "International feed", "International"),
}

LONG_BODY = (
    "Crews of the harbour board have raised the old ferry from the bed of the inlet "
    "after three days of work in rain and wind.\n\n"
    "A diver found the bell, a tin box of letters and the captain's chair, all of which "
    "will be shown at the museum from next month. Entry is free for those who came by boat."
)


def url_of(source_id: int | str) -> str:
    return f"https://news.example/article.aspx?id={source_id}"


def minute(at: datetime) -> Date:
    return Date(at, Precision.MINUTE, TODAYS_NEWS)


def day(at: datetime) -> Date:
    return Date(at, Precision.DAY, INTERNATIONAL)


def an_article(body: str = LONG_BODY, **changes: Any) -> Article:
    fields: dict[str, Any] = {
        "headline": "Ferry is raised",
        "description": "It lay there for a century.",
        "article_body": body,
        "article_section": "International",
        "section_path": "International",
        "credit_text": "Harbour News",
        "copyright_holder": "Example Press",
    }
    return Article(**fields | changes)


def unread(_site: Site, _answer: Answer) -> Reading:
    return Reading(reason=Reason.NOT_AN_ARTICLE)


def id_in(url: str) -> str | None:
    match = re.search(r"[?&]id=(\d+)", url)
    return match[1] if match else None


def cat_in(url: str) -> int | None:
    match = re.search(r"[?&]cat(?:id)?=(\d+)", url)
    return int(match[1]) if match else None


SITE = Site(
    name=SOURCE,
    title="Example",
    zone=ZONES[SOURCE],
    language="en",
    start_url="https://news.example/news/",
    hosts=frozenset({"news.example"}),
    article_path="/article.aspx?id={id}",
    section_path="/section?cat={cat}&page={page}",
    rss_url="https://news.example/rss?catid={cat}",
    id_in=id_in,
    reader=unread,
    cat_in=cat_in,
    sections={1032: "International", 1005: "National"},
    is_syndicated=lambda credit, _holder: credit == "ABC",
)


def a_page(
    source_id: int | str,
    body: str = LONG_BODY,
    *,
    at: datetime = NOON,
    listings: list[Listing] | None = None,
    **changes: Any,
) -> Page:
    """A page with an article; `changes` are the article's fields and the page's."""
    of_page = {
        name: changes.pop(name)
        for name in ("warc_file", "warc_offset", "boxes", "moved_to")
        if name in changes
    }
    return Page(
        source=SOURCE,
        source_id=str(source_id),
        url=url_of(source_id),
        fetched_at=at,
        http_status=200,
        article=an_article(body, **changes),
        listings=listings or [],
        **of_page,
    )


def a_failure(
    source_id: int | str | None,
    reason: str = Reason.NO_HEADLINE,
    *,
    status: int | None = 200,
    at: datetime = NOON,
    **changes: Any,
) -> Page:
    """A page without an article."""
    url = url_of(source_id) if source_id else "https://news.example/news/"
    return Page(
        SOURCE,
        None if source_id is None else str(source_id),
        url,
        at,
        status,
        reason=reason,
        **changes,
    )


def a_list_page(listings: list[Listing], *, at: datetime = NOON, **changes: Any) -> Page:
    return a_failure(None, Reason.NOT_AN_ARTICLE, at=at, listings=listings, **changes)


def a_listing(
    source_id: int | str,
    date: Date | None = None,
    *,
    list_name: str | None = None,
    title: str | None = None,
    category: str | None = None,
) -> Listing:
    """An entry of Today's News (a minute), of International's box (a day) or of Top Stories."""
    date = date or Date()
    names = {Precision.MINUTE: TODAYS_NEWS, Precision.DAY: INTERNATIONAL}
    name = list_name or names.get(date.precision, "Top Stories")
    return Listing(
        source_id=str(source_id),
        url=url_of(source_id),
        news_list=LISTS.get(name)
        or NewsList(ListKind.SECTION, name, name.removeprefix("Other ").removesuffix(" News")),
        category=category,
        title=f"Story {source_id}" if title is None else title,
        date_listed=date,
    )


def save(
    session: Session,
    page: Page,
    *,
    recheck_after: Sequence[timedelta] = (),
    trusted: bool = True,
    origin: Origin = Origin.START,
    fixes_start: bool = True,
) -> Recorded:
    """Record a page as the pipelines do."""
    if page.article:
        page.fingerprint = fingerprint(page.article)
    incoming = Incoming(page, recheck_after, trusted, origin, fixes_start)
    [recorded] = record(session.connection(), SITE, [incoming])
    return recorded


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
