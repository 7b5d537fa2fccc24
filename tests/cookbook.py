"""The SQL cookbook, docs/querying.md: its queries, run, and their outputs, written.

`python -m tests.cookbook` writes the outputs again.
"""

import re
import sqlite3
import sys
import tempfile
from pathlib import Path

from tests.helpers.crawling import ROOT
from tests.helpers.demo_archive import demo_archive

PAGE = ROOT / "docs/querying.md"

_RECIPE = re.compile(r"```sql\n(?P<sql>.*?)```\n+```text\n(?P<output>.*?)```", re.DOTALL)


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
        PAGE.write_text(with_answers(page, demo_archive(Path(folder)).path), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
