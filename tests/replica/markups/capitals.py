"""Tag soup of the nineties: upper case, bare attributes, and `<P> <LI> <TD> <FONT>` left open."""

from tests.replica.markups.lines import above, below
from tests.replica.markups.links import mixed_links, slug
from tests.replica.markups.noise import VIEWSTATE, between
from tests.replica.markups.typography import careless as words
from tests.replica.markups.typography import inline
from tests.replica.page import Box, BoxKind, Page
from tests.replica.story import Story


def render(page: Page, base_url: str) -> str:
    """The page in capitals."""
    toolbar = "<BR>".join(f"<A HREF={slug(item)}>{item}</A>" for item in page.toolbar)
    navigation = "\n".join(f"<LI><A HREF={slug(item)}>{item}</A>" for item in page.navigation)
    crumbs = " > ".join(f'<A HREF="/news/">{words(step)}</A>' for step in page.breadcrumb)
    boxes = "\n".join(_box(box, base_url) for box in page.boxes)
    content = _article(page.story) if page.story else f"<P>{words(page.notice)}"
    return f"""<HTML><HEAD><TITLE>{words(page.title)}</TITLE></HEAD>
<BODY BGCOLOR=#FFFFFF TEXT=black>
<INPUT TYPE=HIDDEN NAME=__VIEWSTATE VALUE={VIEWSTATE}>
<TABLE WIDTH=100%><TR><TD><FONT SIZE=+2>{words(page.title)}<TD ALIGN=right>{page.time}
<TR><TD COLSPAN=2><B>{page.site_name}</B><BR>{toolbar}</TABLE>
<TABLE><TR VALIGN=top><TD NOWRAP><UL>{navigation}</UL>
<TD><FONT FACE=Arial SIZE=2><P>{crumbs}
{content}
{boxes}
<P><B>{page.search[0]}</B><BR><INPUT NAME=q SIZE=10>
<P><A HREF=/search/>{page.search[1]}</A>
</TABLE>
<HR><CENTER><FONT SIZE=1>{words(page.footer)}</CENTER>
</BODY></HTML>"""


def _box(box: Box, base_url: str) -> str:
    link = mixed_links(base_url)
    lines = []
    for entry in box.entries:
        title, label = words(entry.title), words(entry.label)
        anchor = f'<A HREF="{link(entry.article_id)}">'
        if box.kind is BoxKind.SECTION:
            lines.append(f"<LI><FONT SIZE=2>{entry.stamp}: {anchor}{title}</A>")
        elif box.kind is BoxKind.TOP:
            lines.append(
                f'<P><IMG SRC=/i/top.gif ALT="{label}"> <B>{label}</B>'
                f"<P>{title} {anchor}More...</A>"
            )
        else:
            lines.append(f"<P><B>{label}:</B><BR>{anchor}{title}</A>&nbsp;{entry.stamp}")
    listed = "\n".join(lines)
    if box.kind is BoxKind.SECTION:
        listed = f"<UL>{listed}</UL>"
    return (
        f"<TABLE WIDTH=100%><TR><TD BGCOLOR=navy><B>{words(box.name)}</B><TR><TD>{listed}</TABLE>"
    )


def _article(story: Story) -> str:
    body = "\n".join(
        f"<P><B>{inline(block, words)}</B>"
        if block.heading
        else f"<P><FONT SIZE=2>{inline(block, words, bold='B', italic='I')}{between(place)}"
        for place, block in enumerate(story.blocks)
    )
    credit = below(story, lambda text: f"<P><I>{words(text)}</I>")
    head = above(
        story,
        lambda text: f"<P><FONT SIZE=1>{words(text)}</FONT>",
        lambda text: f'<P><IMG SRC=/i/a.jpg ALT="{words(text)}"><BR>{words(text)}',
    )
    return (
        f"<P><FONT SIZE=5><B>{words(story.headline)}</B></FONT>\n"
        f"<P><B>{words(story.standfirst)}</B>\n{head}{body}\n{credit}\n<P>{words(story.copyright_line)}"
    )
