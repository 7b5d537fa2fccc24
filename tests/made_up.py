"""Made-up articles, listings and pages, as the reader hands them on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from newsbot.items import Article, Date, Listing, Page, Precision, Reason
from newsbot.store.fingerprints import fingerprint
from newsbot.store.record import Recorded, record

SOURCE = "nzcity"
NOON = datetime(2025, 8, 20, 12, tzinfo=UTC)
TODAYS_NEWS = "Today's News"
INTERNATIONAL = "Other International News"

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


def an_article(body: str = LONG_BODY, *, head: datetime | None = None, **changes: Any) -> Article:
    fields: dict[str, Any] = {
        "headline": "Ferry is raised",
        "description": "It lay there for a century.",
        "article_body": body,
        "article_section": "International",
        "credit_text": "Harbour News",
        "copyright_holder": "Example Press",
        "copyright_year": 2025,
    }
    date = Date(head, Precision.MINUTE, "page head") if head else Date()
    return Article(**fields | {"date_published": date} | changes)


def a_page(
    source_id: int | str,
    body: str = LONG_BODY,
    *,
    at: datetime = NOON,
    head: datetime | None = None,
    listings: list[Listing] | None = None,
    **changes: Any,
) -> Page:
    """A page with an article; `changes` are the article's fields and the page's."""
    of_page = {
        name: changes.pop(name) for name in ("warc_file", "warc_offset", "boxes") if name in changes
    }
    return Page(
        source=SOURCE,
        source_id=str(source_id),
        url=url_of(source_id),
        fetched_at=at,
        http_status=200,
        article=an_article(body, head=head, **changes),
        listings=listings or [],
        **of_page,
    )


def a_failure(
    source_id: int | str | None,
    reason: str = Reason.NO_BODY,
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
    return Listing(
        source_id=str(source_id),
        url=url_of(source_id),
        list_name=list_name or names.get(date.precision, "Top Stories"),
        category=category,
        title=title or f"Story {source_id}",
        date_listed=date,
    )


def save(session: Session, page: Page, **options: Any) -> Recorded:
    """Record a page as the pipelines do."""
    return record(session, page, fingerprint(page.article) if page.article else None, **options)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
