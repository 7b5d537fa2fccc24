"""CSV (RFC 4180) that is safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import IO, Any

# https://owasp.org/www-community/attacks/CSV_Injection; the last four are full-width forms.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_BOM = "\ufeff"


def write(
    rows: Iterable[Mapping[str, Any]], out: IO[bytes], columns: Iterable[str], *, bom: bool
) -> None:
    """Write a heading and the rows, in UTF-8; with `bom`, Excel sees that it is.

    A text that a spreadsheet would take for a formula gets an apostrophe before it. Instants are
    in UTC: `2025-08-19T22:13:00Z`.
    """
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        if bom:
            text.write(_BOM)
        names = list(columns)
        writer = csv.writer(text)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_cell(row[name]) for name in names])
    finally:
        # Else `out` would be closed with it.
        text.detach()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
