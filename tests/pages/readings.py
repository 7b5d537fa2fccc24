"""What the reader makes of a page, in a form to compare."""

from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime

from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT
from tests.pages.words import SERVED_AT, URL

UTF_8 = "text/html; charset=utf-8"
SITE = DEFAULT.at(URL)
NO_ARTICLE_FIELDS = ("date_published", "has_foreign_section")


def read_page(
    page: str | bytes,
    url: str = URL,
    *,
    served: datetime = SERVED_AT,
    dated: bool = True,
    content_type: str = UTF_8,
) -> Reading:
    """Read a page as it would come from its address; if `dated`, under a `Date` header."""
    body = page.encode() if isinstance(page, str) else page
    answer = Answer(
        source=SITE.name,
        source_id=SITE.id_in(url),
        asked_url=url,
        url=url,
        status=200,
        body=body,
        fetched_at=served,
        date=format_datetime(served, usegmt=True) if dated else "",
        content_type=content_type,
    )
    return SITE.read(answer)


def article(reading: Reading) -> dict[str, object]:
    """The fields of the article but its date; the reason alone where there is none."""
    if reading.article is None:
        return {"reason": reading.reason}
    fields = asdict(reading.article)
    for name in NO_ARTICLE_FIELDS:
        del fields[name]
    return fields


def listings(reading: Reading) -> list[tuple[str, str | None, str, str]]:
    """Name of the list, category, title and id of each entry."""
    return [(x.news_list.name, x.category, x.title, x.source_id) for x in reading.listings]
