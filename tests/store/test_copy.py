"""An archive in another database: the same, whatever stood there of it already."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, delete, event, func, insert, select, update
from sqlalchemy.orm import Session

from newsbot.cli import newsbot
from newsbot.crawl.database import Lock
from newsbot.errors import CopyFailed, LockHeld
from newsbot.items import Date, Precision
from newsbot.store.copy import TABLES, Copied, copy
from newsbot.store.engine import open_engine
from newsbot.store.internal_tables import RobotsTxt
from newsbot.store.migrate import migrate
from newsbot.store.reading.search import search
from newsbot.store.tables import (
    Alert,
    Article,
    Crawl,
    Host,
    Page,
    Section,
    SentRequest,
    Shingle,
    Version,
    Watch,
)
from tests.helpers.made_up import (
    LONG_BODY,
    NOON,
    ZONES,
    a_failure,
    a_listing,
    a_page,
    hours,
    minute,
    save,
)

STORIES = 30


@pytest.fixture(scope="module")
def filled_archive(tmp_path_factory: pytest.TempPathFactory, empty_archive: Path) -> Path:
    """An archive in SQLite with something in every table."""
    path = tmp_path_factory.mktemp("filled") / "filled.db"
    shutil.copyfile(empty_archive, path)
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        fill(session)
        session.commit()
    engine.dispose()
    return path


@pytest.fixture
def source(tmp_path: Path, filled_archive: Path) -> Iterator[Engine]:
    path = tmp_path / "source.db"
    shutil.copyfile(filled_archive, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def fill(session: Session) -> None:
    for number in range(1, STORIES + 1):
        listings = [a_listing(number + 1, minute(NOON)), a_listing(number + 1, Date())]
        body = f"Crew {number} of the harbour board, the «{number}rd» in Kaikōura, has gone home."
        save(session, a_page(number, body, at=NOON, listings=listings))
    save(session, a_page(100, LONG_BODY, warc_file="a.warc.gz", warc_offset=2**40))
    save(session, a_page(101, LONG_BODY))
    save(session, a_page(102, LONG_BODY + " It closes at five."))
    save(session, a_page(102, LONG_BODY + " It closes at six.", at=NOON + hours(1)))
    save(session, a_failure(103, "HTTP 404", status=404))
    save(session, a_failure(None))
    session.add_all(
        [
            Crawl(source="nzcity", started_at=NOON, outcome="finished", responses={"200": 3}),
            Section(source="nzcity", section="Politics", cat=978, first_seen_at=NOON),
            Host(host="home.nzcity.co.nz", retry_at=NOON),
            Host(host="Åland.example"),
            Host(host="zoo.example"),
            RobotsTxt(host="zoo.example", status=200, body="Disallow: /ā\r\n", failures=0),
            SentRequest(host="home.nzcity.co.nz", sent_at=1755691200.125),
            Watch(
                name="ferries",
                words="ferry",
                sections=["National"],
                channel="mail",
                target="a@b.example",
                created_at=NOON,
                matched_until=NOON,
            ),
            Alert(watch="ferries", source="nzcity", source_id="1", text_hash="0", matched_at=NOON),
        ]
    )


@pytest.fixture
def target(database_url: str) -> Iterator[Engine]:
    """An empty database: SQLite's, then PostgreSQL's."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def rows(engine: Engine) -> dict[str, set[str]]:
    with engine.connect() as connection:
        return {
            table.name: set(map(repr, connection.execute(select(table)).all())) for table in TABLES
        }


def quietly(source: Engine, target: Engine) -> list[Copied]:
    return copy(source, target, lambda _table, _rows: None)


def killed_after(chunks: int) -> Any:
    """A progress that ends the copy as a signal would."""
    told: list[str] = []

    def progress(table: str, _rows: int) -> None:
        told.append(table)
        if len(told) == chunks:
            raise KeyboardInterrupt

    return progress


def test_every_row_is_copied(source: Engine, target: Engine) -> None:
    copied = quietly(source, target)

    there = rows(target)
    assert there == rows(source)
    assert [name for name, found in there.items() if not found] == []
    assert {each.table: each.rows for each in copied} == {
        name: len(found) for name, found in there.items()
    }
    assert len({each.sha256 for each in copied}) == len(copied)


def test_a_copy_back_is_the_archive_it_came_from(
    source: Engine, target: Engine, tmp_path: Path
) -> None:
    there = quietly(source, target)
    back = open_engine(f"sqlite:///{tmp_path}/back.db")
    migrate(back, ZONES)

    assert quietly(target, back) == there
    assert rows(back) == rows(source)
    back.dispose()


def test_the_copy_can_be_searched(source: Engine, target: Engine) -> None:
    quietly(source, target)

    with Session(target) as session:
        assert {hit.source_id for hit in search(session, "kaikoura", limit=99)} == {
            str(number) for number in range(1, STORIES + 1)
        }
        assert [hit.source_id for hit in search(session, '"closes at six"')] == ["102"]
        assert search(session, '"closes at five"') == []


