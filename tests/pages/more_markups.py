"""More markups of whole pages: where the others agree, in place and order of the parts, not these.

A real page's date line is hidden from one kind of text extraction: here it is in an element of its
own, or in the page and not shown.
"""

from tests.pages.words import Words, e


def one_cell(words: Words) -> str:
    """All of a page in one `<td>` with `<br>`s, boxes first; its title only in `<title>`."""
    others = "<br>".join(f"&bull; {x.stamp}: {x.link(e(x.title))}" for x in words.others)
    top = "<br><br>".join(
        f'<img src="t.gif" alt="{x.label}"> {x.label}<br>{e(x.title)} {x.link("More...")}'
        for x in words.top
    )
    today = "<br><br>".join(f"{x.label}:<br>{x.link(e(x.title))} {x.stamp}" for x in words.today)
    head = [*map(e, words.byline)]
    if words.date_line:
        head.append(f"<small>{e(words.date_line)}</small>")
    if words.caption:
        caption = e(words.caption)
        head.append(f'<img src="i.jpg" alt="{caption}" align="right"><br><em>{caption}</em>')
    body = f"<br><br>{words.noise}".join(e(line) or "&nbsp;" for line in words.body)
    foot = "<br><br>".join(e(line) for line in (*words.credits, words.copyright))
    return f"""<html><head><title>{e(words.title)}</title></head><body><table><tr><td>
{words.time}<br>NZCity News<br>{"<br>".join(map(e, words.menu))}<br><br>
<b>{e(words.section_box)}</b><br>{others}<br><br><b>Top Stories</b><br><br>{top}<br><br>
<b>Today's News</b><br><br>{today}<br><br>{words.search[0]}<br><input><br>{words.search[1]}<br><br>
Home &gt; News &gt; {words.trail(" &gt; ")}<br><br><big>{e(words.headline)}</big><br><br>
{e(words.description)}<br><br>{"<br><br>".join(head)}<br><br>{body}<br><br>{foot}<br><br>
{e(words.footer)}</td></tr></table></body></html>"""


def spans(words: Words) -> str:
    """Lines are spans shown as blocks, links are not closed; the date line is a `<time>`."""

    def line(text: str) -> str:
        return f'<span style="display:block">{text}</span>'

    others = "".join(f'<li>{x.stamp}: <a href="{x.href}">{e(x.title)}' for x in words.others)
    top = "".join(
        f'<p>{x.label} {x.label}<p>{e(x.title)} <a href="{x.href}">More...' for x in words.top
    )
    today = "".join(
        f'<p>{x.label}:<br><a href="{x.href}">{e(x.title)} {x.stamp}' for x in words.today
    )
    head = "".join(line(e(text)) for text in words.byline)
    if words.date_line:
        day, is_followed, source = words.date_line.partition(" - ")
        time = f"<time>{day}</time>" if words.day_printed else day
        head += line(f"{time}{is_followed}{e(source)}")
    if words.caption:
        caption = e(words.caption)
        head += f'<figure><img src="i.jpg" alt="{caption}"><div>{caption}</div></figure>'
    body = words.noise.join(line(e(text)) for text in words.body)
    foot = "".join(line(e(text)) for text in (*words.credits, words.copyright))
    return f"""<!DOCTYPE html><html><head><title>NZCity</title></head><body>
{line(e(words.title))}{line(words.time)}<ul>{"".join(f"<li>{e(x)}" for x in words.menu)}</ul>
<div>{line(f"Home &gt; News &gt; {words.trail(' &gt; ')}")}{line(e(words.headline))}
{line(e(words.description))}{head}{body}{foot}</div>
<div><h4>{e(words.section_box)}</h4><ul>{others}</ul></div><div><h4>Top Stories</h4>{top}</div>
<div><h4>Today's News</h4>{today}</div>
<div>{"".join(map(line, words.search))}{line(e(words.footer))}</div></body></html>"""


