"""How a run went: its counts, what differs from earlier runs, the exit code for cron.

A list is *missing* if its heading is on no page of a run that read at least five articles, while it
was on 90 % of those of the last two good runs; the date line likewise. It is *unreadable* if its
heading is there with links to articles below it and no entry was read. A heading with nothing below
it, or a list with fewer entries than usual, is no drift. Nor are short articles: a radio's stories
have a third of the words of an agency's, and a run may have only those. That none has a text is.
"""

from collections import Counter
from dataclasses import dataclass, field

from newsbot.items import DATE_LINE, ListKind, Page, Status
from newsbot.store.crawls import PAGES, Counts, Usual
from newsbot.store.recording.known import Recorded

OK, FAILED, DRIFT, LOCKED = 0, 1, 3, 75

_HTTP_OK = 200
# With fewer failures, the site is not taken to be failing.
_STORM = 3

# A few failed pages are tried again later; if more fail than are read, the site is down.
_LOST_AT_LEAST = 3

_BODIES_AT_LEAST = 5
_PAGES_AT_LEAST = 5
_USUALLY_SHOWN = 0.9
# Drift, if at least this many pages are rejected, and this many times as often as usual.
_REJECTED_AT_LEAST = 5
_REJECTED_MORE = 3.0
_REJECTED_SHARE = 0.05


