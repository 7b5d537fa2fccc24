"""Article pages written from outlines, and what a right reader makes of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple

from newsbot.items import Article, Date, Listing, ListKind, NewsList, Precision
from tests.outlines import Outline, outlines
from tests.outlines.prose import (
    NEW_ZEALAND,
    full_date,
    headline,
    latest_day,
    paragraph,
    parse_clock,
    parse_day,
    sentence,
    start_of,
)
from tests.pages.words import Entry, Words, article_of

HOST = "https://news.example"
_BOX_ENTRIES = 7
_TODAYS_ENTRIES = 10
_ODD_TITLES = ("", "Quick Sports Summary", "Quick Sports Summary", "* Update - do not use")
_LABELS = ("National", "Business", "Law and Order", "Health & Safety", "Rugby League", "Maori")
_CREDITS = ("ABC/wires", "ABC", "Reuters/AP", "AFP, Reuters and wires", "ABC with wires", None)
_SPONSORS = (
    "TENNIS WITH SOMEBODY'S SHOES. ASK FOR A SECOND PAIR",
    "ROWING WITH SOMEBODY's OARS.",
    "MOTORING WITH SOMEBODY - TYRES AND",
)
_HOLDERS = {
    "ABC": "ABC Australian Broadcasting Corporation. All rights reserved",
    "Bang Showbiz": "Bang Showbiz, NZCity",
    "Newstalk ZB": "Newstalk ZB, NZCity",
    # Never seen: the captures are cut before it.
    "The Conversation": "The Conversation, NZCity",
}


class Variant(NamedTuple):
    """What one extraction or another of the same page shows, and what a page may lack."""

    is_dated: bool
    is_captioned: bool
    is_signed: bool


@dataclass(frozen=True)
class Case:
    """A page's words, where and when it is asked for, and what it says."""

    words: Words
    url: str
    served: datetime
    article: Article
    listings: tuple[Listing, ...]


def cases() -> Iterator[Case]:
    """Yield every article's outline in each of its variants."""
    for place, outline in enumerate(outlines("article")):
        for is_dated in (True, False):
            for is_captioned in (True, False):
                # Only some have a byline.
                for is_signed in (True, False) if "authors" in outline else (False,):
                    yield _case(outline, Variant(is_dated, is_captioned, is_signed), place)


def _case(outline: Outline, variant: Variant, place: int) -> Case:
    random = Random(f"{place} {outline['id']} {variant}")
    served = _served(outline)
    words = _words(outline, variant, served, random)
    parameters = f"cat={outline['cat']}&fm=newsmain%2Cnarts&" if "cat" in outline else ""
    article = Article(**article_of(words), has_foreign_section="cat" in outline)  # type: ignore[arg-type]
    if words.day_printed:
        article.date_published = start_of(date.fromisoformat(words.day_printed), "date line")
    return Case(
        words,
        f"{HOST}/news/article.aspx?{parameters}id={outline['id']}",
        served.astimezone(UTC),
        article,
        tuple(_listings(words, served)),
    )


def _served(outline: Outline) -> datetime:
    if "served" in outline:
        return parse_clock(outline["served"])
    day = parse_day(outline["day"]) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, 13, tzinfo=NEW_ZEALAND)


def _words(outline: Outline, variant: Variant, served: datetime, random: Random) -> Words:
    path = tuple(outline.get("path", ("National",)))
    caption = outline.get("caption", "Fonterra") if variant.is_captioned else ""
    kinds = outline["body"].split()
    line = outline.get("copyright") or f"© {served.year} {_HOLDERS[outline['publisher']]}"
    title = headline(random)
    day = _day(outline, served, random) if variant.is_dated else None
    return Words(
        section=path[-1],
        path=path,
        time=f"{served:%-d %b %Y %-H:%M}",
        headline=title,
        description=_standfirst(outline["standfirst"], title, random),
        author=_byline(outline["authors"]) if variant.is_signed else "",
        publisher="The Conversation" if "authors" in outline else "",
        date_line=_date_line(day, outline.get("source", "")),
        day_printed=day.isoformat() if day else None,
        caption=caption,
        body=tuple(_body(kinds, caption, random)),
        credit=random.choice(_CREDITS) if outline["publisher"] == "ABC" else None,
        sponsor=random.choice(_SPONSORS) if "S" in kinds else "",
        copyright=line,
        holder=line.split(" ", 2)[2].removesuffix(". All rights reserved"),
        others=tuple(_section_entries(outline, served, random)),
        top=(
            Entry(801, headline(random), "RUGBY"),
            Entry(802, sentence(random, " -- or not"), "BUSINESS"),
        ),
        today=tuple(_todays_entries(served, random)),
        footer=f"© {served.year} New Zealand City Ltd",
    )


