"""Definition lists: date, title and time each in a cell of its own."""

from tests.replica.markups.lines import above, below
from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.noise import FORM_STATE, between
from tests.replica.markups.typography import escape as words
from tests.replica.markups.typography import inline, linked
from tests.replica.page import Box, BoxKind, Page
from tests.replica.story import Story


def render(page: Page, base_url: str) -> str:
    """The page in definition lists."""
    items = "\n".join(
        f"<dd>{linked(slug(item), item)}</dd>" for item in (*page.toolbar, *page.navigation)
    )
    crumbs = "\n".join(
        f"{'<i>&gt;</i> ' if place else ''}{linked('/news/', step)}"
        for place, step in enumerate(page.breadcrumb)
    )
    boxes = "\n".join(_box(box, base_url) for box in page.boxes)
    content = _article(page.story) if page.story else f"<p>{words(page.notice)}</p>"
    return f"""<!DOCTYPE html><html><head><meta charset="UTF-8">
<title>{words(page.title)}</title></head><body>{FORM_STATE}
<dl><dt>{words(page.title)}</dt><dd>{page.time}</dd></dl>
<dl><dt>{page.site_name}</dt>{items}</dl>
<p>{crumbs}</p>
{content}
{boxes}
<dl><dt>{page.search[0]}</dt><dd><input name="q"></dd><dd>{linked("/search/", page.search[1])}</dd>
</dl><address>{words(page.footer)}</address></body></html>"""


def _box(box: Box, base_url: str) -> str:
    link = mixed_links(base_url)
    cells = []
    for entry in box.entries:
        href, label = link(entry.article_id), words(entry.label)
        if box.kind is BoxKind.SECTION:
            cells.append(f"<dt>{entry.stamp}:</dt><dd>{linked(href, entry.title)}</dd>")
        elif box.kind is BoxKind.TOP:
            cells.append(
                f'<dt><img src="/i/t.png" alt="{label}"> {label}</dt>'
                f"<dd>{words(entry.title)}</dd><dd>{linked(href, 'More...')}</dd>"
            )
        else:
            cells.append(
                f"<dt>{label}:</dt><dd>{linked(href, entry.title)}</dd><dd>{entry.stamp}</dd>"
            )
    listed = "\n".join(cells)
    return f"<h2>{words(box.name)}</h2>\n<dl>{listed}</dl>"


def _article(story: Story) -> str:
    body = "\n".join(
        f"<h4>{inline(block, words)}</h4>"
        if block.heading
        else f"<p>{inline(block, words, bold='strong', italic='cite')}</p>{between(place + 4)}"
        for place, block in enumerate(story.blocks)
    )
    credit = below(story, lambda text: f"<address>{words(text)}</address>")
    head = above(
        story,
        lambda text: f"<dl><dd>{words(text)}</dd></dl>",
        lambda text: (
            f'<dl><dt><img src="/i/a.jpg" alt="{words(text)}"></dt><dd>{words(text)}</dd></dl>'
        ),
    )
    return (
        f"<h3>{words(story.headline)}</h3>\n<p><b>{words(story.standfirst)}</b></p>\n{head}{body}\n"
        f"{credit}\n<p>{words(story.copyright_line)}</p>"
    )
