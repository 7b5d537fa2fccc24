"""What came of a stretch: counted in the archive, and held against the truth of the site."""

from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from benchmarks.simulation.news import Change
from benchmarks.simulation.play import Played, in_utc
from newsbot.items import Precision
from tests.replica.clock import NEW_ZEALAND
from tests.replica.story import Story
from tests.replica.truth import article_truth

IN_TIME = timedelta(hours=24)
RUNNING = timedelta(hours=3)
"""A crawler that was started so lately was running: the day's list had not turned over yet."""

_OK = 200
_Times = tuple[datetime | None, ...]


@dataclass(slots=True)
class Share:
    """Of some articles: which are in the archive, and how many hours after their publication.

    `removed` are those that the site took down before a crawl could see them.
    """

    hours: list[float] = field(default_factory=list)
    late: list[Story] = field(default_factory=list)
    missing: list[Story] = field(default_factory=list)
    removed: int = 0

    @property
    def of(self) -> int:
        """How many articles there are."""
        return len(self.hours) + len(self.missing) + self.removed

    @property
    def in_time(self) -> int:
        """How many of them were stored within a day."""
        return len(self.hours) - len(self.late)


@dataclass(slots=True)
class Dates:
    """Articles whose date has one precision; `errors` are minutes, of those that have a date."""

    of: int = 0
    right: int = 0
    errors: list[float] = field(default_factory=list)

    @property
    def usual_error(self) -> float:
        """The median of the errors."""
        return median(self.errors) if self.errors else 0.0


@dataclass(slots=True)
class Changes:
    """What the site changed after we had stored the article.

    `seen` stand in the archive; those `to_come` can still be seen by a recheck; those `too_late`
    were made after the last one; those `missed` should have been seen.
    """

    seen: int = 0
    to_come: int = 0
    too_late: int = 0
    missed: list[int] = field(default_factory=list)

    @property
    def made(self) -> int:
        """How many there were."""
        return self.seen + self.to_come + self.too_late + len(self.missed)


def completeness(played: Played) -> tuple[Share, Share]:
    """Return the articles published while we ran, and those of a day or more between two runs.

    Counted are those published from the first run to a day before the last one.
    """
    rows = played.archive.rows("SELECT id_number, stored_at FROM pages WHERE stored_at IS NOT NULL")
    stored = {source_id: in_utc(text) for source_id, text in rows}
    removals = {each.source_id: each.at for each in played.changes if each.story is None}
    starts = [run.began for run in played.runs]
    present, absent = Share(), Share()
    for story in played.site.stories():
        if not starts[0] <= story.published <= starts[-1] - IN_TIME:
            continue
        after = bisect(starts, story.published)
        share = absent if starts[after] - starts[after - 1] >= IN_TIME else present
        at = stored.get(story.id)
        if at is not None:
            share.hours.append((at - story.published) / timedelta(hours=1))
            if at - story.published > IN_TIME:
                share.late.append(story)
        elif story.id in removals and removals[story.id] < starts[after]:
            share.removed += 1
        else:
            share.missing.append(story)
    return present, absent


@dataclass(slots=True)
class Minutes:
    """Of some articles in the archive: how many are dated to the minute, and which are not."""

    dated: int = 0
    others: list[Story] = field(default_factory=list)

    @property
    def of(self) -> int:
        """How many articles there are."""
        return self.dated + len(self.others)


def dated_to_the_minute(played: Played) -> tuple[Minutes, Minutes]:
    """Return how many articles that were published while we ran have a minute.

    First those that came out before a run that the site answered; then those before a run that it
    did not, since some of them had left the day's list when it was back.
    """
    rows = played.archive.rows(
        "SELECT pages.id_number, articles.date_published_precision FROM pages "
        "JOIN articles ON articles.id = pages.article_id"
    )
    precisions = dict(rows)
    runs = played.runs
    starts = [run.began for run in runs]
    answered, unanswered = Minutes(), Minutes()
    for story in played.site.stories():
        if story.id not in precisions or not starts[0] <= story.listed_at < starts[-1]:
            continue
        after = bisect(starts, story.listed_at)
        if starts[after] - starts[after - 1] > RUNNING:
            continue
        minutes = answered if runs[after].statuses[_OK] else unanswered
        if precisions[story.id] == Precision.MINUTE:
            minutes.dated += 1
        else:
            minutes.others.append(story)
    return answered, unanswered


