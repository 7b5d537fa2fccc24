"""Ready-made sites, for tests, the demo and benchmarks."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache

from tests.replica.clock import NEW_ZEALAND, Clock
from tests.replica.newsroom import FIRST_ID, Newsroom
from tests.replica.oddities import copy_of, near_copy_of
from tests.replica.schedule import ARTICLES_A_DAY
from tests.replica.server import Replica
from tests.replica.site import Site
from tests.replica.story import Story

FIRST_DAY = date(2025, 8, 18)
DEMO_DAYS = 3
DEMO_ARTICLES_A_DAY = 28


def plain(
    seed: int = 1,
    *,
    first_day: date = FIRST_DAY,
    days: int = 3,
    per_day: int = ARTICLES_A_DAY,
    holes: float = 0.0,
    cache_minutes: int = 0,
) -> Site:
    """Some days of ordinary news. `holes` is the share of ids without an article."""
    stories = _news(seed, first_day, days, per_day, holes)
    return Site(stories, cache_minutes=cache_minutes)


def demo_site(seed: int = 1) -> Site:
    """Three days with a copy, a near copy, an edit, a removal, and an id that answers 404."""
    stories = list(_news(seed, FIRST_DAY, DEMO_DAYS, DEMO_ARTICLES_A_DAY, 0.0))
    second_day = [story for story in stories if story.published > evening(1)]
    # A near copy needs a text long enough to be near it.
    original = max(stories[-62:-58], key=lambda story: story.words)
    edited, removed = stories[-58], stories[-57]
    copy, near_copy, never_there = second_day[6], second_day[9], second_day[12]
    stories[stories.index(copy)] = copy_of(original, copy.id, copy.published)
    stories[stories.index(near_copy)] = near_copy_of(original, near_copy.id, near_copy.published)
    stories.remove(never_there)
    site = Site(stories)
    noon = evening(DEMO_DAYS) - timedelta(hours=7)
    site.edit(edited.id, noon, headline=f"Corrected: {edited.headline}")
    site.remove(removed.id, noon)
    return site


def demo(markup: str | Sequence[str] = ("tables", "sections", "divs"), port: int = 0) -> Replica:
    """The demo's replica, its clock standing at the first evening; `with demo() as replica:`."""
    return Replica(demo_site(), Clock(evening(1)), markup=markup, port=port)


def evening(day: int) -> datetime:
    """Half past seven in the evening of a scenario's day (1 is its first), when most is up."""
    return datetime.combine(FIRST_DAY + timedelta(days=day - 1), time(19, 30), NEW_ZEALAND)


@cache
def _news(seed: int, first_day: date, days: int, per_day: int, holes: float) -> tuple[Story, ...]:
    """Stories never change, so sites may share them."""
    return tuple(
        Newsroom(seed).stories(first_day, days, per_day=per_day, first_id=FIRST_ID, holes=holes)
    )
