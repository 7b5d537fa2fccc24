"""`newsbot changes`."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.console import Console
from tests.helpers.rows import NOON, article, page

TWO_HOURS_ON = NOON + timedelta(hours=2)


def version(number: int, body: str, hours: int) -> dict[str, Any]:
    return {
        "article_id": 1,
        "page_id": 1,
        "version": number,
        "headline": "Ferry runs",
        "description": "",
        "article_body": body,
        "text_hash": f"{number:064}",
        "observed_at": NOON + timedelta(hours=hours),
        "last_observed_at": NOON + timedelta(hours=hours),
    }


@pytest.fixture
def console(tmp_path: Path, empty_archive: Path) -> Console:
    console = Console(tmp_path, empty_archive)
    console.fill(
        articles=[article(1, id=1), article(2, id=2, headline="Bridge closed")],
        pages=[
            page(1, "stored", id=1, article_id=1),
            page(
                2, "gone", id=2, article_id=2, reason="HTTP 404", gone_at=NOON + timedelta(hours=2)
            ),
        ],
        versions=[
            version(1, "It left at one.", 0),
            version(2, "It left at two.", 1),
            version(3, "It left at three.", 26),
        ],
    )
    return console


def test_the_newest_come_first_with_what_changed(console: Console) -> None:
    result = console.run("changes")

    assert [line for line in result.stdout.splitlines() if line.startswith("2025")] == [
        "2025-08-21 14:00  edited  1  Ferry runs again",
        "2025-08-20 14:00  removed  2  Bridge closed",
        "2025-08-20 13:00  edited  1  Ferry runs again",
    ]
    assert "It left at [-two.-] {+three.+}" in result.stdout
    assert result.stderr == ""


def test_since_leaves_out_what_is_older(console: Console) -> None:
    result = console.run("changes", "--since", "2025-08-21")

    assert result.stdout.count("http") == 1
    assert console.run("changes", "--since", "yesterday").stdout == ""


def test_what_is_left_out_is_said(console: Console) -> None:
    result = console.run("changes", "--limit", "2")

    assert result.stdout.count("http") == 2
    assert "--limit" in result.stderr


def test_json_has_both_texts(console: Console) -> None:
    edited, removed, _ = json.loads(console.run("changes", "--json").stdout)

    assert (edited["kind"], edited["identifier"]) == ("edited", "1")
    assert edited["before"].endswith("It left at two.")
    assert edited["after"].endswith("It left at three.")
    assert edited["changedAt"] == "2025-08-21T02:00:00+00:00"
    assert (removed["kind"], removed["before"], removed["diff"]) == ("removed", "", "")
