"""Articles as schema.org's NewsArticle: https://schema.org/NewsArticle."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from newsbot.items import Precision
from newsbot.site import Site


def write(rows: Iterable[Mapping[str, Any]], out: IO[bytes], site: Site) -> None:
    """Write rows of `articles` as JSON Lines, one a line, in UTF-8: https://jsonlines.org."""
    for row in rows:
        line = json.dumps(news_article(row, site), ensure_ascii=False)
        out.write(line.encode() + b"\n")


def news_article(row: Mapping[str, Any], site: Site) -> dict[str, Any]:
    """Return a row of `articles` as JSON-LD, without the properties that are unknown.

    `datePublishedPrecision` and `datePublishedEvidence` are not schema.org's: they are the columns
    of these names, without which an estimated date would look like a known one.
    """
    date_published = date_or_time(row["date_published"], row["date_published_precision"], site.zone)
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": row["url"],
        "url": row["url"],
        "identifier": row["source_id"],
        "headline": row["headline"],
        "description": row["description"],
        "articleBody": row["article_body"],
        "articleSection": row["article_section"],
        "author": _named("Person", row["author"]),
        "creditText": row["credit_text"],
        "copyrightHolder": _named("Organization", row["copyright_holder"]),
        "image": _captioned(row["image_caption"]),
        "datePublished": date_published,
        "datePublishedPrecision": row["date_published_precision"],
        "datePublishedEvidence": row["date_published_evidence"],
        "dateModified": date_or_time(row["date_modified"], Precision.MINUTE, site.zone),
        "wordCount": row["word_count"],
        "inLanguage": site.language,
    }
    return {name: value for name, value in article.items() if value is not None}


def _named(kind: str, name: str | None) -> dict[str, str] | None:
    return {"@type": kind, "name": name} if name else None


def _captioned(caption: str | None) -> dict[str, str] | None:
    return {"@type": "ImageObject", "caption": caption} if caption else None


def date_or_time(at: datetime | None, precision: str, zone: ZoneInfo) -> str | None:
    """Return schema.org's DateTime in a time zone, or its Date if only the day is known."""
    if at is None:
        return None
    there = at.astimezone(zone)
    return there.date().isoformat() if precision == Precision.DAY else there.isoformat()
