"""Whatever comes, in whatever order: nothing is lost, nothing doubled, no table read through."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from newsbot.items import Fingerprint, Origin, Page, Reason, Status
from newsbot.store import crawls, ledger
from newsbot.store import tables as models
from newsbot.store.engine import open_engine
from newsbot.store.recording.known import Incoming, Known, Outcome
from newsbot.store.recording.record import record
from newsbot.text import (
    SIMILARITY_THRESHOLD,
    fingerprint,
    fingerprint_of,
    jaccard,
    text_hash,
)
from tests.helpers.made_up import (
    LONG_BODY,
    NOON,
    SITE,
    SOURCE,
    a_failure,
    a_list_page,
    a_listing,
    a_page,
    day,
    hours,
    minute,
    save,
)

RECHECKS = [hours(1), hours(24), hours(168)]

BODIES = (
    LONG_BODY,
    LONG_BODY + " It closes at five.",
    LONG_BODY + " It closes at six, and not on Mondays.",
    "The council will plant two hundred pōhutukawa along the coast road this winter.",
    "…",
)


@pytest.fixture(scope="module")
def archive(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("record") / "newsbot.db"
    copyfile(empty_archive, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def test_what_came_of_a_page_is_told(session: Session) -> None:
    page = a_page(7, listings=[a_listing(8, minute(NOON)), a_listing(9)])
    first = save(session, page)
    again = save(session, page)

    assert first.saved is not None
    assert again.saved is not None
    assert (first.saved.outcome, first.new_ids) == (Outcome.NEW, ["8", "9"])
    assert (again.saved.outcome, again.new_ids) == (Outcome.UNCHANGED, [])
    failed = save(session, a_failure(8, Reason.NO_HEADLINE))
    assert (failed.saved, failed.status) == (None, Status.REJECTED)


def test_a_page_that_fails_is_still_read_for_its_boxes(session: Session) -> None:
    failed = save(session, a_failure(7, listings=[a_listing(8)]))

    assert failed.new_ids == ["8"]
    assert ledger.to_fetch(session.connection(), SITE, NOON, 9)[0].source_id == "8"


class Model:
    """What the archive should hold, kept by simpler means."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.versions: defaultdict[str, list[str]] = defaultdict(list)
        self.status: dict[str, Status] = {}
        self.articles: set[int] = set()

    def see(self, page: Page, status: Status | None) -> None:
        for listing in page.listings:
            self.status.setdefault(listing.source_id, Status.PENDING)
        if page.source_id is None:
            return
        if page.article is None:
            assert status is not None
            self.status[page.source_id] = status
            if page.http_status == 404:
                assert status is Status.GONE
            elif page.source_id in self.texts:
                assert status in {Status.STORED, Status.GONE}
            return
        hash_ = fingerprint(page.article).text_hash
        self.texts[page.source_id] = hash_
        self.status[page.source_id] = Status.STORED
        if hash_ not in self.versions[page.source_id]:
            self.versions[page.source_id].append(hash_)


ids = st.integers(1, 6)
dates = st.one_of(
    st.integers(-40, 0).map(lambda hour: minute(NOON + hours(hour))),
    st.integers(-2, 0).map(lambda number: day(NOON + hours(24 * number))),
)
listings = st.lists(st.builds(a_listing, ids | st.integers(50, 52), dates), max_size=3)
days = st.sampled_from([None, "2025-08-19", "2025-08-20"])
pages = st.one_of(
    st.builds(
        lambda source_id, body, day, entries, section: a_page(
            source_id, body, day_printed=day, listings=entries, article_section=section
        ),
        ids,
        st.sampled_from(BODIES),
        days,
        listings,
        st.sampled_from(["International", "National"]),
    ),
    st.builds(lambda source_id: a_failure(source_id, "HTTP 404", status=404), ids),
    st.builds(a_failure, ids, st.sampled_from([Reason.NO_HEADLINE, Reason.BLOCK_PAGE])),
    st.builds(lambda source_id: a_failure(source_id, "HTTP 502", status=502), ids),
    st.builds(a_list_page, listings),
)


@given(st.lists(pages, max_size=25))
def test_nothing_is_lost_and_nothing_doubled(archive: Engine, sequence: list[Page]) -> None:
    model = Model()
    with Session(archive) as session:
        for number, page in enumerate(sequence):
            page.fetched_at = NOON + hours(number)
            recorded = save(session, page, recheck_after=RECHECKS)
            model.see(page, recorded.status)
            if recorded.saved is not None:
                model.articles.add(recorded.saved.article_id)
        _check_pages(session, model)
        _check_articles(session, model)


def _check_pages(session: Session, model: Model) -> None:
    rows = list(session.scalars(select(models.Page).where(models.Page.source_id.is_not(None))))
    assert {row.source_id: row.status for row in rows} == model.status
    assert len({row.source_id for row in rows}) == len(rows)
    articles = {row.id: row for row in session.scalars(select(models.Article))}
    for row in rows:
        assert row.source_id is not None
        expected = model.texts.get(row.source_id)
        shown = articles[row.article_id].text_hash if row.article_id else None
        assert shown == expected
        versions = session.scalars(
            select(models.ArticleVersion)
            .where(models.ArticleVersion.page_id == row.id)
            .order_by(models.ArticleVersion.version)
        ).all()
        assert [each.text_hash for each in versions] == model.versions[row.source_id]
        assert [each.version for each in versions] == list(range(1, len(versions) + 1))
        assert {each.article_id for each in versions} <= {row.article_id}


