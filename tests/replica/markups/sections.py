"""HTML5: sections and lists, the boxes before the article, figures with captions.

The breadcrumb is a list whose separators stand in the style sheet, not in the text.
"""

import html

from tests.replica.markups.lines import above, below
from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.noise import between
from tests.replica.markups.typography import escape as words
from tests.replica.markups.typography import inline, linked
from tests.replica.page import Box, BoxKind, Page
from tests.replica.story import Story


def render(page: Page, base_url: str) -> str:
    """The page in sections."""
    toolbar = "".join(linked(slug(item), item) + " " for item in page.toolbar)
    navigation = "".join(f"<li>{linked(slug(item), item)}</li>\n" for item in page.navigation)
    crumbs = "".join(f"<li>{linked('/news/', step)}</li>\n" for step in page.breadcrumb)
    boxes = "\n".join(_box(box, base_url) for box in page.boxes)
    content = _article(page.story) if page.story else f'<p role="alert">{words(page.notice)}</p>'
    return f"""<!doctype html>
<html lang="en-NZ"><head><meta charset="utf-8"><title>{words(page.title)}</title>
<style>.crumbs li + li::before {{ content: "›"; }}</style></head>
<body><header><p class="kicker">{words(page.title)}</p><time>{page.time}</time>
<p>{page.site_name}</p><div class="tools">{toolbar}</div>
<nav><ul>{navigation}</ul></nav></header>
<aside>{boxes}</aside>
<main><nav aria-label="Breadcrumb"><ol class="crumbs">{crumbs}</ol></nav>
{content}</main>
<form role="search" action="/search/"><label for="q">{page.search[0]}</label>
<input id="q" type="search"><button type="submit"></button>
<a href="/search/?p=1">{page.search[1]}</a></form>
<footer><p><small>{words(page.footer)}</small></p></footer></body></html>"""


def _box(box: Box, base_url: str) -> str:
    link = mixed_links(base_url)
    items = []
    for entry in box.entries:
        href, label = link(entry.article_id), words(entry.label)
        if box.kind is BoxKind.SECTION:
            items.append(f"<time>{entry.stamp}</time>: {linked(href, entry.title)}")
        elif box.kind is BoxKind.TOP:
            items.append(
                f'<img src="/images/{entry.article_id}.webp" alt="{label}"> <b>{label}</b>'
                f'<p>{words(entry.title)} <a href="{html.escape(href)}">More...</a></p>'
            )
        else:
            items.append(
                f"<h3>{label}:</h3>\n<p>{linked(href, entry.title)} <time>{entry.stamp}</time></p>"
            )
    listed = "\n".join(f"<li>{item}</li>" for item in items)
    return f"<section><h2>{words(box.name)}</h2>\n<ul>{listed}</ul></section>"


def _article(story: Story) -> str:
    body = "\n".join(
        (
            f"<h2>{inline(block, words)}</h2>"
            if block.heading
            else f"<p>{inline(block, words, bold='strong', italic='em')}</p>"
        )
        + between(place)
        for place, block in enumerate(story.blocks)
    )
    credit = below(story, lambda text: f'<p class="credit">{words(text)}</p>')
    head = above(
        story,
        lambda text: f"<p>{words(text)}</p>",
        lambda text: (
            f'<figure><img src="/i/a.webp" alt="{words(text)}">'
            f"<figcaption>{words(text)}</figcaption></figure>"
        ),
        lambda text: f"<time>{words(text)}</time>",
    )
    return (
        f'<article><h1>{words(story.headline)}</h1>\n<p class="lead">{words(story.standfirst)}</p>'
        f"\n<div>{head}</div>{body}\n{credit}\n<p><small>{words(story.copyright_line)}</small></p></article>"
    )
