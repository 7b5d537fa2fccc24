"""Dates as people type and read them: in the site's time."""

from datetime import UTC, date, datetime, time, timedelta

import click

from newsbot.items import Precision
from newsbot.sites import DEFAULT as SITE


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
