"""From an HTTP answer to the pages it gives: shared by the crawl and by reading the archive again.

Which pages an answer gives depends on where it came from: what was asked for may have been
redirected to another article, or to a page that is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsbot.html.addresses import article_id, article_url
from newsbot.items import Page, Reason
from newsbot.sites.nzcity.dates import parse_http_date
from newsbot.sites.nzcity.page import Reading, read

OK = 200
NO_ID = "no id in the address"
_LONGEST_AGE = 10 * 365 * 86_400


@dataclass(slots=True, frozen=True)
class Answer:
    """An HTTP answer, and what was asked.

    `source_id` and `asked_url` are what was asked for (`source_id` None: a list), `url` is where
    the answer came from after redirects. `body` is decompressed; `date`, `age` and `content_type`
    are the headers of those names, empty where absent. `fetched_at` is in UTC.
    """

    source: str
    source_id: str | None
    asked_url: str
    url: str
    status: int
    body: bytes
    fetched_at: datetime
    date: str = ""
    age: str = ""
    content_type: str = ""
    warc_file: str | None = None
    warc_offset: int | None = None


def read_answer(answer: Answer) -> Reading | None:
    """Return what the answer's page says, or None where the status says that it is none."""
    if answer.status != OK:
        return None
    return read(
        answer.body,
        answer.url,
        served_at=served_at(answer),
        content_type=answer.content_type,
    )


def served_at(answer: Answer) -> datetime:
    """Return when the page was made: `Date` less `Age`, or the instant of the fetch without one."""
    at = parse_http_date(answer.date)
    if at is None:
        return answer.fetched_at
    if answer.age.isascii() and answer.age.isdigit():
        at -= timedelta(seconds=min(int(answer.age[:12]), _LONGEST_AGE))
    return at


def pages(answer: Answer, reading: Reading | None) -> Iterator[Page]:
    """Yield what `reading` of `answer` means for the ledger; the page that was asked for first."""
    page = Page(
        source=answer.source,
        source_id=answer.source_id,
        url=answer.asked_url,
        fetched_at=answer.fetched_at,
        http_status=answer.status,
        warc_file=answer.warc_file,
        warc_offset=answer.warc_offset,
    )
    if reading is None:
        yield replace(page, reason=f"HTTP {answer.status}")
        return
    page.article = reading.article
    page.reason = reading.reason
    page.listings = reading.listings
    page.boxes = reading.boxes
    landed_on = article_id(answer.url)
    if landed_on is not None and landed_on != page.source_id:
        if page.source_id is None:
            yield replace(page, article=None, reason=Reason.NOT_AN_ARTICLE)
        else:
            yield replace(page, article=None, reason=f"redirected to article {landed_on}")
        yield replace(page, source_id=landed_on, url=article_url(answer.url, landed_on))
    elif page.source_id is None and page.article is not None:
        yield replace(page, article=None, reason=NO_ID)
    elif page.article is None and landed_on != page.source_id and page.boxes:
        # The news page, known by its boxes, means "no such article"; an error page does not.
        yield replace(page, reason=Reason.REDIRECTED)
    else:
        yield page
