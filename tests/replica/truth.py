"""What a right reader finds on a page, ready for JSON.

White space is normalised (a no-break space is a space), instants are ISO 8601
in UTC, and keys are schema.org's words in snake_case.
"""

from datetime import UTC, datetime, time
from typing import Any

from tests.replica.clock import NEW_ZEALAND
from tests.replica.page import BoxKind, Page
from tests.replica.story import Story

_PRECISION = {BoxKind.SECTION: "day", BoxKind.TOP: "unknown", BoxKind.TODAY: "minute"}


def page_truth(page: Page) -> dict[str, Any]:
    """The article (None on a page without one) and the boxes of a page."""
    return {
        "article": article_truth(page.story) if page.story else None,
        "page_time": page.time,
        "served": _iso(page.served),
        "boxes": [
            {
                "list_name": box.name,
                "list_kind": box.kind.value,
                "entries": [
                    {
                        "source_id": str(entry.article_id),
                        "category": entry.label or None,
                        "title": squeezed(entry.title),
                        "stamp": entry.stamp,
                        "date_listed": _listed(box.kind, entry.listed),
                        "date_listed_precision": _PRECISION[box.kind],
                    }
                    for entry in box.entries
                ],
            }
            for box in page.boxes
        ],
    }


def article_truth(story: Story) -> dict[str, Any]:
    """The fields of one article."""
    return {
        "source_id": str(story.id),
        "headline": squeezed(story.headline),
        "description": squeezed(story.standfirst),
        "article_body": "\n\n".join(
            squeezed(block.text) for block in story.blocks if block.text.strip()
        ),
        "article_section": story.section,
        "section_path": " > ".join(story.section_path),
        "author": story.author or None,
        "credit_text": story.publisher or _source(story) or story.credit,
        "copyright_holder": story.holder,
        "image_caption": squeezed(story.image_caption) or None,
        "day_printed": _day_printed(story),
        "date_published": _iso(story.published),
    }


def _source(story: Story) -> str | None:
    return story.source_line.rpartition("article from ")[2] or None


def _day_printed(story: Story) -> str | None:
    if not story.has_date_line:
        return None
    return story.published.astimezone(NEW_ZEALAND).date().isoformat()


def squeezed(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


def _listed(kind: BoxKind, published: datetime) -> str | None:
    if kind is BoxKind.TOP:
        return None
    if kind is BoxKind.TODAY:
        return _iso(published)
    day = published.astimezone(NEW_ZEALAND).date()
    return _iso(datetime.combine(day, time(), NEW_ZEALAND))


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