def _standfirst(kind: str, title: str, random: Random) -> str:
    if kind == "same":
        return title
    if kind == "expanded":
        return f"{title} {sentence(random)}"
    return sentence(random, random.choice((".", "")))


def _day(outline: Outline, served: datetime, random: Random) -> date:
    if "day" in outline:
        return parse_day(outline["day"])
    return served.date() - timedelta(days=random.choice((0, 1, 20, 900, 7_000)))


def _date_line(day: date | None, source: str) -> str:
    printed = full_date(day) if day else ""
    return f"{printed} - article from {source}".strip() if source else printed


def _byline(authors: int) -> str:
    names = (
        "Jo Gull, Senior Lecturer in Law, University of Elsewhere",
        "Al Tern, Professor of Boats, Te Whare Wānanga o Elsewhere",
    )
    return ", ".join(names[:authors])


def _body(kinds: list[str], caption: str, random: Random) -> Iterator[str]:
    """Yield the paragraphs; the first begins with the caption's words where there is one."""
    for place, kind in enumerate(kinds):
        if kind == "p":
            text = sentence(random, words=5) if random.randrange(9) == 0 else paragraph(random)
            yield f"{caption} {text}".strip() if place == 0 else text
        elif kind == "G":
            yield ""
        elif kind == "H":
            yield sentence(random, "?", words=5)
        elif kind == "W":
            yield "and"
        elif kind == "X":
            yield sentence(random, "")
            yield f"- {sentence(random).lower()}"


def _section_entries(outline: Outline, served: datetime, random: Random) -> Iterator[Entry]:
    """Yield seven entries: those of the outline, and as many as were cut off."""
    days: list[str] = outline.get("days", [])
    last = latest_day(days[-1].removesuffix(" -"), served.date()) if days else served.date()
    while len(days) < _BOX_ENTRIES:
        last -= timedelta(days=random.randrange(3))
        days = [*days, f"{last:%d %b}"]
    for place, day in enumerate(days):
        stamp, _, is_empty = day.partition(" -")
        title = random.choice(_ODD_TITLES) if random.randrange(5) == 0 else headline(random)
        yield Entry(700 + place, "" if is_empty else title, stamp=stamp)


def _todays_entries(served: datetime, random: Random) -> Iterator[Entry]:
    """Yield ten entries of the hours before, each at a minute that ends in 2 or 7.

    Soon after midnight, they are yesterday's.
    """
    minutes = served.hour * 60 + served.minute
    for place in range(_TODAYS_ENTRIES):
        minutes -= random.choice((0, 5, 10, 40))
        at = (minutes // 5 * 5 - 3) % (24 * 60)
        stamp = f"{at // 60}:{at % 60:02}"
        yield Entry(900 + place, headline(random), random.choice(_LABELS), stamp)


def _listings(words: Words, served: datetime) -> Iterator[Listing]:
    section = NewsList(ListKind.SECTION, f"Other {words.section} News", words.section)
    for entry in words.others:
        yield _listing(entry, section, start_of(latest_day(entry.stamp, served.date())))
    for entry in words.top:
        yield _listing(entry, NewsList(ListKind.TOP, "Top Stories"), Date())
    for entry in words.today:
        hour, minute = map(int, entry.stamp.split(":"))
        at = served.replace(hour=hour, minute=minute)
        at = at if at <= served else at - timedelta(days=1)
        listed = Date(at.astimezone(UTC), Precision.MINUTE)
        yield _listing(entry, NewsList(ListKind.TODAY, "Today's News"), listed)


def _listing(entry: Entry, news_list: NewsList, listed: Date) -> Listing:
    url = f"{HOST}/news/article.aspx?id={entry.id}"
    return Listing(str(entry.id), url, news_list, entry.label or None, entry.title, listed)
