"""Pairs of web pages that people judged, from a clone of webis-de's repository; see README.md."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = "s3-document-pair-sample"
# `core` is left alone: whoever wants to know how well the choice holds can ask it.
CORPORA = ("web", "terabyte")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts; `is_duplicate` if whoever compared them found them nearly the same."""

    corpus: str
    one: str
    other: str
    is_duplicate: bool


def load(clone: Path) -> list[Pair]:
    """Return all pairs of CORPORA.

    A label of 1 or more counts as duplicate, as in the repository's own evaluate.py.
    """
    return [
        _pair(corpus, folder)
        for corpus in CORPORA
        for folder in sorted((clone / FOLDER / corpus).iterdir())
    ]


def _pair(corpus: str, folder: Path) -> Pair:
    one, other = (
        (folder / f"full-text-{name}").read_text(encoding="utf-8", errors="replace")
        for name in folder.name.split("_vs_")
    )
    return Pair(corpus, one, other, int((folder / "label").read_text()) >= 1)
