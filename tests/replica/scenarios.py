"""Ready-made sites."""

from datetime import date, datetime, timedelta

from tests.replica.clock import NEW_ZEALAND
from tests.replica.newsroom import FIRST_ID, Newsroom
from tests.replica.schedule import ARTICLES_A_DAY
from tests.replica.site import Site

FIRST_DAY = date(2025, 8, 18)


def plain(seed: int = 1, *, days: int = 3, per_day: int = ARTICLES_A_DAY) -> Site:
    """Some days of ordinary news from 18 August 2025 on."""
    return Site(Newsroom(seed).stories(FIRST_DAY, days, per_day=per_day, first_id=FIRST_ID))


def evening(day: int) -> datetime:
    """Half past seven in the evening of a scenario's day (1 is its first), when most is up."""
    local = datetime.combine(FIRST_DAY + timedelta(days=day - 1), datetime.min.time(), NEW_ZEALAND)
    return local.replace(hour=19, minute=30)
