"""Words as HTML: escaping, and the typefaces inside a paragraph."""

import html
import re
from collections.abc import Callable
from html.entities import codepoint2name

from tests.replica.story import Block

Escape = Callable[[str], str]

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def escape(text: str) -> str:
    """Escape what HTML must have escaped, and nothing else."""
    return html.escape(text, quote=False)


def entities(text: str) -> str:
    """Escape, and write everything outside ASCII as a named or numeric entity."""
    return _BEYOND_ASCII.sub(_entity, escape(text))


def _entity(char: re.Match[str]) -> str:
    code = ord(char[0])
    return f"&{codepoint2name.get(code, f'#{code}')};"


def careless(text: str) -> str:
    """Escape as an old template would: a lone ampersand stays as it is."""
    return entities(text).replace("&amp; ", "& ")


def inline(block: Block, escaped: Escape, *, bold: str = "b", italic: str = "i") -> str:
    """A block's words, bold and italic in the elements named, links as links."""
    names = {"b": bold, "i": italic}
    parts = []
    for run in block.runs:
        words = escaped(run.text)
        if run.tag == "a":
            words = f'<a href="{html.escape(run.href)}">{words}</a>'
        elif run.tag:
            words = f"<{names[run.tag]}>{words}</{names[run.tag]}>"
        parts.append(words)
    return "".join(parts)


def linked(href: str, text: str) -> str:
    """A link with its words escaped."""
    return f'<a href="{html.escape(href)}">{escape(text)}</a>'
