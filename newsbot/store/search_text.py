"""What a user typed in a search, as tokens that always make sense together.

The rule, the same on both databases:

- Words are all to be found, in any order; capitals, macrons and accents don't count.
- `"two words"` in quotes stand side by side. So do the parts of one word with
  marks in it: `covid-19`, `Women's`.
- `AND`, `OR`, `NOT` in capitals and brackets mean what they say; `NOT` binds
  tighter than `AND`, and `AND` tighter than `OR`. `a NOT b` is a without b.
- Where operators or brackets don't add up (`stadium AND`, `NOT rugby`), they are
  taken as plain words. Any other mark parts words and means nothing: there is
  no wrong syntax, only a text without a word in it.
"""

import re
from enum import Enum
from typing import NamedTuple

from newsbot.errors import BadQuery

MAX_LENGTH = 500
"""A longer search text is refused: an index has limits, and nobody types so much."""

# SQLite's parser of such expressions gives up at a depth of about a hundred.
_MAX_DEPTH = 10

_TOKEN = re.compile(r'"(?P<phrase>[^"]*)"|(?P<bracket>[()])|(?P<word>[^\s()"]+)')
# A NUL ends a text early, a lone surrogate can't be sent: neither is in any article.
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Kind(Enum):
    """What a token is; the value of an operator is how it is written."""

    WORDS = "words"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"


_OPERATORS = {Kind.AND, Kind.OR, Kind.NOT}


class Token(NamedTuple):
    """A token of a search; `text` are words to be found side by side, free of quotes."""

    kind: Kind
    text: str


def parse(text: str) -> list[Token]:
    """Return the tokens of a search, in infix order, with every AND written out.

    Raises:
        BadQuery: there is no word in it, or it is longer than MAX_LENGTH.
    """
    if len(text) > MAX_LENGTH:
        raise BadQuery(
            f"The search text has {len(text)} characters; use at most {MAX_LENGTH} of them."
        )
    tokens = [
        token
        for match in _TOKEN.finditer(_UNSENDABLE.sub(" ", text))
        if (token := _token(match)) is not None
    ]
    if not any(token.kind not in {Kind.OPEN, Kind.CLOSE} for token in tokens):
        raise BadQuery("The search text has no word in it; give a word to search for.")
    return _as_expression(tokens) or _as_plain_words(tokens)


def _token(match: re.Match[str]) -> Token | None:
    if bracket := match["bracket"]:
        return Token(Kind(bracket), bracket)
    text = match["phrase"] or match["word"] or ""
    if match["word"] in {kind.value for kind in _OPERATORS}:
        return Token(Kind(text), text)
    return Token(Kind.WORDS, text) if any(map(str.isalnum, text)) else None


def _as_expression(tokens: list[Token]) -> list[Token] | None:
    expression: list[Token] = []
    depth = 0
    complete = False
    for token in tokens:
        if token.kind in _OPERATORS or token.kind is Kind.CLOSE:
            if not complete:
                return None
        elif complete:
            expression.append(Token(Kind.AND, "AND"))
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if not 0 <= depth <= _MAX_DEPTH:
            return None
        complete = token.kind in {Kind.WORDS, Kind.CLOSE}
        expression.append(token)
    return expression if complete and depth == 0 else None


def _as_plain_words(tokens: list[Token]) -> list[Token]:
    expression: list[Token] = []
    for token in tokens:
        if token.kind not in {Kind.OPEN, Kind.CLOSE}:
            if expression:
                expression.append(Token(Kind.AND, "AND"))
            expression.append(Token(Kind.WORDS, token.text))
    return expression
