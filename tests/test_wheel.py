"""The wheel: built, installed into an environment of its own, and used in an empty folder."""

import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from contextlib import closing
from pathlib import Path

import pytest

import newsbot
from tests.helpers.crawling import ROOT
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")}
    return subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an environment's programs, with newsbot from its wheel.

    Its dependencies are those of this environment, so that nothing is downloaded.
    """
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(
        ROOT / "newsbot", source / "newsbot", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip"]
    quiet = ["--quiet", "--no-deps", "--no-index"]
    built = run(
        *pip, "wheel", *quiet, "--no-build-isolation", "--wheel-dir", folder, source, cwd=folder
    )
    assert built.returncode == 0, built.stderr
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    [wheel] = folder.glob("newsbot_nzcity-*.whl")
    done = run(*pip, "--python", folder / "venv", "install", *quiet, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    [site_packages] = (folder / "venv").glob("lib/*/site-packages")
    dependencies = sysconfig.get_path("purelib")
    # A path in such a file is added as it is: the newsbot that is being developed is not found.
    (site_packages / "dependencies.pth").write_text(f"{dependencies}\n")
    return folder / "venv/bin"


def test_it_holds_every_file_of_the_package(installed: Path) -> None:
    [package] = installed.parent.glob("lib/*/site-packages/newsbot")

    def files(folder: Path) -> set[Path]:
        paths = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder) for path in paths if path.suffix != ".pyc"}

    assert files(package) == files(Path(newsbot.__file__).parent)


def test_the_command_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    with Replica(scenarios.plain(days=1, per_day=3), Clock(scenarios.evening(1))) as replica:
        done = run(
            *(installed / "newsbot", "crawl", "--start-url", replica.url),
            *("-s", "RATE_LIMIT_REQUESTS=0"),
            cwd=tmp_path,
        )

    assert done.returncode == 0, done.stderr
    path = tmp_path / "data/newsbot.db"
    assert done.stderr.splitlines()[-1].endswith(f" Database: {path} (just created).")
    with closing(sqlite3.connect(path)) as connection:
        [(articles,)] = connection.execute("SELECT count(*) FROM articles")
    found = run(installed / "newsbot", "search", cwd=tmp_path)
    assert len(found.stdout.splitlines()) == articles > 0
    used = run(installed / "python", "-c", "import newsbot; print(newsbot.__file__)", cwd=tmp_path)
    assert Path(used.stdout).is_relative_to(installed.parent)
    assert run(installed / "newsbot", "--help", cwd=tmp_path).returncode == 0
