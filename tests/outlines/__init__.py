"""Outlines of real pages, facts without prose: `outlines.jsonl`, a page a line.

    kind, id, cat, page   what was asked for; `cat` is a section that need not be the article's own
    served                the page's clock, New Zealand time
    path                  the steps of the breadcrumb behind `News`
    standfirst            `same` as the headline, a longer form of it (`expanded`), or it `differs`
    authors, publisher    how many the byline names; who supplied the story
    day, source, caption  the date line, the host in it, the words below the image
    body                  p paragraph, G empty one, H sub-heading, S sponsor's line, W the word
                          `and`, X a paragraph that breaks off and its rest
    days                  of the section's box, or of a section page's entries; `-`: no headline

Most captures were cut off: what is missing is not in the line, and the writers complete it.
"""

import json
from pathlib import Path
from typing import Any

Outline = dict[str, Any]

_FILE = Path(__file__).with_name("outlines.jsonl")


def outlines(kind: str) -> list[Outline]:
    """Return the outlines of one kind of page: `article` or `section`."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [outline for line in lines if (outline := json.loads(line))["kind"] == kind]
