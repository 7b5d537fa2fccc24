"""Nested tables, `<br><br>` between paragraphs, `<font>`, and ASP.NET's own ids."""

import html

from tests.replica.markups.lines import above, below
from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.noise import FORM_STATE, HEAD_SCRIPTS, between
from tests.replica.markups.typography import entities as words
from tests.replica.markups.typography import inline
from tests.replica.page import Box, BoxKind, Entry, Page

_ID = "ctl00_ContentPlaceHolder1_"


def render(page: Page, base_url: str) -> str:
    """The page in tables."""
    link = mixed_links(base_url)

    def anchor(entry: Entry, text: str) -> str:
        return f'<a href="{html.escape(link(entry.article_id))}" class="newslink">{text}</a>'

    def line(kind: BoxKind, place: int, entry: Entry) -> str:
        id_ = f"{_ID}{kind.value}_ctl{place:02}"
        title, label = words(entry.title), words(entry.label)
        if kind is BoxKind.SECTION:
            return (
                f'<tr><td width="8" valign="top"><img src="/images/dot.gif" alt=""></td>'
                f'<td id="{id_}"><font size="2">{entry.stamp}: {anchor(entry, title)}'
                "</font></td></tr>"
            )
        if kind is BoxKind.TOP:
            return (
                f'<tr><td valign="top"><img src="/images/top{place}.jpg" alt="{label}" width="80">'
                f'</td><td><font size="1" color="#990000">{label}</font><br>{title} '
                f"{anchor(entry, 'More...')}<br><br></td></tr>"
            )
        return (
            f'<tr><td colspan="2"><b>{label}:</b><br><span id="{id_}">{anchor(entry, title)}'
            f'&nbsp;<font size="1" color="gray">{entry.stamp}</font></span><br><br></td></tr>'
        )

    def box(box_: Box) -> str:
        lines = "".join(line(box_.kind, n, entry) for n, entry in enumerate(box_.entries))
        return (
            '<table width="100%" cellpadding="2" cellspacing="0" border="0">'
            f'<tr><td bgcolor="#003366" colspan="2">&nbsp;<font color="#ffffff">'
            f"<b>{words(box_.name)}</b></font></td></tr>{lines}</table>"
        )

    toolbar = "".join(f'<a href="{slug(item)}">{item}</a><br>' for item in page.toolbar)
    navigation = "".join(
        f'<tr><td nowrap><a href="{slug(item)}" class="menu">{item}</a></td></tr>\n'
        for item in page.navigation
    )
    crumbs = " &gt; ".join(f'<a href="/news/">{words(step)}</a>' for step in page.breadcrumb)
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html><head><title>{words(page.title)}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
{HEAD_SCRIPTS}</head>
<body bgcolor="#ffffff" topmargin="0">
<form name="aspnetForm" method="post" action="article.aspx" id="aspnetForm">
<div>{FORM_STATE}</div>
<table width="100%" border="0"><tr><td><font size="4">{words(page.title)}</font></td>
<td align="right"><span id="ctl00_lblDate">{page.time}</span></td></tr>
<tr><td colspan="2"><b>{page.site_name}</b><br>{toolbar}</td></tr></table>
<table width="100%" border="0"><tr>
<td valign="top" width="140"><table>{navigation}</table></td>
<td valign="top">
<table width="100%"><tr><td><font size="1">{crumbs}</font></td></tr>
<tr><td>{_article(page)}</td></tr></table>
{"".join(box(box_) for box_ in page.boxes)}
<table><tr><td><b>{page.search[0]}</b></td></tr>
<tr><td><input name="ctl00$q" type="text" size="12"><input type="submit" value="Go">
<select name="ctl00$in"></select></td></tr>
<tr><td><a href="/search/">{page.search[1]}</a></td></tr></table>
</td></tr></table>
<center><font size="1">{words(page.footer)}</font></center>
</form></body></html>"""


def _article(page: Page) -> str:
    story = page.story
    if story is None:
        return f'<span id="{_ID}lblNotice">{words(page.notice)}</span>'
    body = "".join(
        (
            f"<b>{inline(block, words)}</b>"
            if block.heading
            else f'<font face="Verdana" size="2">{inline(block, words)}</font>'
        )
        + f"<br><br>\n{between(place)}"
        for place, block in enumerate(story.blocks)
    )
    credit = below(story, lambda text: f"<i>{words(text)}</i><br><br>")
    head = above(
        story,
        lambda text: f'<font size="1">{words(text)}</font><br><br>',
        lambda text: f'<img src="/i/a.jpg" alt="{words(text)}"><br>{words(text)}<br><br>',
    )
    return (
        f'<span id="{_ID}lblHeadline"><font size="5"><b>{words(story.headline)}</b></font></span>'
        f'<br><br><span id="{_ID}lblIntro"><b>{words(story.standfirst)}</b></span><br><br>'
        f"{head}<br>\n"
        f'<span id="{_ID}lblBody">{body}</span>{credit}'
        f'<font size="1">{words(story.copyright_line)}</font>'
    )
