import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from newsbot.errors import DatabaseUnusable
from newsbot.store import engine as engine_module
from newsbot.store.engine import explained, open_engine
from newsbot.store.tables import Base, Host
from tests.helpers.databases import ON_POSTGRESQL, ON_SQLITE
from tests.helpers.disks import make_read_only, small_disk
from tests.helpers.postgresql import Server

COUNT = select(func.count()).select_from(Host)


def refusal(url: str, *, read_only: bool = False) -> str:
    """Return what is said when `url` can't be opened: one sentence."""
    with pytest.raises(DatabaseUnusable) as caught:
        open_engine(url, read_only=read_only)
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


@contextmanager
def opened(url: str, *, read_only: bool = False) -> Iterator[Engine]:
    engine = open_engine(url, read_only=read_only)
    yield engine
    engine.dispose()


def add_host(engine: Engine, name: str) -> None:
    with explained(engine), Session(engine) as session, session.begin():
        session.add(Host(host=name))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up at once where another program holds a lock."""
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT", 0.0)


@pytest.fixture
def stranger() -> Iterator[Path]:
    """Become a user who may read but not write the database in the folder that is yielded."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    # Open all the while, as by a crawl: what SQLite keeps beside the file can be read as well.
    with opened(f"sqlite:///{folder}/newsbot.db") as engine, engine.connect():
        Base.metadata.create_all(engine)
        os.seteuid(65534)
        yield folder
        os.seteuid(0)
    shutil.rmtree(folder)


def test_a_savepoint_is_undone_alone(session: Session) -> None:
    session.add(Host(host="kept"))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(insert(Host), [{"host": "twice"}, {"host": "twice"}])
    session.add(Host(host="also kept"))
    session.commit()
    assert session.scalars(select(Host.host).order_by(Host.host)).all() == ["also kept", "kept"]


@ON_SQLITE
def test_what_is_committed_survives_a_power_cut(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


@ON_SQLITE
def test_a_reference_to_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO shingles VALUES (1, 99)")


@ON_SQLITE
@pytest.mark.usefixtures("impatient")
def test_a_writer_takes_its_turn_before_it_reads(engine: Engine, database_url: str) -> None:
    with opened(database_url) as rival, engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(DatabaseUnusable, match="locked by another program"):
            add_host(rival, "a")


@ON_SQLITE
@pytest.mark.usefixtures("impatient")
def test_a_reader_neither_blocks_a_writer_nor_waits_for_one(
    engine: Engine, database_url: str
) -> None:
    with engine.begin() as writing:
        writing.exec_driver_sql("INSERT INTO hosts (host) VALUES ('a')")
        with opened(database_url, read_only=True) as reader, reader.begin() as reading:
            assert reading.scalar(COUNT) == 0
            writing.commit()
            add_host(engine, "b")


def test_a_reader_sees_one_state_throughout_a_transaction(
    engine: Engine, database_url: str
) -> None:
    with opened(database_url, read_only=True) as reader:
        with Session(reader) as session:
            assert session.scalar(COUNT) == 0
            add_host(engine, "a")
            assert session.scalar(COUNT) == 0
        with Session(reader) as session:
            assert session.scalar(COUNT) == 1


def test_a_reader_can_not_write(database_url: str) -> None:
    with (
        opened(database_url, read_only=True) as reader,
        pytest.raises(SQLAlchemyError, match=r"read-?only"),
        reader.begin() as connection,
    ):
        connection.exec_driver_sql("INSERT INTO hosts (host) VALUES ('a')")


@pytest.mark.parametrize("name", ["new/folders/a b.db", "50% #1 ?.db", "Whangārei.db"])
def test_folders_are_made_and_any_name_will_do(tmp_path: Path, name: str) -> None:
    url = f"sqlite:///{tmp_path / name}".replace("?", "%3F")
    with opened(url) as engine:
        Base.metadata.create_all(engine)
        add_host(engine, "a")
    with opened(url, read_only=True) as engine, Session(engine) as session:
        assert session.scalar(COUNT) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "can't be understood"),
        ("data/newsbot.db", "can't be understood; write a path, sqlite:///folder/file.db"),
        ("postgresql://bob:s3cret@host:port/news", "can't be understood"),
        ("mysql://bob:s3cret@host/news", "no driver for 'mysql'"),
        ("sqlite+aiosqlite:///a.db", "no driver for 'sqlite+aiosqlite'"),
        ("sqlite://folder/newsbot.db", "three slashes before a relative path"),
        ("sqlite://", "kept in a file, not in memory"),
        ("sqlite:///:memory:", "kept in a file, not in :memory:"),
        ("sqlite:///file:a.db?uri=true", "kept in a file"),
        ("sqlite:///a.db?timeout=5", "options after the '?'"),
        ("postgresql://bob@host/a%00b", "can't be understood"),
        ("sqlite:////dev/null/folder/newsbot.db", "Not a directory"),
        ("sqlite:////dev/null/newsbot.db", "its folder is a file"),
        ("sqlite:///" + 300 * "x", "File name too long"),
        ("sqlite:///a%00b", "can't be understood"),
    ],
)
def test_a_url_that_means_nothing_is_explained(url: str, said: str) -> None:
    refused = refusal(url)
    assert said in refused
    assert "s3cret" not in refused


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    assert refusal(f"sqlite:///{tmp_path}") == (
        f"The database {tmp_path} is a folder; name a file in it."
    )


