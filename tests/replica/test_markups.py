"""The replica's markups share the words, and little else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree
from lxml import html as lxml_html
from parsel import Selector

from tests.replica import scenarios
from tests.replica.markups import MARKUPS, redesign, render
from tests.replica.markups.links import mixed_links
from tests.replica.oddities import ODDITIES
from tests.replica.page import Box, BoxKind, Page

NOW = scenarios.evening(3)
SITE = scenarios.plain()
STORY = next(story for story in SITE.stories() if story.section == "Law and Order")

UNSEEN = {"script", "style", "noscript", "iframe", "title", "head"}
INLINE = {"a", "b", "cite", "em", "font", "i", "ins", "small", "span", "strong", "time"}


def visible(element: etree._Element) -> Iterator[str]:
    """The text of a page, alternative texts included; blocks are separated by spaces."""
    if isinstance(element.tag, str) and element.tag not in UNSEEN:
        gap = "" if element.tag in INLINE else " "
        yield gap
        yield element.get("alt", "")
        yield element.text or ""
        for child in element:
            yield from visible(child)
        yield gap
    yield element.tail or ""


def words(html: str) -> list[str]:
    """Visible words; the separators of the breadcrumb may be words or style."""
    text = "".join(visible(lxml_html.fromstring(html)))
    return [word for word in text.split() if word != ">"]


def box_text(box: Box) -> str:
    lines = [box.name]
    for entry in box.entries:
        lines += {
            BoxKind.SECTION: [f"{entry.stamp}: {entry.title}"],
            BoxKind.TOP: [entry.label, entry.label, entry.title, "More..."],
            BoxKind.TODAY: [f"{entry.label}:", entry.title, entry.stamp],
        }[box.kind]
    return " ".join(lines)


def article_text(page: Page) -> str:
    story = page.story
    assert story is not None
    body = [block.text for block in story.blocks]
    # A caption is the image's alternative text too.
    head = [story.author, story.publisher, story.date_line, *2 * [story.image_caption]]
    foot = [story.credit or "", story.sponsor, story.copyright_line]
    lines = [story.headline, story.standfirst, *head, *body, *foot]
    return " ".join(lines)


def block_sets(page: Page) -> list[list[str]]:
    """The sets of blocks, each in one piece on every page."""
    texts = [
        page.title,
        page.time,
        " ".join((page.site_name, *page.toolbar, *page.navigation)),
        " ".join(page.breadcrumb),
        article_text(page),
        *(box_text(box) for box in page.boxes),
        " ".join(page.search),
        page.footer,
    ]
    return [[word for word in text.split() if word != ">"] for text in texts]


def assert_says_the_page(html: str, page: Page) -> None:
    shown = words(html)
    expected = block_sets(page)
    assert Counter(shown) == Counter(word for block_set in expected for word in block_set)
    for block_set in expected:
        assert " ".join(block_set) in " ".join(shown)


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_markup_carries_every_word(markup: str) -> None:
    for article_id in SITE.ids(NOW)[::7]:
        page = SITE.page(article_id, NOW)
        assert page is not None
        assert_says_the_page(render(page, markup), page)


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("markup", MARKUPS)
def test_a_markup_carries_odd_words(markup: str, oddity: str) -> None:
    page = SITE.page(STORY.id, NOW)
    assert page is not None
    odd = replace(page, story=ODDITIES[oddity](STORY))
    assert_says_the_page(render(odd, markup), odd)


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_front_page_and_a_notice_carry_their_words(markup: str) -> None:
    front, notice = SITE.front_page(NOW), SITE.front_page(NOW, "There is no such article.")

    assert " ".join(words(render(front, markup))).endswith(front.footer)
    for box in front.boxes:
        assert box_text(box) in " ".join(words(render(front, markup)))
    gained = Counter(words(render(notice, markup))) - Counter(words(render(front, markup)))
    assert gained == Counter("There is no such article.".split())


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_entry_links_to_its_article(markup: str) -> None:
    page = SITE.page(STORY.id, NOW)
    assert page is not None
    expected = {entry.article_id for box in page.boxes for entry in box.entries}
    hrefs = Selector(render(replace(page, story=None), markup)).css("a::attr(href)").getall()
    addresses = [href.lower() for href in hrefs if "article.aspx" in href.lower()]

    assert {int(address.partition("id=")[2][:6]) for address in addresses} == expected


def test_boxes_stand_before_the_article_in_some_markups_and_after_it_in_others() -> None:
    page = SITE.page(STORY.id, NOW)
    assert page is not None
    before = {
        markup
        for markup in MARKUPS
        if (text := " ".join(words(render(page, markup)))).index("Today's News")
        < text.index(STORY.standfirst)
    }
    assert before == {"sections", "headings"}


def test_links_come_in_every_form() -> None:
    link = mixed_links("http://127.0.0.1:8000/news/")

    assert {link(article_id) for article_id in range(600, 606)} == {
        "/news/article.aspx?id=600",
        "article.aspx?id=601",
        "http://127.0.0.1:8000/news/article.aspx?id=602",
        "//127.0.0.1:8000/news/article.aspx?id=603",
        "/News/Article.aspx?fm=psp,tsp&ID=604#top",
        "/news/article.aspx?id=605&fm=psp%2Ctsp",
    }


def test_a_redesign_keeps_the_news_and_none_of_the_landmarks() -> None:
    page = SITE.page(STORY.id, NOW)
    assert page is not None
    shown = " ".join(words(redesign.render(page, "http://127.0.0.1/news/")))

    assert " ".join(STORY.blocks[0].text.split()) in shown
    for landmark in ("News |", "Home", "Today's News", "Top Stories", "Other ", "©", "Search"):
        assert landmark not in shown, landmark
