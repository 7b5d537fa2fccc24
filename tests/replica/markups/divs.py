"""A `<div>` for each line and nothing else: no heading, list, table or class."""

from tests.replica.markups.lines import above, below
from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.typography import escape as words
from tests.replica.markups.typography import inline, linked
from tests.replica.page import Box, BoxKind, Page


def render(page: Page, base_url: str) -> str:
    """The page in lines."""
    lines = [words(page.title), page.time, words(page.site_name)]
    lines += [linked(slug(item), item) for item in (*page.toolbar, *page.navigation)]
    lines.append(" &gt; ".join(linked("/news/", step) for step in page.breadcrumb))
    lines += _article(page)
    for box in page.boxes:
        lines += _box(box, base_url)
    lines += [words(page.search[0]), linked("/search/", page.search[1]), words(page.footer)]
    body = "\n".join(f"<div>{line}</div>" for line in lines)
    return (
        f"<!DOCTYPE html>\n<html><head><title>{words(page.title)}</title></head>"
        f"<body>\n{body}\n</body></html>"
    )


def _article(page: Page) -> list[str]:
    story = page.story
    if story is None:
        return [words(page.notice)] if page.notice else []
    return [
        words(story.headline),
        words(story.standfirst),
        above(story, _line, lambda text: f'<div><img alt="{words(text)}"></div>{_line(text)}'),
        *(inline(block, words) for block in story.blocks),
        below(story, _line),
        words(story.copyright_line),
    ]


def _line(text: str) -> str:
    return f"<div>{words(text)}</div>"


def _box(box: Box, base_url: str) -> list[str]:
    link = mixed_links(base_url)
    lines = [words(box.name)]
    for entry in box.entries:
        href = link(entry.article_id)
        if box.kind is BoxKind.SECTION:
            lines.append(f"{entry.stamp}: {linked(href, entry.title)}")
        elif box.kind is BoxKind.TOP:
            label = words(entry.label)
            lines.append(f'<img src="/images/top.jpg" alt="{label}"> {label}')
            lines.append(linked(href, f"{entry.title} More..."))
        else:
            lines += [f"{words(entry.label)}:", f"{linked(href, entry.title)} {entry.stamp}"]
    return lines
