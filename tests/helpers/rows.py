"""Rows to fill a database with, short of what a test is about."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from newsbot.store.recording.dates import day_of

ZONE = ZoneInfo("Pacific/Auckland")
NOON = datetime(2025, 8, 20, 0, 0, tzinfo=UTC)
"""Noon of 20 August 2025 in New Zealand."""


def article(source_id: int | str = 1, **columns: Any) -> dict[str, Any]:
    """Return a row of `articles`; what is not in `columns` is made up from `source_id`."""
    row = {
        "source": "nzcity",
        "source_id": str(source_id),
        "url": f"https://home.nzcity.co.nz/news/article.aspx?id={source_id}",
        "headline": "Ferry runs again",
        "description": "The morning boat is back",
        "article_body": "The ferry left on time.\n\nIt had been away for a week.",
        "article_section": "National",
        "section_path": "National",
        "author": None,
        "image_caption": None,
        "day_printed": None,
        "credit_text": None,
        "copyright_holder": "NZCity",
        "date_published": NOON,
        "date_published_precision": "minute",
        "date_published_evidence": "Today's News",
        "date_modified": None,
        "word_count": 12,
        "text_hash": sha256(str(source_id).encode()).hexdigest(),
        "duplicate_of_id": None,
        "similarity": None,
        "first_seen_at": NOON,
        "last_fetched_at": NOON,
    }
    return _with_day(row | columns)


def page(source_id: int | None, status: str, **columns: Any) -> dict[str, Any]:
    """Return a row of `pages`."""
    row = {
        "source": "nzcity",
        "source_id": None if source_id is None else str(source_id),
        "id_number": source_id,
        "url": f"https://home.nzcity.co.nz/news/article.aspx?id={source_id}",
        "status": status,
        "reason": None,
        "origin": "list",
        "article_id": None,
        "attempts": 0,
        "first_seen_at": NOON,
        "last_fetched_at": None,
    }
    return _with_day(row | columns)


def _with_day(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the day of its date in New Zealand, as the store writes it."""
    return {"day_published": day_of(row.get("date_published"), ZONE), **row}
