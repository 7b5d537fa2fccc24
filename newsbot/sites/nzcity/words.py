"""Recognise the lines of an NZCity page by their words, except for those of its lists."""

import re
from datetime import date
from typing import NamedTuple

from newsbot.sites.nzcity.dates import parse_date_line
from newsbot.text import ends_sentence

FURNITURE = frozenset({"NZCity News", "News Search", "Power Search"})
AD_LABELS = frozenset({"advertisement", "advertising", "sponsored", "sponsored content"})

# Publishers that print their name on a line of its own below the author's.
PUBLISHERS = frozenset({"The Conversation"})
_SYNDICATES = re.compile(r"^(?:ABC\b|The Conversation\b)", re.MULTILINE)

_PAGE_TITLE = re.compile(r"News \| (\D*[^\d\s])(?:\s+\d.*)?")
_TITLE_SECTION = re.compile(r"\bNews \| (.+)")

_COPYRIGHT_MARK = re.compile(
    r"(?P<mark>(?:copyright\s?)?(?:©|\(c\))(?:\s?copyright)?|copyright)\s?"
    r"(?P<year>(?:19|20)[0-9]{2})(?:\s?[-–/,&]\s?[0-9]{2,4})*[.,:]?\s(?:[-–|]\s)?",
    re.IGNORECASE,
)
_COPYRIGHT_LENGTH = 250
_ALL_RIGHTS_RESERVED = "all rights reserved"
_SITE_HOLDER = re.compile(r"New Zealand City(?: Ltd| Limited)?(?:\s*[.|·•–-].*)?")

# Agencies whose names are not known by their form, "… News".
_INITIALS = frozenset(
    """AAP ABC AFP ANI ANSA AP BBC CBC CBS CNA CNN DPA DW EFE ESPN IANS ITV NBC NHK NPR NZME NZN
    NZPA PA PTI RFI RNZ RTE SBS TASS TVNZ UPI VOA""".split()
)
_AGENCIES = frozenset(
    {
        *("agence france-presse", "associated press", "australian associated press"),
        *("australian broadcasting corporation", "bang showbiz", "bloomberg", "deutsche welle"),
        *("interfax", "kyodo", "kyodo news", "newshub", "newstalk zb", "nikkei"),
        *("press association", "radio new zealand", "reuters", "stuff"),
        *("the associated press", "the conversation", "the guardian", "the new york times"),
        *("the washington post", "xinhua"),
    }
)
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9]{1,5}")
_NAMED_AGENCY = re.compile(
    r"(?:[A-Z][\w'’.-]*\s){1,3}(?:News|Newswire|Press|Agency|Radio|Media|Wires?|Broadcasting)"
)
_JOINED = re.compile(r"\s?[/,&+|]\s?|\s(?:and|with|via)\s")
_CREDIT_WORDS = 6
_CREDIT_START = re.compile(r"(?:source|by)\b:?\s", re.IGNORECASE)
_WIRES = re.compile(r"(?:the\s)?(?:wires?|wire services|agencies|staff)")

_SOURCE_LINE = re.compile(r"(?P<date>\d.*\d{4})?\s?[-–—]\s?article from\s(?P<source>\S+)")
_BYLINE_COMMAS = 2
_BYLINE_CAPITALS = 0.6
_POSSESSIVE = re.compile(r"['’]s\b")


class Copyright(NamedTuple):
    """A copyright line: its holder, and the credit that is printed before it, if any."""

    holder: str
    credit: str

    @property
    def is_of_the_site(self) -> bool:
        """Whether it is the site's own line, the last words of every page."""
        return not self.credit and _SITE_HOLDER.fullmatch(self.holder) is not None


class DateLine(NamedTuple):
    """A date line, a source line, or both in one; each may be None."""

    day: date | None
    source: str | None


def is_page_title(text: str) -> bool:
    """Return whether a line is the head of a page, `News | International`."""
    return _PAGE_TITLE.fullmatch(text) is not None


