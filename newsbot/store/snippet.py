"""The passage of a text that shows best why it was found."""

import re
import unicodedata

MARK_START = "\x02"
MARK_END = "\x03"
"""Stand around each word that was searched for; control characters are in no stored text."""

_WORDS = 30
_LEAD_IN = 5

_WORD = re.compile(r"[^\W_]+")


def fold(word: str) -> str:
    """Return `word` without capitals, macrons and accents."""
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def words_of(text: str) -> set[str]:
    """Return the words of `text`, folded."""
    return {fold(word) for word in _WORD.findall(unicodedata.normalize("NFC", text))}


def snippet(text: str, searched: set[str]) -> str:
    """Return about 30 words of `text` on one line, marked with MARK_START and MARK_END.

    `searched` are folded words. The passage is the first with most of them;
    the beginning, if none is there. `…` stands where text was left out.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    words = list(_WORD.finditer(text))
    folded = [fold(word[0]) for word in words]
    found = [place for place, word in enumerate(folded) if word in searched]
    shown = _WORDS - _LEAD_IN
    best = max(found, key=lambda at: len(searched.intersection(folded[at : at + shown])), default=0)
    first = max(0, best - _LEAD_IN)
    last = min(len(words), first + _WORDS)
    start = words[first].start() if first else 0
    end = words[last].start() if last < len(words) else len(text)
    pieces = ["…"] if first else []
    for word, key in zip(words[first:last], folded[first:last], strict=True):
        pieces.append(text[start : word.start()])
        pieces.append(f"{MARK_START}{word[0]}{MARK_END}" if key in searched else word[0])
        start = word.end()
    pieces.append(text[start:end].rstrip())
    if last < len(words):
        pieces.append("…")
    return "".join(pieces)
