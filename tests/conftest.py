"""Fixtures that several test files share."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from tests.helpers import postgresql
from tests.helpers.crawling import Archive
from tests.helpers.demo_archive import demo_archive
from tests.helpers.made_up import ZONES

# Few examples in every run; `make fuzz` tries many. HYPOTHESIS_PROFILE=thorough is in between.
for _profile, _examples in (("quick", 25), ("thorough", 500)):
    settings.register_profile(
        _profile,
        max_examples=_examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


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
    """Return the archive of `make demo`, for tests that only read it; all workers share one."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder /= "demo"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            demo_archive(folder)
            (folder / "made").touch()
    return Archive(folder, "")
