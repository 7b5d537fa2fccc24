"""What the reader makes of an answer, taken apart so that one sees where each thing comes from."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from newsbot.formats.schema_org import date_or_time
from newsbot.html.answers import Answer, read_answer, served_at
from newsbot.items import Listing, Precision
from newsbot.sites.nzcity.dates import is_own_time
from newsbot.sites.nzcity.page import Reading
from newsbot.sites.nzcity.span import find_breadcrumbs
from newsbot.sites.nzcity.words import Role, copyright_line

NOT_READ = "not read"
"""Stands for the role of a block that was taken for nothing."""

_FIELDS = {
    "headline": Role.HEADLINE,
    "description": Role.DESCRIPTION,
    "article_body": Role.BODY,
    "article_section": Role.BREADCRUMB,
    "credit_text": Role.CREDIT,
    "copyright_holder": Role.COPYRIGHT,
    "copyright_year": Role.COPYRIGHT,
    "date_published": Role.PAGE_TIME,
}


def inspection(answer: Answer) -> dict[str, Any]:
    """Return what the reader sees in an answer, as a JSON object.

    Blocks are numbered from 1 in reading order. `anchors` says which blocks could begin and end an
    article, whether or not one was found; `fields` gives each field of the article with the numbers
    of the blocks that it was read from. Instants are ISO 8601 in New Zealand's time.
    """
    reading = read_answer(answer)
    seen: dict[str, Any] = {
        "url": answer.url,
        "status": answer.status,
        "content_type": answer.content_type,
        "bytes": len(answer.body),
        "fetched_at": _iso(answer.fetched_at),
        "served_at": _iso(served_at(answer)),
        "warc_file": answer.warc_file,
        "warc_offset": answer.warc_offset,
    }
    if reading is None:
        return seen | {"reason": f"HTTP {answer.status}"}
    return seen | {
        "reason": reading.reason,
        "page_time": _page_time(reading, answer),
        "anchors": _anchors(reading),
        "fields": dict(_fields(reading)),
        "boxes": [
            {
                "list_name": name,
                "entries": [_entry(each) for each in reading.listings if each.list_name == name],
            }
            for name in reading.boxes
        ],
        "unlinked": reading.unlinked,
        "blocks": [
            {
                "number": index + 1,
                "role": reading.roles.get(index, NOT_READ),
                "text": block.text,
                "links": [link.url for link in block.links],
            }
            for index, block in enumerate(reading.blocks)
        ],
    }


def _page_time(reading: Reading, answer: Answer) -> dict[str, str] | None:
    if reading.page_time is None:
        return None
    if is_own_time(reading.page_time, served_at(answer)):
        meaning = "the article's own time: it is older than the response"
    else:
        meaning = "the server's clock: it agrees with the response"
    return {"at": _iso(reading.page_time), "meaning": meaning}


def _anchors(reading: Reading) -> dict[str, list[int]]:
    blocks = reading.blocks
    titles = [blocks[number - 1].text for number in _numbers(reading, Role.PAGE_TITLE)]
    breadcrumbs = find_breadcrumbs(blocks, titles)
    copyrights = {
        index + 1: line
        for index, block in enumerate(blocks)
        if (line := copyright_line(block.text))
    }
    return {
        "page title": _numbers(reading, Role.PAGE_TITLE),
        "page time": _numbers(reading, Role.PAGE_TIME),
        "breadcrumb": [each.start + 1 for each in breadcrumbs],
        "copyright line": [n for n, line in copyrights.items() if not line.is_of_the_site],
        "boxes": _numbers(reading, Role.BOX),
        "site's copyright line": [n for n, line in copyrights.items() if line.is_of_the_site],
    }


def _fields(reading: Reading) -> Iterator[tuple[str, dict[str, Any]]]:
    if reading.article is None:
        return
    values = asdict(reading.article)
    published = reading.article.date_published
    values["date_published"] = date_or_time(published.at, published.precision)
    for name, role in _FIELDS.items():
        # A credit may stand in the block of the copyright line.
        blocks = _numbers(reading, role) or _numbers(reading, Role.COPYRIGHT)
        yield name, {"value": values[name], "blocks": [] if values[name] is None else blocks}


def _numbers(reading: Reading, role: Role) -> list[int]:
    return sorted(index + 1 for index, taken in reading.roles.items() if taken is role)


def _entry(listing: Listing) -> dict[str, Any]:
    date = listing.date_listed
    return {
        "source_id": listing.source_id,
        "url": listing.url,
        "category": listing.category,
        "title": listing.title,
        "date_listed": date_or_time(date.at, date.precision),
        "date_listed_precision": date.precision,
    }


def _iso(at: datetime) -> str:
    return date_or_time(at, Precision.MINUTE) or ""
