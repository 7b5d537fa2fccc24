"""The SQL cookbook, docs/querying.md: its queries, run, and their outputs, written.

`python -m tests.cookbook` writes the outputs again.
"""

import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tests.helpers.crawling import ROOT, Archive
from tests.helpers.still_clock import VARIABLE
from tests.replica import scenarios

PAGE = ROOT / "docs/querying.md"
DAYS = (1, 2, 3)
TIMES = ((10, 13), (19, 30))
# Often enough for the edit and the removal on the third day to be seen on that day.
RECHECK_AFTER = "1,24,30,44"

_RECIPE = re.compile(r"```sql\n(?P<sql>.*?)```\n+```text\n(?P<output>.*?)```", re.DOTALL)


def archive(folder: Path) -> Archive:
    """Return an archive of the demo's three days, crawled twice a day.

    The crawls' clock stands still, so that nothing in it depends on when it is made.
    """
    with scenarios.demo() as replica:
        made = Archive(
            folder,
            replica.url,
            CLOCK="tests.helpers.still_clock.StillClock",
            RECHECK_AFTER=RECHECK_AFTER,
        )
        for at in _crawls():
            replica.clock.set(at)
            os.environ[VARIABLE] = at.isoformat()
            run = made.crawl()
            assert run.exit_code == 0, run.stderr
    del os.environ[VARIABLE]
    return made


def _crawls() -> Iterator[datetime]:
    for day in DAYS:
        for hour, minute in TIMES:
            yield scenarios.evening(day).replace(hour=hour, minute=minute)


def recipes(page: str) -> list[tuple[str, str]]:
    """Return each query of the page with the output below it."""
    return [(match["sql"], match["output"]) for match in _RECIPE.finditer(page)]


def answer(path: Path, sql: str) -> str:
    """Return what `sqlite3 -column -header` would print, or nearly so."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        cursor = connection.execute(sql)
        table = [[name for name, *_ in cursor.description]]
        table += [["" if value is None else str(value) for value in row] for row in cursor]
    finally:
        connection.close()
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    table.insert(1, ["-" * width for width in widths])
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)
    return "".join(f"{line}\n" for line in lines)


def with_answers(page: str, path: Path) -> str:
    """Return the page with the outputs that the database at `path` gives."""

    def written(match: re.Match[str]) -> str:
        return f"```sql\n{match['sql']}```\n\n```text\n{answer(path, match['sql'])}```"

    return _RECIPE.sub(written, page)


def main() -> int:
    """Write the outputs into the page."""
    with tempfile.TemporaryDirectory() as folder:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_answers(page, archive(Path(folder)).path), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
