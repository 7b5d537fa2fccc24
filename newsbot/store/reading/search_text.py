"""The syntax of searches, and the passage of a text that shows why it was found.

The syntax is the same wherever a search is typed, and on both databases:

- All words must occur, in any order; capitals, macrons and accents are ignored.
- `"two words"` in quotes must occur side by side. So must the parts of a word with punctuation in
  it: `covid-19`, `Women's`.
- `ferr*` finds every word that begins with `ferr`.
- `AND`, `OR` and `NOT` in capitals are operators, and brackets group; `NOT` binds tighter than
  `AND`, and `AND` tighter than `OR`. `a NOT b` finds texts with a and without b.
- Any other punctuation separates words. So do unpaired quotes and brackets.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from newsbot.errors import BadQuery

MAX_LENGTH = 500
"""Characters in the longest search text; a longer one might exceed the limits of an index."""

MIN_PREFIX = 2
"""Fewest letters before a `*`: with fewer, a search would read most of the index."""

MARK_START = "\x02"
MARK_END = "\x03"
"""Characters around each matching word of a snippet; no stored text contains them."""

# SQLite's parser of such expressions fails at a depth of about a hundred.
_MAX_DEPTH = 10
_OPERATORS = {"AND", "OR", "NOT"}
_TOKEN = re.compile(r'"(?P<phrase>[^"]*)"(?P<star>\*?)|(?P<bracket>[()])|(?P<word>[^\s()"]+)')
# A NUL ends a text early and a lone surrogate can't be sent; no article contains either.
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+")

# How many words a snippet has, and how many of them come before the first match.
_WORDS = 30
_LEAD_IN = 5


class Term(NamedTuple):
    """Words to be found side by side, without quotes; if `is_prefix`, the last may be longer."""

    words: str
    is_prefix: bool = False

    @property
    def parts(self) -> list[str]:
        """The single words."""
        return _WORD.findall(unicodedata.normalize("NFC", self.words))


Token = Term | str
"""A term, or an operator or bracket as it is written."""


def parse(text: str) -> list[Token]:
    """Return the tokens of a search, in infix order, with every AND written out.

    Raises:
        BadQuery: there is no word in it, an operator is not between two words, a prefix is too
            short, or the text is longer than MAX_LENGTH.
    """
    if len(text) > MAX_LENGTH:
        raise BadQuery(f"The search text has {len(text)} characters; use at most {MAX_LENGTH}.")
    matches = _TOKEN.finditer(_UNSENDABLE.sub(" ", text))
    tokens = [token for match in matches if (token := _token(match))]
    if not any(isinstance(token, Term) for token in tokens):
        raise BadQuery("The search text has no word in it; give a word to search for.")
    if not _are_paired(tokens):
        tokens = [token for token in tokens if token not in {"(", ")"}]
    return _expression(tokens)


def _token(match: re.Match[str]) -> Token | None:
    text = match["word"] or match["phrase"] or ""
    if match["bracket"] or match["word"] in _OPERATORS:
        return match[0]
    is_prefix = bool(match["star"]) or (match["word"] is not None and text.endswith("*"))
    term = Term(text.rstrip("*"), is_prefix)
    if is_prefix and term.parts and len(term.parts[-1]) < MIN_PREFIX:
        raise BadQuery(f"{match[0]} is too short; give at least {MIN_PREFIX} letters before the *.")
    return term if term.parts else None


def _are_paired(tokens: list[Token]) -> bool:
    depth = 0
    before: Token | None = None
    for each in tokens:
        depth += (each == "(") - (each == ")")
        if not 0 <= depth <= _MAX_DEPTH or (before, each) == ("(", ")"):
            return False
        before = each
    return depth == 0


def _expression(tokens: list[Token]) -> list[Token]:
    expression: list[Token] = []
    operand_before = False
    for each in tokens:
        if each == "NOT" and expression[-1:] == ["AND"]:
            expression.pop()
        elif each in _OPERATORS or each == ")":
            if not operand_before:
                raise _misplaced(each if each in _OPERATORS else expression[-1])
        elif operand_before:
            expression.append("AND")
        expression.append(each)
        operand_before = each == ")" or isinstance(each, Term)
    if not operand_before:
        raise _misplaced(expression[-1])
    return expression


def _misplaced(operator: Token) -> BadQuery:
    return BadQuery(
        f"{operator} must be between two words; to search for the word itself, write it in lower "
        "case."
    )


def wanted(tokens: list[Token]) -> list[Term]:
    """Return the terms that a search is to find, without those excluded by NOT."""
    pairs = zip([None, *tokens], tokens, strict=False)
    return [token for before, token in pairs if isinstance(token, Term) and before != "NOT"]


def snippet(text: str, terms: Iterable[Term]) -> str:
    """Return about 30 words of `text` on one line, marked with MARK_START and MARK_END.

    The passage is the first with the most words of `terms`, or the beginning if it has none of
    them. `…` shows where text was left out.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    words = list(_WORD.finditer(text))
    marked = _marked([fold(word[0]) for word in words], terms)
    found = [place for place, mark in enumerate(marked) if mark]
    shown = _WORDS - _LEAD_IN
    best = max(found, key=lambda at: len({*marked[at : at + shown], None}), default=0)
    first = max(0, best - _LEAD_IN)
    last = min(len(words), first + _WORDS)
    start = words[first].start() if first else 0
    end = words[last].start() if last < len(words) else len(text)
    pieces = ["…"] if first else []
    for word, mark in zip(words[first:last], marked[first:last], strict=True):
        pieces.append(text[start : word.start()])
        pieces.append(f"{MARK_START}{word[0]}{MARK_END}" if mark else word[0])
        start = word.end()
    pieces.append(text[start:end].rstrip())
    if last < len(words):
        pieces.append("…")
    return "".join(pieces)


def _marked(words: list[str], terms: Iterable[Term]) -> list[str | None]:
    """Return, for each folded word, the word or prefix of `terms` that matches it, or None."""
    whole: set[str] = set()
    prefixes: list[str] = []
    for term in terms:
        parts = [fold(part) for part in term.parts]
        if term.is_prefix:
            prefixes.append(parts.pop())
        whole.update(parts)
    return [
        word if word in whole else next((each for each in prefixes if word.startswith(each)), None)
        for word in words
    ]


def fold(word: str) -> str:
    """Return `word` in lower case, without macrons and accents."""
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
