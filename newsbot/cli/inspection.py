"""What the reader makes of an answer: as JSON, for a person, and as a case for a test."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from newsbot.cli.output import print_rows
from newsbot.formats.schema_org import date_or_time
from newsbot.html.answers import pages, read_answer, served_at
from newsbot.items import Listing, Precision
from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT as SITE

_WITHOUT_ENTRIES = {
    "empty": "Lists with nothing below their heading",
    "unreadable": "Lists that could not be read",
    "unlinked": "Entries that link to no article",
}
# Fields that are read from the blocks of another one.
_READ_WITH = {"article_section": "section_path", "date_published": "day_printed"}
_NOT_IN_A_CASE = frozenset(
    "source fetched_at warc_file warc_offset fingerprint is_clean asked_as".split()
)


def inspection(answer: Answer) -> dict[str, Any]:
    """Return what the reader sees in an answer, as a JSON object.

    Blocks are numbered from 1 in reading order. `anchors` gives the blocks that could begin and end
    an article, whether or not one was found; `fields` gives each field of the article with the
    numbers of the blocks that it was read from. Instants are ISO 8601 in the site's time zone.
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
                "role": reading.roles.get(index, "not read"),
                "text": block.text,
                "links": list(block.urls),
            }
            for index, block in enumerate(reading.blocks)
        ],
    }


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


def _numbers(indexes: Iterable[int]) -> list[int]:
    return [index + 1 for index in indexes]


def _iso(at: datetime | None) -> str | None:
    return date_or_time(at, Precision.MINUTE, SITE.zone)


def print_inspection(seen: Mapping[str, Any]) -> None:
    """Print what `inspection` returned, as tables."""
    made = f", made {_short(seen['served_at'])}" if seen["served_at"] else ""
    kind = seen["content_type"] or "no content type"
    response = [
        f"HTTP {seen['status']}, {kind}, {seen['bytes']} bytes",
        f"fetched {_short(seen['fetched_at'])}{made}",
    ]
    if seen["warc_file"]:
        response.append(f"{seen['warc_file']}, byte {seen['warc_offset']}")
    if title := seen.get("title"):
        response.append(f"<title> {title}")
    if page_time := seen.get("page_time"):
        response.append(f"page time {_short(page_time)}: the server's clock")
    if seen["reason"]:
        response.append(f"refused: {seen['reason']}")
    print_rows(seen["url"], ["response"], ([line] for line in response))
    if "blocks" not in seen:
        return
    # A line that is not shown comes before the block that follows it.
    hidden = [(each["before"], 0, ["", "hidden", each["text"]]) for each in seen["hidden"]]
    shown = [(x["number"], 1, [str(x["number"]), x["role"], x["text"]]) for x in seen["blocks"]]
    rows = (row for *_, row in sorted(hidden + shown))
    print_rows("Blocks", ["number", "role", "text"], rows)
    anchors = ([name, _ranges(found) or "not found"] for name, found in seen["anchors"].items())
    print_rows("Anchors", ["anchor", "blocks"], anchors)
    for box in seen["boxes"]:
        entries = (
            [each["source_id"], _short(each["date_listed"]), each["category"] or "", each["title"]]
            for each in box["entries"]
        )
        title = f"{box['list_name']} ({len(box['entries'])} entries)"
        print_rows(title, ["id", "listed", "category", "title"], entries)
    for name, title in _WITHOUT_ENTRIES.items():
        if seen[name]:
            print_rows(title, ["title"], ([each] for each in seen[name]))
    if seen["fields"]:
        fields = (
            [name, _ranges(found["blocks"]), str(found["value"] or "").replace("\n\n", " ¶ ")]
            for name, found in seen["fields"].items()
        )
        print_rows("Article", ["field", "blocks", "value"], fields)


def _short(iso: str | None) -> str:
    """Return an ISO date, or date and time, without seconds and zone."""
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