def panels(words: Words) -> str:
    """Cells in three columns; the headline is in the breadcrumb's, the date in one of its own."""
    others = "".join(
        f"<tr><td><a href='{x.href}'>{x.stamp}: {e(x.title)}</a></td></tr>" for x in words.others
    )
    top = "".join(
        f"<tr><td>{x.label}</td></tr><tr><td>{e(x.title)}&nbsp;{x.link('More...')}</td></tr>"
        for x in words.top
    )
    today = "".join(
        f"<tr><td><b>{x.label}:</b></td></tr><tr><td>{x.link(e(x.title))} {x.stamp}</td></tr>"
        for x in words.today
    )
    date = f"<table><tr><td>{e(words.date_line)}</td></tr></table>" if words.date_line else ""
    caption = e(words.caption)
    image = (
        f'<table align="right"><tr><td><img src="i.jpg" alt="{caption}"></td></tr>'
        f"<tr><td>{caption}</td></tr></table>"
        if caption
        else ""
    )
    body = "".join(f"{words.noise}<p>{e(line) or '&nbsp;'}</p>" for line in words.body)
    return f"""<html><body><table><tr><th>{e(words.title)}</th><th>{words.time}</th></tr></table>
<table><tr><td><table><tr><th>Today’s News</th></tr>{today}</table></td>
<td><a href="/">Home</a> &gt; <a href="/news/">News</a> &gt; {words.trail(" &gt; ")}
<h2>{e(words.headline)}</h2><p><b>{e(words.description)}</b></p>
{"".join(f"<p>{e(line)}</p>" for line in words.byline)}{date}{image}{body}
{"".join(f"<p>{e(line)}</p>" for line in words.credits)}<p><small>{e(words.copyright)}</small></p>
</td><td><table><tr><th>{e(words.section_box)}</th></tr>{others}</table>
<table><tr><th>Top Stories</th></tr>{top}</table></td></tr></table>
<form>{words.search[0]}<br><input><br>{words.search[1]}</form><center>{e(words.footer)}</center>
<ul>{"".join(f"<li>{e(item)}</li>" for item in words.menu)}</ul></body></html>"""


def unseen(words: Words) -> str:
    """The day is in the page and not shown; an image's caption is its alternative text only."""
    others = "".join(f"<p><span>{x.stamp}:</span> {x.link(e(x.title))}</p>" for x in words.others)
    top = "".join(
        f'<section><img src="t.svg" alt="{x.label}"><h5>{x.label}</h5>'
        f"<p>{e(x.title)} {x.link('More...')}</p></section>"
        for x in words.top
    )
    today = "".join(
        f"<section><h5>{x.label}:</h5><p>{x.link(e(x.title))} <i>{x.stamp}</i></p></section>"
        for x in words.today
    )
    head = "".join(f"<address>{e(line)}</address>" for line in words.byline)
    if words.day_printed:
        day, is_followed, source = words.date_line.partition(" - ")
        head += f"<div hidden>{day}</div>{f'<div>- {e(source)}</div>' if is_followed else ''}"
    elif words.date_line:
        head += f"<div>{e(words.date_line)}</div>"
    if words.caption:
        caption = e(words.caption)
        head += f'<figure><img src="i.jpg" alt=""><figcaption>{caption}</figcaption></figure>'
    body = words.noise.join(f"<p>{e(line)}</p>" for line in words.body)
    return f"""<!doctype html><html><head><title>NZCity | {e(words.title)}</title></head><body>
<aside><h4>{e(words.section_box)}</h4>{others}<h4>Top Stories</h4>{top}<h4>Today's News</h4>{today}
</aside><header>{words.time}</header><nav>{"<br>".join(map(e, words.menu))}</nav>
<main><nav>Home &raquo; News &raquo; {words.trail(" &raquo; ")}</nav><h1>{e(words.headline)}</h1>
<h2>{e(words.description)}</h2>{head}{body}
{"".join(f"<p>{e(line)}</p>" for line in words.credits)}<footer>{e(words.copyright)}</footer></main>
<search>{words.search[0]}<br>{words.search[1]}</search><footer>{e(words.footer)}</footer>
</body></html>"""
