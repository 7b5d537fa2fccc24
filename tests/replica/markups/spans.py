"""Inline-block soup: spans and line breaks, a dropped capital, date, title and time apart."""

import html

from tests.replica.markups.lines import above, below
from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.noise import FORM_STATE, HEAD_SCRIPTS, between
from tests.replica.markups.typography import escape as words
from tests.replica.markups.typography import inline
from tests.replica.page import Box, BoxKind, Page
from tests.replica.story import Block, Run, Story

_CELL = '<span style="display:inline-block;vertical-align:top">'
_BREAK = "<br/>\n"


def render(page: Page, base_url: str) -> str:
    """The page in spans."""
    links = _BREAK.join(
        f'{_CELL}<a href="{slug(item)}">{item}</a></span>'
        for item in (*page.toolbar, *page.navigation)
    )
    crumbs = " ".join(
        f'{_CELL}{"&gt; " if place else ""}<a href="/news/">{words(step)}</a></span>'
        for place, step in enumerate(page.breadcrumb)
    )
    content = _article(page.story) if page.story else f"<span>{words(page.notice)}</span>"
    boxes = (_BREAK * 2).join(_box(box, base_url) for box in page.boxes)
    return f"""<!DOCTYPE html><html><head><title>{words(page.title)}</title>
{HEAD_SCRIPTS}</head><body>{FORM_STATE}
{_CELL}{words(page.title)}</span>{_BREAK}{_CELL}{page.time}</span>{_BREAK}
<span>{page.site_name}</span>{_BREAK}{links}{_BREAK}{_BREAK}
{crumbs}{_BREAK}{_BREAK}{content}{_BREAK}{_BREAK}
{boxes}{_BREAK}{_BREAK}
<span>{page.search[0]}</span>{_BREAK}<input name="q"/>{_BREAK}
<a href="/search/">{page.search[1]}</a>{_BREAK}{_BREAK}<span>{words(page.footer)}</span>
</body></html>"""


def _box(box: Box, base_url: str) -> str:
    link = mixed_links(base_url)
    lines = [f"{_CELL}<b>{words(box.name)}</b></span>"]
    for entry in box.entries:
        label = words(entry.label)
        anchor = f'<a href="{html.escape(link(entry.article_id))}">'
        title = f"{_CELL}{anchor}{words(entry.title)}</a></span>"
        if box.kind is BoxKind.SECTION:
            lines.append(f"{_CELL}{entry.stamp}:</span>\n{title}")
        elif box.kind is BoxKind.TOP:
            lines += [
                f'{_CELL}{anchor}<img src="/i/t.png" alt="{label}"/></a></span> <b>{label}</b>',
                f"{_CELL}{words(entry.title)}</span> {anchor}More...</a>",
            ]
        else:
            lines += [f"{_CELL}{label}:</span>", f"{title}\n{_CELL}{entry.stamp}</span>"]
    return _BREAK.join(lines)


def _article(story: Story) -> str:
    first, rest = story.blocks[:1], story.blocks[1:]
    body = "".join(
        f"<span>{inline(block, words)}</span>{_BREAK}{_BREAK}{between(place)}"
        for place, block in enumerate(rest)
    )
    credit = below(story, lambda text: f"<i>{words(text)}</i>{_BREAK}{_BREAK}")
    head = above(
        story,
        lambda text: f"{_CELL}{words(text)}</span>{_BREAK}{_BREAK}",
        lambda text: f'<img src="/i/a.png" alt="{words(text)}"/>{words(text)}{_BREAK}{_BREAK}',
    )
    return (
        f'<span style="font-size:2em">{words(story.headline)}</span>{_BREAK}{_BREAK}'
        f"<b>{words(story.standfirst)}</b>{_BREAK}{_BREAK}{head}"
        + "".join(f"<span>{_with_dropped_capital(each)}</span>{_BREAK}{_BREAK}" for each in first)
        + f"{body}{credit}"
        f"<span>{words(story.copyright_line)}</span>"
    )


def _with_dropped_capital(block: Block) -> str:
    run, *others = block.runs
    capital, rest = run.text[0], Run(run.text[1:], run.tag, run.href)
    return f'<span class="cap">{words(capital)}</span>{inline(Block((rest, *others)), words)}'
