"""Outlines of real pages, facts without prose, filled with words of our own.

`outlines.jsonl` says of each page which kinds of line it has, in which order. What the capture cut
off is completed: the boxes to their usual length, the foot, the copyright line.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.pages.words import Entry, Words

_FILE = Path(__file__).with_name("outlines.jsonl")
_NOUNS = (
    "harbour council ferry quay lantern festival storm bridge museum orchard tram valley".split()
)
_DAYS = ("31 Jan", "03 Feb", "02 Feb", "09 Feb", "28 Dec", "06 Feb", "05 Feb")
_SPONSOR = "TENNIS WITH SOMEBODY’s SHOES. ASK FOR A SECOND PAIR"
_SYNDICATED = "© 2026 ABC Australian Broadcasting Corporation. All rights reserved"
_CREDITS = (None, "ABC/wires", "ABC", "Reuters/AP", "AFP, Reuters and wires")

# The kinds of line in a body, by the letters of the outlines.
_GAP, _SPONSORED, _HEADING, _BROKEN, _ONE_WORD = "G", "S", "H", "X", "p(one"


@dataclass(frozen=True)
class Variant:
    """What an extractor may have dropped, or a page may lack."""

    dated: bool
    captioned: bool
    signed: bool


VARIANTS = [
    Variant(dated, captioned, signed)
    for dated in (True, False)
    for captioned in (True, False)
    for signed in (True, False)
]


def outlines(kind: str) -> list[dict[str, Any]]:
    """Return the outlines of one kind of page: `article` or `section`."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [outline for line in lines if (outline := json.loads(line))["kind"] == kind]


def words_of(outline: dict[str, Any], variant: Variant) -> Words:
    """Fill an article's outline with words of our own, always the same."""
    random = Random(f"{outline.get('id')} {variant}")
    _, _, *path = outline.get("breadcrumb", "Home > News > National").split(" > ")
    before = outline.get("before_body", "")
    headline = sentence(random, end=random.choice(["", "", ".", "..", "?", " (04.01.26)"]))
    is_signed = "byline" in before and variant.signed
    caption = "Fonterra" if "caption" in before or variant.captioned else ""
    body = tuple(_body(outline.get("body", ""), random, caption))
    copyright_line = outline.get("copyright", _SYNDICATED)
    has_sponsor = _SPONSORED in outline.get("body", "").split()
    is_foreign = copyright_line == _SYNDICATED and "byline" not in before
    source = "article from www.rugbyleague.co.nz" if "article from" in before else ""
    return Words(
        section=path[-1],
        path=tuple(path),
        time=outline.get("served", "9 Feb 2026 13:03"),
        headline=headline,
        description=headline if outline["standfirst"] == "same" else sentence(random),
        body=body,
        author=_byline(random) if is_signed else "",
        publisher="The Conversation" if "byline" in before else "",
        date_line=_date_line(source, dated=variant.dated),
        day_printed="2023-10-31" if variant.dated else None,
        caption=caption,
        credit=random.choice(_CREDITS) if is_foreign and not source else None,
        sponsor=_SPONSOR if has_sponsor else "",
        holder=copyright_line.removeprefix(copyright_line[:7]).removesuffix(
            ". All rights reserved"
        ),
        copyright=copyright_line,
        others=_entries(random, 7, 700),
        top=(
            Entry(801, sentence(random, end=""), "RUGBY"),
            Entry(802, sentence(random, end=""), "BUSINESS"),
        ),
        today=tuple(
            Entry(900 + place, sentence(random, end=""), label, stamp)
            for place, (label, stamp) in enumerate(
                (("National", "10:07"), ("Law and Order", "9:57"), ("Netball", "8:42"))
            )
        ),
        footer="© 2026 New Zealand City Ltd",
    )


def sentence(random: Random, end: str = ".") -> str:
    """Some words that begin with a capital: up to forty of them."""
    words = random.choices(_NOUNS, k=random.choice((5, 9, 14, 40)))
    return f"{' '.join(words).capitalize()}{end}"


def _date_line(source: str, *, dated: bool) -> str:
    day = "31 October 2023" if dated else ""
    return f"{day} - {source}".strip() if source else day


def _byline(random: Random) -> str:
    one = "Jo Gull, Senior Lecturer in Law, University of Elsewhere"
    return random.choice((one, f"{one}, Al Tern, Professor, Another University"))


def _body(kinds: str, random: Random, caption: str) -> Iterator[str]:
    """Yield the paragraphs; the first begins with the caption's words where there is one."""
    is_first = True
    for kind in kinds.replace("~", "").split():
        if kind == _ONE_WORD:
            yield "and"
        elif kind == _HEADING:
            yield sentence(random, end="")[:30].strip() + "?"
        elif kind == _BROKEN:
            yield sentence(random, end="")
            yield f"- {sentence(random).lower()}"
        elif kind == "p":
            yield f"{caption} {sentence(random)}".strip() if is_first else sentence(random)
        is_first = False


def _entries(random: Random, count: int, first_id: int) -> tuple[Entry, ...]:
    """Entries of a section's box: days out of order, a headline now and then missing or generic."""
    odd = ["", "Quick Sports Summary", "Quick Sports Summary"]
    titles = [sentence(random, end="") for _ in range(count - len(odd))] + odd
    random.shuffle(titles)
    return tuple(
        Entry(first_id + place, title, stamp=stamp)
        for place, (title, stamp) in enumerate(zip(titles, _DAYS, strict=True))
    )
