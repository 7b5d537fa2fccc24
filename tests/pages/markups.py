"""Whole pages in markups that share only the words."""

from collections.abc import Callable

from tests.pages.more_markups import one_cell, panels, spans, unseen
from tests.pages.words import Words, e

Markup = Callable[[Words], str]


def tables(words: Words) -> str:
    """Nested tables, and `<br><br>` between paragraphs."""
    menu = "".join(
        f'<tr><td><a href="/{place}">{e(item)}</a></td></tr>'
        for place, item in enumerate(words.menu)
    )
    lines = f"<br><br>{words.noise}\n".join(e(line) for line in words.article_lines)
    others = "<br>".join(f"&nbsp;{x.stamp}: {x.link(e(x.title))}" for x in words.others)
    top = "".join(
        f'<tr><td><img src="t.jpg" alt="{x.label}"> <b>{x.label}</b><br>{e(x.title)} '
        f"{x.link('More...')}<br><br></td></tr>"
        for x in words.top
    )
    today = "".join(
        f"<b>{x.label}:</b><br>{x.link(e(x.title))}&nbsp;{x.stamp}<br><br>" for x in words.today
    )
    return f"""<html><head><title>{e(words.title)}</title>
<script>var a = "<td>Home > News > Nowhere</td>";</script></head>
<body bgcolor="#fff"><form id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="dDw3">
<table width="100%"><tr><td>{e(words.title)}</td><td align="right">{words.time}</td></tr></table>
<table><tr><td><table>{menu}</table></td>
<td><table><tr><td><a href="/">Home</a> &gt; <a href="/news/">News</a> &gt;
{" &gt; ".join(f'<a href="/news/#here">{e(step)}</a>' for step in words.steps)}</td></tr>
<tr><td><font size="4"><b>{e(words.headline)}</b></font><br><br>{lines}</td></tr></table></td>
<td><table><tr><td><b>&nbsp;{e(words.section_box)}</b></td></tr><tr><td>{others}</td></tr></table>
<table><tr><td>&nbsp;Top Stories</td></tr>{top}</table>
<table><tr><td>&nbsp;Today's News</td></tr><tr><td>{today}</td></tr></table>
<b>{words.search[0]}</b> <input name="q"><select><option>All</option></select><br>
<a href="/p">{words.search[1]}</a></td></tr></table>
<hr><center><font size="1">{e(words.footer)}</font></center></form></body></html>"""


def headings(words: Words) -> str:
    """`<h1>` and `<p>`; the boxes are lists that stand before the article."""
    menu = "".join(f"<li>{e(item)}</li>" for item in words.menu)
    others = "".join(f"<li>{x.stamp}: {x.link(e(x.title))}</li>" for x in words.others)
    top = "".join(
        f'<div><img src="t.jpg" alt="{x.label}"><strong>{x.label}</strong>'
        f"<p>{e(x.title)} {x.link('More...')}</p></div>"
        for x in words.top
    )
    today = "".join(f"<li>{x.label}:<br>{x.link(e(x.title))} {x.stamp}</li>" for x in words.today)
    lines = f"{words.noise}\n".join(f"<p>{e(line)}</p>" for line in words.article_lines)
    return f"""<!DOCTYPE html><html><head><title>{e(words.headline)}</title></head><body>
<p>{e(words.title)}</p><p>{words.time}</p><ul>{menu}</ul>
<div id="left"><h2>{e(words.section_box)}</h2><ul>{others}</ul><h2>Top Stories</h2>{top}
<h2>Today’s News</h2><ul>{today}</ul><p>{words.search[0]}</p><p>{words.search[1]}</p></div>
<div id="main"><p>Home &gt; News &gt; {words.trail(" &gt; ")}</p><h1>{e(words.headline)}</h1>
{lines}</div><div id="foot">{e(words.footer)}</div></body></html>"""


def sections(words: Words) -> str:
    """HTML5; the breadcrumb is split over list items."""
    menu = "".join(f'<li><a href="/x">{e(item)}</a></li>' for item in words.menu)
    crumbs = "<li>&gt;</li>".join(
        f'<li><a href="/">{e(step)}</a></li>' for step in ("Home", "News", *words.steps)
    )
    others = "".join(
        f'<li><a href="{x.href}&amp;fm=psp,tsp"><time>{x.stamp}:</time> {e(x.title)}</a></li>'
        for x in words.others
    )
    top = "".join(
        f'<figure><img src="t.jpg" alt="{x.label}"><figcaption>{x.label}</figcaption></figure>'
        f"<p>{e(x.title)} {x.link('More...')}</p>"
        for x in words.top
    )
    today = "".join(
        f"<dt>{x.label}:</dt><dd>{x.link(e(x.title))} <time>{x.stamp}</time></dd>"
        for x in words.today
    )
    head = [line for line in words.head_lines if line != words.caption]
    lines = f"{words.noise}\n".join(
        f"<p>{e(line)}</p>" if len(line) > 25 else f"<h2>{e(line)}</h2>"
        for line in (words.description, *head, *words.body)
    )
    figure = (
        f'<figure><img src="f.jpg" alt="Boats"><figcaption>{e(words.caption)}</figcaption></figure>'
        if words.caption
        else ""
    )
    credit = "".join(f"<p><cite>{e(credit)}</cite></p>" for credit in words.credits)
    return f"""<!doctype html><html><head><meta charset="utf-8"></head><body>
<header><p>{e(words.title)}</p><time>{words.time}</time></header><nav><ul>{menu}</ul></nav>
<nav aria-label="breadcrumb"><ol>{crumbs}</ol></nav><main><article><h1>{e(words.headline)}</h1>
{figure}
{lines}{credit}<footer>{e(words.copyright)}</footer></article></main>
<aside><section><h2>{e(words.section_box)}</h2><ul>{others}</ul></section>
<section><h2>Top Stories</h2>{top}</section>
<section><h2>Today's News</h2><dl>{today}</dl></section></aside>
<form><h2>{words.search[0]}</h2><input><button>Go</button><p>{words.search[1]}</p></form>
<footer><p>{e(words.footer)}</p></footer></body></html>"""


