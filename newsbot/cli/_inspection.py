"""What the reader makes of an answer, taken apart so that one sees where each thing comes from."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from newsbot.formats.schema_org import date_or_time
from newsbot.html.answers import read_answer, served_at
from newsbot.items import Listing, NewsList, Precision
from newsbot.site import Answer, Reading, Role
from newsbot.sites import DEFAULT as SITE

NOT_READ = "not read"
"""Stands for the role of a block that was taken for nothing."""

_FIELDS = {
    "headline": Role.HEADLINE,
    "description": Role.DESCRIPTION,
    "article_body": Role.BODY,
    "article_section": Role.BREADCRUMB,
    "section_path": Role.BREADCRUMB,
    "author": Role.BYLINE,
    "credit_text": Role.CREDIT,
    "copyright_holder": Role.COPYRIGHT,
    "image_caption": Role.CAPTION,
    "day_printed": Role.DATE_LINE,
    "date_published": Role.DATE_LINE,
}
# A credit may be in the block of the copyright line, or of the date.
_ELSEWHERE = {"credit_text": (Role.DATE_LINE, Role.COPYRIGHT)}


def inspection(answer: Answer) -> dict[str, Any]:
    """Return what the reader sees in an answer, as a JSON object.

    Blocks are numbered from 1 in reading order. `anchors` says which blocks could begin and end an
    article, whether or not one was found; `fields` gives each field of the article with the numbers
    of the blocks that it was read from. Instants are ISO 8601 in the site's time.
    """
    reading = read_answer(SITE.at(answer.asked_url), answer)
    served = served_at(answer)
    seen: dict[str, Any] = {
        "url": answer.url,
        "status": answer.status,
        "content_type": answer.content_type,
        "bytes": len(answer.body),
        "fetched_at": _iso(answer.fetched_at),
        "served_at": _iso(served) if served else None,
        "warc_file": answer.warc_file,
        "warc_offset": answer.warc_offset,
    }
    if reading is None:
        return seen | {"reason": f"HTTP {answer.status}"}
    return seen | {
        "reason": reading.reason,
        "page_time": _iso(reading.page_time) if reading.page_time else None,
        "anchors": {
            name: [index + 1 for index in found] for name, found in reading.anchors.items()
        },
        "fields": dict(_fields(reading)),
        "boxes": [
            {
                "list_name": news_list.name,
                "list_kind": news_list.kind,
                "entries": _entries(reading, news_list),
            }
            for news_list in reading.boxes
        ],
        "unlinked": reading.unlinked,
        "blocks": [
            {
                "number": index + 1,
                "role": reading.roles.get(index, NOT_READ),
                "text": block.text,
                "links": list(block.urls),
            }
            for index, block in enumerate(reading.blocks)
        ],
    }


def _fields(reading: Reading) -> Iterator[tuple[str, dict[str, Any]]]:
    if reading.article is None:
        return
    values = asdict(reading.article)
    published = reading.article.date_published
    values["date_published"] = date_or_time(published.at, published.precision, SITE.zone)
    for name, role in _FIELDS.items():
        roles = (role, *_ELSEWHERE.get(name, ()))
        blocks = next(filter(None, (_numbers(reading, each) for each in roles)), [])
        yield name, {"value": values[name], "blocks": [] if values[name] is None else blocks}


def _numbers(reading: Reading, role: Role) -> list[int]:
    return sorted(index + 1 for index, taken in reading.roles.items() if taken is role)


def _entries(reading: Reading, news_list: NewsList) -> list[dict[str, Any]]:
    return [_entry(each) for each in reading.listings if each.news_list == news_list]


def _entry(listing: Listing) -> dict[str, Any]:
    date = listing.date_listed
    return {
        "source_id": listing.source_id,
        "url": listing.url,
        "category": listing.category,
        "title": listing.title,
        "date_listed": date_or_time(date.at, date.precision, SITE.zone),
        "date_listed_precision": date.precision,
    }


def _iso(at: datetime) -> str:
    return date_or_time(at, Precision.MINUTE, SITE.zone) or ""
