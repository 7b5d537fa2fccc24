"""What NZCity's dates and times mean: '20 Aug', '9:57', '20 Aug 2025 10:13', and the HTTP header.

Printed times are New Zealand's (Pacific/Auckland) and carry no zone. Instants are returned in UTC.
On the night that has 2:30 twice, the later one that is not in the future is meant; on the night
that has none, 2:30 is read as half an hour past 2:00, so 3:30 by the new time.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsbot.items import Date, Precision

NEW_ZEALAND = ZoneInfo("Pacific/Auckland")

# A page may be listed a moment ahead of the clock that stamps the response.
CLOCK_SKEW = timedelta(minutes=5)
# A page from a cache shows the server's clock of some minutes ago; an article's own time is older.
CACHED_AT_MOST = timedelta(hours=1)

# A date outside these is junk, and would not survive arithmetic.
_YEARS = range(1990, 2200)

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY = re.compile(rf"(?P<day>\d{{1,2}})\s+{_MONTH}", re.IGNORECASE | re.ASCII)
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})", re.ASCII)
_PAGE_TIME = re.compile(
    rf"{_DAY.pattern}\s+(?P<year>\d{{4}})\s+{_CLOCK.pattern}", re.IGNORECASE | re.ASCII
)


def parse_page_time(
    text: str, not_after: datetime | None = None, *, alone: bool = False
) -> datetime | None:
    """Return the instant of a page's head, `20 Aug 2025 10:13`, or None if `text` holds none.

    Where the clock went back that night, the later of the two instants that is not after
    `not_after` is taken (the earlier, if there is no `not_after`). With `alone`, nothing else may
    stand in `text`.
    """
    match = _PAGE_TIME.fullmatch(text) if alone else _PAGE_TIME.search(text)
    if match is None:
        return None
    year, day, hour, minute = (int(match[part]) for part in ("year", "day", "hour", "minute"))
    if year not in _YEARS:
        return None
    try:
        local = datetime(year, _month(match), day, hour, minute)  # noqa: DTZ001 - made UTC below
    except ValueError:
        return None
    return _latest(local, not_after)


def parse_http_date(value: str | None) -> datetime | None:
    """Return the instant of an HTTP `Date` header (RFC 9110), or None if it is absent or junk."""
    if not value:
        return None
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if parsed.year not in _YEARS:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def listed_on(text: str, reference: datetime) -> Date | None:
    """Return the day that a section's box means by `20 Aug`, or None if `text` is no such day.

    It is the latest day of that name that is not in the future at `reference`; the result is the
    start of that day in New Zealand, with precision `day`.
    """
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    today = _today(reference)
    # 29 February may be up to eight years back (1896 to 1904 and 2096 to 2104).
    for year in range(today.year, today.year - 9, -1):
        try:
            day = date(year, _month(match), int(match["day"]))
        except ValueError:
            continue
        if day <= today:
            return Date(_start_of(day), Precision.DAY)
    return None


def listed_at(text: str, reference: datetime) -> Date | None:
    """Return the instant that Today's News means by `9:57`, or None if `text` is no such time.

    It is the latest one that is not in the future at `reference`: past midnight, an entry of
    `23:57` is yesterday's.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    try:
        clock = time(int(match["hour"]), int(match["minute"]))
    except ValueError:
        return None
    day = _today(reference)
    instant = _latest(datetime.combine(day, clock), reference)
    if instant > reference + CLOCK_SKEW:
        instant = _latest(datetime.combine(day - timedelta(days=1), clock), reference)
    return Date(instant, Precision.MINUTE)


def reference_time(page_time: datetime | None, served_at: datetime | None) -> datetime | None:
    """Return the instant by which a page's boxes are read, or None if nothing is known.

    `page_time` is the one in the page's head, `served_at` the HTTP `Date` less `Age`. The later of
    the two is taken: the head may be the article's own time, hours before the newest entry, and a
    cache that passes on the server's `Date` makes the response look older by its age. A head that
    is more than a day ahead is junk.
    """
    if page_time is None or served_at is None:
        return served_at or page_time
    return page_time if served_at < page_time <= served_at + timedelta(days=1) else served_at


def is_own_time(page_time: datetime, served_at: datetime) -> bool:
    """Tell whether the time in a page's head is the article's own, not the server's clock.

    Only a head that is older than any cache would make it (an hour) proves that.
    """
    return served_at - page_time > CACHED_AT_MOST


def _month(match: re.Match[str]) -> int:
    return _MONTHS.index(match["month"][:3].lower()) + 1


# Asked for each entry of a page's boxes.
@lru_cache(maxsize=16)
def _today(reference: datetime) -> date:
    """Return the latest day in New Zealand that is not in the future at `reference`."""
    return (reference + CLOCK_SKEW).astimezone(NEW_ZEALAND).date()


@lru_cache(maxsize=64)
def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), NEW_ZEALAND).astimezone(UTC)


def _latest(local: datetime, not_after: datetime | None) -> datetime:
    first, second = _readings(local)
    is_ambiguous = second > first
    if is_ambiguous and not_after is not None and second <= not_after:
        return second
    return first


# The same times stand on page after page.
@lru_cache(maxsize=4096)
def _readings(local: datetime) -> tuple[datetime, datetime]:
    """Return the instants that a clock on the wall may mean: the same, but for one night a year."""
    return (
        local.replace(tzinfo=NEW_ZEALAND, fold=0).astimezone(UTC),
        local.replace(tzinfo=NEW_ZEALAND, fold=1).astimezone(UTC),
    )
