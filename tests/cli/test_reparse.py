"""`newsbot reparse`."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from newsbot.crawl.database import Lock
from newsbot.errors import ArchiveUnusable, DatabaseUnusable
from newsbot.store.engine import open_engine
from newsbot.warc.records import Request, Response
from newsbot.warc.writing import WarcFile
from tests.helpers.console import Console
from tests.helpers.forks import newsbot
from tests.replica import scenarios
from tests.replica.markups import render

SITE = scenarios.plain(days=1, per_day=20)
NOW = scenarios.evening(1)
NEWSBOT = Path(sys.executable).with_name("newsbot")
INFO = {"software": "newsbot/0.1.0", "isPartOf": "nzcity"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "warc"
    file = WarcFile(folder, "nzcity", INFO)
    for source_id in (433_005, 433_006):
        page = SITE.page(source_id, NOW)
        assert page is not None
        url = f"https://home.nzcity.co.nz/news/article.aspx?id={source_id}"
        body = render(page, "tables").encode()
        file.write(Request([]), Response(url, NOW, 200, [], body))
    file.close()
    return folder


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    return Console(tmp_path, empty_archive)


def test_it_says_what_was_read_and_what_changed(console: Console, archive: Path) -> None:
    run = console.run("reparse", "--archive", str(archive))

    assert run.exit_code == 0
    assert run.stdout == ""
    assert run.stderr.startswith("2 responses ")
    assert "2 articles new" in run.stderr
    again = console.run("reparse", "--archive", str(archive))
    assert again.exit_code == 0
    assert " new" not in again.stderr


def test_what_is_passed_over_is_named_as_it_is(console: Console, archive: Path) -> None:
    file = WarcFile(archive, "other", {})
    url = "https://home.nzcity.co.nz/[/b]\x9b2J"
    file.write(Request([]), Response(url, NOW, 200, [], b"x"))
    file.close()
    [path] = archive.glob("other*")
    torn = gzip.decompress(path.read_bytes()).replace(b"HTTP/1.1 200", b"no HTTP here")
    path.with_suffix("").write_bytes(torn)
    path.unlink()

    run = console.run("reparse", "--archive", str(archive))

    assert run.exit_code == 0
    assert "no HTTP response, https://home.nzcity.co.nz/[/b]" in run.stderr
    assert "\x9b" not in run.stderr


@pytest.mark.parametrize("to", ["| head -c 3", ">/dev/full"])
def test_a_diff_that_can_not_be_written_is_no_traceback(
    console: Console, archive: Path, to: str
) -> None:
    command = f"{NEWSBOT} reparse --diff --archive {archive} --database {console.url} {to}"

    done = subprocess.run(["bash", "-c", command], check=False, capture_output=True, text=True)

    # What few rows there are may be written before `head` has ended.
    is_told = "Standard output can't be written" in done.stderr
    assert is_told or "head" in to
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_a_diff_shows_each_row_with_its_changed_words(console: Console, archive: Path) -> None:
    console.run("reparse", "--archive", str(archive))
    engine = open_engine(console.url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE articles SET headline = 'Once upon a time ' || headline, "
            "credit_text = 'Nobody' WHERE source_id = '433005'"
        )
        connection.exec_driver_sql("DELETE FROM listings WHERE source_id = '433004'")
    engine.dispose()

    run = console.run("reparse", "--diff", "--archive", str(archive))

    lines = run.stdout.splitlines()
    # In the order of the ids, the rows of a page together.
    assert lines[0].startswith("+ listings nzcity 433004 ")
    first = lines.index("~ articles nzcity 433005")
    assert lines[first + 1].startswith("    headline: [-Once upon a time-] ")
    assert lines[first + 2].startswith("    credit_text: [-Nobody-] {+")
    assert "1 articles changed" in run.stderr
    again = console.run("reparse", "--diff", "--archive", str(archive))
    assert again.stdout == run.stdout


def test_what_is_torn_is_named(console: Console, archive: Path) -> None:
    [path] = archive.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])

    run = console.run("reparse", "--archive", str(archive))

    assert run.exit_code == 0
    assert f"{path}, byte " in run.stderr


def test_while_a_crawl_works_nothing_is_done(console: Console, archive: Path) -> None:
    engine = open_engine(console.url)
    with Lock(engine.url):
        options = ["--archive", str(archive), "--database", console.url]
        run = newsbot("reparse", *options, cwd=archive)
    engine.dispose()

    assert run.returncode == 75
    assert len(run.stderr.splitlines()) == 1


def test_an_empty_archive_is_an_error(console: Console, tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="nothing"):
        console.run("reparse", "--archive", str(tmp_path / "nothing"))


def test_a_diff_makes_no_database(console: Console, archive: Path) -> None:
    console.path.unlink()

    with pytest.raises(DatabaseUnusable):
        console.run("reparse", "--diff", "--archive", str(archive))

    assert not console.path.exists()
