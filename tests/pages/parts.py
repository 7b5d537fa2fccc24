"""The same part of a page in many markups, to be put together at will."""

from collections.abc import Callable

from tests.pages.words import Entry, Words, e

Part = Callable[[Words], str]
Line = Callable[[Entry], str]

_STEPS = ('<a href="/">Home</a>', '<a href="/news/">News</a>')

BREADCRUMBS: dict[str, Part] = {
    "signs": lambda w: f"<p>Home &gt; News &gt; {w.trail(' &gt; ')}</p>",
    "quotes": lambda w: f"<p>Home » News » {w.trail(' » ')}</p>",
    "slashes": lambda w: f"<p>Home / News / {w.trail(' / ')}</p>",
    "tight": lambda w: f"<p><a>Home</a>&gt;<a>News</a>&gt;<a>{w.trail('</a>&gt;<a>')}</a></p>",
    "dashes": lambda w: f"<p>Home - News - {w.trail(' - ')}</p>",
    "colons": lambda w: f"<p>Home :: News :: {w.trail(' :: ')}</p>",
    "bars": lambda w: f"<p>Home | News | {w.trail(' | ')}</p>",
    "arrows": lambda w: f"<p>Home &rarr; News &rarr; {w.trail(' &rarr; ')}</p>",
    "with a sign behind": lambda w: f"<p>Home &gt; News &gt; {w.trail(' &gt; ')} &gt;</p>",
    "with words in front": lambda w: (
        f"<p>You are here: Home &gt; News &gt; {w.trail(' &gt; ')}</p>"
    ),
    "in a bullet": lambda w: f"<li>&bull; &nbsp; Home &gt; News &gt; {w.trail(' &gt; ')}</li>",
    "with no-break spaces": lambda w: (
        f"<b>Home&nbsp;&gt;&nbsp;News&nbsp;&gt;&nbsp;{w.trail('&nbsp;&gt;&nbsp;')}</b>"
    ),
    "with the headline": lambda w: f"<p>Home > News > {w.trail(' > ')} > {e(w.headline)}</p>",
    "images between": lambda w: f"<p>{'<img alt=x> '.join((*_STEPS, *map(e, w.steps)))}</p>",
    "cells": lambda w: (
        "<table><tr>"
        + "<td><img src='a' alt='&gt;'></td>".join(f"<td>{step}</td>" for step in _STEPS)
        + "".join(f"<td><img src='a'></td><td><a href='/i'>{e(x)}</a></td>" for x in w.steps)
        + "</tr></table>"
    ),
    "items": lambda w: "<ol>" + "".join(f"<li>{x}" for x in (*_STEPS, *map(e, w.steps))) + "</ol>",
    "items and signs": lambda w: f"<ul><li>{' &gt;<li>'.join((*_STEPS, *map(e, w.steps)))}</ul>",
    "signs and items": lambda w: f"<ul><li>{'<li>&gt; '.join((*_STEPS, *map(e, w.steps)))}</ul>",
}


def _lines(tag: str, w: Words) -> str:
    return "".join(f"<{tag}>{e(line)}</{tag}>\n" for line in w.article_lines)


def _around(between: str, w: Words) -> str:
    return f"<h1>{e(w.headline)}</h1>" + between.join(f"<p>{e(x)}</p>" for x in w.article_lines)


def _last_line(between: str, w: Words) -> str:
    lines = (w.description, *w.head_lines, *w.body, between.join((*w.credits, w.copyright)))
    return f"<h1>{e(w.headline)}</h1>" + "".join(f"<p>{line}</p>" for line in lines)


