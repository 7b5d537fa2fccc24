"""Made-up news without end: words as common as in any language, boxes as the site shows them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from newsbot.items import Article, Date, Listing, ListKind, NewsList, Page, Precision, Reason

SOURCE = "nzcity"
FIRST_ID = 400_000
FIRST_INSTANT = datetime(2005, 1, 1, 12, tzinfo=UTC)
A_VISIT = 5
"""New articles at each visit; visits are two hours apart, as at 60 articles a day."""

TODAYS_NEWS = NewsList(ListKind.TODAY, "Today's News")
INTERNATIONAL = "International"
SECTIONS = (INTERNATIONAL, *"National Politics Business Entertainment Rugby Netball".split())

VOCABULARY = 200_000
# Shares of all articles. What they are on the site, nobody here knows.
_SAME_TEXT, _NEARLY_SAME, _TEMPLATED, _WITH_STOCK_SENTENCE = 0.01, 0.02, 0.02, 0.25
_HOLES = 0.02
_BETWEEN_VISITS = timedelta(hours=2)

_SYLLABLES = np.array(
    "ka te mo ri wha nga tū pā er in ton ley sta bro cul fen gar hol jin kel lum mar nor pel "
    "quo ras sil tan ver wil yor zan dre fli gro".split()
)
_COMMONEST = (
    "the of to and a in that is was for on with he as it said at by from his be are has will "
    "have an but not they who were this had after their been its one new more two which"
).split()


class Newsroom:
    """Writes articles; the same seed, the same news.

    Words follow Zipf's law over VOCABULARY words. One article in a hundred
    repeats another word for word, two nearly; two in a hundred come from one
    template with other numbers, and every fourth holds a sentence that stands
    in many others.
    """

    def __init__(self, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        self.words = _vocabulary(np.random.default_rng(0))
        weights = 1 / (np.arange(VOCABULARY) + 2.7)
        self._cumulated = np.cumsum(weights) / weights.sum()
        self._stock = [self._sentence() for _ in range(300)]
        self._template = self._paragraphs(300).split(" ")
        self._recent: deque[Article] = deque(maxlen=1000)

    def article(self) -> Article:
        """Write the next article."""
        article = self._next(self.random.random())
        self._recent.append(article)
        return article

    def _next(self, kind: float) -> Article:
        if self._recent and kind < _SAME_TEXT + _NEARLY_SAME:
            former = self._recent[int(self.random.integers(len(self._recent)))]
            more = "" if kind < _SAME_TEXT else f"\n\n{self._sentence()}"
            return self._article(
                former.headline, former.description, f"{former.article_body}{more}"
            )
        if kind < _SAME_TEXT + _NEARLY_SAME + _TEMPLATED:
            body = self._from_template()
        else:
            body = self._paragraphs(int(self.random.integers(200, 600)))
        return self._article(self._some_words(8).capitalize(), self._sentence(), body)

    def _article(self, headline: str, description: str, body: str) -> Article:
        section = SECTIONS[int(self.random.random() ** 2 * len(SECTIONS))]
        return Article(
            headline=headline,
            description=description,
            article_body=body,
            article_section=section,
            credit_text="TBU/wires" if section == INTERNATIONAL else None,
            copyright_holder="TBU Tasman Broadcasting Union",
            section_path=section,
        )

    def _paragraphs(self, words: int) -> str:
        paragraphs = [f"{self._sentence()} {self._sentence()}" for _ in range(0, words, 40)]
        if self.random.random() < _WITH_STOCK_SENTENCE:
            paragraphs.append(self._stock[int(self.random.integers(len(self._stock)))])
        return "\n\n".join(paragraphs)

    def _sentence(self) -> str:
        return f"{self._some_words(20).capitalize()}."

    def _some_words(self, count: int) -> str:
        places = np.searchsorted(self._cumulated, self.random.random(count))
        return " ".join([self.words[place] for place in places])

    def _from_template(self) -> str:
        words = list(self._template)
        for place in range(7, len(words), 12):
            words[place] = str(self.random.integers(1, 1000))
        return " ".join(words)


@dataclass
class _Boxes:
    """What the boxes show, newest first."""

    todays: deque[Listing] = field(default_factory=lambda: deque(maxlen=10))
    of_section: dict[str, deque[Listing]] = field(
        default_factory=lambda: {section: deque(maxlen=7) for section in SECTIONS}
    )

    def add(self, source_id: int, article: Article, published: datetime) -> list[Listing]:
        """List an article, and return its entries; International is not in Today's News."""
        section, title = article.article_section, article.headline
        day = Date(published.replace(hour=12, minute=0), Precision.DAY)
        entries = [_listing(source_id, title, box_of(section), None, day)]
        self.of_section[section].appendleft(entries[0])
        if section != INTERNATIONAL:
            time = Date(published, Precision.MINUTE)
            entries.append(_listing(source_id, title, TODAYS_NEWS, section, time))
            self.todays.appendleft(entries[1])
        return entries

    def show_on(self, page: Page, section: str) -> None:
        """Put Today's News and a section's box on a page; its own article is in neither."""
        shown = [*self.todays, *self.of_section[section]]
        page.listings = [each for each in shown if each.source_id != page.source_id]
        page.boxes = [TODAYS_NEWS, box_of(section)]


