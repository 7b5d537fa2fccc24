"""What several tests of reparsing need."""

import shutil
from pathlib import Path

import pytest

from newsbot.warc.records import Request, Response
from newsbot.warc.writing import WarcFile
from tests.helpers.their_files import NOW, SITE, Database, address, html


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a database that a crawl of today has filled with one page."""
    folder = tmp_path_factory.mktemp("filled")
    database = Database(folder)
    own = WarcFile(database.archive, "nzcity", {"software": "newsbot/0.1", "isPartOf": "nzcity"})
    newest = SITE.ids(NOW)[-1]
    own.write(Request([]), Response(address(newest), NOW, 200, [], html(newest, NOW)))
    own.close()
    database.reparse()
    return folder


@pytest.fixture
def database(filled: Path, tmp_path: Path) -> Database:
    """Return a copy of `filled`: to make one for each test takes too long."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return Database(tmp_path)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return tmp_path / "CC-NEWS-20250818.warc.gz"