def names_section(title: str, section: str) -> bool:
    """Return whether a page's title, `News | Rugby`, is of this very section.

    >>> names_section("News | Rugby League", "Rugby")
    False
    """
    match = _TITLE_SECTION.search(title)
    if match is None or not match[1].startswith(section):
        return False
    rest = match[1][len(section) :]
    return not rest or re.match(r"\s*(?:\d|[^\w\s&,'’])", rest) is not None


def copyright_line(text: str) -> Copyright | None:
    """Return what a copyright line says, or None if `text` is something else.

    A credit may be on the same line, before it; nothing else may. The year is the year in which
    the page was served, and tells nothing of the article.
    """
    # Most lines are told from it by having no year.
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
    if not holder[:1].isalnum() or "©" in holder or (credit and not _is_of_names(credit)):
        return None
    # "Copyright 2019 changes to the law …" is a sentence.
    if match["mark"].isalpha() and not holder[0].isupper():
        return None
    return Copyright(holder, credit)


def is_credit(text: str) -> bool:
    """Return whether an article's last line names who supplied it, and is no unfinished paragraph.

    It is at most six words long: names of agencies, joined by `/`, commas, `and` or `with`. At
    least one of them is known, or `wires` is among them: a paragraph may be `NZ` or `TBC`, and it
    is worse to lose that than to keep a credit in the body.

    >>> [is_credit(text) for text in ("ABC/wires", "AFP, Reuters and wires", "and", "TBC")]
    [True, True, False, False]
    """
    names = _names(text)
    return _is_of_names(text) and any(
        _WIRES.fullmatch(name) or _is_known_agency(name) for name in names
    )


def _is_of_names(text: str) -> bool:
    """Return whether a line is names in the form of agencies', and nothing else."""
    if not 0 < len(text.split()) <= _CREDIT_WORDS or text[-1] in ".!?…:;,\"'”’":
        return False
    names = _names(text)
    agencies = [name for name in names if _ABBREVIATION.fullmatch(name) or _is_known_agency(name)]
    return bool(agencies) and all(name in agencies or _WIRES.fullmatch(name) for name in names)


def _names(text: str) -> list[str]:
    return _JOINED.split(_CREDIT_START.sub("", text.strip("()[]-–— ")))


def _is_known_agency(name: str) -> bool:
    return (
        name in _INITIALS
        or name.casefold() in _AGENCIES
        or _NAMED_AGENCY.fullmatch(name) is not None
    )


def date_line(text: str) -> DateLine | None:
    """Return what a line says that is a date, a date and a source, or a source alone, or None.

    >>> date_line("16 August 2023 - article from www.rugbyleague.co.nz").source
    'www.rugbyleague.co.nz'
    """
    if day := parse_date_line(text):
        return DateLine(day, None)
    match = _SOURCE_LINE.fullmatch(text)
    if match is None:
        return None
    day = parse_date_line(match["date"]) if match["date"] else None
    return DateLine(day, match["source"]) if day or not match["date"] else None


def is_byline(text: str) -> bool:
    """Return whether a line can be `Name, Post, University`; what follows it decides."""
    words = [word for word in text.split() if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return (
        text.count(",") >= _BYLINE_COMMAS
        and not ends_sentence(text)
        and capitals >= _BYLINE_CAPITALS * len(words)
    )


def is_syndicated(credit: str | None, holder: str | None) -> bool:
    """Return whether an article is ABC's or The Conversation's; these vanish after a month."""
    names = f"{credit or ''}\n{holder or ''}"
    return _SYNDICATES.search(names) is not None


def is_sponsor(text: str) -> bool:
    """Return whether a line is an advertisement in capitals: `TENNIS WITH SOMEBODY'S SHOES.`."""
    return is_shouted(text) and " WITH " in f"{text} "


def is_shouted(text: str) -> bool:
    """Return whether a line is in capitals, but for a lone `'s`."""
    return _POSSESSIVE.sub("", text).isupper()
