"""The differences between two texts, word by word."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

Sign = Literal["=", "-", "+"]

_TOKEN = re.compile(r"\S+\s*|\s+")

# The number of words of one text times that of the other: each pair takes one bit of memory. Longer
# texts are not compared, but shown as one text removed and one added.
_MOST_PAIRS = 20_000 * 20_000


class Piece(NamedTuple):
    """A run of words with their white space: in both texts, only in the old, or only in the new."""

    sign: Sign
    text: str


def word_diff(before: str, after: str) -> Iterator[Piece]:
    """Yield what both texts have (`=`), what was removed (`-`) and what was added (`+`)."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    went, came = 0, 0
    for edit in Indel.opcodes(old, new) if len(old) * len(new) <= _MOST_PAIRS else ():
        if edit.tag == "equal":
            yield from _piece("-", old[went : edit.src_start])
            yield from _piece("+", new[came : edit.dest_start])
            yield from _piece("=", new[edit.dest_start : edit.dest_end])
            went, came = edit.src_end, edit.dest_end
    yield from _piece("-", old[went:])
    yield from _piece("+", new[came:])


def condensed(pieces: Iterable[Piece], words: int = 6) -> Iterator[Piece]:
    """Yield the pieces, with unchanged text cut to this many words on either side of a change."""
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


def _piece(sign: Sign, words: list[str]) -> Iterator[Piece]:
    if words:
        yield Piece(sign, "".join(words))
