"""A difference between two states of the archive, for a person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.text import Text

from newsbot.cli.output import marked, styled
from newsbot.store.comparing import Difference
from newsbot.text import printable
from newsbot.word_diff import Piece, condensed, word_diff

_TEXTS = {"headline", "description", "article_body"}
_STYLES = {"+": "green", "-": "red", "~": "yellow"}
# What a row that is new or gone is recognised by.
_TELLING = ("headline", "status", "reason", "category")


def plain(difference: Difference) -> Iterator[str]:
    """Yield a line for the row, and for each changed column an indented one."""
    sign, name = _head(difference)
    yield f"{sign} {name}"
    for column, pieces in _columns(difference):
        yield f"    {column}: {marked(pieces)}"


def coloured(difference: Difference) -> Iterator[Text]:
    """Yield the same lines in colour."""
    sign, name = _head(difference)
    yield Text(f"{sign} {name}", _STYLES[sign])
    for column, pieces in _columns(difference):
        yield Text.assemble(f"    {column}: ", styled(pieces))


def _head(difference: Difference) -> tuple[str, str]:
    key = " ".join(str(part) for part in difference.key.values() if part != "")
    sign = "+" if difference.before is None else "-" if difference.after is None else "~"
    return sign, printable(f"{difference.table} {key}")


def _columns(difference: Difference) -> Iterator[tuple[str, list[Piece]]]:
    before, after = difference.before, difference.after
    if before is None or after is None:
        row = before or after or {}
        for name in _TELLING:
            if row.get(name) is not None:
                yield name, [Piece("=", _shown(row[name]))]
        return
    for name, old in before.items():
        new = after[name]
        if name in _TEXTS:
            yield name, list(condensed(word_diff(old, new)))
        elif name != "text_hash":
            yield name, [Piece("-", _shown(old)), Piece("+", _shown(new))]


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    # An address may come from a file of another program.
    return "NULL" if value is None else printable(str(value))
