"""Writes sentences from phrase lists: `{slot}` stands for a phrase of that list.

`{Slot}` begins with a capital. A desk is a text file of lists, `[name]` and a
phrase a line; desks/common.txt holds what all of them share.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random

_FOLDER = Path(__file__).with_name("desks")
DESK_NAMES = sorted(path.stem for path in _FOLDER.glob("*.txt") if path.stem != "common")

_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiouAEIOU])")

Phrases = Mapping[str, list[str]]


@cache
def phrases(desk: str) -> Phrases:
    """The phrase lists of desks/<desk>.txt."""
    lists: dict[str, list[str]] = {}
    for line in (_FOLDER / f"{desk}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = lists.setdefault(line.strip("[]"), [])
        elif line:
            current.append(line)
    return lists


@cache
def desk_phrases(desk: str) -> Phrases:
    """A desk's own lists, each followed by what all desks share."""
    common, own = phrases("common"), phrases(desk)
    return {name: own.get(name, []) + common.get(name, []) for name in {*common, *own}}


@cache
def _parts(template: str) -> tuple[str, ...]:
    """Literals at even places, slot names at odd ones."""
    return tuple(_SLOT.split(template))


class Writer:
    """Writes for one story: what is bound stays the same throughout it."""

    def __init__(self, lists: Phrases, random: Random) -> None:
        self._lists = lists
        self._random = random
        self.bound: dict[str, str] = {}

    def bind(self, name: str, template: str) -> str:
        """Let `{name}` be one expansion of `template` from now on."""
        self.bound[name] = self._fill(template)
        return self.bound[name]

    def templates(self, name: str) -> list[str]:
        """A list as it stands, slots unfilled."""
        return list(self._lists[name])

    def any_of(self, name: str) -> str:
        """One phrase of a list as it stands, whatever is bound to its name."""
        # Far quicker than random.choice, which is called some two hundred times a story.
        phrases_ = self._lists[name]
        return phrases_[int(self._random.random() * len(phrases_))]

    def pick(self, name: str) -> str:
        """One expansion of a list."""
        return self.write(f"{{{name}}}")

    def write(self, template: str) -> str:
        """The template with every slot filled, and `a` before a vowel made `an`."""
        return _ARTICLE.sub(r"\1n ", self._fill(template))

    def _fill(self, template: str) -> str:
        parts = list(_parts(template))
        for place in range(1, len(parts), 2):
            parts[place] = self._expand(parts[place])
        return "".join(parts)

    def _expand(self, slot: str) -> str:
        name = slot.lower()
        text = self.bound.get(name) or self._fill(self.any_of(name))
        return text if slot == name else text[0].upper() + text[1:]
