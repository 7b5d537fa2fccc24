"""How many fields and entries are right, of how many asked, in each markup."""

from collections import Counter
from collections.abc import Iterator

from benchmarks.reader.pages import Sample, read
from newsbot.items import Listing
from tests.outlines.scores import Score

ARTICLE = (
    "headline",
    "description",
    "article_body",
    "article_section",
    "credit_text",
    "copyright_holder",
    "section_path",
    "author",
    "image_caption",
    "day_printed",
)
ENTRY = ("title", "category", "source_id", "date_listed")


def right_and_asked(samples: list[Sample]) -> dict[str, Score]:
    """Count by markup, then by field. A missing entry is wrong in each of its fields."""
    right: Counter[tuple[str, str]] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        for field, is_right in _answers(sample):
            asked[sample.markup, field] += 1
            right[sample.markup, field] += is_right
    return {
        markup: {
            field: (right[markup, field], asked[markup, field])
            for field in (*ARTICLE, *(f"entry: {name}" for name in ENTRY))
        }
        for markup in dict.fromkeys(sample.markup for sample in samples)
    }


def _answers(sample: Sample) -> Iterator[tuple[str, bool]]:
    reading = read(sample.html, sample.url, sample.page.served)
    for field in ARTICLE:
        yield field, getattr(reading.article, field, None) == sample.truth["article"][field]
    found = {(x.news_list.name, x.source_id): _entry(x) for x in reading.listings}
    for box in sample.truth["boxes"]:
        for entry in box["entries"]:
            listed = found.pop((box["list_name"], entry["source_id"]), {})
            for name in ENTRY:
                yield f"entry: {name}", name in listed and listed[name] == entry[name]
    for _ in found:
        yield "entry: source_id", False


def _entry(listing: Listing) -> dict[str, object]:
    at = listing.date_listed.at
    return {
        "title": listing.title,
        "category": listing.category,
        "source_id": listing.source_id,
        "date_listed": at and at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
