"""The rows of the database that concern a batch of pages, in memory. Pure: uses no database.

`record.py` fills a `Known` from the database, `decide.py` changes its rows, and `record.py` writes
what has changed. So the second page of a batch sees what the first one changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any

from newsbot.items import Date, Fingerprint, Origin, Page, Precision, Status
from newsbot.site import Site

NEAR = 1000
"""The largest distance, about two weeks of ids, at which two ids confirm each other."""

_LARGEST_ID_DIGITS = 18
_number = attrgetter("id")
_DATE_COLUMNS = ("date_published", "date_published_precision", "date_published_evidence")


class Row:
    """A row of a table: its columns, and which of them have changed since it was loaded."""

    __slots__ = ("_log", "changed", "columns", "is_new", "table")

    def __init__(
        self, table: str, columns: dict[str, Any], log: "list[Row]", *, is_new: bool = False
    ) -> None:
        self.table = table
        self.columns = columns
        self.is_new = is_new
        self.changed: set[str] = set()
        self._log = log
        if is_new:
            log.append(self)

    def __getitem__(self, name: str) -> Any:
        return self.columns.get(name)

    @property
    def id(self) -> int:
        """The row's own number."""
        number: int = self.columns["id"]
        return number

    def set(self, **columns: Any) -> None:
        """Give columns new values."""
        for name, value in columns.items():
            if self.columns.get(name) != value:
                self.columns[name] = value
                if not (self.changed or self.is_new):
                    self._log.append(self)
                self.changed.add(name)

    def is_written(self) -> None:
        """Mark the changes of the row as written."""
        self.is_new = False
        self.changed.clear()

    @property
    def date(self) -> Date:
        """The date in a row of `pages` or `articles`; `Date()` if it has none."""
        at, precision, evidence = (self.columns.get(name) for name in _DATE_COLUMNS)
        if at is None or precision is None:
            return Date()
        return Date(at, Precision(precision), evidence)


@dataclass(slots=True)
class Known:
    """The rows that concern a batch of pages, and those of earlier batches.

    Rows are kept from one batch to the next, since most lists are on every page. Nothing else may
    write these rows meanwhile; call `forget` after a transaction was lost or other code has changed
    the tables.

    The keys of `pages` are the site's ids; those of `list_pages` (rows of lists that could not be
    read) addresses; those of `articles` numbers; those of `versions` and `listings` the numbers of
    their articles and pages; those of `sections` names. `today` holds the ids in the `today` list
    as last seen, `with_versions` the articles whose versions are all loaded. `sketches` maps hashes
    to the articles that contain them and that a text of the batch may repeat; `fingerprints` has
    the fingerprints of these. `ids` yields numbers for new rows. `changes` are the rows to be
    written. `moved_to` is an article's id and the address to which the site has permanently
    redirected it.
    """

    site: Site
    ids: dict[str, Iterator[int]] = field(default_factory=dict)
    pages: dict[str, Row] = field(default_factory=dict)
    list_pages: dict[str, Row] = field(default_factory=dict)
    articles: dict[int, Row] = field(default_factory=dict)
    versions: dict[int, list[Row]] = field(default_factory=dict)
    with_versions: set[int] = field(default_factory=set)
    listings: dict[int, dict[tuple[str, str], Row]] = field(default_factory=dict)
    sections: dict[str, Row] = field(default_factory=dict)
    today: set[str] = field(default_factory=set)
    source: Row | None = None
    is_loaded: bool = False
    changes: list[Row] = field(default_factory=list)
    sketches: dict[int, set[int]] = field(default_factory=dict)
    fingerprints: dict[int, Fingerprint] = field(default_factory=dict)
    new_sketches: dict[int, Fingerprint] = field(default_factory=dict)
    to_compare: set[int] = field(default_factory=set)
    deleted: list[Row] = field(default_factory=list)
    moved_to: tuple[str, str] | None = None
    _by_text: dict[str, set[int]] = field(default_factory=dict)
    _by_article: dict[int, set[str]] = field(default_factory=dict)

    def forget(self) -> None:
        """Drop every row: the next batch loads what it needs."""
        for each in fields(self):
            if each.default_factory is not MISSING:
                setattr(self, each.name, each.default_factory())
        self.source, self.is_loaded, self.moved_to = None, False, None

    def is_written(self) -> None:
        """Mark all changes as written."""
        for row in self.changes:
            row.is_written()
        self.changes.clear()
        self.new_sketches.clear()
        self.to_compare.clear()
        self.deleted.clear()
        self.sketches.clear()

    def row(self, table: str, columns: dict[str, Any]) -> Row:
        """Return a row that was loaded from the database."""
        return Row(table, columns, self.changes)

    def put_page(self, row: Row) -> None:
        """Add the row of an article's page."""
        self.pages[row["source_id"]] = row
        if row["article_id"] is not None:
            self._by_article.setdefault(row["article_id"], set()).add(row["source_id"])

    def put_article(self, row: Row) -> None:
        """Add the row of an article."""
        self.articles[row.id] = row
        self._by_text.setdefault(row["text_hash"], set()).add(row.id)

    def set_article(self, page: Row, article_id: int, **columns: Any) -> None:
        """Record that a page shows an article."""
        page.set(article_id=article_id, **columns)
        self._by_article.setdefault(article_id, set()).add(page["source_id"])

    def page(self, page: Page, origin: Origin, at: datetime) -> Row:
        """Return the row of an article's page; a new one, with `origin`, if there was none."""
        if page.source_id is None:
            raise ValueError(
                f"{page.url} was requested as a list; only an article's page has a row"
            )
        row = self.pages.get(page.source_id)
        return row or self.add_page(page.source_id, page.url, origin, at)

    def add_page(
        self, source_id: str, url: str, origin: Origin, at: datetime, **columns: Any
    ) -> Row:
        """Add a pending row for an article's page.

        Its address has the form to which the site permanently redirects articles, or else is `url`.
        """
        form = self.source["article_url"] if self.source else None
        if form is not None and self.site.may_ask(form):
            url = form.replace("{id}", source_id)
        row = self.new_row(
            "pages",
            source=self.site.name,
            source_id=source_id,
            id_number=id_number(source_id),
            url=url,
            status=Status.PENDING.value,
            origin=origin.value,
            attempts=0,
            first_seen_at=at,
            **columns,
        )
        self.put_page(row)
        self.listings[row.id] = {}
        return row

    def new_row(self, table: str, **columns: Any) -> Row:
        """Return a new row of a table, with a new number."""
        columns = {"id": next(self.ids[table]), **columns}
        return Row(table, columns, self.changes, is_new=True)

    def pages_of(self, article_id: int) -> list[Row]:
        """Return the pages that show an article, in the order in which they became known."""
        found = [self.pages[each] for each in self._by_article.get(article_id, ())]
        return sorted((row for row in found if row["article_id"] == article_id), key=_number)

    def article_with(self, text_hash: str) -> Row | None:
        """Return the earliest article whose current text has this hash."""
        return min(self._with_text(text_hash), key=_number, default=None)

    def _with_text(self, text_hash: str) -> list[Row]:
        found = [self.articles[each] for each in self._by_text.get(text_hash, ())]
        return [row for row in found if row["text_hash"] == text_hash]

    def note_text(self, article_id: int, fingerprint: Fingerprint) -> None:
        """Index a new text of an article, for this batch and for later ones."""
        self.new_sketches[article_id] = fingerprint
        self.remember_text(article_id, fingerprint)

    def remember_text(self, article_id: int, fingerprint: Fingerprint) -> None:
        """Index the text of an article for this batch."""
        self.fingerprints[article_id] = fingerprint
        for each in fingerprint.sketch:
            self.sketches.setdefault(each, set()).add(article_id)


