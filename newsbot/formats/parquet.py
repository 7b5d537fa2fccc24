"""Parquet, for pandas, DuckDB, R and Spark; needs pyarrow."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import IO, Any

from newsbot import DISTRIBUTION
from newsbot.errors import MissingExtra

_ROWS = 2000
"""A row group: small enough that articles of any number take constant memory."""


def write(
    rows: Iterable[Mapping[str, Any]], out: IO[bytes], columns: Mapping[str, type[Any]]
) -> None:
    """Write the rows with one column for each name and type; instants are UTC.

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
        while some := list(islice(rest, _ROWS)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))