ARTICLES: dict[str, Part] = {
    "paragraphs": lambda w: _around("\n", w),
    "paragraphs not closed": lambda w: _around("", w).replace("</p>", ""),
    "paragraphs with a break": lambda w: _around("", w).replace("</p>", "<br></p>"),
    "empty paragraphs": lambda w: _around("<p>&nbsp;</p><p></p>", w),
    "rules": lambda w: f"<b>{e(w.headline)}</b><hr>{'<hr>'.join(map(e, w.article_lines))}<hr>",
    "breaks": lambda w: (
        f"<center><font size=5>{e(w.headline)}</font></center><br>"
        + "<br /> <br />".join(map(e, w.article_lines))
        + "<br>"
    ),
    "one paragraph": lambda w: f"<h1>{e(w.headline)}</h1><p>{'<br>'.join(map(e, w.article_lines))}",
    "preformatted": lambda w: "<pre>" + "\n\n".join(map(e, (w.headline, *w.article_lines))),
    "preformatted lines": lambda w: "<pre>" + "\n".join(map(e, (w.headline, *w.article_lines))),
    "spans": lambda w: "".join(
        f'<span style="color:#000;display:block">{e(x)}</span>'
        for x in (w.headline, *w.article_lines)
    ),
    "rows": lambda w: f"<table><caption>{e(w.headline)}</caption><tr><td>{_lines('tr><td', w)}",
    "definitions": lambda w: f"<dl><dt>{e(w.headline)}</dt>{_lines('dd', w)}</dl>",
    "quotations": lambda w: f"<h1>{e(w.headline)}</h1>{_lines('blockquote', w)}",
    "a form": lambda w: f"<form><fieldset><legend>{e(w.headline)}</legend>{_lines('div', w)}",
    "divs in paragraphs": lambda w: f"<h1>{e(w.headline)}</h1><p>{_lines('div', w)}</p>",
    "linked headline": lambda w: f'<h1><a href="#">{e(w.headline)}</a></h1>{_lines("p", w)}',
    "line ends in the source": lambda w: _around("\r\n\t", w).replace(" ", "\r\n "),
    "soft hyphens": lambda w: (
        _around("", w).replace("ers", "&shy;ers\u200b").replace("</", "\xad</")
    ),
    "breaking points": lambda w: _around("", w).replace("ers", "<wbr>ers"),
    "bold words": lambda w: (
        _around("", w).replace("of ", "<b>of</b> ").replace("per", "<i>per</i>")
    ),
    "linked words": lambda w: _around("", w).replace("on ", '<a href="article.aspx?id=5">on</a> '),
    "entities": lambda w: _around("", w).replace("“", "&ldquo;").replace("–", "&#150;"),
    "advertisements": lambda w: _around(
        '<div class="ad-slot"><a href="/x">Buy a boat!</a></div>', w
    ),
    "labelled advertisements": lambda w: _around("<p>Advertisement</p><iframe>no</iframe>", w),
    "scripts": lambda w: _around("<script>var a = '<p>no</p>';</script><!-- <p>no</p> -->", w),
    "comments for old browsers": lambda w: _around("<!--[if IE]><p>no</p><![endif]-->", w),
    "figures": lambda w: _around("<figure><img><figcaption>A boat. (TBU)</figcaption></figure>", w),
    "a row of links": lambda w: _around("<p><a href=#>Print</a> | <a href=#>Share</a></p>", w),
    "free of ads": lambda w: f'<div class="ad-free" id="has-ads">{_around("", w)}</div>',
    "credit and copyright": lambda w: _last_line(" ", w),
    "credit, small copyright": lambda w: _last_line(" <small>", w),
    "credit, dash, copyright": lambda w: _last_line(" - ", w),
    "credit, break, copyright": lambda w: _last_line("<br>", w),
    "(c)": lambda w: _around("", w).replace("©", "(c)"),
    "copyright as an entity": lambda w: _around("", w).replace("©", "&copy"),
    "copyright as a word too": lambda w: _around("", w).replace("©", "Copyright &copy;"),
}


def _section_box(heading: str, line: Line) -> Part:
    return lambda w: heading.format(e(w.section_box)) + "".join(map(line, w.others))


def _top_stories(line: Line, heading: str = "<h3>Top Stories</h3>") -> Part:
    return lambda w: heading + "".join(map(line, w.top)) + "<hr>"


