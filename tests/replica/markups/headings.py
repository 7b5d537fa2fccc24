"""Plain headings, paragraphs and lists: the boxes first, the breadcrumb split over list items."""

from tests.replica.markups.lines import above, below
from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.noise import FORM_STATE, between
from tests.replica.markups.typography import entities as words
from tests.replica.markups.typography import inline, linked
from tests.replica.page import Box, BoxKind, Page
from tests.replica.story import Story


def render(page: Page, base_url: str) -> str:
    """The page in headings and lists."""
    toolbar = "<br />".join(linked(slug(item), item) for item in page.toolbar)
    navigation = "".join(f"<li>{linked(slug(item), item)}</li>" for item in page.navigation)
    crumbs = "<li>&gt;</li>".join(f"<li>{linked('/news/', step)}</li>" for step in page.breadcrumb)
    boxes = "".join(_box(box, base_url) for box in page.boxes)
    content = _article(page.story) if page.story else f"<p>{words(page.notice)}</p>"
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{words(page.title)}</title></head>
<body><form method="post" action="" id="form1"><div>{FORM_STATE}</div>
<div id="head"><h5>{words(page.title)}</h5><h6>{page.time}</h6>
<h4>{page.site_name}</h4><p>{toolbar}</p><ul>{navigation}</ul></div>
<div id="right">{boxes}</div>
<div id="main"><ul id="crumbs">{crumbs}</ul>{content}</div>
<div id="find"><h4>{page.search[0]}</h4><p><input type="text" name="q" /></p>
<p><a href="/search/">{page.search[1]}</a></p></div>
<div id="foot"><p>{words(page.footer)}</p></div></form></body></html>"""


def _box(box: Box, base_url: str) -> str:
    link = mixed_links(base_url)
    lines = []
    for entry in box.entries:
        title, label = linked(link(entry.article_id), entry.title), words(entry.label)
        if box.kind is BoxKind.SECTION:
            lines.append(f"<li>{entry.stamp}: {title}</li>")
        elif box.kind is BoxKind.TOP:
            more = linked(link(entry.article_id), "More...")
            lines.append(
                f'<li><a href="{link(entry.article_id)}"><img src="/i/top.gif" alt="{label}" /></a>'
                f" {label}</li><li>{words(entry.title)} {more}</li>"
            )
        else:
            lines.append(f"<li><b>{label}:</b><br />{title}&nbsp;{entry.stamp}</li>")
    return f"<h3>{words(box.name)}</h3><ul>{''.join(lines)}</ul>"


def _article(story: Story) -> str:
    body = "\n".join(
        (f"<h3>{inline(block, words)}</h3>" if block.heading else f"<p>{inline(block, words)}</p>")
        + between(place + 2)
        for place, block in enumerate(story.blocks)
    )
    credit = below(story, lambda text: f"<p>{words(text)}</p>")
    head = above(
        story,
        lambda text: f"<h6>{words(text)}</h6>",
        lambda text: f'<p><img src="/i/a.jpg" alt="{words(text)}" /><br />{words(text)}</p>',
    )
    return (
        f"<h1>{words(story.headline)}</h1><h2>{words(story.standfirst)}</h2>\n{head}{body}\n{credit}"
        f'<p class="copyright">{words(story.copyright_line)}</p>'
    )