def doubles(played: Played) -> int:
    """Return how many rows of `articles` repeat another one's text."""
    [(doubled,)] = played.archive.rows(
        "SELECT (SELECT count(*) FROM articles) - (SELECT count(*) FROM "
        "(SELECT DISTINCT headline, description, article_body FROM articles))"
    )
    return int(doubled)


def dates(played: Played) -> dict[Precision, Dates]:
    """Return, by precision, how many articles have a date, and how many of those are right.

    A `minute` is right if it is that minute, a `day` if it is the start of that day in New Zealand,
    an estimate if it falls on that day. A story that stands on several pages may have the date of
    any of them.
    """
    published = {story.id: story.published for story in played.site.stories()}
    found = {precision: Dates() for precision in Precision}
    rows = played.archive.rows(
        "SELECT a.date_published_precision, a.date_published, group_concat(p.id_number) "
        "FROM articles AS a JOIN pages AS p ON p.article_id = a.id GROUP BY a.id"
    )
    for name, text, source_ids in rows:
        precision, at = Precision(name), in_utc(text)
        kept = found[precision]
        kept.of += 1
        if at is None:
            continue
        truths = [published[int(source_id)] for source_id in source_ids.split(",")]
        kept.errors.append(min(abs(truth - at) for truth in truths) / timedelta(minutes=1))
        kept.right += any(_is_right(precision, at, truth) for truth in truths)
    return found


def edits(played: Played) -> Changes:
    """Return what became of the edits."""
    versions = set(
        played.archive.rows(
            "SELECT p.id_number, v.headline, v.article_body "
            "FROM article_versions AS v JOIN pages AS p ON p.id = v.page_id"
        )
    )

    def is_seen(change: Change) -> bool:
        assert change.story is not None
        truth = article_truth(change.story)
        return (change.source_id, truth["headline"], truth["article_body"]) in versions

    return _count(played, [each for each in played.changes if each.story], is_seen)


def removals(played: Played) -> Changes:
    """Return what became of the removals."""
    gone = {
        source_id
        for (source_id,) in played.archive.rows(
            "SELECT id_number FROM pages WHERE status = 'gone' AND article_id IS NOT NULL"
        )
    }
    removed = [each for each in played.changes if each.story is None]
    return _count(played, removed, lambda change: change.source_id in gone)


def _count(played: Played, changes: list[Change], is_seen: Callable[[Change], bool]) -> Changes:
    # Where the last answer proved nothing (`attempts`), the page is still to be requested again.
    pages: dict[int, _Times] = {
        source_id: tuple(map(in_utc, texts))
        for source_id, *texts in played.archive.rows(
            "SELECT id_number, stored_at, CASE attempts WHEN 0 THEN last_fetched_at "
            "ELSE stored_at END, next_fetch_at FROM pages WHERE stored_at IS NOT NULL"
        )
    }
    counted = Changes()
    for change in changes:
        stored_at, asked_at, due_at = pages.get(change.source_id, (None, None, None))
        if not stored_at or not asked_at or not stored_at < change.at < played.runs[-1].ended:
            continue
        if is_seen(change):
            counted.seen += 1
        elif asked_at > change.at:
            counted.missed.append(change.source_id)
        elif due_at:
            counted.to_come += 1
        else:
            counted.too_late += 1
    return counted


def _is_right(precision: Precision, at: datetime, truth: datetime) -> bool:
    if precision is Precision.MINUTE:
        return at == truth
    if precision is Precision.DAY:
        return at == _midnight(truth)
    return _midnight(at) == _midnight(truth)


def _midnight(instant: datetime) -> datetime:
    """The start of its day in New Zealand."""
    return instant.astimezone(NEW_ZEALAND).replace(hour=0, minute=0, second=0, microsecond=0)
