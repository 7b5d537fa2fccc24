"""What changed in a text, word by word. Pure."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

Sign = Literal["=", "-", "+"]

_TOKEN = re.compile(r"\S+\s*|\s+")
_PARAGRAPH = re.compile(r".+?(?:\n\n|\Z)", re.DOTALL)

# Comparing takes time by the product of the lengths: longer texts are compared with frequent words
# left out of account, which may show more as changed than was.
_LONG = 2000


class Piece(NamedTuple):
    """A run of words with their white space: in both texts, only before, or only after."""

    sign: Sign
    text: str


def word_diff(before: str, after: str) -> Iterator[Piece]:
    """Yield what stayed (`=`), what went (`-`) and what came (`+`), in the order of the texts.

    Paragraphs that are the same in both texts are not looked into.
    """
    for sign, run in groupby(_pieces(before, after), key=lambda piece: piece.sign):
        yield Piece(sign, "".join(piece.text for piece in run))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    paragraphs = _opcodes(_PARAGRAPH.findall(before), _PARAGRAPH.findall(after))
    for is_same, old, new in paragraphs:
        if is_same:
            yield Piece("=", new)
            continue
        for is_same_too, went, came in _opcodes(_TOKEN.findall(old), _TOKEN.findall(new)):
            if is_same_too:
                yield Piece("=", came)
                continue
            if went:
                yield Piece("-", went)
            if came:
                yield Piece("+", came)


def _opcodes(old: list[str], new: list[str]) -> Iterator[tuple[bool, str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > _LONG)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag == "equal", "".join(old[i1:i2]), "".join(new[j1:j2])


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
