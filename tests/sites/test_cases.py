"""Each page that was saved as a case is still read as it was when someone had checked it.

`newsbot inspect ID --save tests/cases/nzcity` writes a case; see
docs/when-the-site-changes.md.
"""

import json
from datetime import datetime
from pathlib import Path

import pytest

from newsbot.cli.inspection import case
from newsbot.site import Answer

CASES = sorted(Path(__file__).parents[1].glob("cases/*/*/case.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_a_page_is_read_as_before(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    body = path.with_name("page.html").read_bytes()

    given = expected["answer"]
    fetched_at = datetime.fromisoformat(given["fetched_at"])

    read = case(Answer(**given | {"body": body, "fetched_at": fetched_at}))

    assert read == expected


def test_there_are_cases() -> None:
    assert CASES
