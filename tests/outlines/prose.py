"""Words of our own, always the same for the same seed."""

from datetime import UTC, date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from newsbot.items import Date, Precision

NEW_ZEALAND = ZoneInfo("Pacific/Auckland")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_NOUNS = (
    "harbour council ferry quay lantern festival storm bridge museum orchard tram valley "
    "café Māori-language Zürich (sic) [the] 1,000 “old” 'new' £5 R&B -- — –"
).split()
_PLAIN_NOUNS = 12
_ENDS = (".", ".", ".", "", ":", "..", " .", "?", '."', ".”", " (sic)", " , they say.")
_HEADLINE_ENDS = ("", "", "", ".", "..", "?", "'", " (04.01.26)", " ... or not")


def sentence(random: Random, end: str = ".", words: int = 0) -> str:
    """Some words that begin with a capital: as many as asked for, or 5 to 40."""
    chosen = random.choices(_NOUNS, k=(words or random.choice((5, 9, 14, 40))) - 2)
    return f"Boats {random.choice(_NOUNS[:_PLAIN_NOUNS])} {' '.join(chosen)}{end}"


def paragraph(random: Random) -> str:
    """A paragraph as the site prints them: some end without a full stop."""
    sentences = [sentence(random) for _ in range(random.randrange(3))]
    return " ".join([*sentences, sentence(random, random.choice(_ENDS))])


def headline(random: Random) -> str:
    """A headline: up to forty words, perhaps with a full stop or more at its end."""
    return sentence(random, random.choice(_HEADLINE_ENDS))


def parse_clock(text: str) -> datetime:
    """Read `9 Feb 2026 13:03` as New Zealand time."""
    return datetime.strptime(text, "%d %b %Y %H:%M").replace(tzinfo=NEW_ZEALAND)


def parse_day(text: str) -> date:
    """Read `31 October 2023`."""
    day, month, year = text.split()
    return date(int(year), _MONTHS.index(month) + 1, int(day))


def full_date(day: date) -> str:
    """Print a day as a date line does."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def latest_day(stamp: str, today: date) -> date:
    """Return the day of a stamp, `03 Feb` or `3 Feb 2025`; without a year the latest till today."""
    day, month, *year = stamp.split()
    number = [name[:3] for name in _MONTHS].index(month) + 1
    if year:
        return date(int(year[0]), number, int(day))
    this = date(today.year, number, int(day))
    return this if this <= today else this.replace(year=today.year - 1)


def start_of(day: date, evidence: str | None = None) -> Date:
    """Return a date known to the day."""
    at = datetime.combine(day, time(), NEW_ZEALAND).astimezone(UTC)
    return Date(at, Precision.DAY, evidence)
