"""A section's feed: RSS 2.0, newest first by date."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import urljoin

from tests.replica.story import Story


def feed(section: str, stories: Sequence[Story], now: datetime, base_url: str) -> str:
    """The feed of a section, with the exact instant of each story."""
    items = "\n".join(_item(story, base_url) for story in stories)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{escape(section)}</title><link>{escape(base_url)}</link>
<ttl>10</ttl><lastBuildDate>{_date(now)}</lastBuildDate>
{items}
</channel></rss>"""


def _item(story: Story, base_url: str) -> str:
    link = urljoin(base_url, f"article.aspx?id={story.id}&ref=rss")
    return (
        f"<item><title>{escape(story.headline)}</title>"
        f"<description>{escape(story.standfirst)}</description>"
        f"<link>{escape(link)}</link><pubDate>{_date(story.listed_at)}</pubDate></item>"
    )


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