@pytest.mark.parametrize("read_only", [True, False])
def test_another_kind_of_file_is_not_a_database(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, this is no database at all.\n" * 99)
    said = refusal(f"sqlite:///{path}", read_only=read_only)
    assert said.startswith(f"The database {path} is not an SQLite database;")
    assert path.read_text().startswith("Dear reader")


def test_reading_makes_no_database(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "newsbot.db"
    said = refusal(f"sqlite:///{path}", read_only=True)
    assert said == f"There is no database at {path}; run a crawl to make it."
    assert not path.parent.exists()


def test_a_database_may_be_read_without_permission_to_write(stranger: Path) -> None:
    url = f"sqlite:///{stranger}/newsbot.db"
    with opened(url, read_only=True) as engine, Session(engine) as session:
        assert session.scalar(COUNT) == 0
    assert "may not be written; give this user write permission" in refusal(url)
    assert "can't be opened; give this user" in refusal(f"sqlite:///{stranger}/other.db")
    assert "Permission denied" in refusal(f"sqlite:///{stranger}/folder/other.db")


def test_a_file_that_may_not_be_read_is_explained(stranger: Path) -> None:
    os.seteuid(0)
    (stranger / "newsbot.db").chmod(0o600)
    os.seteuid(65534)
    said = refusal(f"sqlite:///{stranger}/newsbot.db", read_only=True)
    assert "can't be opened; give this user read and write permission" in said


@ON_SQLITE
def test_a_full_disk_is_explained(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(DatabaseUnusable) as caught:
        add_host(engine, "x" * 9999)
    assert str(caught.value) == (
        f"The database {tmp_path}/newsbot.db can't grow because the disk is full; "
        "free some space and run the same command again."
    )


@ON_SQLITE
def test_a_damaged_file_is_explained(engine: Engine, database_url: str, tmp_path: Path) -> None:
    engine.dispose()
    with (tmp_path / "newsbot.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 9999)
    with (
        opened(database_url, read_only=True) as reader,
        pytest.raises(DatabaseUnusable, match="is damaged; restore a backup"),
        explained(reader),
        reader.connect() as connection,
    ):
        connection.exec_driver_sql("SELECT * FROM hosts")


@ON_POSTGRESQL
def test_the_short_name_of_postgresql_will_do(engine: Engine, database_url: str) -> None:
    with opened(database_url.replace("postgresql+psycopg://", "postgres://")) as same:
        add_host(same, "a")
    with Session(engine) as session:
        assert session.scalar(COUNT) == 1


def test_a_server_that_does_not_answer_is_explained_without_its_password() -> None:
    said = refusal("postgresql://bob:s3cret@127.0.0.1:1/news?password=hunter2")
    assert said.startswith("The database postgresql://bob@127.0.0.1:1/news can't be used (")
    assert "refused" in said
    assert said.endswith(
        "check that the server runs and that the URL, user and password are right."
    )
    assert "s3cret" not in said
    assert "hunter2" not in said


def test_postgresql_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'newsbot-nzcity[postgres]'" in refusal("postgresql://bob@localhost/news")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_server_that_can_not_hold_every_text_is_refused(
    postgresql_server: Server, encoding: str
) -> None:
    with postgresql_server.empty_database(encoding) as url:
        said = refusal(url)

    assert f"keeps its text in {encoding}; make one in UTF-8 with: createdb" in said


@ON_POSTGRESQL
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP"])
def test_the_client_speaks_utf_8_whatever_its_environment_says(
    database_url: str, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", encoding)
    for url in (database_url, f"{database_url}&client_encoding=latin1"):
        with opened(url) as engine:
            add_host(engine, f"Whangārei 😀 {url}")
            with Session(engine) as session:
                assert f"Whangārei 😀 {url}" in session.scalars(select(Host.host)).all()


def test_a_database_on_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4096):
        path = tmp_path / "disk/x#y %41.db"
        url = f"sqlite:///{path}".replace("%", "%25")
        with opened(url) as engine:
            Base.metadata.create_all(engine)
            add_host(engine, "a")
        make_read_only(tmp_path / "disk")

        with opened(url, read_only=True) as engine, Session(engine) as session:
            assert session.scalar(COUNT) == 1
        assert "can't be opened" in refusal(url)
        assert [each.name for each in path.parent.iterdir()] == [path.name]
