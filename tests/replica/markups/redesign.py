"""A redesign: the same news, but none of the words that a reader of the old site knows."""

import html

from tests.replica.markups.links import plain_links
from tests.replica.markups.typography import escape as words
from tests.replica.markups.typography import inline
from tests.replica.page import BoxKind, Page

_NAMES = {BoxKind.TOP: "Editors pick", BoxKind.TODAY: "Just in"}


def render(page: Page, base_url: str) -> str:
    """The page as the new owners show it."""
    link = plain_links(base_url)
    boxes = "".join(
        f"<section><h3>{_NAMES.get(box.kind, 'Read next')}</h3><ul>"
        + "".join(
            f'<li><a href="{html.escape(link(entry.article_id))}">{words(entry.title)}</a></li>'
            for entry in box.entries
        )
        + "</ul></section>"
        for box in page.boxes
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The Daily City</title>'
        f"</head><body><header>The Daily City</header><main>{_article(page)}</main>"
        f"<aside>{boxes}</aside><footer>The Daily City Limited</footer></body></html>"
    )


def _article(page: Page) -> str:
    story = page.story
    if story is None:
        return f"<p>{words(page.notice)}</p>"
    body = "".join(f"<p>{inline(block, words)}</p>" for block in story.blocks)
    return (
        f"<article><h1>{words(story.headline)}</h1><p>{words(story.standfirst)}</p>"
        f"<p>By our reporters</p>{body}<p>Published with leave of {words(story.holder)}</p>"
        "</article>"
    )
