"""Tables of articles: CSV for spreadsheets, Parquet for pandas, DuckDB, R and Spark."""

import codecs
import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any

from newsbot import DISTRIBUTION
from newsbot.errors import MissingExtra

# https://owasp.org/www-community/attacks/CSV_Injection; the last four are full-width forms.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")

# Small enough that a table of any length takes constant memory.
_ROW_GROUP = 2000


def write_csv(
    rows: Iterable[Mapping[str, Any]], out: IO[bytes], columns: Iterable[str], *, bom: bool
) -> None:
    """Write a heading and the rows as CSV (RFC 4180) in UTF-8; `bom` makes Excel see that.

    A text that a spreadsheet would take for a formula gets an apostrophe before it. Instants are
    in UTC: `2025-08-19T22:13:00Z`.
    """
    names = list(columns)
    writer = csv.writer(codecs.getwriter("utf-8-sig" if bom else "utf-8")(out))
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def write_parquet(
    rows: Iterable[Mapping[str, Any]], out: IO[bytes], columns: Mapping[str, type[Any]]
) -> None:
    """Write the rows as Parquet, a column for each name and type; instants are UTC.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra(
            f"Parquet needs pyarrow; install it with: pip install '{DISTRIBUTION}[parquet]'."
        ) from error
    types = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        datetime: pa.timestamp("ms", tz="UTC"),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    rest = iter(rows)
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while some := list(islice(rest, _ROW_GROUP)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))
