"""No statement of a crawl reads a whole table, however large the archive is."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from newsbot.items import Date, Origin
from newsbot.store import crawls, ledger
from newsbot.store.reading.search import count, search
from newsbot.store.recording.record import estimate_dates
from newsbot.store.tables import Base
from tests.helpers.databases import ON_SQLITE
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

# These grow with the archive; the others have a row a site, a host, a box or a run.
LARGE = {"articles", "pages", "versions", "listings", "shingles"}
_SCAN = re.compile(r"SCAN (\w+)")
# Most rows are of one source and stored: sought by that alone and sorted, it is all of them.
_SORTED = "USE TEMP B-TREE FOR ORDER BY"
_MOST_OF_IT = re.compile(r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \((?:source|status)=\?\)$")

Statement = tuple[str, Any]


@contextmanager
def statements(engine: Engine) -> Iterator[list[Statement]]:
    """Collect what is executed in the block, each statement once."""
    seen: dict[str, Statement] = {}

    def note(_c: Any, _cur: Any, statement: str, parameters: Any, _ctx: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            seen.setdefault(statement, (statement, parameters[0] if many else parameters))

    found: list[Statement] = []
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)
    found += seen.values()


def scans(session: Session, found: list[Statement]) -> list[tuple[str, str]]:
    """The large tables that are read from end to end, each with its statement."""
    connection = session.connection()
    result = []
    for statement, parameters in found:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        details = [row.detail for row in plan]
        for detail in details:
            match = _SCAN.match(detail)
            if match is None and _SORTED in details:
                match = _MOST_OF_IT.match(detail)
            if match and match[1] in LARGE:
                result.append((match[1], statement))
    return result


def an_archive(session: Session) -> None:
    for number in range(1, 30):
        listings = [a_listing(number + 1, minute(NOON)), a_listing(number + 2, day(NOON))]
        save(session, a_page(number, f"{LONG_BODY} Part {number}.", listings=listings))


def pages(session: Session) -> None:
    listings = [
        a_listing(30, minute(NOON)),
        a_listing(40, day(NOON)),
        a_listing(41, Date()),
        a_listing(3, minute(NOON), title="Other words"),
    ]
    options: dict[str, Any] = {"recheck_after": [timedelta(hours=1)]}
    save(session, a_list_page(listings), **options)
    save(session, a_list_page(listings, at=NOON + hours(1)), **options)
    save(session, a_page(30, listings=listings, day_printed="2025-08-20"), **options)
    save(session, a_page(31), **options)
    save(session, a_page(30, at=NOON + hours(2)), **options)
    save(session, a_page(30, LONG_BODY + " It closes at five.", at=NOON + hours(3)), **options)
    save(session, a_page(31, LONG_BODY + " It closes at six.", at=NOON + hours(3)), **options)
    save(session, a_failure(50, "HTTP 404", status=404))
    save(session, a_failure(51))
    save(session, a_failure(None))
    save(session, a_page(45, "An undated one."))
    save(session, a_page(46, "And its neighbour.", day_printed="2025-08-20"))


def choices(session: Session) -> None:
    now = NOON + hours(30)
    ledger.newest_of_section(session.connection(), SITE, "International")
    ledger.to_fetch(session.connection(), SITE, now, 10)
    ledger.count_due(session.connection(), SOURCE, now, [Origin.LIST, Origin.START])
    ledger.due_rechecks(session.connection(), SITE, now, 10)
    ledger.missing_ids(session.connection(), SOURCE, 10)
    ledger.add_ids(session.connection(), SITE, [60, 61], origin=Origin.GAP, now=now)
    estimate_dates(session.connection(), SITE)
    ledger.move_start(session.connection(), SOURCE, 1)
    crawls.pending_left(session.connection(), SOURCE)


def searches(session: Session) -> None:
    search(session, "harbour")
    search(session, "harbour", section="International", since=NOON)
    search(session, None)
    search(session, None, seen_since=NOON)
    count(session, "harbour", section="International")


@ON_SQLITE
@pytest.mark.parametrize("work", [pages, choices, searches])
def test_every_statement_uses_an_index(
    session: Session, engine: Engine, work: Callable[[Session], None]
) -> None:
    an_archive(session)
    with statements(engine) as found:
        work(session)
        session.flush()

    assert len(found) >= 3
    assert scans(session, found) == []


def newest_rows(session: Session) -> None:
    ledger.gaps_pay(session.connection(), SOURCE)
    crawls.usual(session.connection(), SOURCE)


@ON_SQLITE
def test_what_looks_at_the_newest_rows_sorts_none(session: Session, engine: Engine) -> None:
    an_archive(session)
    with statements(engine) as found:
        newest_rows(session)

    for table, statement in scans(session, found):
        plan = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", dict(found)[statement]
        )
        details = [row.detail for row in plan]
        assert "LIMIT" in statement, f"{table}: {statement}"
        of_table = details.index(f"SCAN {table}")
        assert details[of_table + 1] != _SORTED


@ON_SQLITE
def test_a_scan_is_noticed(session: Session, engine: Engine) -> None:
    with statements(engine) as found:
        session.connection().exec_driver_sql("SELECT id FROM articles WHERE credit_text = 'AAP'")

    assert [table for table, _ in scans(session, found)] == ["articles"]


def test_every_large_table_is_named() -> None:
    small = {
        "alerts",
        "crawls",
        "hosts",
        "robots_txt",
        "sections",
        "sent_requests",
        "sources",
        "watches",
    }

    assert set(Base.metadata.tables) == LARGE | small
