"""What the small pages say, and what a right reader makes of it."""

import html
from dataclasses import dataclass, replace
from datetime import UTC, datetime

URL = "https://news.example/news/article.aspx?id=1000"
SERVED_AT = datetime(2025, 8, 19, 22, 13, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """An entry of a box; `label` is its category, `stamp` its day or time."""

    id: int
    title: str
    label: str = ""
    stamp: str = ""

    @property
    def href(self) -> str:
        return f"/news/article.aspx?id={self.id}"

    def link(self, text: str) -> str:
        return f'<a href="{self.href}">{text}</a>'


@dataclass(frozen=True)
class Words:
    """The words of a page, in the order in which the real one shows them.

    An empty text in `body` is an empty paragraph, where the real site had a sound clip.
    """

    section: str = "International"
    time: str = "20 Aug 2025 10:13"
    menu: tuple[str, ...] = ("Front", "Forecast", "Tides", "Write to us")
    headline: str = "Ferry crews vote to end strike"
    description: str = "Boats leave again from Monday, says the harbour master."
    body: tuple[str, ...] = (
        "The crews of eleven boats voted on Tuesday night.",
        "“We are tired, and so are our passengers,” said a stoker.",
        "What the owners offer",
        "They offer six per cent – and Sundays off.",
    )
    credit: str | None = "TBU/wires"
    holder: str = "TBU Tasman Broadcasting Union"
    path: tuple[str, ...] = ()
    author: str = ""
    publisher: str = ""
    date_line: str = ""
    day_printed: str | None = None
    caption: str = ""
    sponsor: str = ""
    copyright: str = "© 2025 TBU Tasman Broadcasting Union. All rights reserved"
    others: tuple[Entry, ...] = (
        Entry(999, "Lighthouse keeper retires at 91", stamp="20 Aug"),
        Entry(997, "Salt tax: islands say ‘no’ & mean it", stamp="19 Aug"),
    )
    top: tuple[Entry, ...] = (
        Entry(998, "Who will win the regatta? We asked the gulls", "ROWING"),
        Entry(990, "Bread gets dearer -- or smaller", "LAW AND ORDER"),
    )
    today: tuple[Entry, ...] = (
        Entry(998, "Regatta starts in the rain", "Rowing", "10:07"),
        Entry(996, "Judge loses wig in gale", "Law and Order", "9:57"),
        Entry(991, "Whangārei’s clock stops at 4:15", "National", "23:42"),
    )
    search: tuple[str, str] = ("News Search", "Power Search")
    footer: str = "© 2025 New Zealand City Ltd"
    noise: str = ""  # HTML that shows nothing, for the place between two paragraphs

    @property
    def title(self) -> str:
        return f"News | {self.section}"

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the breadcrumb behind `News`."""
        return self.path or (self.section,)

    def trail(self, between: str) -> str:
        """The steps behind `News` as HTML, with this between any two."""
        return between.join(map(e, self.steps))

    @property
    def source(self) -> str:
        """The host that a source line names."""
        return self.date_line.partition("article from ")[2]

    @property
    def byline(self) -> tuple[str, ...]:
        """The author's line and the publisher's, if there are any."""
        return tuple(filter(None, (self.author, self.publisher)))

    @property
    def head_lines(self) -> tuple[str, ...]:
        """What is between standfirst and body; of an image its text and its caption."""
        return tuple(filter(None, (*self.byline, self.date_line, self.caption, self.caption)))

    @property
    def section_box(self) -> str:
        return f"Other {self.section} News"

    @property
    def credits(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.credit, self.sponsor)))

    @property
    def article_lines(self) -> tuple[str, ...]:
        """The article from its standfirst on, copyright line included."""
        return (self.description, *self.head_lines, *self.body, *self.credits, self.copyright)

    def but(self, **changes: object) -> "Words":
        """The same words but for some."""
        return replace(self, **changes)  # type: ignore[arg-type]


def e(text: str) -> str:
    """Escape what HTML must have escaped."""
    return html.escape(text, quote=False)


def article_of(words: Words) -> dict[str, object]:
    """The fields of the article, by their names in `Article`."""
    return {
        "headline": words.headline,
        "description": words.description,
        "article_body": "\n\n".join(filter(None, words.body)),
        "article_section": words.section,
        "section_path": " > ".join(words.steps),
        "author": words.author or None,
        "credit_text": words.publisher or words.source or words.credit,
        "copyright_holder": words.holder,
        "image_caption": words.caption or None,
        "day_printed": words.day_printed,
    }


def listings_of(words: Words) -> list[tuple[str, str | None, str, str]]:
    """Name of the box, category, title and id of each entry, box by box."""
    boxes = (
        (words.section_box, words.others),
        ("Top Stories", words.top),
        ("Today's News", words.today),
    )
    return [
        (name, entry.label or None, entry.title, str(entry.id))
        for name, entries in boxes
        for entry in entries
    ]