def _todays_news(line: Line, heading: str = "<h3>Today's News</h3>") -> Part:
    return lambda w: heading + "".join(map(line, w.today)) + "<hr>"


SECTION_BOXES: dict[str, Part] = {
    "items": _section_box("<h3>{}</h3>", lambda x: f"<li>{x.stamp}: {x.link(e(x.title))}</li>"),
    "breaks": _section_box("<p>{}<br>", lambda x: f"{x.stamp}: {x.link(e(x.title))}<br>"),
    "bold days": _section_box("<p>{}:", lambda x: f"<p><b>{x.stamp}</b>: {x.link(e(x.title))}"),
    "linked items": _section_box(
        "<h3>{}</h3>", lambda x: f'<a href="{x.href}"><li>{x.stamp}: {e(x.title)}</li></a>'
    ),
    "linked lines": _section_box("<p>{}", lambda x: f"<p>{x.link(f'{x.stamp}: {e(x.title)}')}</p>"),
    "links twice": _section_box(
        "<p>{}", lambda x: f"<p>{x.link(x.stamp + ':')} {x.link(e(x.title))}</p>"
    ),
    "linked dots": _section_box(
        "<p>{}", lambda x: f"<p>{x.link('<img src=x>')} {x.stamp}: {x.link(e(x.title))}</p>"
    ),
    "links in pieces": _section_box(
        "<p>{}", lambda x: f"<p>{x.stamp}: {x.link(e(x.title[:9]))}{x.link(e(x.title[9:]))}</p>"
    ),
    "links not closed": _section_box(
        "<h3>{}</h3>", lambda x: f"<li>{x.stamp}: {x.link(e(x.title)).removesuffix('</a>')}"
    ),
    "links with titles": _section_box(
        "<p>{}", lambda x: f'<p>{x.stamp}: <a title="x" href="{x.href}">{e(x.title)}</a></p>'
    ),
    "tight": _section_box("<p>{}", lambda x: f"<p><b>{x.stamp}:</b>{x.link(e(x.title))}</p>"),
    "cells": _section_box(
        "<table><caption>{}</caption>", lambda x: f"<tr><td>{x.stamp}:<td>{x.link(e(x.title))}"
    ),
    "cells without colon": _section_box(
        "<table><tr><th>{}", lambda x: f"<tr><td>{x.stamp}<td>{x.link(e(x.title))}"
    ),
    "nested items": _section_box(
        "<ul><li>{}<ul>", lambda x: f"<li>{x.stamp}:<ul><li>{x.link(e(x.title))}</ul></li>"
    ),
    "bullets": _section_box(
        "<p>&raquo; {} &raquo;", lambda x: f"<p>&bull;&nbsp;{x.stamp}:&nbsp;{x.link(e(x.title))}"
    ),
    "definitions": _section_box(
        "<dl><dt>{}</dt>", lambda x: f"<dd>{x.stamp}: {x.link(e(x.title))}</dd>"
    ),
    "linked heading": _section_box(
        '<p><a href="section.aspx?id=3">{}</a>', lambda x: f"<p>{x.stamp}: {x.link(e(x.title))}"
    ),
    "heading as an image": _section_box(
        '<img alt="{}"><br>', lambda x: f"{x.stamp}: {x.link(e(x.title))}<br>"
    ),
    "advertisements": _section_box(
        "<p>{}</p>", lambda x: f"<p>{x.stamp}: {x.link(e(x.title))}</p><p>Advertisement</p>"
    ),
}

