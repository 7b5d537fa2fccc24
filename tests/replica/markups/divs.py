"""A `<div>` for each line and nothing else: no heading, list, table or class."""

import html

from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.typography import escape as words
from tests.replica.markups.typography import inline
from tests.replica.page import Box, BoxKind, Page


def render(page: Page, base_url: str) -> str:
    """The page in lines."""
    lines = [words(page.title), page.time, words(page.site_name)]
    lines += [_link(slug(item), item) for item in (*page.toolbar, *page.navigation)]
    lines.append(" &gt; ".join(_link("/news/", step) for step in page.breadcrumb))
    lines += _article(page)
    for box in page.boxes:
        lines += _box(box, base_url)
    lines += [words(page.search[0]), _link("/search/", page.search[1]), words(page.footer)]
    body = "\n".join(f"<div>{line}</div>" for line in lines)
    return (
        f"<!DOCTYPE html>\n<html><head><title>{words(page.title)}</title></head>"
        f"<body>\n{body}\n</body></html>"
    )


def _link(href: str, text: str) -> str:
    return f'<a href="{html.escape(href)}">{words(text)}</a>'


def _article(page: Page) -> list[str]:
    story = page.story
    if story is None:
        return [words(page.notice)] if page.notice else []
    return [
        words(story.headline),
        words(story.standfirst),
        *(inline(block, words) for block in story.blocks),
        *([words(story.credit)] if story.credit else []),
        words(story.copyright_line),
    ]


def _box(box: Box, base_url: str) -> list[str]:
    link = mixed_links(base_url)
    lines = [words(box.name)]
    for entry in box.entries:
        href = link(entry.article_id)
        if box.kind is BoxKind.SECTION:
            lines.append(f"{entry.stamp}: {_link(href, entry.title)}")
        elif box.kind is BoxKind.TOP:
            label = words(entry.label)
            lines.append(f'<img src="/images/top.jpg" alt="{label}"> {label}')
            lines.append(_link(href, f"{entry.title} More..."))
        else:
            lines += [f"{words(entry.label)}:", f"{_link(href, entry.title)} {entry.stamp}"]
    return lines
