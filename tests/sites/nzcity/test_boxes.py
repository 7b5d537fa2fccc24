"""Every entry of every box, in any tags: category, title, day or time, and the right id."""

import pytest

from newsbot.items import Date, ListKind, NewsList, Precision
from newsbot.sites.nzcity.boxes import is_heading
from newsbot.sites.nzcity.dates import listed_at, listed_on
from tests.pages import parts
from tests.pages.markups import MARKUPS
from tests.pages.readings import listings, read_page
from tests.pages.words import SERVED_AT, Entry, Words, e, listings_of

WORDS = Words()
BOXES = {
    "section_box": parts.SECTION_BOXES,
    "top_box": parts.TOP_BOXES,
    "today_box": parts.TODAY_BOXES,
}


def box(name: str, lines: str) -> str:
    """A page with this box and nothing else but a footer."""
    return f"<html><p>{name}</p>{lines}<hr><p>{WORDS.footer}</p></html>"


def entries(page: str) -> list[tuple[str | None, str, str]]:
    """Category, title and id of each entry of a page with one box."""
    return [(category, title, id_) for _, category, title, id_ in listings(read_page(page))]


@pytest.mark.parametrize("order", [parts.ORDERS[0], parts.ORDERS[3], parts.ORDERS[5]])
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, named in BOXES.items() for name in named]
)
def test_every_entry_in_any_tags(order: str, kind: str, name: str) -> None:
    reading = read_page(parts.page(WORDS, **{"order": order, kind: name}))

    assert sorted(map(str, listings(reading))) == sorted(map(str, listings_of(WORDS)))
    assert reading.unlinked == []
    assert sorted(each.name for each in reading.boxes) == [
        "Other International News",
        "Today's News",
        "Top Stories",
    ]


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_date_in_every_markup(markup: str) -> None:
    reading = read_page(MARKUPS[markup](WORDS))
    dates = {(x.news_list.name, x.source_id): x.date_listed for x in reading.listings}

    for entry in WORDS.others:
        listed = dates["Other International News", str(entry.id)]
        assert listed == listed_on(entry.stamp, SERVED_AT)
        assert listed.precision is Precision.DAY
    for entry in WORDS.today:
        listed = dates["Today's News", str(entry.id)]
        assert listed == listed_at(entry.stamp, SERVED_AT)
        assert listed.precision is Precision.MINUTE
    for entry in WORDS.top:
        assert dates["Top Stories", str(entry.id)] == Date()


def test_titles_with_every_sign_there_is() -> None:
    titles = (
        "Trump: ‘no’ & “maybe” – <yes>",
        "19 Aug: a day to remember",
        "At 9:57 the clock stopped",
        "10:07 to Whangārei leaves at 10:08",
        "World Cup 2027",
        "More… or less",
        "Other International News",
        "Home > News > Sport",
        "© 1998 Gull & Sons",
    )
    words = WORDS.but(
        others=tuple(Entry(n, title, stamp="20 Aug") for n, title in enumerate(titles, 1)),
        today=tuple(Entry(n, title, "Law and Order", "9:57") for n, title in enumerate(titles, 1)),
    )

    for markup in MARKUPS.values():
        assert sorted(map(str, listings(read_page(markup(words))))) == sorted(
            map(str, listings_of(words))
        )


def test_a_category_is_one_word_or_several() -> None:
    labels = ("Netball", "Law and Order", "Arts & Books", "Māori Affairs", "Rugby League/Union")
    today = tuple(Entry(n, "Title", label, "9:57") for n, label in enumerate(labels, 1))

    for markup in MARKUPS.values():
        reading = read_page(markup(WORDS.but(today=today)))
        found = [x.category for x in reading.listings if x.news_list.name == "Today's News"]
        assert found == list(labels)


@pytest.mark.parametrize("section", ["Rugby", "Law and Order", "Food & Wine", "Māori Affairs"])
def test_a_sections_box_names_its_section(section: str) -> None:
    for markup in MARKUPS.values():
        boxes = read_page(markup(WORDS.but(section=section))).boxes
        assert NewsList(ListKind.SECTION, f"Other {section} News", section) in boxes


def test_the_same_story_may_stand_in_two_boxes() -> None:
    both = [x for x in read_page(MARKUPS["cells"](WORDS)).listings if x.source_id == "998"]

    assert [x.news_list.name for x in both] == ["Top Stories", "Today's News"]


@pytest.mark.parametrize(
    "href",
    [
        "/news/article.aspx?id=7",
        "article.aspx?ID=7&fm=psp,tsp",
        "//news.example/News/Article.aspx?fm=psp&amp;id=7#top",
        "http://news.example:80/news/article.aspx?id=007",
    ],
)
def test_an_entry_is_known_by_the_id_of_its_link(href: str) -> None:
    page = box("Other Rugby News", f'<p>20 Aug: <a href="{href}">Title</a></p>')

    assert entries(page) == [(None, "Title", "7")]


@pytest.mark.parametrize(
    "href",
    [
        *("#", "", "javascript:go(7)", "/news/section.aspx?id=7", "/news/article.aspx?id=x"),
        *("https://other.example/news/article.aspx?id=7", "http://[/article.aspx?id=7"),
    ],
)
def test_an_entry_that_leads_to_no_article_of_the_site_is_told_apart(href: str) -> None:
    reading = read_page(box("Other Rugby News", f'<p>20 Aug: <a href="{href}">Title</a></p>'))

    assert reading.listings == []
    assert reading.unlinked == ["Title"]
    assert [each.name for each in reading.boxes] == ["Other Rugby News"]


def test_the_link_of_an_entry_is_the_one_of_its_words() -> None:
    page = box(
        "Today's News",
        '<p><a href="article.aspx?id=1">Law and Order:</a> '
        '<a href="article.aspx?id=2">Fire</a> 9:57</p>',
    )

    assert entries(page) == [("Law and Order", "Fire", "2")]


@pytest.mark.parametrize(
    "heading",
    ["Today's News", "TODAY", "Today’s News:", "» Today`s News «", "Top Stories", "[Top Stories]"],
)
def test_headings(heading: str) -> None:
    assert is_heading(heading) is (heading != "TODAY")


def test_a_heading_without_entries_is_no_box() -> None:
    reading = read_page(box("Today's News", "<p>National:</p><p>Nothing happened 9:57</p>"))

    assert reading.boxes == []


def test_a_stray_line_between_entries_ends_no_box() -> None:
    line = '<p>20 Aug: <a href="article.aspx?id={}">Title</a></p>'
    page = box("Other Rugby News", "<p>Sponsored</p>".join(line.format(n) for n in (3, 2, 1)))

    assert [id_ for _, _, id_ in entries(page)] == ["3", "2", "1"]


def test_what_follows_a_box_is_none_of_it() -> None:
    paragraphs = "".join(f"<p>{e(text)}</p>" for text in WORDS.body)
    page = box(
        "Other Rugby News",
        f'<p>20 Aug: <a href="article.aspx?id=1">Title</a></p>{paragraphs}'
        '<p>19 Aug: <a href="article.aspx?id=9">an article that an article links to</a></p>',
    )

    assert entries(page) == [(None, "Title", "1")]


def test_an_entry_without_a_title_is_none() -> None:
    page = box("Today's News", '<p>National:</p><p><a href="article.aspx?id=1">9:57</a></p>')

    assert read_page(page).boxes == []