def visits(
    newsroom: Newsroom, *, after_id: int = FIRST_ID, boxes_once: bool = False
) -> Iterator[list[Page]]:
    """Yield the pages of one visit after the other, in the order in which a crawl asks for them.

    That is the start page, then the new articles, newest first, and now and
    then an id that holds none. With `boxes_once` the start page lists what is
    new in every box and the articles' pages list nothing: the same rows come
    of it with less work.
    """
    boxes = _Boxes()
    next_id = after_id
    now = FIRST_INSTANT + (after_id - FIRST_ID) / A_VISIT * _BETWEEN_VISITS
    while True:
        now += _BETWEEN_VISITS
        pages: list[Page] = []
        entries: list[Listing] = []
        for number in range(A_VISIT, 0, -1):
            next_id += 1
            if newsroom.random.random() < _HOLES:
                pages.append(_page(next_id, now, None))
                next_id += 1
            article = newsroom.article()
            entries += boxes.add(next_id, article, now - timedelta(minutes=20 * number))
            pages.append(_page(next_id, now, article))
        start = Page(SOURCE, None, _url(""), now, 200, reason=Reason.NOT_AN_ARTICLE)
        if boxes_once:
            start.listings = entries
        else:
            boxes.show_on(start, INTERNATIONAL)
            for page in pages:
                if page.article is not None:
                    boxes.show_on(page, page.article.article_section)
        yield [start, *reversed(pages)]


def _vocabulary(random: np.random.Generator) -> list[str]:
    words = dict.fromkeys(_COMMONEST)
    while len(words) < VOCABULARY:
        lengths = random.integers(2, 5, VOCABULARY)
        syllables = _SYLLABLES[random.integers(0, len(_SYLLABLES), (VOCABULARY, 4))]
        for length, word in zip(lengths, syllables, strict=True):
            words["".join(word[:length])] = None
    return list(words)[:VOCABULARY]


def _page(source_id: int, now: datetime, article: Article | None) -> Page:
    page = Page(SOURCE, str(source_id), _url(f"article.aspx?id={source_id}"), now, 200)
    page.article = article
    if article is None:
        page.http_status, page.reason = 404, "HTTP 404"
    return page


def box_of(section: str) -> NewsList:
    return NewsList(ListKind.SECTION, f"Other {section} News", section)


def _listing(
    source_id: int, title: str, news_list: NewsList, category: str | None, date: Date
) -> Listing:
    url = _url(f"article.aspx?id={source_id}")
    return Listing(str(source_id), url, news_list, category, title, date)


def _url(path: str) -> str:
    return f"https://home.nzcity.co.nz/news/{path}"
