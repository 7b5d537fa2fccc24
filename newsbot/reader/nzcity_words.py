"""The words that NZCity's pages are known by, apart from those of its boxes."""

import re
from enum import StrEnum

COPYRIGHT = re.compile(
    r"(?P<before>[^©]*?)\s*(?:Copyright\s*)?(?:©|\(c\)|Copyright)\s*(?P<year>(?:19|20)[0-9]{2})"
    r"(?:\s*[-–]\s*[0-9]{2,4})?,?\s+(?P<holder>\w.{0,150}?)[.,;]?(?:\s*All rights reserved\.?)?",
    re.IGNORECASE,
)
SITE_HOLDER = "New Zealand City Ltd"
FURNITURE = frozenset({"NZCity News", "News Search", "Power Search"})
AD_LABELS = frozenset({"advertisement", "advertising", "sponsored", "sponsored content"})

_PAGE_TITLE = re.compile(r"News \| (\D*[^\d\s])(?:\s+\d.*)?")
_CREDIT_WORDS = 7
_CREDIT_LENGTH = 60
_CREDIT_JOINERS = frozenset({"and", "of", "the", "for", "with", "by", "via", "from", "de", "&"})
_PROSE_WORDS = 8


class Role(StrEnum):
    """What a block of a page was taken for."""

    PAGE_TITLE = "page title"
    PAGE_TIME = "page time"
    BREADCRUMB = "breadcrumb"
    HEADLINE = "headline"
    DESCRIPTION = "description"
    BODY = "article body"
    CREDIT = "credit"
    COPYRIGHT = "copyright"
    BOX = "box"
    ENTRY = "entry"
    FURNITURE = "furniture"
    CAPTION = "caption"
    FOOTER = "footer"


def page_title(text: str) -> str | None:
    """Return the section that the head of a page names, `News | International`, or None."""
    match = _PAGE_TITLE.fullmatch(text)
    return match[1] if match else None


def is_site_copyright(text: str) -> bool:
    """Tell whether a block is the site's own copyright line, the last words of every page."""
    match = COPYRIGHT.fullmatch(text)
    return match is not None and match["holder"] == SITE_HOLDER


def is_credit(text: str) -> bool:
    """Tell whether an article's last line names who supplied it: short names, not a sentence."""
    words = text.split()
    if (
        not 0 < len(words) <= _CREDIT_WORDS
        or len(text) > _CREDIT_LENGTH
        or text[-1] in ".!?…:;,\"'”’"
    ):
        return False
    return all(
        word in _CREDIT_JOINERS or "/" in word or (not word.isdigit() and _is_name(word))
        for word in words
    ) and any(character.isalpha() for character in text)


def _is_name(word: str) -> bool:
    start = word.lstrip("([-–—")
    return not start or start[0].isupper() or start[0].isdigit() or "." in start


def is_prose(text: str) -> bool:
    """Tell whether a block is running text: a sentence of some length."""
    return len(text.split()) >= _PROSE_WORDS and text.rstrip("\"'”’)").endswith((".", "!", "?"))