@dataclass(slots=True)
class Tally:
    """What happened in a run.

    `counts` goes into the table `crawls`. `failures` counts the reasons of pages that did not
    answer 200, `refusals` those of pages that did and could not be read. `read` counts the pages
    that were read, `unread` those refused (articles: for the first time), `articles` those with an
    article. `vanished` holds the ids that a list or the archive knew, and the site said were gone.
    `pending` counts the pages that are still to be fetched, `awaited` those that the run waits
    for, as far as it knows without asking the database. `history` says what differs from the past.
    """

    counts: Counts = field(default_factory=Counts)
    failures: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    read: int = 0
    unread: int = 0
    articles: int = 0
    vanished: list[str] = field(default_factory=list)
    boxes: int = 0
    pending: int = 0
    awaited: int = 0
    pending_left: int = 0
    gave_up: str | None = None
    error: str | None = None
    stopped: bool = False
    history: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many pages could not be fetched."""
        return self.failures.total()

    @property
    def site_is_failing(self) -> bool:
        """Whether so much fails in this run that a "not found" proves nothing."""
        failed = self.lost + self.refusals.total() + len(self.vanished)
        return not self.read or failed >= max(_STORM, self.read)

    def note(self, page: Page, recorded: Recorded) -> None:
        """Count a page, and what the store made of it; a feed that fails is no fault of a run."""
        self.pending += len(recorded.new_ids) + recorded.is_pending - recorded.was_pending
        self.awaited = max(self.awaited + len(recorded.new_ids) - recorded.was_pending, 0)
        if page.asked_as is ListKind.FEED:
            return
        self.counts.add(recorded)
        self.boxes += len(page.boxes)
        self.articles += page.article is not None
        if recorded.status is None or page.article:
            self.read += 1
        elif recorded.status is Status.GONE:
            if recorded.was_known and page.source_id:
                self.vanished.append(page.source_id)
        elif page.http_status != _HTTP_OK:
            self.failures[page.reason or ""] += 1
        else:
            self.refusals[page.reason or ""] += 1
            # An article that was rejected before, and still is, tells nothing new about the site.
            self.unread += page.source_id is None or recorded.attempts <= 1


class Drift:
    """Collects the numbers of a run; `findings` says what is unusual about them.

    `shown` counts the articles' pages that were read, and those of them that showed each kind of
    list, or the date line.
    """

    def __init__(self, usual: Usual) -> None:
        self._usual = usual
        self.shown: Counter[str] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._bodies: list[bool] = []

    def see(self, page: Page, *, is_new: bool) -> None:
        """Take in a page; `is_new` if its article was stored for the first time."""
        self._unreadable.update({news_list.name for news_list in page.unreadable})
        if page.article is None:
            return
        headings = (*page.boxes, *page.empty, *page.unreadable)
        kinds = {news_list.kind.value for news_list in headings}
        self.shown.update(kinds)
        self.shown[PAGES] += 1
        self.shown[DATE_LINE] += page.article.day_printed is not None
        if is_new:
            self._bodies.append(bool(page.article.article_body))

    def findings(self, *, read: int, unread: int) -> list[str]:
        """Return a clause for each thing that differs from earlier runs."""
        found = [
            f"the list “{name}” holds links and none could be read as an entry"
            for name in sorted(self._unreadable)
        ]
        pages = self.shown[PAGES]
        if pages >= _PAGES_AT_LEAST:
            found += [
                f"no page shows the {name if name == DATE_LINE else f'list “{name}”'} any more"
                for name, share in sorted(self._usual.shown.items())
                if share >= _USUALLY_SHOWN and not self.shown[name]
            ]
        if len(self._bodies) >= _BODIES_AT_LEAST and not any(self._bodies):
            found.append("no new article has a text")
        usual_share = self._usual.rejected_share
        if usual_share is not None and unread >= _REJECTED_AT_LEAST:
            limit = max(_REJECTED_MORE * usual_share, _REJECTED_SHARE)
            if unread > limit * (read + unread):
                found.append(
                    f"{unread} of {read + unread} pages were rejected, usually {usual_share:.0%}"
                )
        return found


@dataclass(slots=True, frozen=True)
class Verdict:
    """`outcome` is the word in the table `crawls`, `message` the last line on stderr."""

    outcome: str
    exit_code: int
    message: str


def judge(tally: Tally, drift_limit: float) -> Verdict:
    """Return how the run went; of several findings the gravest decides.

    `drift_limit` is the share of unreadable pages, of those that answered 200, above which the
    site is taken to have changed.
    """
    done = _done(tally)
    failure = _failure(tally)
    if failure:
        why = f"The crawl could not do its work: {failure} {done}"
        return Verdict("failed", FAILED, why)
    if tally.stopped:
        return Verdict("stopped", FAILED, f"Stopped by a signal; the next run goes on. {done}")
    drift = _drift(tally, drift_limit)
    if drift:
        why = f"The pages no longer read as expected: {'; '.join(drift)}."
        return Verdict("drift", DRIFT, f"{why} Look at one with `newsbot inspect`. {done}")
    early = f"Ended early: {tally.gave_up}. " if tally.gave_up else ""
    return Verdict("finished", OK, early + done)


def _failure(tally: Tally) -> str | None:
    if tally.error or tally.stopped:
        return tally.error
    if not tally.read and not tally.refusals:
        return f"no page could be fetched: {tally.gave_up or _reasons(tally.failures)}."
    if tally.lost >= _LOST_AT_LEAST and tally.lost > tally.articles + tally.refusals.total():
        return f"{tally.lost} pages could not be fetched: {_reasons(tally.failures)}."
    if tally.gave_up and tally.pending_left and not tally.articles:
        return f"no article could be fetched: {tally.gave_up}."
    return None


def _drift(tally: Tally, limit: float) -> list[str]:
    drift = list(tally.history)
    unread = tally.unread
    if not tally.articles and tally.refusals.total() >= _LOST_AT_LEAST:
        # Where no article could be read at all, pages that failed before count as well.
        unread = tally.refusals.total()
    answered = tally.read + unread
    if unread > limit * answered or not answered:
        pages = f"{unread} of {answered} pages" if answered else "the pages"
        drift.insert(0, f"{pages} could not be read: {_reasons(tally.refusals)}")
    if not tally.boxes:
        drift.append("no box was found on any page")
    return drift


def _reasons(counted: Counter[str]) -> str:
    reasons = [f"{reason} ({count})" for reason, count in counted.most_common(3)]
    return ", ".join(reasons) or "nothing was asked"


def _done(tally: Tally) -> str:
    counts = tally.counts
    others = [
        f"{number} {word}"
        for word in ("updated", "duplicates", "rejected", "gone")
        if (number := getattr(counts, word))
    ]
    if tally.lost:
        others.append(f"{tally.lost} failed")
    waited = f", {counts.waited_seconds:.0f} s waited" if counts.waited_seconds >= 1 else ""
    return (
        f"{', '.join([f'{counts.new} new', *others])}; {tally.pending_left} pending; "
        f"{counts.requests} request{'s' if counts.requests != 1 else ''}{waited}."
    )