TOP_BOXES: dict[str, Part] = {
    "image and label": _top_stories(
        lambda x: f'<img alt="{x.label}"> {x.label}<br>{e(x.title)} {x.link("More...")}<br><br>'
    ),
    "label twice": _top_stories(
        lambda x: f"<p>{x.label} {x.label}</p><p>{e(x.title)} {x.link('More...')}</p>"
    ),
    "label twice in cells": _top_stories(
        lambda x: f"<p>{x.label}</p><p>{x.label}</p><p>{e(x.title)} {x.link('More...')}</p>"
    ),
    "label twice before the teaser": _top_stories(
        lambda x: f"<p>{x.label} {x.label} {e(x.title)} {x.link('More...')}</p>"
    ),
    "image before the teaser": _top_stories(
        lambda x: f'<p><img alt="{x.label}"> {e(x.title)} {x.link("More...")}</p>'
    ),
    "image and label before the teaser": _top_stories(
        lambda x: f'<p><img alt="{x.label}"><b>{x.label}</b> {e(x.title)} {x.link("More...")}</p>'
    ),
    "image of something else": _top_stories(
        lambda x: (
            f'<img alt="A man in a boat who waves"><h4>{x.label}</h4>{e(x.title)} '
            f"{x.link('More...')}"
        )
    ),
    "label with colon": _top_stories(
        lambda x: f"<p>{x.label}:</p><p>{e(x.title)} {x.link('More...')}</p>"
    ),
    "linked label": _top_stories(
        lambda x: (
            f'<p><a href="section.aspx?id=4">{x.label}</a></p>{e(x.title)} {x.link("More...")}'
        )
    ),
    "linked image": _top_stories(
        lambda x: f"<p>{x.link('<img>')} {x.label}</p><p>{e(x.title)} {x.link('More...')}</p>"
    ),
    "linked teaser": _top_stories(lambda x: f"<p>{x.label}</p><p>{x.link(e(x.title))} More...</p>"),
    "linked teaser and all": _top_stories(
        lambda x: f"<p>{x.label}</p><p>{x.link(f'{e(x.title)} More...')}</p>"
    ),
    "linked block": _top_stories(
        lambda x: x.link(
            f'<div><img alt="{x.label}">{x.label}</div><div>{e(x.title)} More...</div>'
        )
    ),
    "linked lines side by side": _top_stories(
        lambda x: x.link(f"<img alt='{x.label}'><b>{x.label}</b><p>{e(x.title)}</p><i>More...</i>")
    ),
    "heading as an image": _top_stories(
        lambda x: f"<p>{x.label} {x.label}<br>{e(x.title)} {x.link('More...')}</p>",
        '<p><img alt="Top Stories"></p>',
    ),
    "more in a cell": _top_stories(
        lambda x: f"<tr><td>{x.label}<tr><td>{e(x.title)}{x.link('More...')}",
        "<table><tr><th>Top Stories",
    ),
    "more alone": _top_stories(
        lambda x: f"<p>{x.label}</p><p>{e(x.title)}</p><p>{x.link('More...')}</p>"
    ),
    "more with an ellipsis": _top_stories(
        lambda x: f"<p>{x.label}</p><p>{e(x.title)}&nbsp;{x.link('More…')}</p>"
    ),
    "more with a quote": _top_stories(
        lambda x: f"<p>{x.label}</p><p>{e(x.title)} {x.link('Read more &raquo;')}</p>"
    ),
    "links not closed": _top_stories(
        lambda x: f'<p>{x.label} {x.label}<br>{e(x.title)} <a href="{x.href}">More...'
    ),
}

