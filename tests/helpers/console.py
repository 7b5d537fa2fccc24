"""Runs a command of `newsbot` in this process, on an archive of its own."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from sqlalchemy import insert

from newsbot.cli import newsbot
from newsbot.store.engine import open_engine
from newsbot.store.tables import Base

Rows = Sequence[Mapping[str, Any]]


class Console:
    """An archive in `folder` and the commands run on it."""

    def __init__(self, folder: Path, empty_archive: Path) -> None:
        self.path = folder / "newsbot.db"
        self.url = f"sqlite:///{self.path}"
        shutil.copyfile(empty_archive, self.path)

    def fill(self, **tables: Rows) -> None:
        """Insert rows into the tables that the arguments name."""
        engine = open_engine(self.url)
        with engine.begin() as connection:
            for name, rows in tables.items():
                for row in rows:
                    connection.execute(insert(Base.metadata.tables[name]), row)
        engine.dispose()

    def run(self, *arguments: str) -> Result:
        """Run a command; its stdout and stderr are kept apart, an error of ours is raised."""
        result = CliRunner().invoke(newsbot, [*arguments, "--database", self.url])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result
