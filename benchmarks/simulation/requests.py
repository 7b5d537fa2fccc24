"""What a request was for."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from newsbot.store.recording.refetch import EARLY
from tests.replica.application import LogEntry

_REFUSED = {429, 503}
_OK = 200


class Kind(StrEnum):
    """Why the site was asked."""

    NEW = "new articles"
    ROBOTS = "robots.txt"
    START = "the start page"
    SECTION = "a section's page or box"
    FEED = "a section's feed"
    HOLE = "ids without an article"
    REFUSED = "refused by the site"
    RECHECK = "rechecks"


def kind(entry: LogEntry, stored: Mapping[int, datetime | None]) -> Kind:
    """Return what a request was for.

    `stored` holds the ids whose article the archive has, and when each is to be asked for again.
    """
    source_id = id_in(entry.path)
    if entry.status in _REFUSED:
        return Kind.REFUSED
    if entry.path == "/robots.txt":
        return Kind.ROBOTS
    if source_id is None:
        if entry.path.startswith("/rss/"):
            return Kind.FEED
        return Kind.SECTION if "cat=" in entry.path else Kind.START
    if source_id in stored:
        due = stored[source_id]
        is_due = due is not None and due <= datetime.fromisoformat(entry.time) + EARLY
        return Kind.RECHECK if is_due else Kind.SECTION
    return Kind.NEW if entry.status == _OK else Kind.HOLE


def id_in(path: str) -> int | None:
    """Return the article's id in an address, or None."""
    ids = parse_qs(urlsplit(path.lower()).query).get("id")
    return int(ids[0]) if ids else None
