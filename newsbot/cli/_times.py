"""Dates and spans of time as people type and read them; dates are in the site's time."""

import re
from datetime import UTC, date, datetime, time, timedelta

import click

from newsbot.items import Precision
from newsbot.sites import DEFAULT as SITE

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", re.ASCII)


class LocalDate(click.ParamType[datetime]):
    """A day (`2025-08-20`) or an instant (`2025-08-20 10:13`) of the site's time.

    It becomes an instant in UTC: of a day, its start, or with `last` the start of the next.
    """

    name = "date"

    def __init__(self, *, last: bool = False) -> None:
        self._last = last

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant, or fail with a sentence."""
        try:
            if len(value) == len("2025-08-20"):
                day = date.fromisoformat(value) + timedelta(days=self._last)
                return datetime.combine(day, time(), SITE.zone).astimezone(UTC)
            at = datetime.fromisoformat(value)
            return (at if at.tzinfo else at.replace(tzinfo=SITE.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no date; write 2025-08-20, or '2025-08-20 10:13'.", param, ctx)


class Duration(click.ParamType[timedelta]):
    """`90m`, `2h`, `1d12h`: days, hours, minutes and seconds, as a timedelta."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the span, or fail with a sentence."""
        match = _DURATION.fullmatch(value)
        numbers = [int(number or 0) for number in match.groups()] if match else []
        if not any(numbers):
            self.fail(f"{value!r} is no span of time; write 2h, 90m or 1d12h.", param, ctx)
        return timedelta(**dict(zip(_UNITS.values(), numbers, strict=True)))


def local(at: datetime | None, precision: str = Precision.MINUTE) -> str:
    """Return an instant in the site's time, as exactly as it is known.

    `2025-08-20 10:13`; `2025-08-20` where only the day is known; `~2025-08-20` where it is
    estimated; empty where it is unknown.
    """
    if at is None:
        return ""
    there = at.astimezone(SITE.zone)
    if precision == Precision.MINUTE:
        return f"{there:%Y-%m-%d %H:%M}"
    return f"{'~' * (precision == Precision.ESTIMATED)}{there:%Y-%m-%d}"


def in_words(span: timedelta) -> str:
    """Return a span by its two greatest units: `1 d 12 h`, `5 min`; less than a second is `0 s`."""
    seconds = int(span.total_seconds())
    parts = [
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    ]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number) or "0 s"
