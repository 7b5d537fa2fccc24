"""Functions of a text alone: clean it, make it printable, tell whether it is a sentence."""

import re
import unicodedata

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
    """Tell whether a line ends like a sentence, perhaps within quotes or brackets."""
    return text.rstrip("\"'”’)]").endswith((".", "!", "?", "…"))


def is_prose(text: str) -> bool:
    """Tell whether a line is running text: a sentence of some length."""
    return ends_sentence(text) and len(text.split()) >= _PROSE_WORDS


def _is_clean(text: str) -> bool:
    """Tell whether a text is certainly clean; False means that `clean` has to look closer.

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
