"""Renderings of one page that share only its words. Each is a file of this folder."""

from collections.abc import Callable

from tests.replica.markups import capitals, definitions, divs, headings, sections, spans, tables
from tests.replica.page import Page

Renderer = Callable[[Page, str], str]

MARKUPS: dict[str, Renderer] = {
    "tables": tables.render,
    "sections": sections.render,
    "headings": headings.render,
    "capitals": capitals.render,
    "divs": divs.render,
    "spans": spans.render,
    "definitions": definitions.render,
}


def render(page: Page, markup: str, base_url: str = "https://home.nzcity.co.nz/news/") -> str:
    """A page in the markup of that name. Absolute links lead to the host of `base_url`."""
    return MARKUPS[markup](page, base_url)
