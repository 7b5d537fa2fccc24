"""Relative paths start at the folder of scrapy.cfg, from wherever a command is run."""

import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.utils.conf import closest_scrapy_cfg

from newsbot.crawl.database import database_url, project_path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "scrapy.cfg").touch()
    (tmp_path / "a/folder").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("here", [".", "a", "a/folder"])
def test_a_path_starts_at_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    monkeypatch.chdir(project / here)

    assert project_path("data/warc") == project / "data/warc"
    assert project_path("/elsewhere") == Path("/elsewhere")
    assert project_path("./~x/data") == project / "~x/data"
    assert Path(closest_scrapy_cfg()).parent == project


def test_outside_a_project_it_starts_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert project_path("data/warc") == tmp_path / "data/warc"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/newsbot.db", "sqlite:///{project}/data/newsbot.db"),
        ("sqlite:////data/newsbot.db", "sqlite:////data/newsbot.db"),
        ("sqlite:///", "sqlite:///"),
        ("postgresql://host/news", "postgresql://host/news"),
    ],
)
def test_a_database_lies_there_too(
    project: Path, monkeypatch: pytest.MonkeyPatch, url: str, expected: str
) -> None:
    monkeypatch.chdir(project / "a")

    assert database_url(url) == expected.format(project=project)


@pytest.mark.parametrize("command", ["status", "search", "export"])
def test_a_command_that_only_asks_does_not_import_scrapy(command: str) -> None:
    code = f"import sys, newsbot.cli.{command}; sys.exit('scrapy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
