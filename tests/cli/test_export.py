"""`newsbot export`: every format, through the command."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from pyarrow import parquet as pq

from newsbot.errors import MissingExtra
from newsbot.store.reading.queries import COLUMNS
from newsbot.store.tables import Article
from tests.helpers.console import Console
from tests.helpers.crawling import ROOT
from tests.helpers.rows import NOON, article

ATOM = {"a": "http://www.w3.org/2005/Atom"}
NEWSBOT = Path(sys.executable).with_name("newsbot")


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(
        articles=[
            article(
                1,
                headline='=HYPERLINK("http://evil")',
                credit_text="ABC/wires",
                date_modified=NOON + timedelta(hours=1),
            ),
            article(
                2,
                headline="Whangārei – “quoted”, <b>bold</b> & more",
                date_published=datetime(2025, 8, 20, 12, tzinfo=UTC),
                date_published_precision="day",
                article_section="Law and Order",
            ),
            article(3, date_published=None, date_published_precision="unknown"),
        ]
    )
    return console


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_lines_are_schema_orgs_articles(console: Console) -> None:
    first, second, third = lines(console.run("export").stdout)

    assert first == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": "https://home.nzcity.co.nz/news/article.aspx?id=1",
        "url": "https://home.nzcity.co.nz/news/article.aspx?id=1",
        "identifier": "1",
        "headline": '=HYPERLINK("http://evil")',
        "description": "The morning boat is back",
        "articleBody": "The ferry left on time.\n\nIt had been away for a week.",
        "articleSection": "National",
        "creditText": "ABC/wires",
        "copyrightHolder": {"@type": "Organization", "name": "NZCity"},
        "datePublished": "2025-08-20T12:00:00+12:00",
        "datePublishedPrecision": "minute",
        "datePublishedEvidence": "Today's News",
        "dateModified": "2025-08-20T13:00:00+12:00",
        "wordCount": 12,
        "inLanguage": "en-NZ",
    }
    assert second["datePublished"] == "2025-08-21"
    assert "datePublished" not in third
    assert third["datePublishedPrecision"] == "unknown"


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], ["1", "2", "3"]),
        (["--section", "law and order"], ["2"]),
        (["--since", "2025-08-21"], ["2"]),
        (["--until", "2025-08-20"], ["1"]),
        (["whangarei"], ["2"]),
        (["ferry", "--limit", "2"], ["2", "1"]),
        (["--limit", "1"], ["2"]),
        (["zeppelin"], []),
    ],
)
def test_filters_are_those_of_search(
    console: Console, arguments: list[str], found: list[str]
) -> None:
    exported = lines(console.run("export", *arguments).stdout)

    assert [each["identifier"] for each in exported] == found


def test_csv_has_the_tables_columns_and_no_formula(console: Console) -> None:
    text = console.run("export", "--format", "csv").stdout_bytes.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert list(rows[0]) == [column.name for column in Article.__table__.columns]
    assert rows[0]["headline"] == '\'=HYPERLINK("http://evil")'
    assert rows[0]["article_body"] == "The ferry left on time.\n\nIt had been away for a week."
    assert rows[0]["date_published"] == "2025-08-20T00:00:00Z"
    assert rows[1]["headline"] == "Whangārei – “quoted”, <b>bold</b> & more"
    assert rows[2]["date_published"] == rows[2]["similarity"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "－"])
def test_no_cell_starts_as_a_formula(tmp_path: Path, empty_archive: Path, start: str) -> None:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1, headline=f"{start}1+1", credit_text=f"{start}cmd")])

    [_, row] = csv.reader(
        io.StringIO(console.run("export", "-f", "csv").stdout_bytes.decode(), newline="")
    )

    assert [cell for cell in row if cell.startswith(start)] == []
    assert f"'{start}1+1" in row


def test_bom_is_for_csv_alone(console: Console) -> None:
    assert console.run("export", "-f", "csv", "--bom").stdout_bytes.startswith(b"\xef\xbb\xbfid,")
    assert console.run("export", "-f", "csv").stdout_bytes.startswith(b"id,")
    assert console.run("export", "--bom").exit_code == 2


def test_parquet_has_the_tables_columns_and_values(console: Console, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"

    result = console.run("export", "-o", str(path))

    assert result.exit_code == 0, result.output
    table = pq.read_table(path)
    assert table.column_names == list(COLUMNS)
    rows = table.to_pylist()
    assert [row["source_id"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["date_published"] == NOON
    assert rows[2]["date_published"] is None
    assert rows[1]["headline"] == "Whangārei – “quoted”, <b>bold</b> & more"


def test_without_pyarrow_a_sentence_names_the_extra(
    console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(MissingExtra, match=r"pip install 'newsbot-nzcity\[parquet\]'"):
        console.run("export", "-o", str(tmp_path / "out.parquet"))

    assert list(tmp_path.glob("*.parquet*")) == []


def test_the_feed_is_atom_with_the_newest_first(console: Console) -> None:
    feed = etree.fromstring(console.run("export", "-f", "atom").stdout_bytes)
    entries = feed.findall("a:entry", ATOM)

    assert [str(entry.findtext("a:id", namespaces=ATOM))[-4:] for entry in entries] == [
        "id=2",
        "id=1",
        "id=3",
    ]
    # What RFC 4287 asks of every feed and entry.
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", ATOM)) == 1
        assert element.findtext("a:author/a:name", namespaces=ATOM)
    assert feed.findtext("a:updated", namespaces=ATOM) == "2025-08-20T12:00:00+00:00"
    assert entries[0].findtext("a:title", namespaces=ATOM) == (
        "Whangārei – “quoted”, <b>bold</b> & more"
    )
    assert entries[1].findtext("a:author/a:name", namespaces=ATOM) == "ABC/wires"
    assert entries[1].findtext("a:updated", namespaces=ATOM) == "2025-08-20T01:00:00+00:00"
    assert entries[0].findtext("a:content[@type='html']", namespaces=ATOM) == (
        "<p>The ferry left on time.</p><p>It had been away for a week.</p>"
    )


def test_the_feed_of_an_empty_archive_is_a_feed(tmp_path: Path, empty_archive: Path) -> None:
    feed = etree.fromstring(
        Console(tmp_path, empty_archive).run("export", "-f", "atom").stdout_bytes
    )

    assert feed.findtext("a:updated", namespaces=ATOM)
    assert feed.findall("a:entry", ATOM) == []


def test_an_article_without_a_body_has_no_paragraph(tmp_path: Path, empty_archive: Path) -> None:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1, article_body="")])

    feed = etree.fromstring(console.run("export", "-f", "atom").stdout_bytes)

    assert feed.findtext("a:entry/a:content", namespaces=ATOM) == ""


def test_the_feed_survives_what_xml_can_not_write(tmp_path: Path, empty_archive: Path) -> None:
    console = Console(tmp_path, empty_archive)
    console.fill(articles=[article(1, headline="a\ufffeb\x0cc ]]> &")])

    feed = etree.fromstring(console.run("export", "-f", "atom").stdout_bytes)

    assert feed.findtext("a:entry/a:title", namespaces=ATOM) == "a\ufffdb\ufffdc ]]> &"


def test_a_file_is_replaced_only_when_the_export_is_whole(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("the old one")

    def break_off(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", break_off)
        result = console.run("export", "-o", str(path))
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert path.read_text() == "the old one"

    console.run("export", "-o", str(path))

    assert len(lines(path.read_text())) == 3
    assert sorted(each.name for each in tmp_path.iterdir() if "out" in each.name) == ["out.jsonl"]


def test_a_file_keeps_its_mode_and_a_link_its_place(console: Console, tmp_path: Path) -> None:
    private, public, link = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    private.touch(0o600)
    link.symlink_to("a.csv")
    mask = os.umask(0o027)
    try:
        console.run("export", "-o", str(link))
        console.run("export", "-o", str(public))
    finally:
        os.umask(mask)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (private, public)] == [0o600, 0o640]
    assert link.is_symlink()
    assert private.read_text() == public.read_text() != ""


def test_a_folder_that_is_not_there_is_a_sentence(console: Console, tmp_path: Path) -> None:
    result = console.run("export", "-o", str(tmp_path / "nowhere" / "out.csv"))

    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr


def test_a_reader_that_leaves_early_is_no_trouble(console: Console) -> None:
    body = "\n\n".join(["word " * 50] * 20)
    console.fill(articles=[article(number, article_body=body) for number in range(10, 200)])
    command = f"set -o pipefail; {NEWSBOT} export --database {console.url} | head -c 100"

    result = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert len(result.stdout) == 100
    assert result.stderr == ""
