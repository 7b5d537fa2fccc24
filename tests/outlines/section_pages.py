"""Section pages written from outlines, in markups that share only the words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from newsbot.items import Listing, ListKind, NewsList
from tests.outlines import Outline, outlines
from tests.outlines.articles import HOST
from tests.outlines.prose import headline, latest_day, parse_clock, parse_day, sentence, start_of
from tests.pages.words import e

_ENTRIES = 10


@dataclass(frozen=True)
class Story:
    """The lead or an entry: `stamp` is its day as printed."""

    id: int
    title: str
    standfirst: str
    stamp: str

    @property
    def href(self) -> str:
        return f"/news/article.aspx?cat=978&amp;fm=newsmain&amp;id={self.id}"

    def link(self, text: str) -> str:
        return f'<a href="{self.href}">{text}</a>'


@dataclass(frozen=True)
class SectionWords:
    """The words of a section page, in reading order."""

    path: tuple[str, ...]
    time: str
    feed_link: str
    lead: Story
    other_section: str
    entries: tuple[Story, ...]
    footer: str

    @property
    def title(self) -> str:
        return f"News | {self.path[-1]}"

    def trail(self, between: str) -> str:
        """The breadcrumb behind `News` as HTML, with this between any two steps."""
        *parents, section = map(e, self.path)
        return between.join((*parents, f"{self.feed_link}{section}"))

    @property
    def other(self) -> tuple[str, ...]:
        """The link to another section below the lead, if there is one."""
        return (f">> {self.other_section}",) if self.other_section else ()


@dataclass(frozen=True)
class Case:
    """A section page's words, where and when it is asked for, and what it lists."""

    words: SectionWords
    url: str
    served: datetime
    listings: tuple[Listing, ...]


def cases() -> Iterator[Case]:
    """Yield every section page's outline, completed to ten entries."""
    for place, outline in enumerate(outlines("section")):
        served = parse_clock(outline["served"])
        words = _words(outline, Random(f"{place} {outline['cat']}"))
        page = f"&page={outline['page']}" if "page" in outline else ""
        url = f"{HOST}/news/default.aspx?cat={outline['cat']}{page}"
        yield Case(words, url, served.astimezone(UTC), tuple(_listings(words, served)))


def _words(outline: Outline, random: Random) -> SectionWords:
    feed = f"Subscribe to NZCity's {e(outline['path'][-1])} articles"
    is_same = outline["standfirst"] == "same"
    days = outline["days"]
    days = [*days, *days[-1:] * (_ENTRIES - len(days))]
    return SectionWords(
        path=tuple(outline["path"]),
        time=outline["served"],
        feed_link=f'&nbsp;<a href="/rss/">{feed}</a>&nbsp; ' if "has_feed_link" in outline else "",
        lead=_story(500, outline["day"], random, is_same=is_same),
        other_section=outline.get("other_section", ""),
        entries=tuple(
            _story(501 + place, day, random, is_same=is_same) for place, day in enumerate(days)
        ),
        footer=f"© {parse_clock(outline['served']).year} New Zealand City Ltd",
    )


def _story(id_: int, stamp: str, random: Random, *, is_same: bool) -> Story:
    title = headline(random)
    standfirst = title if is_same else sentence(random, random.choice((".", "", "..")))
    return Story(id_, title, standfirst, stamp)


def _listings(words: SectionWords, served: datetime) -> Iterator[Listing]:
    section = words.path[-1]
    news_list = NewsList(ListKind.SECTION_PAGE, f"{section} page", section)
    days = [latest_day(entry.stamp, served.date()) for entry in words.entries]
    stories = zip((words.lead, *words.entries), (parse_day(words.lead.stamp), *days), strict=True)
    for story, day in stories:
        url = f"{HOST}/news/article.aspx?id={story.id}"
        yield Listing(str(story.id), url, news_list, None, story.title, start_of(day))


Markup = Callable[[SectionWords], str]


def _frame(words: SectionWords, between: str, content: str) -> str:
    return f"""<html><head><title>{e(words.title)}</title></head><body>
<p>{e(words.title)}</p><p>{words.time}</p><ul><li>Front<li>Tides</ul>
<p>Home{between}News{between}{words.trail(between)}</p>{content}
<p>News Search</p><p>Power Search</p><p>{e(words.footer)}</p></body></html>"""


