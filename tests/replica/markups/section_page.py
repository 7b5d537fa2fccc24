"""A section's page: a lead and entries, in three renderings that share only the words."""

from collections.abc import Callable, Sequence
from html import escape

from tests.replica.clock import NEW_ZEALAND
from tests.replica.markups.links import mixed_links
from tests.replica.page import Page
from tests.replica.story import Story

Line = Callable[[str], str]

_SHAPES: dict[str, tuple[Line, str]] = {
    "tables": (lambda text: f"<tr><td>{text}</td></tr>", "<table>{}</table>"),
    "sections": (lambda text: f"<li>{text}</li>", "<ul>{}</ul>"),
    "divs": (lambda text: f"{text}<br>", "<div>{}</div>"),
}


def render_section(page: Page, stories: Sequence[Story], markup: str, base_url: str) -> str:
    """The page of a section in the markup of that name, or in the simplest."""
    line, around = _SHAPES.get(markup, _SHAPES["divs"])
    link = mixed_links(base_url)
    *steps, section = page.breadcrumb
    feed = f"<a href='/rss/'>Subscribe to NZCity&#39;s {escape(section)} articles</a>"
    crumbs = " &gt; ".join([*map(escape, steps), f"{feed} {escape(section)}"])
    lines = [escape(page.title), page.time, page.site_name, *page.navigation, crumbs]
    for place, story in enumerate(stories):
        anchor = f'<a href="{escape(link(story.id))}">'
        local = story.published.astimezone(NEW_ZEALAND)
        lines.append(f"{anchor}{escape(story.headline)}</a>")
        if place == 0:
            lines += [f"{local.day} {local:%B} {local.year}", escape(story.standfirst)]
            lines += [f"{anchor}&gt;&gt; Read Article</a>", "&gt;&gt; Business News"]
        else:
            year = (
                "" if local.year == page.served.astimezone(NEW_ZEALAND).year else f" {local.year}"
            )
            day = f"{local.day} {local:%b}{year}"
            lines.append(f"{day}: {escape(story.standfirst)}... {anchor}more</a>")
    lines.append(escape(page.footer))
    body = around.format("\n".join(map(line, lines)))
    return f"<!DOCTYPE html><html><head><title>News</title></head><body>{body}</body></html>"
