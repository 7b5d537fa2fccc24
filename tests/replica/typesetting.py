"""How a story is typed: its quotes, dashes and spaces, its bold, italic and linked words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.replica.story import Block, Run, Tag, paragraph

_AMOUNT = re.compile(r"(\$[\d.]+) (?=[mb]illion)")
_OPENING = re.compile(r"(?<!\S)([\"'])")
_CURLY_OPENING = {'"': "\u201c", "'": "\u2018"}
_TAGS: tuple[Tag, ...] = ("b", "i", "a")


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """One typist's habits."""

    curly: bool
    dash: str
    space: str

    def set(self, text: str) -> str:
        """The text as this typist prints it."""
        text = text.replace(", which", f"{self.dash}which")
        text = _AMOUNT.sub(rf"\1{self.space}", text)
        if not self.curly:
            return text
        text = _OPENING.sub(lambda quote: _CURLY_OPENING[quote[1]], text)
        return text.replace('"', "\u201d").replace("'", "\u2019")


def any_style(random: Random) -> HouseStyle:
    """A typist drawn at random."""
    return HouseStyle(
        curly=random.random() < 0.5,
        dash=random.choice((", ", " \u2014 ", " \u2013 ", " -- ")),
        space=random.choice((" ", " ", " ", "\u00a0")),
    )


def decorated(text: str, random: Random, address: Callable[[], str]) -> Block:
    """A paragraph in which, now and then, a few words are bold, italic or a link."""
    words = text.split(" ")
    if random.random() > 0.25 or len(words) < 8:
        return paragraph(text)
    start = random.randrange(1, len(words) - 4)
    end = start + random.randint(1, 3)
    tag = random.choice(_TAGS)
    inner = Run(" ".join(words[start:end]), tag, address() if tag == "a" else "")
    before, after = " ".join(words[:start]) + " ", " " + " ".join(words[end:])
    return Block((Run(before), inner, Run(after)))