def capitals(words: Words) -> str:
    """Upper-case tag soup: `<P> <LI> <TD>` not closed, `<FONT>`, no end of the page."""
    menu = "".join(f"<LI><A HREF=/x>{e(item)}</A>" for item in words.menu)
    others = "".join(f"<LI>{x.stamp}: <A HREF={x.href}>{e(x.title)}</A>" for x in words.others)
    top = "".join(
        f"<P>{x.label} {x.label}<BR>{e(x.title)} <A HREF={x.href}>More...</A>" for x in words.top
    )
    today = "".join(
        f"<P>{x.label}:<BR><A HREF={x.href}>{e(x.title)} {x.stamp}</A>" for x in words.today
    )
    lines = f"{words.noise}\n<P><FONT FACE=Arial>".join(e(line) for line in words.article_lines)
    return f"""<HTML><BODY><TABLE><TR><TD><FONT SIZE=1>{e(words.title)}<TD>{words.time}
<TR><TD><UL>{menu}</UL>
<TD><P><A HREF=/>Home</A> &gt; <A HREF=/news/>News</A> &gt; {" &gt; ".join(map(e, words.steps))}
<P><FONT SIZE=5><B>{e(words.headline)}</B></FONT><P><FONT FACE=Arial>{lines}
<TD><FONT>{e(words.section_box)}<UL>{others}</UL><P>Top Stories{top}<P>Today's News{today}
<P>{words.search[0]}<P>{words.search[1]}<P>{e(words.footer)}"""


def divs(words: Words) -> str:
    """A `<div>` per line and nothing else."""
    lines = [e(words.title), words.time, *map(e, words.menu)]
    lines += [f"Home &gt; News &gt; {' &gt; '.join(map(e, words.steps))}", e(words.headline)]
    lines += map(e, (words.description, *words.head_lines))
    lines += [f"{e(line)}</div>{words.noise}<div>" for line in words.body]
    lines += [*map(e, words.credits), e(words.copyright), e(words.section_box)]
    lines += [x.link(f"{x.stamp}: {e(x.title)}") for x in words.others]
    lines.append("Top Stories")
    for x in words.top:
        lines += [f"{x.label} {x.label}", x.link(f"{e(x.title)} More...")]
    lines.append("Today's News")
    for x in words.today:
        lines += [f"{x.label}:", x.link(f"{e(x.title)} {x.stamp}")]
    lines += [*words.search, e(words.footer)]
    return "\n".join(f"<div>{line}</div>" for line in lines)


def cells(words: Words) -> str:
    """Every word in a table cell of its own; paragraphs are spans shown as blocks."""
    others = "".join(
        f"<tr><td>{x.stamp}:</td><td>{x.link(e(x.title))}</td></tr>" for x in words.others
    )
    top = "".join(
        f'<tr><td><img src="t.jpg" alt="{x.label}"></td><td>{x.label}</td>'
        f"<td>{x.link(e(x.title))}</td><td>{x.link('More...')}</td></tr>"
        for x in words.top
    )
    today = "".join(
        f'<tr><td><a href="/news/section.aspx?id=7">{x.label}:</a></td>'
        f"<td>{x.link(e(x.title))}</td><td>{x.stamp}</td></tr>"
        for x in words.today
    )
    lines = words.noise.join(
        f'<span style="display: block">{e(line)}</span>' for line in words.article_lines
    )
    steps = '</td><td><img src="arrow.gif" alt=""></td><td>'.join(
        f'<a href="/">{e(step)}</a>' for step in ("Home", "News", *words.steps)
    )
    return f"""<html><body><div>{e(words.title)}</div><div>{words.time}</div>
<ul>{"".join(f"<li>{e(item)}" for item in words.menu)}</ul>
<table><caption>{e(words.section_box)}</caption>{others}</table>
<table><tr><th colspan="4">Top Stories</th></tr>{top}</table>
<table><tr><th>Today's News</th></tr>{today}</table>
<table><tr><td>{steps}</td></tr></table>
<div><span style="display:block">{e(words.headline)}</span>{lines}</div>
<p>{words.search[0]}</p><p>{words.search[1]}</p><p>{e(words.footer)}</p></body></html>"""


def breaks(words: Words) -> str:
    """Text in `<body>`, with a single `<br>` between any two lines."""
    lines = [e(words.title), words.time, *map(e, words.menu)]
    lines += [f"Home » News » {' » '.join(map(e, words.steps))}", e(words.headline)]
    lines += map(e, (words.description, *words.head_lines))
    lines += [f"{words.noise}{e(line)}" for line in words.body]
    lines += [*map(e, words.credits), e(words.copyright), e(words.section_box)]
    lines += [f"{x.stamp}: {x.link(e(x.title))}" for x in words.others]
    lines.append("Top Stories")
    for x in words.top:
        lines += [f"<img src=t.jpg alt='{x.label}'> {x.label}"]
        lines += [f"{e(x.title)} {x.link('More...')}"]
    lines.append("Today's News")
    lines += [f"{x.label}: {x.link(e(x.title))} {x.stamp}" for x in words.today]
    lines += [*words.search, e(words.footer)]
    return f"<html><body>{'<br>'.join(lines)}</body></html>"


MARKUPS: dict[str, Markup] = {
    markup.__name__: markup
    for markup in (
        *(tables, headings, sections, capitals, divs, cells, breaks),
        *(one_cell, spans, panels, unseen),
    )
}
