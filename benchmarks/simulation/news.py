"""The news of a stretch: holes in the ids, copies, edits and removals among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from benchmarks.simulation.stretch import Stretch
from tests.replica.newsroom import Newsroom
from tests.replica.oddities import copy_of, near_copy_of
from tests.replica.site import Site
from tests.replica.story import Story, paragraph

# Shares of the ids, and of the stories.
HOLES = 0.03
COPIES = NEAR_COPIES = 0.01
EDITS, REMOVALS = 0.1, 0.02

# Half of the edits come in the first three hours, half of the removals on the first day.
_EDITED_AFTER, _REMOVED_AFTER = timedelta(hours=3), timedelta(hours=24)
_SPREAD = 1.2
_OF_THE_HEADLINE = 0.3


@dataclass(frozen=True, slots=True)
class Change:
    """What a page says from an instant on; `story` is None where it was removed."""

    source_id: int
    at: datetime
    story: Story | None


def publish(stretch: Stretch) -> tuple[Site, list[Change]]:
    """Return the site, whose news begins a day before the stretch, and what is changed on it.

    A shorter stretch has the first days of a longer one.
    """
    stories = Newsroom(stretch.seed).stories(
        stretch.first_day - timedelta(days=1),
        stretch.days + 1,
        per_day=stretch.articles_a_day,
        holes=HOLES,
    )
    back = stretch.articles_a_day
    chances = {story.id: Random(f"{stretch.seed}/{story.id}/changes") for story in stories}
    for place, story in list(enumerate(stories))[back:]:
        random = chances[story.id]
        if random.random() < COPIES + NEAR_COPIES:
            imitate = random.choices((copy_of, near_copy_of), (COPIES, NEAR_COPIES))[0]
            original = stories[place - random.randint(1, back)]
            stories[place] = imitate(original, story.id, story.published)
    site = Site(stories)
    changes = [change for story in stories for change in _changes(site, story, chances[story.id])]
    return site, changes


def _changes(site: Site, story: Story, random: Random) -> Iterator[Change]:
    fate = random.random()
    later = random.lognormvariate(0, _SPREAD)
    if fate < EDITS:
        at = story.published + _EDITED_AFTER * later
        if random.random() < _OF_THE_HEADLINE:
            edited = site.edit(story.id, at, headline=f"Updated: {story.headline}")
        else:
            correction = paragraph(f"This story was corrected at {at:%H:%M} UTC.")
            edited = site.edit(story.id, at, blocks=(*story.blocks, correction))
        yield Change(story.id, at, edited)
    elif fate < EDITS + REMOVALS:
        at = story.published + _REMOVED_AFTER * later
        site.remove(story.id, at)
        yield Change(story.id, at, None)
