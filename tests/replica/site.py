"""The site at an instant: which articles are up, and what each page and box holds.

The rules are SITE.md's: a section's box holds the 7 newest of that section,
Today's News the 10 newest of all but International, and a page's own article
stands in neither.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from tests.replica.clock import NEW_ZEALAND
from tests.replica.page import Box, BoxKind, Entry, Page
from tests.replica.story import Story

SECTION_ENTRIES = 7
TODAY_ENTRIES = 10
SECTION_PAGE = 11
TOP_ENTRIES = 2
TOP_EVERY = 7
FRONT_SECTION = "International"
NO_SUCH_ARTICLE = "The article you asked for does not exist, or is no longer available."

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Site:
    """All stories ever to be published, and what happens to them.

    `cache_minutes`: pages come from a cache and show the site as it was up to
    that long ago (how long depends on the page). Syndicated stories vanish after
    `syndicated_days`. Today's News `keeps_yesterday` after midnight, or is short then.
    """

    def __init__(
        self,
        stories: Iterable[Story] = (),
        *,
        cache_minutes: int = 0,
        syndicated_days: int | None = 30,
        keeps_yesterday: bool = False,
    ) -> None:
        self.syndicated_days = syndicated_days
        self.keeps_yesterday = keeps_yesterday
        self.cache_minutes = cache_minutes
        self.revision = 0
        self._histories: dict[int, list[tuple[datetime, Story | None]]] = {}
        self._events: list[datetime] = []
        self._lists: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for story in stories:
            self.publish(story)

    def publish(self, story: Story) -> None:
        """Put a story up at its instant of publication."""
        if story.id in self._histories:
            raise ValueError(f"article {story.id} is already on the site")
        self._histories[story.id] = []
        for name in self._boxes_of(story):
            insort(self._lists[name], (story.listed_at, story.id))
        self._record(story.id, story.listed_at, story)
        if story.is_syndicated and self.syndicated_days is not None:
            self.remove(story.id, story.listed_at + timedelta(days=self.syndicated_days))

    def edit(self, article_id: int, at: datetime, **changes: object) -> Story:
        """Show other words at an article's page from an instant on; its place in lists stays.

        `changes` are fields of Story.
        """
        history = self._histories[article_id]
        newest = next(story for _, story in reversed(history) if story is not None)
        story = replace(newest, **changes)  # type: ignore[arg-type]
        self._record(article_id, at, story)
        return story

    def remove(self, article_id: int, at: datetime) -> None:
        """Take an article down from an instant on: page and entries."""
        self._record(article_id, at, None)

    def story(self, article_id: int, at: datetime) -> Story | None:
        """An article's words at an instant; None before it is up and after it is down."""
        history = self._histories.get(article_id, [])
        place = bisect_right(history, at, key=lambda change: change[0])
        return history[place - 1][1] if place else None

    def ids(self, at: datetime) -> list[int]:
        """Ids of the articles that are up, in rising order."""
        return [article_id for article_id in sorted(self._histories) if self.story(article_id, at)]

    def stories(self) -> list[Story]:
        """All stories as first published, also those to come or taken down, in order of id."""
        first = (history[0][1] for _, history in sorted(self._histories.items()))
        return [story for story in first if story]

    def state(self, at: datetime) -> tuple[int, int]:
        """Equal for two instants if nothing on the site differs between them but the time."""
        return self.revision, bisect_right(self._events, at)

    def page(self, article_id: int, now: datetime, section: str | None = None) -> Page | None:
        """An article's page as it is served at an instant; None if there is no such article.

        With `section`, as it is shown in that one, which need not be its own.
        """
        current = self.story(article_id, now)
        if current is None:
            return None
        shown_at = max(self.shown_at(article_id, now), current.listed_at)
        story = self.story(article_id, shown_at) or current
        shown_in = section or story.section
        return Page(
            served=shown_at,
            section=shown_in,
            time=_page_time(shown_at),
            story=replace(story, year=shown_at.astimezone(NEW_ZEALAND).year),
            boxes=self.boxes(shown_at, shown_in, own_id=article_id),
            footer=_footer(shown_at),
        )

    def front_page(self, now: datetime, notice: str = "") -> Page:
        """The page `/news/`: boxes and no article; `notice` stands in an article's place."""
        shown_at = self.shown_at(0, now)
        return Page(
            served=shown_at,
            section=None,
            time=_page_time(shown_at),
            story=None,
            boxes=self.boxes(shown_at, FRONT_SECTION),
            notice=notice,
            footer=_footer(shown_at),
        )

    def bare_page(self, now: datetime) -> Page:
        """An article's page without an article: one of the ways to say that there is none."""
        return replace(self.front_page(now), section=FRONT_SECTION)

    def section_stories(self, section: str, now: datetime, page: int) -> list[Story]:
        """The stories on a page of a section, newest first; the first page has the number 1."""
        return list(
            islice(
                self._newest(section, now, None, page * SECTION_PAGE),
                (page - 1) * SECTION_PAGE,
                None,
            )
        )

    def shown_at(self, page_number: int, now: datetime) -> datetime:
        """The instant that a cached page shows."""
        return now - timedelta(minutes=page_number % (self.cache_minutes + 1))

    def boxes(self, at: datetime, section: str, own_id: int | None = None) -> tuple[Box, ...]:
        """The three boxes of a page, in the order of the page."""
        return (
            Box(
                BoxKind.SECTION,
                f"Other {section} News",
                tuple(
                    Entry(story.id, story.listed_as, "", _day(story.published), story.published)
                    for story in self._newest(section, at, own_id, SECTION_ENTRIES)
                ),
            ),
            Box(
                BoxKind.TOP,
                "Top Stories",
                tuple(
                    Entry(story.id, story.headline, label, "", story.published)
                    for label, story in zip(
                        ("RUGBY", "BUSINESS"),
                        self._newest("Top Stories", at, own_id, TOP_ENTRIES),
                        strict=False,
                    )
                ),
            ),
            Box(
                BoxKind.TODAY,
                "Today's News",
                tuple(
                    Entry(
                        story.id,
                        story.headline,
                        story.category,
                        _time(story.listed_at),
                        story.listed_at,
                    )
                    for story in self._newest("Today's News", at, own_id, TODAY_ENTRIES)
                    if self.keeps_yesterday or _is_same_day(story.listed_at, at)
                ),
            ),
        )

    def _boxes_of(self, story: Story) -> Iterator[str]:
        yield story.section
        if story.category != FRONT_SECTION:
            yield "Today's News"
        if story.id % TOP_EVERY == 0:
            yield "Top Stories"

    def _newest(self, name: str, at: datetime, own_id: int | None, count: int) -> Iterator[Story]:
        entries = self._lists[name]
        last = bisect_right(entries, at, key=lambda entry: entry[0])
        stories = (
            self.story(article_id, at)
            for _, article_id in reversed(entries[:last])
            if article_id != own_id
        )
        return islice((story for story in stories if story), count)

    def _record(self, article_id: int, at: datetime, story: Story | None) -> None:
        """Data first, revision last: a page rendered in between is not kept for good."""
        at = at.astimezone(UTC)
        insort(self._histories[article_id], (at, story), key=lambda change: change[0])
        insort(self._events, at)
        self.revision += 1


def _page_time(instant: datetime) -> str:
    local = instant.astimezone(NEW_ZEALAND)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {_time(instant)}"


def _day(instant: datetime) -> str:
    local = instant.astimezone(NEW_ZEALAND)
    return f"{local.day:02} {_MONTHS[local.month - 1]}"


def _time(instant: datetime) -> str:
    """The time without a leading zero, as the site prints it."""
    local = instant.astimezone(NEW_ZEALAND)
    return f"{local.hour}:{local.minute:02}"


def _is_same_day(one: datetime, other: datetime) -> bool:
    return one.astimezone(NEW_ZEALAND).date() == other.astimezone(NEW_ZEALAND).date()


def _footer(instant: datetime) -> str:
    return f"© {instant.astimezone(NEW_ZEALAND).year} New Zealand City Ltd"
