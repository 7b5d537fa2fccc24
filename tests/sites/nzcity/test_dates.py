"""What the site's dates and times mean, in every awkward hour of the year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.html.answers import parse_http_date
from newsbot.items import Date, Precision
from newsbot.sites.nzcity.dates import (
    CLOCK_SKEW,
    NEW_ZEALAND,
    listed_at,
    listed_on,
    parse_date_line,
    parse_page_time,
)

INSTANTS = st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def there(text: str) -> datetime:
    """A New Zealand time, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_ZEALAND).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("20 Aug 2025 10:13", "2025-08-19 22:13"),
        ("1 January 2026 0:05", "2025-12-31 11:05"),
        ("Thursday, 29 Feb 2024 23:59 NZCity News", "2024-02-29 10:59"),
        ("8 Sept 2025 9:00", "2025-09-07 21:00"),
        ("20 AUG 2025 10:13", "2025-08-19 22:13"),
    ],
)
def test_page_time(text: str, instant: str) -> None:
    assert parse_page_time(text) == utc(instant)


@pytest.mark.parametrize(
    "text",
    [
        "20 Aug 2025",
        "10:13",
        "29 Feb 2025 10:13",
        "20 Aug 2025 24:13",
        "0 Aug 2025 10:13",
        "20 Aug 1899 10:13",
        "20 Foo 2025 10:13",
        "２０ Aug 2025 10:13",
        "",
    ],
)
def test_no_page_time(text: str) -> None:
    assert parse_page_time(text) is None


def test_a_page_time_in_a_text_may_be_asked_to_stand_alone() -> None:
    assert parse_page_time("20 Aug 2025 10:13", alone=True) == utc("2025-08-19 22:13")
    assert parse_page_time("It began on 20 Aug 2025 10:13", alone=True) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Tue, 19 Aug 2025 22:13:20 GMT", "2025-08-19 22:13:20"),
        ("Tuesday, 19-Aug-25 22:13:20 GMT", "2025-08-19 22:13:20"),
        ("Tue Aug 19 22:13:20 2025", "2025-08-19 22:13:20"),
        ("Wed, 20 Aug 2025 10:13:20 +1200", "2025-08-19 22:13:20"),
    ],
)
def test_http_date(text: str, instant: str) -> None:
    assert parse_http_date(text) == utc(instant)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "0",
        "yesterday",
        "Tue, 31 Feb 2025 22:13:20 GMT",
        "Tue, 19 Aug 99999999999999999999 22:13:20 GMT",
        "Tue, 19 Aug 2025 22:13:20 +99999999999",
        "Mon, 01 Jan 1601 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -1200",
    ],
)
def test_no_http_date(text: str | None) -> None:
    assert parse_http_date(text) is None


