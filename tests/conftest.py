"""Fixtures that several test files share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from tests.helpers import postgresql
from tests.helpers.crawling import Archive
from tests.helpers.demo_archive import demo_archive
from tests.helpers.made_up import ZONES

# Half of the usual examples, and no deadline: `benchmarks/` has what searches for longer.
settings.register_profile("newsbot", max_examples=50, deadline=None)
settings.load_profile("newsbot")


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite database to copy: migrating each test's own takes too long."""
    path = tmp_path_factory.mktemp("archive") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, ZONES)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """Yield a PostgreSQL server; skip without one, except in CI."""
    with postgresql.server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a fresh, migrated database: SQLite's, then PostgreSQL's."""
    if request.param == "sqlite":
        path = tmp_path / "newsbot.db"
        shutil.copyfile(request.getfixturevalue("empty_archive"), path)
        yield f"sqlite:///{path}"
    else:
        server: postgresql.Server = request.getfixturevalue("postgresql_server")
        yield server.archive()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Yield an engine on a fresh, migrated database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session on `engine`, rolled back at the end."""
    with Session(engine) as session:
        yield session


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return the archive of `make demo`, for tests that only read it."""
    return demo_archive(tmp_path_factory.mktemp("demo"))