def rows(words: SectionWords) -> str:
    """A row a line."""
    lead = words.lead
    lines = [lead.link(e(lead.title)), lead.stamp, e(lead.standfirst)]
    lines += [lead.link("&gt;&gt; Read Article"), *map(e, words.other)]
    for x in words.entries:
        lines += [x.link(e(x.title)), f"{x.stamp}: {e(x.standfirst)}{x.link('... more')}"]
    content = "".join(f"<tr><td>{line}</td></tr>" for line in lines)
    return _frame(words, " &gt; ", f"<table>{content}</table>")


def breaks(words: SectionWords) -> str:
    """All in `<body>`, with a `<br>` between any two lines; the title only in `<title>`."""
    lead = words.lead
    lines = [words.time, f"Home &gt; News &gt; {words.trail(' &gt; ')}"]
    lines += [f"<b>{e(lead.title)}</b>", f"&nbsp;{lead.stamp}", e(lead.standfirst)]
    lines += [lead.link("&gt;&gt; Read Article")]
    lines += [f'<a href="default.aspx?cat=976">{e(line)}</a>' for line in words.other]
    for x in words.entries:
        more = x.link("more")
        lines += [x.link(f"<b>{e(x.title)}</b>"), f"{x.stamp}: {e(x.standfirst)}... {more}"]
    lines.append(e(words.footer))
    return f"<title>{e(words.title)}</title><body>{'<br>'.join(lines)}</body>"


def cards(words: SectionWords) -> str:
    """Each story wholly inside its link."""
    lead = words.lead
    content = lead.link(
        f"<h2>{e(lead.title)}</h2><time>{lead.stamp}</time><p>{e(lead.standfirst)}</p>"
        "<p>&gt;&gt; Read Article</p>"
    )
    content += "".join(f"<p>{e(line)}</p>" for line in words.other)
    content += "".join(
        x.link(f"<h3>{e(x.title)}</h3><p>{x.stamp}: {e(x.standfirst)}... more</p>")
        for x in words.entries
    )
    return _frame(words, " » ", f"<main>{content}</main>")


def capitals(words: SectionWords) -> str:
    """Tag soup: no `<P>`, `<LI>` or `<A>` is closed."""
    lead = words.lead
    content = f"<P><A HREF='{lead.href}'>{e(lead.title)}<P>{lead.stamp}<P>{e(lead.standfirst)}"
    content += f"<P><A HREF='{lead.href}'>&gt;&gt; Read Article"
    content += "".join(f"<P><A HREF=/news/default.aspx?cat=976>{e(line)}" for line in words.other)
    content += "<UL>" + "".join(
        f"<LI><A HREF='{x.href}'>{e(x.title)}<BR><FONT>{x.stamp}: {e(x.standfirst)}"
        f"<A HREF='{x.href}'>... more"
        for x in words.entries
    )
    return _frame(words, " &gt; ", f"{content}</UL>")


def cells(words: SectionWords) -> str:
    """The day in a cell of its own, an image beside the lead's headline."""
    lead = words.lead
    content = f"<table><tr><td><img src=l.jpg alt='A boat'>{lead.link(e(lead.title))}</td></tr>"
    content += f"<tr><td><small>{lead.stamp}</small></td></tr><tr><td>{e(lead.standfirst)}</td>"
    content += f"</tr><tr><td>{lead.link('&gt;&gt; Read Article')}</td></tr>"
    content += "".join(f"<tr><td>{e(line)}</td></tr>" for line in words.other)
    content += "".join(
        f"<tr><td colspan=2>{x.link(e(x.title))}</td></tr><tr><td>{x.stamp}:</td>"
        f"<td>{e(x.standfirst)}... {x.link('more')}</td></tr>"
        for x in words.entries
    )
    return _frame(words, " &gt; ", f"{content}</table>")


MARKUPS: dict[str, Markup] = {
    markup.__name__: markup for markup in (rows, breaks, cards, capitals, cells)
}
