"""Describe what the reader makes of an answer: for JSON, for a person, as a case for a test."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from newsbot.cli.output import print_rows
from newsbot.formats.schema_org import date_or_time
from newsbot.html.answers import pages, read_answer, served_at
from newsbot.items import Listing, Precision
from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT as SITE
from newsbot.text import printable

_NOT_READ = "not read"
_WITHOUT_ENTRIES = {
    "empty": "Lists with nothing below their heading",
    "unreadable": "Lists that could not be read",
    "unlinked": "Entries that lead to no article",
}
# Fields that are read from the blocks of another one.
_READ_WITH = {"article_section": "section_path", "date_published": "day_printed"}
_NOT_IN_A_CASE = frozenset(
    "source fetched_at warc_file warc_offset fingerprint is_clean asked_as".split()
)


def inspection(answer: Answer) -> dict[str, Any]:
    """Return what the reader sees in an answer, as a JSON object.

    Blocks are numbered from 1 in reading order. `anchors` says which blocks could begin and end an
    article, whether or not one was found; `fields` gives each field of the article with the numbers
    of the blocks that it was read from. Instants are ISO 8601 in the site's time.
    """
    reading = read_answer(SITE.at(answer.asked_url), answer)
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
        "title": reading.title,
        "page_time": _iso(reading.page_time),
        "anchors": {name: _numbers(found) for name, found in reading.anchors.items()},
        "fields": _fields(reading),
        "boxes": [
            {
                "list_name": box.name,
                "list_kind": box.kind,
                "entries": [_entry(each) for each in reading.listings if each.news_list == box],
            }
            for box in reading.boxes
        ],
        "empty": [news_list.name for news_list in reading.empty],
        "unreadable": [news_list.name for news_list in reading.unreadable],
        "unlinked": reading.unlinked,
        "hidden": [{"before": index + 1, "text": text} for index, text in reading.hidden],
        "blocks": [
            {
                "number": index + 1,
                "role": reading.roles.get(index, _NOT_READ),
                "text": block.text,
                "links": list(block.urls),
            }
            for index, block in enumerate(reading.blocks)
        ],
    }


def print_inspection(seen: Mapping[str, Any]) -> None:
    """Print what `inspection` returned; nothing of it that a terminal would obey."""
    for title, headings, rows in _tables(seen):
        print_rows(printable(title), headings, [list(map(printable, row)) for row in rows])


def case(answer: Answer) -> dict[str, Any]:
    """Return what the reader is given besides the body, and the pages that it makes of it."""
    site = SITE.at(answer.asked_url)
    given = asdict(answer)
    for name in ("body", "warc_file", "warc_offset"):
        del given[name]
    read = [asdict(page) for page in pages(site, answer, read_answer(site, answer))]
    for page in read:
        for name in _NOT_IN_A_CASE:
            del page[name]
    text = json.dumps({"answer": given, "pages": read}, default=datetime.isoformat)
    plain: dict[str, Any] = json.loads(text)
    return plain


def answer_of(given: Mapping[str, Any], body: bytes) -> Answer:
    """Return the answer of a case, from what `case` says was given and from the body."""
    return Answer(**{**given, "fetched_at": datetime.fromisoformat(given["fetched_at"])}, body=body)


def _fields(reading: Reading) -> dict[str, dict[str, Any]]:
    if reading.article is None:
        return {}
    values = asdict(reading.article)
    del values["has_foreign_section"]
    published = reading.article.date_published
    values["date_published"] = date_or_time(published.at, published.precision, SITE.zone)
    return {
        name: {
            "value": value,
            "blocks": _numbers(reading.places.get(_READ_WITH.get(name, name), [])),
        }
        for name, value in values.items()
    }


def _numbers(indexes: Iterable[int]) -> list[int]:
    return [index + 1 for index in indexes]


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


def _iso(at: datetime | None) -> str | None:
    return date_or_time(at, Precision.MINUTE, SITE.zone)


def _tables(seen: Mapping[str, Any]) -> Iterator[tuple[str, list[str], Iterable[list[str]]]]:
    """Yield the title, the headings and the rows of each table."""
    yield seen["url"], ["response"], _response(seen)
    if "blocks" not in seen:
        return
    yield "Blocks", ["number", "role", "text"], _blocks(seen)
    anchors = ([name, _ranges(found) or "not found"] for name, found in seen["anchors"].items())
    yield "Anchors", ["anchor", "blocks"], anchors
    for box in seen["boxes"]:
        rows = (
            [each["source_id"], _local(each["date_listed"]), each["category"] or "", each["title"]]
            for each in box["entries"]
        )
        title = f"{box['list_name']} ({len(box['entries'])} entries)"
        yield title, ["id", "listed", "category", "title"], rows
    for name, title in _WITHOUT_ENTRIES.items():
        if seen[name]:
            yield title, ["title"], ([each] for each in seen[name])
    if seen["fields"]:
        rows = (
            [name, _ranges(found["blocks"]), str(found["value"] or "").replace("\n\n", " ¶ ")]
            for name, found in seen["fields"].items()
        )
        yield "Article", ["field", "blocks", "value"], rows


def _response(seen: Mapping[str, Any]) -> Iterator[list[str]]:
    kind = seen["content_type"] or "no content type"
    yield [f"HTTP {seen['status']}, {kind}, {seen['bytes']} bytes"]
    made = f", made {_local(seen['served_at'])}" if seen["served_at"] else ""
    yield [f"fetched {_local(seen['fetched_at'])}{made}"]
    if seen["warc_file"]:
        yield [f"{seen['warc_file']}, byte {seen['warc_offset']}"]
    if title := seen.get("title"):
        yield [f"<title> {title}"]
    if page_time := seen.get("page_time"):
        yield [f"page time {_local(page_time)}: the server's clock"]
    if seen["reason"]:
        yield [f"refused: {seen['reason']}"]


def _blocks(seen: Mapping[str, Any]) -> list[list[str]]:
    """Return the blocks, each behind the lines in front of it that are not shown."""
    hidden = [(each["before"], 0, ["", "hidden", each["text"]]) for each in seen["hidden"]]
    shown = [(x["number"], 1, [str(x["number"]), x["role"], x["text"]]) for x in seen["blocks"]]
    return [row for *_, row in sorted(hidden + shown)]


def _local(iso: str | None) -> str:
    """Return an ISO date, or date and time, in short for a person."""
    return (iso or "")[:16].replace("T", " ")


def _ranges(numbers: list[int]) -> str:
    """Return block numbers for a person: `12`, `14-30`, `4, 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
