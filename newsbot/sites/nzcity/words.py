"""The words that NZCity's pages are known by, apart from those of its boxes."""

import re
from enum import StrEnum
from typing import NamedTuple

FURNITURE = frozenset({"NZCity News", "News Search", "Power Search"})
AD_LABELS = frozenset({"advertisement", "advertising", "sponsored", "sponsored content"})

_PAGE_TITLE = re.compile(r"News \| (\D*[^\d\s])(?:\s+\d.*)?")

_COPYRIGHT_MARK = re.compile(
    r"(?P<mark>(?:copyright\s?)?(?:©|\(c\))(?:\s?copyright)?|copyright)\s?"
    r"(?P<year>(?:19|20)[0-9]{2})(?:\s?[-–/,&]\s?[0-9]{2,4})*[.,:]?\s(?:[-–|]\s)?",
    re.IGNORECASE,
)
_COPYRIGHT_LENGTH = 250
_ALL_RIGHTS_RESERVED = "all rights reserved"
_SITE_HOLDER = re.compile(r"New Zealand City(?: Ltd| Limited)?(?:\s*[.|·•–-].*)?")

_CREDIT_WORDS = 7
_CREDIT_LENGTH = 60
_CREDIT_COMMON_WORDS = frozenset(
    "& additional agencies and by de for from of reporting staff the via wires with".split()
)
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


class Copyright(NamedTuple):
    """A copyright line: whose it is, since when, and the credit that stands before it, if any."""

    holder: str
    year: int
    credit: str

    @property
    def is_of_the_site(self) -> bool:
        """Whether it is the site's own line, the last words of every page."""
        return not self.credit and _SITE_HOLDER.fullmatch(self.holder) is not None


def page_title(text: str) -> str | None:
    """Return the section that the head of a page names, `News | International`, or None."""
    match = _PAGE_TITLE.fullmatch(text)
    return match[1] if match else None


def copyright_line(text: str) -> Copyright | None:
    """Return what a block says that is a copyright line and nothing else but a credit, or None."""
    # Most blocks are told from it by having no year.
    if len(text) > _COPYRIGHT_LENGTH or ("20" not in text and "19" not in text):
        return None
    lower = text.lower()
    if not ("©" in lower or "(c)" in lower or "copyright" in lower):
        return None
    match = _COPYRIGHT_MARK.search(text)
    if match is None:
        return None
    credit = text[: match.start()].rstrip(" |-–—·•,")
    holder = text[match.end() :].rstrip(" .,;")
    if holder.lower().endswith(_ALL_RIGHTS_RESERVED):
        holder = holder[: -len(_ALL_RIGHTS_RESERVED)].rstrip(" .,;|-–")
    if not holder[:1].isalnum() or "©" in holder or (credit and not is_credit(credit)):
        return None
    # "Copyright 2019 changes to the law …" is a sentence.
    if match["mark"].isalpha() and not holder[0].isupper():
        return None
    return Copyright(holder, int(match["year"]), credit)


def is_credit(text: str) -> bool:
    """Tell whether an article's last line names who supplied it: short names, not a sentence."""
    words = text.split()
    if not 0 < len(words) <= _CREDIT_WORDS or len(text) > _CREDIT_LENGTH:
        return False
    if text[-1] in ".!?…:;,\"'”’" or not any(character.isalpha() for character in text):
        return False
    return all(word in _CREDIT_COMMON_WORDS or "/" in word or _is_name(word) for word in words)


def _is_name(word: str) -> bool:
    start = word.lstrip("([-–—")
    return (
        not start
        or start[0].isupper()
        or "." in start
        or (start[0].isdigit() and not word.isdigit())
    )


def ends_sentence(text: str) -> bool:
    """Tell whether a block ends like a sentence, within quotes or brackets perhaps."""
    return text.rstrip("\"'”’)]").endswith((".", "!", "?", "…"))


def is_prose(text: str) -> bool:
    """Tell whether a block is running text: a sentence of some length."""
    return ends_sentence(text) and len(text.split()) >= _PROSE_WORDS
