"""Read NZCity's dates and times: '03 Feb', '9:57', '25 Feb 2026', '31 October 2023'.

Printed times are New Zealand's (Pacific/Auckland) and name no zone. Instants are returned in UTC.
On the night that has 2:30 twice, the later one that is not in the future is meant; on the night
that has none, 2:30 is read as half an hour past 2:00, so 3:30 by the new time.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsbot.html.answers import SANE_YEARS
from newsbot.items import Date, Precision

NEW_ZEALAND = ZoneInfo("Pacific/Auckland")

# An article may be listed a moment ahead of the clock that stamps the response.
CLOCK_SKEW = timedelta(minutes=5)

_FULL_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_MONTHS = [month[:3].lower() for month in _FULL_MONTHS]
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY = re.compile(
    rf"(?P<day>\d{{1,2}})\s+{_MONTH}(?:\s+(?P<year>\d{{4}}))?", re.IGNORECASE | re.ASCII
)
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})", re.ASCII)
_PAGE_TIME = re.compile(
    rf"(?P<day>\d{{1,2}})\s+{_MONTH}\s+(?P<year>\d{{4}})\s+{_CLOCK.pattern}",
    re.IGNORECASE | re.ASCII,
)
_DATE_LINE = re.compile(
    rf"(?P<day>\d{{1,2}})\s(?P<month>{'|'.join(_FULL_MONTHS)})\s(?P<year>\d{{4}})", re.ASCII
)


def parse_page_time(
    text: str, not_after: datetime | None = None, *, alone: bool = False
) -> datetime | None:
    """Return the instant of a page's head, `20 Aug 2025 10:13`, or None if `text` holds none.

    Where the clock went back that night, the later of the two instants that is not after
    `not_after` is taken (the earlier, if there is no `not_after`). With `alone`, `text` may hold
    nothing else.
    """
    match = _PAGE_TIME.fullmatch(text) if alone else _PAGE_TIME.search(text)
    if match is None or int(match["year"]) not in SANE_YEARS:
        return None
    year, day, hour, minute = (int(match[part]) for part in ("year", "day", "hour", "minute"))
    try:
        local = datetime(year, _month(match), day, hour, minute)  # noqa: DTZ001 - made UTC below
    except ValueError:
        return None
    return _latest(local, not_after)


def parse_date_line(text: str) -> date | None:
    """Return the day that an article's date line prints, `31 October 2023`, or None."""
    match = _DATE_LINE.fullmatch(text)
    if match is None or int(match["year"]) not in SANE_YEARS:
        return None
    try:
        return date(int(match["year"]), _month(match), int(match["day"]))
    except ValueError:
        return None


def printed_on(day: date, evidence: str | None = None) -> Date:
    """Return a printed day as a date of precision `day`: its start in New Zealand."""
    return Date(_start_of(day), Precision.DAY, evidence)


def listed_on(text: str, reference: datetime) -> Date | None:
    """Return the day that a list means by `20 Aug` or `20 Aug 2025`, or None.

    Without a year it is the latest day of that name that is not in the future at `reference`.
    """
    match = _DAY.fullmatch(text)
    if match is None or reference.year not in SANE_YEARS:
        return None
    today = _today(reference)
    # 29 February may be up to eight years back (1896 to 1904 and 2096 to 2104).
    years = range(today.year, today.year - 9, -1) if match["year"] is None else [int(match["year"])]
    for year in years:
        try:
            day = date(year, _month(match), int(match["day"]))
        except ValueError:
            continue
        if year in SANE_YEARS and day <= today:
            return printed_on(day)
    return None


def listed_at(text: str, reference: datetime) -> Date | None:
    """Return the instant that Today's News means by `9:57`, or None if `text` is no such time.

    It is the latest one that is not in the future at `reference`: past midnight, an entry of
    `23:57` is yesterday's.
    """
    match = _CLOCK.fullmatch(text)
    if match is None or reference.year not in SANE_YEARS:
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


def _month(match: re.Match[str]) -> int:
    return _MONTHS.index(match["month"][:3].lower()) + 1


# Called for each entry of a page's boxes.
@lru_cache(maxsize=16)
def _today(reference: datetime) -> date:
    """Return the latest day in New Zealand that is not in the future at `reference`."""
    return (reference + CLOCK_SKEW).astimezone(NEW_ZEALAND).date()


@lru_cache(maxsize=64)
def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), NEW_ZEALAND).astimezone(UTC)


def _latest(local: datetime, not_after: datetime | None) -> datetime:
    first, second = _instants(local)
    is_ambiguous = second > first
    if is_ambiguous and not_after is not None and second <= not_after:
        return second
    return first


# A page repeats the times of the page before.
@lru_cache(maxsize=4096)
def _instants(local: datetime) -> tuple[datetime, datetime]:
    """Return the instants that a wall clock may mean: the same one, except on one night a year."""
    return (
        local.replace(tzinfo=NEW_ZEALAND, fold=0).astimezone(UTC),
        local.replace(tzinfo=NEW_ZEALAND, fold=1).astimezone(UTC),
    )
