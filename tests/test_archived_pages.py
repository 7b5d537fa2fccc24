"""Each page that was saved as a case is still read as it was when someone had checked it.

`newsbot inspect ID --save tests/archived_pages` writes a case; see
docs/when-the-site-changes.md.
"""

import json
from pathlib import Path

import pytest

from newsbot.cli._fixture import answer_of, case

CASES = sorted(Path(__file__).with_name("archived_pages").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_page_is_read_as_before(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    body = path.with_suffix(".html").read_bytes()

    read = case(answer_of(expected["answer"], body))

    assert read == expected


def test_there_are_cases() -> None:
    assert CASES
