"""What changed in a text, word by word."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from rich.text import Text

Sign = Literal["=", "-", "+"]

_TOKEN = re.compile(r"\S+\s*|\s+")
_STYLES: dict[Sign, str] = {"=": "", "-": "red strike", "+": "green"}
# As `wdiff` and `git diff --word-diff` have them.
_MARKS: dict[Sign, tuple[str, str]] = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}


class Piece(NamedTuple):
    """A run of words with their white space: in both texts, only before, or only after."""

    sign: Sign
    text: str


def word_diff(before: str, after: str) -> Iterator[Piece]:
    """Yield what stayed (`=`), what went (`-`) and what came (`+`), in the order of the texts."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("=", "".join(new[j1:j2]))
            continue
        if i1 < i2:
            yield Piece("-", "".join(old[i1:i2]))
        if j1 < j2:
            yield Piece("+", "".join(new[j1:j2]))


def condensed(pieces: Iterable[Piece], words: int = 6) -> Iterator[Piece]:
    """Yield the pieces with so many words at most of what stayed on either side of a change."""
    found = list(pieces)
    for number, piece in enumerate(found):
        tokens = _TOKEN.findall(piece.text)
        first, last = number == 0, number == len(found) - 1
        if piece.sign != "=" or len(tokens) <= words * (1 if first or last else 2):
            yield piece
            continue
        start = "" if first else "".join(tokens[:words])
        end = "" if last else "".join(tokens[-words:])
        yield Piece("=", f"{start}… {end}")


def marked(pieces: Iterable[Piece]) -> str:
    """Return the pieces as one line of plain text: `it was [-red-]{+green+}`."""
    return " ".join(
        f"{_MARKS[sign][0]}{' '.join(text.split())}{_MARKS[sign][1]}" for sign, text in pieces
    )


def styled(pieces: Iterable[Piece]) -> Text:
    """Return the pieces in colour: what went struck out in red, what came in green."""
    return Text.assemble(*((text, _STYLES[sign]) for sign, text in pieces))
