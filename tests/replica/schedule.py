"""Which desk publishes when, under which id."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests.replica.clock import NEW_ZEALAND

ARTICLES_A_DAY = 66

# How busy a desk is: about as many stories a day.
WEIGHTS = {
    "International": 12,
    "National": 12,
    "Politics": 8,
    "Law and Order": 8,
    "Business": 8,
    "Entertainment": 8,
    "Rugby": 4,
    "Environment": 3,
    "Netball": 2,
    "Science and Technology": 2,
}

# Relative number of stories in each hour of a New Zealand day.
_HOURS = (2, 1, 1, 1, 2, 5, 8, 9, 9, 9, 8, 8, 8, 8, 8, 8, 9, 9, 8, 6, 5, 4, 3, 3)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in the day's list; `published` is in UTC."""

    id: int
    published: datetime
    section: str
    category: str


def slots(
    first_day: date, days: int, *, per_day: int, first_id: int, holes: float, random: Random
) -> Iterator[Slot]:
    """The places of some New Zealand days, oldest first, ids rising.

    `holes` is the share of ids that never hold an article.
    """
    next_id = first_id
    for offset in range(days):
        for published in _instants(first_day + timedelta(days=offset), per_day, random):
            while random.random() < holes:
                next_id += 1
            section = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            yield Slot(next_id, published, section, _category(section, random))
            next_id += 1


def _instants(day: date, per_day: int, random: Random) -> list[datetime]:
    """Instants on a grid of five minutes, as the polling of a feed would make them."""
    start, end = (
        datetime.combine(midnight, time(), NEW_ZEALAND).astimezone(UTC)
        for midnight in (day, day + timedelta(days=1))
    )
    grid = [
        start + timedelta(minutes=minute)
        for minute in range(2, int((end - start).total_seconds()) // 60, 5)
    ]
    weights = [_HOURS[instant.astimezone(NEW_ZEALAND).hour] for instant in grid]
    spread = per_day // 10
    return sorted(random.choices(grid, weights, k=per_day + random.randint(-spread, spread)))


def _category(section: str, random: Random) -> str:
    """Now and then a story is listed under another section than its own."""
    if random.random() < (0.15 if section == "International" else 0.03):
        return random.choice([name for name in WEIGHTS if name not in (section, "International")])
    return section
