"""The HTTP header Retry-After: how long a server wants to be left alone."""

from datetime import datetime

from newsbot.html.answers import parse_http_date
from newsbot.store.budget import LONGEST

DEFAULT = 300.0
"""Seconds to wait where the header is absent or junk: what the site is known to ask for."""


def retry_after(value: bytes | None, now: datetime) -> float:
    """Return the seconds from `now` that a Retry-After header asks for.

    It is a number of seconds or an HTTP date (RFC 9110); an absent, negative or unreadable one
    asks for `DEFAULT`, a date that has passed for nothing, and none for more than `LONGEST`.
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST)
    date = parse_http_date(text)
    if date is None:
        return DEFAULT
    return min(max((date - now).total_seconds(), 0.0), LONGEST)
