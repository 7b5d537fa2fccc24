"""What several tests of reparsing need."""

from pathlib import Path

import pytest

from newsbot.warc.records import Request, Response
from newsbot.warc.writing import WarcFile
from tests.helpers.their_files import NOW, SITE, Database, address, html


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """A database that a crawl of today has filled with one page and what it lists."""
    database = Database(tmp_path)
    own = WarcFile(database.archive, "nzcity", {"software": "newsbot/0.1", "isPartOf": "nzcity"})
    newest = SITE.ids(NOW)[-1]
    own.write(Request([]), Response(address(newest), NOW, 200, [], html(newest, NOW)))
    own.close()
    database.reparse()
    return database


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return tmp_path / "CC-NEWS-20250818.warc.gz"
