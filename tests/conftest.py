"""Fixtures that several test files share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite database to copy: migrating each test's own takes too long."""
    path = tmp_path_factory.mktemp("archive") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(tmp_path: Path, empty_archive: Path) -> Iterator[Engine]:
    """Yield an engine on a fresh, migrated database."""
    path = tmp_path / "newsbot.db"
    shutil.copyfile(empty_archive, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session on `engine`, rolled back at the end."""
    with Session(engine) as session:
        yield session