TODAY_BOXES: dict[str, Part] = {
    "breaks": _todays_news(
        lambda x: f"<b>{x.label}:</b><br>{x.link(e(x.title))} {x.stamp}<br><br>"
    ),
    "colon behind": _todays_news(
        lambda x: f"<p><b>{x.label}</b>:<br>{x.link(e(x.title))} {x.stamp}</p>"
    ),
    "one line": _todays_news(lambda x: f"<p>{x.label}: {x.link(e(x.title))} {x.stamp}</p>"),
    "curly": _todays_news(
        lambda x: f"<p>{x.label}: {x.link(e(x.title))} {x.stamp}</p>", "<p>Today&rsquo;s News</p>"
    ),
    "definitions": _todays_news(
        lambda x: f"<dt>{x.label}:</dt><dd>{x.link(e(x.title))} <i>{x.stamp}</i></dd>",
        "<dl><dt>Today&acute;s News:</dt>",
    ),
    "cells": _todays_news(
        lambda x: f"<tr><td>{x.label}:<tr><td>{x.link(e(x.title))}<td>{x.stamp}",
        "<table><tr><th>Today's News",
    ),
    "three lines": _todays_news(
        lambda x: f"<p>{x.label}:</p><p>{x.link(e(x.title))}</p><p>{x.stamp}</p>"
    ),
    "tight": _todays_news(lambda x: f"<p>{x.label}:</p>{x.link(e(x.title))}<i>{x.stamp}</i>"),
    "floating time": _todays_news(
        lambda x: f'<p>{x.label}:</p><b style="float:right">{x.stamp}</b>{x.link(e(x.title))}'
    ),
    "time in a cell before": _todays_news(
        lambda x: f"<p>{x.label}:</p><p>{x.stamp}</p><p>{x.link(e(x.title))}</p>"
    ),
    "time in brackets": _todays_news(
        lambda x: f"<p>{x.label}:</p><p>{x.link(e(x.title))} ({x.stamp})</p>"
    ),
    "linked time": _todays_news(
        lambda x: f"<p>{x.label}:</p><p>{x.link(f'{e(x.title)}&nbsp; {x.stamp}')}</p>"
    ),
    "linked category": _todays_news(
        lambda x: f'<p><a href="section.aspx?id=7">{x.label}:</a></p>{x.link(e(x.title))} {x.stamp}'
    ),
    "linked block": _todays_news(
        lambda x: x.link(f"<p>{x.label}:</p><p>{e(x.title)} {x.stamp}</p>")
    ),
    "linked lines side by side": _todays_news(
        lambda x: x.link(f"<b>{x.label}:</b><br>{e(x.title)} <i>{x.stamp}</i>")
    ),
    "heading as an image": _todays_news(
        lambda x: f"<p>{x.label}:<br>{x.link(e(x.title))} {x.stamp}</p>",
        '<img src="today.gif" alt="Today&apos;s News">',
    ),
    "nested items": _todays_news(
        lambda x: f"<li>{x.label}:<ul><li>{x.link(e(x.title))} {x.stamp}</ul></li>"
    ),
    "preformatted": _todays_news(
        lambda x: f"{x.label}:\n{x.link(e(x.title))} {x.stamp}\n\n", "<pre>Today's News\n\n"
    ),
    "links not closed": _todays_news(
        lambda x: f'<p>{x.label}:<br><a href="{x.href}">{e(x.title)} {x.stamp}'
    ),
}


def _head(w: Words) -> str:
    return f"<p>{e(w.title)}</p><p>{w.time}</p>{''.join(f'<li>{e(x)}</li>' for x in w.menu)}"


def _foot(w: Words) -> str:
    return f"<form>{w.search[0]}<br>{w.search[1]}</form><p>{e(w.footer)}</p>"


# The places of breadcrumb (b), article (a), boxes (s, t, d) and footer (f) in the source.
ORDERS = ("b a s t d f", "s t d b a f", "s b a t d f", "d t s b a f", "f b a s t d", "f s t d b a")


def page(
    words: Words,
    *,
    order: str = ORDERS[0],
    breadcrumb: str = "signs",
    article: str = "paragraphs",
    section_box: str = "items",
    top_box: str = "image and label",
    today_box: str = "breaks",
) -> str:
    """A page of these parts, by their names, in this order."""
    parts: dict[str, Part] = {
        "b": BREADCRUMBS[breadcrumb],
        "a": ARTICLES[article],
        "s": SECTION_BOXES[section_box],
        "t": TOP_BOXES[top_box],
        "d": TODAY_BOXES[today_box],
        "f": _foot,
    }
    # A cell of its own closes what a part has left open.
    cells = "".join(f"<td>{parts[name](words)}</td>\n" for name in order.split())
    return f"<html><body>{_head(words)}<table><tr>{cells}</tr></table></body></html>"