def _check_articles(session: Session, model: Model) -> None:
    pages = {row.source_id: row for row in session.scalars(select(models.Page))}
    articles = list(session.scalars(select(models.Article).order_by(models.Article.id)))
    assert {row.id for row in articles} >= model.articles
    taken: dict[int, Fingerprint] = {}
    for row in articles:
        # A story is named for a page that shows it.
        assert pages[row.source_id].article_id == row.id
        of = taken[row.id] = fingerprint_of(row.headline, row.description, row.article_body)
        assert row.text_hash == of.text_hash
        assert row.word_count == len(row.article_body.split())
        assert (row.date_published is None) == (row.date_published_precision == "unknown")
        sketch = session.scalars(
            select(models.Shingle.hash)
            .where(models.Shingle.article_id == row.id)
            .order_by(models.Shingle.hash)
        )
        assert tuple(sketch) == of.sketch
        near = {
            earlier: jaccard(of.shingles, taken[earlier].shingles)
            for earlier in taken
            if earlier < row.id
        }
        best = max(near.values(), default=0.0)
        if best >= SIMILARITY_THRESHOLD:
            expected = min(earlier for earlier, similarity in near.items() if similarity == best)
            assert (row.duplicate_of_id, row.similarity) == (expected, best)
        else:
            assert (row.duplicate_of_id, row.similarity) == (None, None)


SMALL = {"sections", "sources", "crawls", "hosts"}


def _fill(session: Session) -> None:
    entries = [a_listing(each, minute(NOON)) for each in range(100, 110)]
    entries += [a_listing(each, day(NOON)) for each in range(110, 117)]
    save(session, a_list_page(entries))
    for source_id in range(100, 112):
        save(session, a_page(source_id, f"{LONG_BODY} {source_id}"), recheck_after=RECHECKS)


def _work(session: Session) -> None:
    """Everything that a crawl does for each page, or again and again.

    But for `gaps_pay`, which reads a fixed number of the newest rows: a scan, as SQLite has it.
    """
    later = NOON + hours(2)
    entries = [a_listing(each, minute(NOON)) for each in range(102, 120)]
    new = a_page(115, "Nothing like it.", day_printed="2025-08-20", listings=entries, at=later)
    save(session, new, recheck_after=RECHECKS)
    save(session, new, recheck_after=RECHECKS)
    save(session, a_page(116, LONG_BODY + " 100", at=later))
    save(session, a_page(104, LONG_BODY + " edited", at=later))
    save(session, a_page(116, LONG_BODY + " edited too", at=later + hours(1)))
    save(session, a_page(105, LONG_BODY + " 105", at=later, day_printed="2025-08-19"))
    save(session, a_failure(113, "HTTP 404", status=404, at=later))
    save(session, a_failure(106, "HTTP 404", status=404, at=later))
    save(session, a_failure(114, at=later))
    save(session, a_list_page(entries[:3], at=later))
    ledger.to_fetch(session.connection(), SITE, later, 9)
    ledger.due_rechecks(session.connection(), SITE, later, 9)
    ledger.add_ids(
        session.connection(),
        SITE,
        ledger.missing_ids(session.connection(), SOURCE, 9),
        origin=Origin.GAP,
        now=later,
    )
    ledger.newest_of_section(session.connection(), SITE, "International")
    crawls.pending_left(session.connection(), SOURCE)


def test_no_statement_reads_a_large_table_through(archive: Engine) -> None:
    statements: dict[str, Any] = {}

    def note(*arguments: Any) -> None:
        _, _, statement, parameters, _, many = arguments
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            statements.setdefault(statement, parameters[0] if many else parameters)

    with Session(archive) as session:
        _fill(session)
        event.listen(archive, "before_cursor_execute", note)
        _work(session)
        event.remove(archive, "before_cursor_execute", note)
        driver = session.connection().connection.cursor()
        walks = [
            (step[3], statement)
            for statement, parameters in statements.items()
            for step in driver.execute("EXPLAIN QUERY PLAN " + statement, parameters).fetchall()
            if _walks(step[3], statement)
        ]
        driver.close()
    assert len(statements) > 40
    assert [statement for _, statement in walks if not _starts_at_the_end(statement)] == []


def _walks(step: str, statement: str) -> bool:
    """Whether a step of a plan reads a table, or all of a source, from one end to the other."""
    tables = {*re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO) (\w+)", statement)} - SMALL
    scan = re.match(r"SCAN (\w+)", step)
    whole_source = re.match(r"SEARCH (\w+) .*\(source=\?\)$", step)
    found = scan or (None if "ix_pages_pending" in step else whole_source)
    return found is not None and found[1] in tables


def _starts_at_the_end(statement: str) -> bool:
    """Whether it looks for the archive's last id, from the newest page on."""
    return "ORDER BY pages.id_number DESC" in statement and "pages.status != ?" in statement


@pytest.mark.parametrize("is_kept", [True, False], ids=["rows kept", "rows loaded"])
@given(batches=st.lists(st.lists(pages, max_size=6), max_size=6))
def test_every_version_has_the_words_of_its_hash(
    archive: Engine, is_kept: bool, batches: list[list[Page]]
) -> None:
    known = Known(SITE)
    every = [page for batch in batches for page in batch]
    for number, page in enumerate(every):
        page.fetched_at = NOON + hours(number)
        page.fingerprint = fingerprint(page.article) if page.article else None
    with Session(archive) as session:
        for batch in batches:
            incoming = [Incoming(page, RECHECKS) for page in batch]
            record(session.connection(), SITE, incoming, known if is_kept else None)
        for row in session.scalars(select(models.ArticleVersion)):
            assert text_hash(row.headline, row.description, row.article_body) == row.text_hash
        session.rollback()
