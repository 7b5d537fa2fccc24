"""An article as schema.org's NewsArticle: https://schema.org/NewsArticle."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from newsbot.items import Precision

NEW_ZEALAND = ZoneInfo("Pacific/Auckland")


def news_article(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of `articles` as JSON-LD; what is not known is left out.

    `datePublishedPrecision` and `datePublishedEvidence` are not schema.org's: they are the columns
    of these names, without which an estimated date would look like a known one.
    """
    date_published = date_or_time(row["date_published"], row["date_published_precision"])
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
        "creditText": row["credit_text"],
        "copyrightHolder": {"@type": "Organization", "name": row["copyright_holder"]},
        "copyrightYear": row["copyright_year"],
        "datePublished": date_published,
        "datePublishedPrecision": row["date_published_precision"],
        "datePublishedEvidence": row["date_published_evidence"],
        "dateModified": date_or_time(row["date_modified"], Precision.MINUTE),
        "wordCount": row["word_count"],
        "inLanguage": "en-NZ",
    }
    return {name: value for name, value in article.items() if value is not None}


def date_or_time(at: datetime | None, precision: str) -> str | None:
    """Return schema.org's DateTime, or its Date where only the day is known; in New Zealand."""
    if at is None:
        return None
    there = at.astimezone(NEW_ZEALAND)
    return there.date().isoformat() if precision == Precision.DAY else there.isoformat()
