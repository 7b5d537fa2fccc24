"""What templates and feeds make of texts: HTML with everything from an article escaped."""

import re
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from newsbot.store.reading.search_text import MARK_END, MARK_START
from newsbot.word_diff import condensed, word_diff

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_MARKED = re.compile(f"{MARK_START}(.*?){MARK_END}")
_CHANGES = {"=": Markup("{}"), "-": Markup("<del>{}</del>"), "+": Markup("<ins>{}</ins>")}


def paragraphs(text: str) -> Markup:
    """Return a text whose paragraphs are separated by a blank line as HTML."""
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in text.split("\n\n") if part)


def is_web(url: str) -> bool:
    """Return whether an address leads to the web; `javascript:` does not."""
    return _WEB.match(url) is not None


def marked(snippet: str) -> Markup:
    """Return a snippet of a search as HTML."""
    pieces = enumerate(_MARKED.split(snippet))
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if place % 2 else piece for place, piece in pieces
    )


def diff(before: str, after: str) -> Markup:
    """Return the words removed and added, with some of those around them, as HTML."""
    pieces = condensed(word_diff(before, after), words=12)
    return Markup("").join(_CHANGES[sign].format(text) for sign, text in pieces)


def query(values: dict[str, Any]) -> str:
    """Return values as the query of an address, without those that are empty."""
    return urlencode({name: value for name, value in values.items() if value}, doseq=True)
