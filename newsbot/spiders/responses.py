"""From Scrapy's response to an answer that the reader takes: in a crawl, and from the archive."""

from datetime import datetime

from scrapy.http import Response

from newsbot.html.answers import Answer
from newsbot.items import Ask


def as_answer(response: Response, ask: Ask, *, source: str, fetched_at: datetime) -> Answer:
    """Return the response to `ask`, whose body is decompressed by now.

    Where it stands in the archive is taken from its `meta`: `warc_file` and `warc_offset`.
    """
    return Answer(
        source=source,
        source_id=ask.source_id,
        asked_url=ask.url,
        url=response.url,
        status=response.status,
        body=response.body,
        fetched_at=fetched_at,
        date=_header(response, "Date"),
        age=_header(response, "Age"),
        content_type=_header(response, "Content-Type"),
        warc_file=response.meta.get("warc_file"),
        warc_offset=response.meta.get("warc_offset"),
    )


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
