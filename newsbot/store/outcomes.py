"""What goes into the store, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from newsbot.items import Date, Origin, Page, Status


class Outcome(StrEnum):
    """What a page with an article brought."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a page with an article.

    A page that repeats a known article word for word has the outcome `duplicate`;
    `duplicate_of_id` is the article that a new one nearly repeats.
    """

    outcome: Outcome
    article_id: int
    duplicate_of_id: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a page.

    `saved` is what became of its article, if it had one, and `date` the best date known of that.
    `status` is that of its row in the ledger, None for a list that could be read; `attempts`
    counts its failures in a row; `was_known` tells of a page without an article whether a list
    showed it, or one was stored from it before. `was_pending` and `is_pending` tell of its row
    whether it was to be fetched, and still is. `new_ids` are the listed ids that were not known.
    """

    saved: Saved | None
    status: Status | None
    attempts: int = 0
    was_known: bool = False
    was_pending: bool = False
    is_pending: bool = False
    new_ids: list[str] = field(default_factory=list)
    date: Date = field(default_factory=Date)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A page that is to be recorded, and how.

    Args:
        page: the page, with the fingerprint of its article if it has one.
        recheck_after: when a stored page is looked at again, counted from its first storing.
        trusted: whether a "not found" proves anything now; not while much else fails.
        origin: of a page that the ledger does not know yet.
        fixes_start: whether the first list of the day's news fixes the start of the archive.
    """

    page: Page
    recheck_after: Sequence[timedelta] = ()
    trusted: bool = True
    origin: Origin = Origin.START
    fixes_start: bool = True

    def __post_init__(self) -> None:
        if self.page.article is not None and self.page.fingerprint is None:
            raise ValueError(f"the article of {self.page.url} comes without its fingerprint")
