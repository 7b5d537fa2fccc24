"""`newsbot archive`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsbot.cli import newsbot
from newsbot.warc.records import Failure, Request, Response
from newsbot.warc.writing import WarcFile

AT = datetime(2026, 11, 22, 22, 13, tzinfo=UTC)
URL = "https://home.nzcity.co.nz/news/"


def run(folder: Path) -> Result:
    return CliRunner().invoke(newsbot, ["archive", "--archive", str(folder)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for day in range(2):
        file = WarcFile(tmp_path, "nzcity", {"software": "newsbot/0.1.0 Scrapy/2.19.0"})
        for minute in range(3):
            at = AT + timedelta(days=day, minutes=minute)
            file.write(Request([]), Response(URL, at, 200, [], b"x" * 999))
        file.write_failure(Failure(URL, AT + timedelta(days=9), "no answer in time"))
        file.close()
    return tmp_path


def test_each_file_is_listed_with_what_it_holds(folder: Path) -> None:
    lines = run(folder).stdout.splitlines()

    assert lines[1:3] == [
        str(folder),
        "File\tSize\tFirst\tLast\tResponses\tOther records\tUnreadable\tMade by",
    ]
    assert [line.split("\t") for line in lines[3:5]] == [
        [
            file_of(folder, day).name,
            size(folder, day),
            f"2026-11-{day + 1} 11:13",
            f"2026-11-{day + 1} 11:15",
            "3",
            "1 warcinfo, 3 request, 1 metadata",
            "",
            "newsbot/0.1.0",
        ]
        for day in (22, 23)
    ]
    assert lines[-1].startswith("2 files, ")
    assert lines[-1].endswith(" kB, 6 responses.")


def file_of(folder: Path, day: int) -> Path:
    [path] = folder.glob(f"nzcity-202611{day}T221300Z-*.warc.gz")
    return path


def size(folder: Path, day: int) -> str:
    return f"{file_of(folder, day).stat().st_size / 1000:.1f} kB"


def test_what_is_torn_is_counted(folder: Path) -> None:
    path = min(folder.iterdir())
    path.write_bytes(path.read_bytes()[:-20])

    first, second = run(folder).stdout.splitlines()[3:5]

    assert [line.split("\t")[6] for line in (first, second)] == ["1", ""]
    assert first.split("\t")[5] == "1 warcinfo, 3 request"


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    result = run(tmp_path)

    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path} holds no WARC file.\n"


def test_no_folder_at_all_is_an_error() -> None:
    result = CliRunner().invoke(newsbot, ["archive", "--archive", ""])

    assert result.exit_code == 2
    assert "ARCHIVE_DIR is empty" in result.stderr
