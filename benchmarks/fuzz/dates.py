"""Dates: of boxes, page heads and date lines, of feeds and HTTP, of WARC records."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hypothesis import strategies as st

from newsbot.html.answers import SANE_YEARS, parse_http_date
from newsbot.items import Precision
from newsbot.sites.nzcity.dates import (
    CLOCK_SKEW,
    NEW_ZEALAND,
    listed_at,
    listed_on,
    parse_date_line,
    parse_page_time,
)
from newsbot.warc.records import Record

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LONG = (
    "January February March April May June July August September October November December".split()
)
# The hours around a change of the clock, a new year, a leap day.
NIGHTS = [
    *(datetime(2026, 4, 4, 12, tzinfo=UTC), datetime(2026, 9, 26, 12, tzinfo=UTC)),
    *(datetime(2025, 12, 31, 10, tzinfo=UTC), datetime(2028, 2, 28, 10, tzinfo=UTC)),
    *(datetime(1990, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 10, tzinfo=UTC)),
]
REFERENCES = st.builds(
    lambda night, seconds: night + timedelta(seconds=seconds),
    st.sampled_from(NIGHTS),
    st.integers(0, 100_000),
) | st.datetimes(timezones=st.just(UTC))
CLOCKS = st.builds("{}:{:02}".format, st.integers(0, 25), st.integers(0, 61))
DAYS = st.builds(
    "{} {}{}".format,
    st.integers(0, 32),
    st.sampled_from([*MONTHS, *LONG, "Foo"]),
    st.sampled_from(["", " 2025", " 0000", " 2199", " 9999"]),
)
ZONES = [
    *("GMT", "+0000", "+1300", "-2359", "+2359", "+2400", "+9999", "-9999", "NZST", "EST", "Z"),
    *("-0000", "", "+13:00", "UT"),
]
FEED_DATES = st.builds(
    "{}{} {} {} {} {}".format,
    st.sampled_from(["Sun, ", "", "Foo, ", "Sun,", "0, "]),
    st.integers(0, 40),
    st.sampled_from([*MONTHS, "", "Foo"]),
    st.sampled_from(
        ["2026", "26", "0001", "9999", "0", "99999999999999999999", "-5", "20260", "٢٠٢٦"]
    ),
    st.sampled_from(["20:07:05", "20:07", "24:00:00", "99:99:99", "20.07.05", "0:0:60", "x", ""]),
    st.sampled_from(ZONES),
) | st.text(max_size=40)
WARC_DATES = st.sampled_from(
    [
        *("2026-05-10T20:07:05Z", "2026-05-10T20:07:05.123456789Z", "2026-05-10T20:07Z", "2026"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-05-10T20:07:05+23:59"),
        *("20260510200705", "2026-05-10T20:07:60Z", "2026-W19-7", "2026-130", "١٩٩٩-٠١-٠١"),
        *("0001-01-01T00:00:00+14:00", "", "1990-01-01T00:00:00+14:00"),
        *("2200-12-31T23:59:59-14:00", "2026-05-10 20:07:05", "x"),
    ]
) | st.text(max_size=30)
INPUT = st.tuples(REFERENCES, CLOCKS, DAYS, FEED_DATES, WARC_DATES, st.text(max_size=12))


@contextmanager
def checking() -> Iterator[Callable[[tuple[datetime, str, str, str, str, str]], None]]:
    yield check


def check(given: tuple[datetime, str, str, str, str, str]) -> None:
    reference, clock, day, feed_date, warc_date, text = given
    for each in (clock, text):
        check_clock(each, reference)
    for each in (day, text):
        check_day(each, reference)
    for each in (f"{day} {clock}", text):
        at = parse_page_time(each, reference)
        assert at is None or (at.tzinfo is UTC and at.year in range(1989, 2201))
    line = parse_date_line(day)
    assert line is None or line.year in SANE_YEARS
    for each in (feed_date, text):
        check_http_date(each)
    at = Record(0, {"warc-date": warc_date}, b"").at
    assert at is None or (at.tzinfo is UTC and at.year in range(1989, 2202))
    if at:
        repr(at.isoformat())
        assert format_datetime(at)


def check_clock(text: str, reference: datetime) -> None:
    date = listed_at(text, reference)
    if date is None or date.at is None:
        return
    latest = reference + CLOCK_SKEW
    assert date.precision is Precision.MINUTE
    assert date.at <= latest
    hour, minute = map(int, text.split(":"))
    seen = f"{date.at.astimezone(NEW_ZEALAND):%H:%M}"
    # On the night that lacks an hour, 2:30 is read as 3:30.
    assert seen in {f"{hour:02}:{minute:02}", f"{hour + 1:02}:{minute:02}"}
    if seen != f"{hour:02}:{minute:02}":
        assert hour == 2
        return
    # There is no later such minute that is not in the future.
    midnight = date.at.astimezone(NEW_ZEALAND).replace(hour=hour, minute=minute, tzinfo=None)
    for days in range(3):
        for fold in (0, 1):
            local = (midnight + timedelta(days=days)).replace(tzinfo=NEW_ZEALAND, fold=fold)
            later = local.astimezone(UTC)
            is_real = later.astimezone(NEW_ZEALAND).hour == hour
            # Of an hour that comes twice, the second one is not taken a moment ahead.
            end = reference if fold and is_twice(local) else latest
            assert not (is_real and date.at < later <= end), f"{later} is later"


def is_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def check_day(text: str, reference: datetime) -> None:
    date = listed_on(text, reference)
    if date is None or date.at is None:
        return
    assert date.precision is Precision.DAY
    there = date.at.astimezone(NEW_ZEALAND)
    today = (reference + CLOCK_SKEW).astimezone(NEW_ZEALAND).date()
    assert there.date() <= today
    assert (there.hour, there.minute) == (0, 0)
    number, month, *year = text.split()
    assert there.day == int(number)
    assert MONTHS[there.month - 1].lower() == month[:3].lower()
    if year:
        assert there.year == int(year[0])
    else:
        assert (today - there.date()).days <= 366 or (there.month, there.day) == (2, 29)


def check_http_date(text: str) -> None:
    at = parse_http_date(text)
    if at is not None:
        assert at.tzinfo is UTC
        assert at.year in range(1989, 2201)
        again = format_datetime(at, usegmt=True)
        assert parse_http_date(again) == at.replace(microsecond=0) or at.year not in SANE_YEARS
