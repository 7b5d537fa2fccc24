import random
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsbot.errors import DatabaseUnusable
from newsbot.store.engine import open_engine
from newsbot.store.tables import Host
from newsbot.store.writer import BATCH, Writer
from tests.helpers.databases import ON_POSTGRESQL, ON_SQLITE

Work = Callable[[Connection], object]


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    with Writer(engine) as writer:
        yield writer


@contextmanager
def held(writer: Writer) -> Iterator[None]:
    """Keep the writer busy, so that what is submitted meanwhile shares a commit."""
    begun, over = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        begun.set()
        over.wait()

    holding = writer.submit(hold)
    begun.wait()
    try:
        yield
    finally:
        over.set()
    holding.result()


def together(writer: Writer, *works: Work) -> list[Future[object]]:
    """Submit `works` so that they share one commit, and wait for all of them."""
    with held(writer):
        futures = [writer.submit(work) for work in works]
    for future in futures:
        future.exception()
    return futures


def add(name: str) -> Work:
    def work(connection: Connection) -> str:
        connection.execute(insert(Host), {"host": name})
        return name

    return work


def add_and_fail(name: str) -> Work:
    def work(connection: Connection) -> None:
        connection.execute(insert(Host), {"host": name})
        raise KeyError(name)

    return work


def end_the_transaction(connection: Connection) -> None:
    connection.execute(insert(Host), {"host": "lost"})
    connection.exec_driver_sql("ROLLBACK")


def fill_the_disk(connection: Connection) -> None:
    connection.execute(text("PRAGMA max_page_count = 1"))
    connection.execute(insert(Host), {"host": "x" * 99_999})


def fill_the_disk_and_look_away(connection: Connection) -> None:
    connection.execute(text("PRAGMA max_page_count = 1"))
    try:
        connection.execute(text("INSERT INTO hosts (host) VALUES (:x)"), {"x": "x" * 99_999})
    except Exception:  # noqa: BLE001 - what this test is about
        connection.execute(text("INSERT INTO hosts (host) VALUES ('slipped in')"))


def leave_a_dangling_reference(connection: Connection) -> None:
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    connection.execute(text("INSERT INTO shingles VALUES (1, 99)"))


def hosts(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return sorted(session.scalars(select(Host.host)))


def test_a_result_in_hand_is_stored(writer: Writer, database_url: str) -> None:
    reader = open_engine(database_url, read_only=True)
    seen: list[list[str]] = []
    with held(writer):
        future = writer.submit(add("a"))
        future.add_done_callback(lambda _future: seen.append(hosts(reader)))
    assert future.result() == "a"
    writer.close()
    reader.dispose()
    assert seen == [["a"]]


def test_work_runs_in_the_order_of_submission(writer: Writer) -> None:
    numbers = iter(range(3 * BATCH))
    futures = [writer.submit(lambda _connection: next(numbers)) for _ in range(3 * BATCH)]
    assert [future.result() for future in futures] == list(range(3 * BATCH))


def test_what_waits_shares_a_commit_up_to_a_limit(writer: Writer, engine: Engine) -> None:
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)
    together(writer, *(add(str(i)) for i in range(2 * BATCH + 1)))
    assert len(commits) == 1 + 3
    assert len(hosts(engine)) == 2 * BATCH + 1


def test_work_that_raises_is_undone_alone(writer: Writer, engine: Engine) -> None:
    first, raised, refused, last = together(writer, add("a"), add_and_fail("b"), add("a"), add("c"))
    assert (first.result(), last.result()) == ("a", "c")
    assert isinstance(raised.exception(), KeyError)
    assert isinstance(refused.exception(), IntegrityError)
    assert hosts(engine) == ["a", "c"]


@given(st.lists(st.tuples(st.sampled_from([add, add_and_fail]), st.sampled_from("abcdef"))))
def test_what_is_stored_is_what_was_acknowledged(
    writer: Writer, engine: Engine, works: list[tuple[Callable[[str], Work], str]]
) -> None:
    writer.submit(lambda connection: connection.execute(delete(Host)) and None).result()
    futures = together(writer, *(kind(name) for kind, name in works))
    assert hosts(engine) == sorted(
        str(future.result()) for future in futures if future.exception() is None
    )


