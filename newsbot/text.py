"""Functions of texts alone: clean one, tell whether it is a sentence, compare two."""

import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from heapq import nsmallest

from xxhash import xxh3_64_intdigest

from newsbot.items import Article, Fingerprint

_PROSE_WORDS = 8

# Soft hyphens, zero-width spaces and byte order marks are invisible; joiners shape emoji and stay.
# Of the control characters, those that are white space are left to become a space.
_INVISIBLE = re.compile(
    r"[\u00ad\u200b\u2060\ufeff\ud800-\udfff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)

UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that a terminal may obey: control characters except line breaks and tabs, and those
that change the direction of text; and lone surrogates, which can't be printed."""

# A line break beside a space, or the third one in a row.
_UNTIDY_BREAK = re.compile(r"\n(?: |(?<= \n)|\n\n)")


def clean(text: str) -> str:
    """Return `text` in NFC, with one blank line between paragraphs and one space between words.

    Control characters and characters without width are removed; quotes, dashes and macrons are
    kept.
    """
    if _is_clean(text):
        return text
    paragraphs = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split("\n\n")
    lines = ("\n".join(_clean_lines(paragraph)) for paragraph in paragraphs)
    return "\n\n".join(filter(None, lines))


def printable(text: str) -> str:
    r"""Return `text` with the characters of `UNPRINTABLE` as visible escapes.

    An escape sequence in a page must not reach the terminal.

    >>> printable("\x1b[2Jhello")
    '\\x1b[2Jhello'
    """
    return UNPRINTABLE.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"  # noqa: PLR2004 - two digits


def ends_sentence(text: str) -> bool:
    """Return whether a line ends like a sentence, perhaps within quotes or brackets."""
    return text.rstrip("\"'”’)]").endswith((".", "!", "?", "…"))


def is_prose(text: str) -> bool:
    """Return whether a line is running text: a sentence of some length."""
    return ends_sentence(text) and len(text.split()) >= _PROSE_WORDS


def _is_clean(text: str) -> bool:
    """Return whether a text is certainly clean; False means that `clean` has to look closer.

    A printable text has no invisible characters, and no white space except spaces.
    """
    return (
        text.replace("\n", "").isprintable()
        and text.strip() == text
        and "  " not in text
        and ("\n" not in text or not _UNTIDY_BREAK.search(text))
        and unicodedata.is_normalized("NFC", text)
    )


def _clean_lines(paragraph: str) -> list[str]:
    return [line for part in paragraph.split("\n") if (line := " ".join(part.split()))]


SHINGLE_WORDS = 5

# Prefer precision to recall; measured in docs/performance.md.
SIMILARITY_THRESHOLD = 0.8

# Two texts of Jaccard similarity s share none of their k smallest hashes with a chance of about
# (1 - s) ** k: for s = 0.8 and k = 8 that is 3 pairs in a million, for 8 rows an article.
SKETCH_SIZE = 8

# Characters that separate words: in ASCII by a table, which is faster; others by an expression.
_MARKS_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\w]+")
_ASCII_MARKS = bytes(code for code in range(128) if not re.match(r"\w", chr(code)))
_TO_SPACES = bytes.maketrans(_ASCII_MARKS, b" " * len(_ASCII_MARKS))
_TO_SIGNED = 2**63


def fingerprint(article: Article) -> Fingerprint:
    """Return the fingerprint of headline, description and body; other fields do not count."""
    return fingerprint_of(article.headline, article.description, article.article_body)


def fingerprint_of(headline: str, description: str, article_body: str) -> Fingerprint:
    """Return what `fingerprint` returns, for a text from the database."""
    found = shingles_of(headline, description, article_body)
    return Fingerprint(
        text_hash=text_hash(headline, description, article_body),
        shingles=found,
        # The database has signed numbers only; this keeps their order.
        sketch=tuple(each - _TO_SIGNED for each in nsmallest(SKETCH_SIZE, found)),
    )


def shingles_of(headline: str, description: str, article_body: str) -> frozenset[int]:
    """Return the shingles of a text in three parts."""
    return shingles(f"{headline}\n{description}\n{article_body}")


def text_hash(headline: str, description: str, article_body: str) -> str:
    """Return the SHA-256, in hexadecimal, of the three parts in UTF-8.

    Each part is preceded by its length in bytes and a colon, so that moving a sentence from one
    part to the next changes the hash.
    """
    digest = sha256()
    for part in (headline, description, article_body):
        encoded = part.encode()
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


def shingles(text: str) -> frozenset[int]:
    """Return the 64-bit hashes of all runs of five words in `text`, the same on every machine.

    Words are casefolded, without punctuation. Numbers are kept, since pages made from one template
    with different numbers are not duplicates. A text of one to four words is one shingle; a text
    without words has none.
    """
    words = _words(text)
    if not words:
        return frozenset()
    if len(words) < SHINGLE_WORDS:
        runs = [b" ".join(words)]
    else:
        starts = (words[offset:] for offset in range(SHINGLE_WORDS))
        runs = list(map(b" ".join, zip(*starts, strict=False)))
    return frozenset(map(xxh3_64_intdigest, runs))


def _words(text: str) -> list[bytes]:
    r"""Return what `\w+` finds in the casefolded text, in UTF-8."""
    folded = text.casefold()
    spaced = folded if folded.isascii() else _MARKS_BEYOND_ASCII.sub(" ", folded)
    return spaced.encode().translate(_TO_SPACES).split()


def most_alike(
    text: frozenset[int], others: Iterable[tuple[int, frozenset[int]]]
) -> tuple[int, float] | None:
    """Return the article most similar to a text, and its similarity; None if none is near enough.

    Args:
        text: the shingles of the text.
        others: articles with their shingles; of several equally similar, the first is returned.
    """
    best = None
    for article_id, other in others:
        similarity = jaccard(text, other)
        if similarity >= SIMILARITY_THRESHOLD and (best is None or similarity > best[1]):
            best = (article_id, similarity)
    return best


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the share of shingles that both have, 0 to 1; 0 if neither has any."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
