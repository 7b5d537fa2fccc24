"""A site, an archive of it, and the clock of both."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.helpers.crawling import Archive, Run
from tests.replica import scenarios
from tests.replica.server import Replica
from tests.replica.site import Site

EVENING = scenarios.evening(1)


class World:
    """A site, an archive of it, and the clock of both."""

    def __init__(self, folder: Path, replica: Replica) -> None:
        self.replica = replica
        self.archive = Archive(folder, replica.url).live_by(replica)

    def crawl(self, *arguments: str, **settings: Any) -> list[int]:
        """Crawl, and return the ids that were asked for, in that order."""
        before = len(self.replica.log)
        self.run: Run = self.archive.crawl(*arguments, **settings)
        assert self.run.exit_code == 0, self.run.stderr
        self.paths = [entry.path for entry in self.replica.log[before:]]
        return [int(path.rpartition("=")[2]) for path in self.paths if "id=" in path]

    def pass_hours(self, hours: float) -> None:
        self.replica.clock.advance(timedelta(hours=hours))

    @property
    def published(self) -> list[int]:
        """The ids that are up, in rising order."""
        return self.replica.site.ids(self.replica.clock.now())

    @property
    def first_id(self) -> int:
        """The archive's start."""
        return int(self.archive.value("SELECT first_id FROM sources"))

    def ids(self, where: str = "TRUE") -> set[int]:
        """The ids of the ledger for which a condition holds."""
        rows = self.archive.rows(f"SELECT id_number FROM pages WHERE {where}")  # noqa: S608
        return {row[0] for row in rows}

    def section(self, article_id: int) -> str:
        story = self.replica.site.story(article_id, self.replica.clock.now())
        assert story is not None
        return story.section


def of_one_section() -> Site:
    """A site whose start page has the only section's box: it is never looked at elsewhere."""
    found = scenarios.plain(days=2, per_day=12).stories()
    return Site(
        replace(story, section="International", category="International") for story in found
    )


def utc(instant: datetime) -> str:
    """An instant as the database holds it."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
