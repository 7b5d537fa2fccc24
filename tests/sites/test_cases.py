"""Each page that was saved as a case is still read as it was when someone had checked it.

`newsbot inspect ID --save tests/cases/nzcity` writes a case; see
docs/when-the-site-changes.md.
"""

import json
from pathlib import Path

import pytest

from newsbot.cli.inspection import answer_of, case

CASES = sorted(Path(__file__).parents[1].glob("cases/*/*/case.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_a_page_is_read_as_before(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    body = path.with_name("page.html").read_bytes()

    read = case(answer_of(expected["answer"], body))

    assert read == expected


def test_there_are_cases() -> None:
    assert CASES