def test_the_copy_is_crawled_on(source: Engine, target: Engine) -> None:
    quietly(source, target)

    with Session(target) as session:
        saved = save(session, a_page(200, "A text that nobody has seen.")).saved
        session.commit()
        assert saved is not None
        assert saved.article_id == session.scalar(select(func.max(Article.id)))


@pytest.mark.parametrize("chunks", [1, 5])
def test_an_interrupted_copy_goes_on(source: Engine, target: Engine, chunks: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        copy(source, target, killed_after(chunks))
    written: list[str] = []

    @event.listens_for(target, "before_cursor_execute")
    def _note(_c: Any, _cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("INSERT"):
            written.append(statement.split()[2])

    quietly(source, target)

    assert rows(target) == rows(source)
    done = [table.name for table in TABLES][:chunks]
    assert not set(written) & set(done)


def test_a_copy_that_is_up_to_date_is_not_written_to(source: Engine, target: Engine) -> None:
    there = quietly(source, target)
    written: list[str] = []

    @event.listens_for(target, "before_cursor_execute")
    def _note(_c: Any, _cursor: Any, statement: str, *_: object) -> None:
        if not statement.startswith(("SELECT", "BEGIN")):
            written.append(statement)

    assert quietly(source, target) == there
    assert written == []


def test_a_copy_follows_what_changed(source: Engine, target: Engine) -> None:
    quietly(source, target)
    with Session(source) as session:
        save(session, a_page(5, "Quite another text.", at=NOON + hours(2)))
        save(session, a_page(300, "And a new one."))
        session.execute(delete(Shingle).where(Shingle.article_id == 7))
        session.execute(delete(SentRequest))
        session.execute(delete(Page).where(Page.source_id.is_(None)))
        session.commit()

    quietly(source, target)

    assert rows(target) == rows(source)
    with Session(target) as session:
        assert [hit.source_id for hit in search(session, "quite")] == ["5"]


def test_what_is_unique_may_have_moved_to_another_row(source: Engine, target: Engine) -> None:
    quietly(source, target)
    page_id = select(Page.id).where(Page.source_id == "102").scalar_subquery()
    of_page = Version.page_id == page_id
    with source.begin() as connection:
        for step in (10, -10):
            version = 13 - Version.version if step > 0 else Version.version - 10
            connection.execute(update(Version).where(of_page).values(version=version))

    quietly(source, target)

    assert rows(target) == rows(source)


def test_another_archive_is_left_as_it_is(source: Engine, target: Engine) -> None:
    with Session(target) as session:
        save(session, a_page(777, "The story of another archive."))
        session.commit()
    before = rows(target)

    with pytest.raises(CopyFailed, match="copy to an empty one"):
        quietly(source, target)
    assert rows(target) == before


def test_a_difference_is_found_in_the_end(source: Engine, target: Engine) -> None:
    def meddle(table: str, _rows: int) -> None:
        if table == "sources":
            with target.begin() as connection:
                connection.execute(update(Article).where(Article.id == 3).values(headline="?"))

    with pytest.raises(CopyFailed, match=r"table articles .* differs"):
        copy(source, target, meddle)


def test_more_rows_than_one_transaction_holds(source: Engine, target: Engine) -> None:
    many = [{"host": "h.example", "sent_at": float(number)} for number in range(1234)]
    with source.begin() as connection:
        connection.execute(insert(SentRequest), many)

    copied = {each.table: each.rows for each in quietly(source, target)}

    assert copied["sent_requests"] == len(many) + 1
    assert rows(target) == rows(source)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(newsbot, ["copy", *arguments])


def test_the_command_copies_and_says_what(
    source: Engine, database_url: str, target: Engine
) -> None:
    result = run("--database", f"sqlite:///{source.url.database}", "--to", database_url)

    assert result.exit_code == 0, result.output
    assert rows(target) == rows(source)
    lines = [line.split("\t") for line in result.stdout.splitlines() if "\t" in line]
    assert [line[:2] for line in lines[1:]] == [
        [table.name, str(len(rows(source)[table.name]))] for table in TABLES
    ]


def test_the_command_keeps_out_while_a_crawl_runs(source: Engine, tmp_path: Path) -> None:
    database = f"sqlite:///{source.url.database}"
    with Lock(source.url):
        result = run("--database", database, "--to", f"sqlite:///{tmp_path}/new.db")

    assert isinstance(result.exception, LockHeld)


def test_the_command_refuses_to_copy_onto_itself(source: Engine) -> None:
    database = f"sqlite:///{source.url.database}"

    result = run("--database", database, "--to", database)

    assert result.exit_code == 2
    assert "--to" in result.stderr


def test_a_mistyped_database_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"

    result = run("--database", f"sqlite:///{missing}", "--to", f"sqlite:///{tmp_path}/new.db")

    assert result.exit_code == 1
    assert not missing.exists()


def test_dates_keep_their_precision(source: Engine, target: Engine) -> None:
    quietly(source, target)

    with Session(target) as session:
        precisions = set(session.scalars(select(Article.date_published_precision)))
        dated = session.scalars(select(Article.date_published).where(Article.source_id == "5"))
        assert dated.one() == NOON
    assert precisions == {Precision.MINUTE, Precision.UNKNOWN}
