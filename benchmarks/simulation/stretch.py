"""What happens on the site, and to us, in the days that are played."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from tests.replica.clock import NEW_ZEALAND
from tests.replica.schedule import ARTICLES_A_DAY

MONTH_BEGINS = date(2025, 12, 15)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant to another, both in UTC."""

    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, day: date, first: float, last: float) -> Self:
        """From one hour to another, counted from the first moment of a New Zealand day."""
        midnight = start_of(day)
        return cls(midnight + timedelta(hours=first), midnight + timedelta(hours=last))

    @property
    def lasts(self) -> timedelta:
        """How long it is."""
        return self.ends - self.begins

    def __contains__(self, instant: datetime) -> bool:
        return self.begins <= instant < self.ends


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some New Zealand days, from midnight to midnight.

    In the spans of `away` nothing of ours runs; in those of `unavailable` the site answers 503, in
    those of `refused` nothing listens there.
    """

    name: str
    first_day: date
    days: int
    away: tuple[Span, ...] = ()
    unavailable: tuple[Span, ...] = ()
    refused: tuple[Span, ...] = ()
    articles_a_day: int = ARTICLES_A_DAY
    seed: int = 1

    @property
    def span(self) -> Span:
        """The whole of it."""
        return Span(start_of(self.first_day), start_of(self.first_day + self.days * _DAY))

    def runs(self, every: int = 1) -> Iterator[datetime]:
        """When cron starts a crawl: seven minutes past, each hour or each so many hours."""
        instant = self.span.begins + timedelta(minutes=7)
        while instant in self.span:
            if not any(instant in span for span in self.away):
                yield instant
            instant += timedelta(hours=every)


def month(days: int = 31) -> Stretch:
    """Return the time around New Year 2026, with outages: ours of ten hours and of a week."""

    def day(number: int) -> date:
        return MONTH_BEGINS + number * _DAY

    return Stretch(
        "month",
        MONTH_BEGINS,
        days,
        away=(Span.of(day(2), 8, 18), Span.of(day(19), 0, 7 * 24)),
        unavailable=(Span.of(day(3), 10, 13),),
        refused=(Span.of(day(3), 13, 16),),
    )


def clock_goes_back() -> Stretch:
    """Return three days around the night of 5 April 2026, which has 2:30 twice."""
    # With this seed there is news at 2:12 and 2:57, and an hour later at 2:32.
    return Stretch("clock goes back", date(2026, 4, 4), 3, seed=8)


def clock_goes_forward() -> Stretch:
    """Return three days around the night of 27 September 2026, which has no 2:30."""
    return Stretch("clock goes forward", date(2026, 9, 26), 3, seed=3)


def start_of(day: date) -> datetime:
    """Return the first moment of a New Zealand day, in UTC."""
    return datetime.combine(day, time(), NEW_ZEALAND).astimezone(UTC)