@given(st.text() | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [+-]?\w+"))
def test_no_header_is_too_much(text: str) -> None:
    parse_http_date(text)


@pytest.mark.parametrize(
    ("text", "now", "day"),
    [
        ("20 Aug", "2025-08-20 10:13", "2025-08-20"),
        ("19 Aug", "2025-08-20 10:13", "2025-08-19"),
        ("21 Aug", "2025-08-20 10:13", "2024-08-21"),
        ("31 Dec", "2026-01-01 00:01", "2025-12-31"),
        ("1 Jan", "2026-01-01 00:01", "2026-01-01"),
        ("1 Jan", "2025-12-31 23:50", "2025-01-01"),
        ("29 Feb", "2024-02-29 08:00", "2024-02-29"),
        ("29 Feb", "2024-03-01 08:00", "2024-02-29"),
        ("29 Feb", "2025-03-01 08:00", "2024-02-29"),
        ("29 Feb", "2100-03-01 08:00", "2096-02-29"),
        ("28 Sep", "2025-09-28 08:00", "2025-09-28"),
        ("6 Apr", "2025-04-06 08:00", "2025-04-06"),
        # Listed a minute ahead of the clock that stamps the response.
        ("20 Aug", "2025-08-19 23:59", "2025-08-20"),
        ("1 January", "2025-12-31 23:59", "2026-01-01"),
    ],
)
def test_a_day_is_the_latest_of_its_name(text: str, now: str, day: str) -> None:
    assert listed_on(text, there(now)) == Date(there(day), Precision.DAY)


@pytest.mark.parametrize("text", ["30 Feb", "0 Aug", "32 Aug", "20", "Aug 20", "20 Augurs?", ""])
def test_no_day(text: str) -> None:
    assert listed_on(text, there("2025-08-20 10:13")) is None


@pytest.mark.parametrize(
    ("text", "now", "instant"),
    [
        ("9:57", "2025-08-20 10:13", "2025-08-20 09:57"),
        ("09:57", "2025-08-20 10:13", "2025-08-20 09:57"),
        ("23:57", "2025-08-20 00:03", "2025-08-19 23:57"),
        ("0:02", "2025-08-20 00:03", "2025-08-20 00:02"),
        ("10:14", "2025-08-20 10:13", "2025-08-20 10:14"),
        ("10:20", "2025-08-20 10:13", "2025-08-19 10:20"),
        ("0:01", "2025-08-19 23:59", "2025-08-20 00:01"),
        ("23:59", "2026-01-01 00:03", "2025-12-31 23:59"),
    ],
)
def test_a_time_is_the_latest_that_is_not_in_the_future(text: str, now: str, instant: str) -> None:
    assert listed_at(text, there(now)) == Date(there(instant), Precision.MINUTE)


@pytest.mark.parametrize("text", ["24:00", "9:60", "9.57", "9:5", "123:45", "9:57 ", ""])
def test_no_time(text: str) -> None:
    assert listed_at(text, there("2025-08-20 10:13")) is None


@pytest.mark.parametrize(
    ("now", "instant"),
    [
        ("2025-04-05 14:20", "2025-04-05 13:30"),  # 2:20 for the second time: 2:30 was the first
        ("2025-04-05 14:27", "2025-04-05 13:30"),  # and no clock that is minutes late makes it new
        ("2025-04-05 14:40", "2025-04-05 14:30"),  # 2:40 for the second time
        ("2025-04-05 20:00", "2025-04-05 14:30"),  # in the morning: the later one
    ],
)
def test_in_the_night_that_has_an_hour_twice(now: str, instant: str) -> None:
    listed = listed_at("2:30", utc(now))

    assert listed is not None
    assert listed.at == utc(instant)
    assert parse_page_time("6 Apr 2025 2:30", utc(now)) == utc(instant)


def test_in_the_night_that_lacks_an_hour_the_clock_goes_on() -> None:
    half_past_three = utc("2025-09-27 14:30")

    assert parse_page_time("28 Sep 2025 2:30") == half_past_three
    assert parse_page_time("28 Sep 2025 3:30") == half_past_three
    assert listed_at("2:30", utc("2025-09-27 20:00")) == Date(half_past_three, Precision.MINUTE)


SERVED = utc("2025-08-19 22:13:20")
HEAD = utc("2025-08-19 22:13")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31 October 2023", date(2023, 10, 31)),
        ("1 May 2026", date(2026, 5, 1)),
        ("29 February 2024", date(2024, 2, 29)),
    ],
)
def test_date_line(text: str, day: date) -> None:
    assert parse_date_line(text) == day


@pytest.mark.parametrize(
    "text",
    [
        *("31 Oct 2023", "31 October", "31 october 2023", "29 February 2023", "0 May 2026"),
        *("Tuesday, 31 October 2023", "31 October 2023 10:15", "On 31 October 2023"),
        "31 October 2023.",
    ],
)
def test_no_date_line(text: str) -> None:
    assert parse_date_line(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [("19 Aug 2025", "2025-08-19"), ("3 Feb 2024", "2024-02-03"), ("03 Feb 2024", "2024-02-03")],
)
def test_a_printed_year_is_meant(text: str, day: str) -> None:
    assert listed_on(text, utc("2026-01-01 00:00")) == Date(there(day), Precision.DAY)


def test_a_printed_day_in_the_future_is_none() -> None:
    assert listed_on("19 Aug 2027", utc("2026-01-01 00:00")) is None


@given(INSTANTS, st.dates())
def test_a_day_is_never_in_the_future(now: datetime, day: object) -> None:
    listed = listed_on(f"{day:%-d %b}", now)

    assert listed is not None
    assert listed.at is not None
    assert now - timedelta(days=9 * 366) < listed.at <= now + CLOCK_SKEW
    assert f"{listed.at.astimezone(NEW_ZEALAND):%-d %b %H:%M}" == f"{day:%-d %b} 00:00"


@given(INSTANTS, st.times())
def test_a_time_is_of_the_last_24_hours_and_never_in_the_future(
    now: datetime, clock: object
) -> None:
    listed = listed_at(f"{clock:%-H:%M}", now)

    assert listed is not None
    assert listed.at is not None
    # A day may have 25 hours.
    assert now + CLOCK_SKEW - timedelta(hours=25) <= listed.at <= now + CLOCK_SKEW


@given(INSTANTS)
def test_what_the_site_prints_is_read_as_it_was_meant(instant: datetime) -> None:
    local = instant.replace(second=0, microsecond=0).astimezone(NEW_ZEALAND)
    meant = local.astimezone(UTC)

    assert parse_page_time(f"{local:%-d %b %Y %-H:%M}", meant) == meant
    assert listed_at(f"{local:%-H:%M}", meant) == Date(meant, Precision.MINUTE)
