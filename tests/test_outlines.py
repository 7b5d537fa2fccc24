"""The contract: outlines of real pages, in our own words, are read right in every markup."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from newsbot.items import ListKind
from tests.outlines import VARIANTS, Variant, outlines, sentence, words_of
from tests.pages.markups import MARKUPS
from tests.pages.readings import SITE, article, listings, read_page
from tests.pages.words import Words, article_of, e, listings_of

ARTICLES = outlines("article")
SECTIONS = outlines("section")


def test_the_outlines_are_there() -> None:
    assert (len(ARTICLES), len(SECTIONS)) == (68, 15)


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_every_field_and_entry_of_every_outline(markup: str, variant: Variant) -> None:
    for outline in ARTICLES:
        words = words_of(outline, variant)
        reading = read_page(MARKUPS[markup](words))

        assert article(reading) == article_of(words), outline
        assert Counter(listings(reading)) == Counter(listings_of(words)), outline


def _cells(lines: list[str]) -> str:
    return f"<table>{''.join(f'<tr><td>{line}</td></tr>' for line in lines)}</table>"


def _breaks(lines: list[str]) -> str:
    return "<br>\n".join(lines)


def _items(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li><p>{line}</p>' for line in lines)}</ul>"


@pytest.mark.parametrize("shape", [_cells, _breaks, _items])
@pytest.mark.parametrize("outline", SECTIONS, ids=lambda outline: outline["section"])
@pytest.mark.parametrize("has_subscription", [True, False])
def test_every_section_page(
    shape: Callable[[list[str]], str], outline: dict[str, str], has_subscription: bool
) -> None:
    section = outline["section"]
    steps = outline["breadcrumb"].split(" > ")[:-1]
    random = Random(section)
    subscribe = f"Subscribe to NZCity's {section} articles " if has_subscription else ""
    days = [day.strip("~") for day in outline["box_dates"].split(",")]
    titles = [sentence(random, end=random.choice(["", "."])) for _ in range(len(days) + 1)]
    lines = [f"News | {section}", outline["served"]]
    lines.append(" &gt; ".join([*map(e, steps), f"{subscribe}{e(section)}"]))
    lines += [f'<a href="article.aspx?id=100&cat=9">{titles[0]}</a>', outline["before_body"]]
    lines += [sentence(random), '<a href="article.aspx?id=100">&gt;&gt; Read Article</a>']
    for number, (title, day) in enumerate(zip(titles[1:], days, strict=True), 101):
        link = f'<a href="/news/article.aspx?id={number}">'
        lines += [f"{link}{title}</a>", f"{day}: {sentence(random)}... {link}more</a>"]
    lines.append("© 2026 New Zealand City Ltd")

    page = f"<html><body>{shape(lines)}</body></html>"
    reading = read_page(page, SITE.section_url(978), dated=False)

    assert [(x.source_id, x.title) for x in reading.listings] == [
        (str(number), title) for number, title in enumerate(titles, 100)
    ]
    assert {x.news_list for x in reading.listings} == {
        (ListKind.SECTION_PAGE, f"{section} page", section)
    }
    assert all(x.date_listed.at is not None for x in reading.listings)


def test_words_of_an_outline_are_always_the_same() -> None:
    one, other = (words_of(ARTICLES[0], VARIANTS[0]) for _ in range(2))

    assert isinstance(one, Words)
    assert one == other