@ON_SQLITE
@pytest.mark.parametrize(
    ("work", "said"),
    [
        (end_the_transaction, "can't be used"),
        (fill_the_disk, "the disk is full"),
        (fill_the_disk_and_look_away, "can't be used"),
        (leave_a_dangling_reference, "FOREIGN KEY"),
    ],
)
def test_a_lost_transaction_is_lost_to_all_who_share_it(
    writer: Writer, engine: Engine, work: Work, said: str
) -> None:
    futures = together(writer, add("before"), work, add("after"))
    for future in futures:
        assert isinstance(future.exception(), DatabaseUnusable)
        assert said in str(future.exception())
    stored = hosts(engine)
    assert "before" not in stored
    assert "after" not in stored
    writer.submit(
        lambda connection: connection.execute(text("PRAGMA max_page_count = 99999")).close()
    )
    assert writer.submit(add("later")).result() == "later"
    assert "later" in hosts(engine)


@ON_POSTGRESQL
def test_a_broken_connection_is_lost_to_all_who_share_it(writer: Writer, engine: Engine) -> None:
    def break_it(connection: Connection) -> None:
        connection.execute(select(func.pg_terminate_backend(func.pg_backend_pid())))

    for future in together(writer, add("before"), break_it, add("after")):
        assert isinstance(future.exception(), DatabaseUnusable)
        assert "check that the server runs" in str(future.exception())
    assert writer.submit(add("later")).result() == "later"
    assert hosts(engine) == ["later"]


@ON_SQLITE
def test_work_that_meets_a_broken_database_says_so(writer: Writer) -> None:
    unreadable = writer.submit(
        lambda connection: connection.execute(text("SELECT 1 FROM nowhere")).all()
    )
    assert isinstance(unreadable.exception(), DatabaseUnusable)
    assert "no such table: nowhere" in str(unreadable.exception())


def test_a_lost_transaction_and_failed_work_are_told_of(engine: Engine) -> None:
    told: list[str] = []
    with Writer(engine, on_lost=lambda: told.append("lost")) as writer:
        writer.submit(add("a")).result()
        assert told == []
        writer.submit(add_and_fail("b")).exception()

    assert told == ["lost"]


def test_closing_finishes_what_was_submitted(engine: Engine) -> None:
    with Writer(engine) as writer:
        futures = [writer.submit(add(str(i))) for i in range(2 * BATCH)]
    assert all(future.done() for future in futures)
    assert len(hosts(engine)) == 2 * BATCH
    writer.close()
    with pytest.raises(RuntimeError, match="the writer is closed"):
        writer.submit(add("late"))


def test_work_that_was_cancelled_does_not_run(writer: Writer, engine: Engine) -> None:
    with held(writer):
        cancelled, other = writer.submit(add("a")), writer.submit(add("b"))
        assert cancelled.cancel()
    other.result()
    with pytest.raises(CancelledError):
        cancelled.result()
    assert hosts(engine) == ["b"]


def test_work_that_ends_the_program_does_not_end_the_writer(writer: Writer) -> None:
    assert isinstance(writer.submit(lambda _connection: sys.exit(1)).exception(), SystemExit)
    assert writer.submit(add("a")).result() == "a"


@ON_SQLITE
@pytest.mark.parametrize("seed", range(3))
def test_what_was_acknowledged_survives_a_kill(
    engine: Engine, database_url: str, seed: int
) -> None:
    acknowledged = random.Random(seed).randint(1, 300)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.writing_process", database_url],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        printed = [next(process.stdout) for _ in range(acknowledged)]
        process.kill()
        printed += [line for line in process.stdout if line.endswith(b"\n")]
    assert {line.decode().strip() for line in printed} <= set(hosts(engine))


@ON_SQLITE
def test_what_was_acknowledged_survives_a_full_disk(engine: Engine, database_url: str) -> None:
    limit = 2_000_000
    finished = subprocess.run(
        [sys.executable, "-m", "tests.helpers.writing_process", database_url],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    *acknowledged, said = finished.stdout.splitlines()
    assert said.startswith("The database ")
    assert "disk" in said
    assert len(acknowledged) > 100
    assert set(acknowledged) == set(hosts(engine))
