"""The reader's answers, in a form to compare."""

from dataclasses import asdict

from newsbot.sites.nzcity.page import Reading, read
from tests.pages.words import SERVED_AT, URL

UTF_8 = "text/html; charset=utf-8"


def read_page(page: str | bytes) -> Reading:
    """Read a page as it would come from its address."""
    body = page.encode() if isinstance(page, str) else page
    return read(body, URL, served_at=SERVED_AT, content_type=UTF_8)


def article(reading: Reading) -> dict[str, object]:
    """The fields of the article but its date; the reason alone where there is none."""
    if reading.article is None:
        return {"reason": reading.reason}
    fields = asdict(reading.article)
    del fields["date_published"]
    return fields


def listings(reading: Reading) -> list[tuple[str, str | None, str, str]]:
    """Name of the box, category, title and id of each entry."""
    return [(x.list_name, x.category, x.title, x.source_id) for x in reading.listings]