def id_number(source_id: str) -> int | None:
    """Return an id as a number to sort by; None unless it is a number that fits a column."""
    is_number = source_id.isascii() and source_id.isdigit()
    return int(source_id) if is_number and len(source_id) <= _LARGEST_ID_DIGITS else None


def is_outdated(row: Row, at: datetime) -> bool:
    """Return whether the address has been fetched again since the response."""
    return row["last_fetched_at"] is not None and at < row["last_fetched_at"]


def is_same_response(row: Row, page: Page) -> bool:
    """Return whether a page is the archived response that the row points to, read again."""
    record = (page.warc_file, page.warc_offset)
    return page.warc_file is not None and record == (row["warc_file"], row["warc_offset"])


def first_answer(row: Row, at: datetime) -> dict[str, Any]:
    """Return `first_seen_at` for an address that was a guess before this response, else nothing.

    The WARC archive has the time of the response, not that of the guess; so a reparse gives the
    same value.
    """
    guessed = row["origin"] in {Origin.GAP, Origin.BACKFILL} and row["last_fetched_at"] is None
    return {"first_seen_at": at} if guessed else {}


class Outcome(StrEnum):
    """The result of storing a page with an article."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Saved:
    """How a page with an article was stored.

    A page that repeats a known article word for word has the outcome `duplicate`;
    `duplicate_of_id` is the article that a new one nearly repeats.
    """

    outcome: Outcome
    article_id: int
    duplicate_of_id: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The result of recording a page.

    `saved` is how its article was stored, if it had one, and `date` the best known date of that.
    `status` is that of its row in the ledger, None for a list that could be read; `attempts`
    counts its failures in a row. If it had no article, `was_known` is True if a list showed the
    page, or an article was stored from it before. `was_pending` and `is_pending` show whether its
    row was pending before, and is now. `new_ids` are the listed ids that were not known.
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
    """A page to record, and how.

    Args:
        page: the page, with the fingerprint of its article if it has one.
        recheck_after: when a stored page is rechecked, counted from when it was first stored.
        trusted: whether a "not found" is believed; False while most other requests fail.
        origin: the origin of a page that is not in the ledger yet.
        fixes_start: whether the first `today` list sets the archive's start.
    """

    page: Page
    recheck_after: Sequence[timedelta] = ()
    trusted: bool = True
    origin: Origin = Origin.START
    fixes_start: bool = True

    def __post_init__(self) -> None:
        if self.page.article is not None and self.page.fingerprint is None:
            raise ValueError(f"the article of {self.page.url} has no fingerprint")
