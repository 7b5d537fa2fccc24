"""The date of an article from the best evidence, in whatever order that arrives. Pure functions.

A feed and the `today` list give the minute, the article's own date line and a section's list the
day; the dates of the neighbouring ids give an estimate. The time of the crawl and the page's clock
are not evidence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsbot.items import DATE_LINE, Date, ListKind, Precision

_RANK = {precision: rank for rank, precision in enumerate(Precision)}
_KIND_RANK = {ListKind.FEED: 0, ListKind.TODAY: 1, None: 2}
_NEVER = datetime.max.replace(tzinfo=UTC)
_HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A date, and the kind of list that gave it; None for the article's own date line."""

    date: Date
    kind: ListKind | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A dated page next to an undated one; with precision `day`, `at` is the start of the day."""

    id_number: int
    at: datetime
    precision: Precision = Precision.MINUTE


def weigh(day_printed: str | None, listed: Iterable[Evidence], zone: ZoneInfo) -> Date:
    """Return the best date of a page, from its own date line and its entries in lists.

    A feed's minute comes first, then that of the `today` list, the date line, and the day in a
    section's list. Of equals the earliest wins.
    """
    found = [each for each in listed if each.date.at is not None]
    if day_printed is not None:
        found.append(Evidence(day_start(day_printed, zone)))
    return min(found, key=_weight, default=Evidence(Date())).date


def best(dates: Iterable[Date]) -> Date:
    """Return the best of the dates of an article's pages."""
    return min(dates, key=worth, default=Date())


def worth(date: Date) -> tuple[int, datetime, str]:
    """Return a key to sort dates by: the more exact first, then the earlier."""
    return _RANK[date.precision], date.at or _NEVER, date.evidence or ""


def estimate(id_number: int, lower: Neighbour, upper: Neighbour, zone: ZoneInfo) -> Date:
    """Return a date between those of the neighbouring ids, in proportion to the ids.

    Ids rise with time, but only roughly: if the upper neighbour is not the later one, the lower
    neighbour's date is the estimate.
    """
    begins, ends = _likely(lower, upper, zone), _likely(upper, lower, zone)
    span = max(int((ends - begins).total_seconds()), 0)
    share = id_number - lower.id_number
    ids = upper.id_number - lower.id_number
    at = datetime.fromtimestamp(int(begins.timestamp()) + span * share // ids, UTC)
    return Date(at, Precision.ESTIMATED, f"ids {lower.id_number} and {upper.id_number}")


def day_start(day: str, zone: ZoneInfo) -> Date:
    """Return the start of a day, `YYYY-MM-DD`, as the date of an article that prints it."""
    start = datetime.combine(date.fromisoformat(day), time(), zone).astimezone(UTC)
    return Date(start, Precision.DAY, DATE_LINE)


def day_of(at: datetime | None, zone: ZoneInfo) -> str | None:
    """Return the day of an instant in a zone, `YYYY-MM-DD`."""
    return at.astimezone(zone).date().isoformat() if at else None


def truncate_to_second(instant: datetime) -> datetime:
    """Return an instant in UTC without its fraction of a second: as the database stores it."""
    return instant.astimezone(UTC).replace(microsecond=0)


def _weight(evidence: Evidence) -> tuple[int, int, datetime, str]:
    precision, at, name = worth(evidence.date)
    # Of minutes, a feed's is the most exact; of days, the article's own.
    kind = _KIND_RANK.get(evidence.kind, 3)
    return precision, kind, at, name


def _likely(neighbour: Neighbour, other: Neighbour, zone: ZoneInfo) -> datetime:
    """Return a neighbour's instant; if only its day is known, the other's on that day, or noon."""
    if neighbour.precision is not Precision.DAY:
        return neighbour.at
    is_of_that_day = day_of(neighbour.at, zone) == day_of(other.at, zone)
    if is_of_that_day and other.precision is Precision.MINUTE:
        return other.at
    return neighbour.at + _HALF_A_DAY
