"""The same words are the same article, whatever markup carries them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.items import Date
from newsbot.site import Role
from newsbot.sites import DEFAULT
from tests.pages import parts
from tests.pages.markups import MARKUPS, Markup
from tests.pages.readings import article, listings, read_page
from tests.pages.words import URL, Words, article_of, e, listings_of

WORDS = Words()


@pytest.fixture(params=list(MARKUPS))
def markup(request: pytest.FixtureRequest) -> Markup:
    return MARKUPS[request.param]


def with_paragraph(text: str, place: int, words: Words = WORDS) -> Words:
    return words.but(body=(*words.body[:place], text, *words.body[place:]))


SPECIAL = {
    "plain": WORDS,
    "signs": WORDS.but(
        headline="“R&B” isn’t <dead> – it’s ‘alive’ — in Whangārei & Ōpōtiki; 1 < 2 -- really…",
        description="Ngā mihi: “kia ora” &amp; “haere mai”.",
        body=("He said: “Well … ‘no’.”", "€5 – or £4 — for 10 × 10 m² of naïve “art”?", "½ & <b>"),
    ),
    "no credit": WORDS.but(credit=None),
    "one paragraph": WORDS.but(body=("There is only this one.",)),
    "one paragraph, no credit": WORDS.but(body=("There is only this one.",), credit=None),
    "section of several words": WORDS.but(section="Law and Order"),
    "section with a sign": WORDS.but(section="Food & Wine/Travel"),
    "old copyright": WORDS.but(
        copyright="© 2005 NZCity, NewsTalkZB", holder="NZCity, NewsTalkZB", credit=None
    ),
    "copyright of years": WORDS.but(copyright="© 2005-2007 AAP", holder="AAP", credit="AAP"),
    "the site's copyright": WORDS.but(
        copyright="© 2025 New Zealand City Ltd", holder="New Zealand City Ltd", credit=None
    ),
    "headline with a full stop": WORDS.but(
        headline="The ferries of one port and the trams of another are now run by the U.S."
    ),
    "standfirst without one": WORDS.but(description="Boats leave again from Monday"),
    "short paragraphs": WORDS.but(body=("No.", "“Why?”", "Because", "It was late.")),
    "credit of names": WORDS.but(credit="Newstalk ZB, RNZ and Reuters"),
    "credit of agencies": WORDS.but(credit="ABC with wires"),
    "a path of two steps": WORDS.but(section="Rugby League", path=("Sports", "Rugby League")),
    "standfirst equal to the headline": WORDS.but(description=WORDS.headline),
    "date line": WORDS.but(date_line="31 October 2023", day_printed="2023-10-31"),
    "date and source": WORDS.but(
        date_line="16 August 2023 - article from www.rugbyleague.co.nz",
        day_printed="2023-08-16",
        credit=None,
    ),
    "byline": WORDS.but(
        author="Jo Gull, Senior Lecturer in Law, University of Elsewhere, Al Tern, Professor",
        publisher="The Conversation",
        credit=None,
    ),
    "byline and date": WORDS.but(
        author="Jo Gull, Professor, University of Elsewhere",
        publisher="The Conversation",
        date_line="2 January 2024",
        day_printed="2024-01-02",
        credit=None,
    ),
    "publisher alone": WORDS.but(publisher="The Conversation", credit=None),
    "caption": WORDS.but(caption="Harbour", body=("Harbour crews voted.", "They won.")),
    "sponsor": WORDS.but(sponsor="ROWING WITH SOMEBODY'S OARS. ASK FOR A SECOND PAIR"),
    "sponsor with a small s": WORDS.but(sponsor="ROWING WITH SOMEBODY’s OARS.", credit=None),
    "sponsor broken off": WORDS.but(sponsor="ROWING WITH SOMEBODY", credit=None),
    "no body": WORDS.but(body=(), credit=None),
    "five words": WORDS.but(body=("It is raining in Gore.",), credit=None),
    "a last paragraph of one word": WORDS.but(body=("It rained.", "and"), credit=None),
    "a last paragraph of names": WORDS.but(body=("They play on.", "Black Caps"), credit=None),
    "a date in the body": WORDS.but(body=("It began on this day.", "31 October 2023", "So far.")),
    "capitals in the body": WORDS.but(body=("One.", "AWAY WITH ALL BOATS", "It said so.")),
    "commas without a publisher": WORDS.but(body=("Jo Gull, Al Tern, Bo Auk", "They won.")),
    "a broken sentence": WORDS.but(body=("It rained in Gore, and also", "- they say - in Bluff.")),
    "a sub-heading with a question": WORDS.but(body=("One.", "And then?", "Two.", "Three (sic)")),
    "a headline of forty words": WORDS.but(headline=f"{'ferry boat ' * 20}sails (04.01.26)."),
    "a headline with two full stops": WORDS.but(headline="And then it sailed.."),
}


@pytest.mark.parametrize("words", SPECIAL.values(), ids=SPECIAL)
def test_every_field_and_entry_in_every_markup(markup: Markup, words: Words) -> None:
    reading = read_page(markup(words))

    assert article(reading) == article_of(words)
    assert sorted(map(str, listings(reading))) == sorted(map(str, listings_of(words)))
    assert reading.unlinked == []


def test_words_with_no_break_spaces_are_the_same_words(markup: Markup) -> None:
    page = markup(WORDS).replace("of eleven boats", "of&nbsp;eleven\u00a0 boats")

    assert article(read_page(page)) == article_of(WORDS)


NOISE = {
    "script": "<script>document.write('<p>Home > News > Nowhere</p>')</script>",
    "comment": "<!-- © 1999 Nobody <p>Today's News</p> -->",
    "conditional comment": "<!--[if lt IE 9]><p>Get a new browser.</p><![endif]-->",
    "style": "<style>p:after { content: 'Top Stories' }</style>",
    "advertisement": '<div class="ad"><a href="/x">Buy a boat today. It floats!</a></div>',
    "automatic advertisement": '<ins class="adsbygoogle" style="display:block">Boats</ins>',
    "frame": '<iframe src="/x">No frames, no boats.</iframe>',
    "without scripts": "<noscript><p>Please enable JavaScript.</p></noscript>",
    "figure": "<figure><img src=x><figcaption>A boat. (TBU)</figcaption></figure>",
    "hidden": '<div style="display:none">© 1999 Nobody</div>',
}


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
def test_what_is_between_paragraphs_and_is_none_leaves_no_trace(markup: Markup, noise: str) -> None:
    found = article(read_page(markup(WORDS.but(noise=noise))))

    # Where a figure is above the body, its caption is the article's.
    caption = {"image_caption": found["image_caption"]} if "figcaption" in noise else {}
    assert found == article_of(WORDS) | caption


def test_typefaces_and_links_inside_a_paragraph_leave_no_trace(markup: Markup) -> None:
    page = markup(WORDS)
    page = page.replace("crews of", '<b>cr</b>ews <a href="article.aspx?id=5">of</a>')
    page = page.replace("Sundays", "<i>Sun</i>days").replace("Ferry", "<span>Fer</span>ry")

    assert article(read_page(page)) == article_of(WORDS)


TRAPS = (
    *("Today's News", "Today’s News", "Top Stories", "Other International News"),
    *("19 Aug: the boats were painted.", "National:", "More...", "News Search", "NZCity News"),
    *("© 1998 Gull & Sons", "© 1998 Gull & Sons. All rights reserved", "(c) 1998 Gull"),
    *("Copyright 1998 changes meant that boats could sail.", "© 2001 New Zealand City Ltd"),
    *("Home > News > Sport", "20 Aug 2025 10:13", "9:57"),
)


@pytest.mark.parametrize(("place", "credit"), [(1, "TBU/wires"), (4, None)])
@pytest.mark.parametrize("text", TRAPS)
def test_an_article_may_say_the_sites_own_words(
    markup: Markup, text: str, place: int, credit: str | None
) -> None:
    words = with_paragraph(text, place, WORDS.but(credit=credit))

    assert article(read_page(markup(words))) == article_of(words)


@pytest.mark.parametrize("order", parts.ORDERS)
@pytest.mark.parametrize(
    ("part", "name"),
    [("breadcrumb", name) for name in parts.BREADCRUMBS]
    + [("article", name) for name in parts.ARTICLES],
)
def test_breadcrumb_and_article_in_any_tags(order: str, part: str, name: str) -> None:
    page = parts.page(WORDS, **{"order": order, part: name})

    caption = {"image_caption": "A boat. (TBU)"} if name == "figures" else {}
    assert article(read_page(page)) == article_of(WORDS) | caption


@given(
    words=st.sampled_from(list(SPECIAL.values())),
    names=st.fixed_dictionaries(
        {
            "order": st.sampled_from(parts.ORDERS[:4]),
            "breadcrumb": st.sampled_from(list(parts.BREADCRUMBS)),
            "article": st.sampled_from(["paragraphs", "breaks", "preformatted", "spans", "rows"]),
            "section_box": st.sampled_from(list(parts.SECTION_BOXES)),
            "top_box": st.sampled_from(list(parts.TOP_BOXES)),
            "today_box": st.sampled_from(list(parts.TODAY_BOXES)),
        }
    ),
)
def test_any_parts_together(words: Words, names: dict[str, str]) -> None:
    reading = read_page(parts.page(words, **names))

    assert article(reading) == article_of(words)
    assert sorted(map(str, listings(reading))) == sorted(map(str, listings_of(words)))


def test_boxes_and_search_form_may_stand_inside_the_article() -> None:
    boxes = "".join(
        f"<div>{box['breaks'](WORDS)}</div>" for box in (parts.SECTION_BOXES, parts.TODAY_BOXES)
    )
    first = f"<p>{WORDS.body[0]}</p>"
    page = parts.page(WORDS, order="t b a f").replace(
        first, f"{boxes}<p>News Search</p><p>Power Search</p>{first}"
    )

    reading = read_page(page)

    assert article(reading) == article_of(WORDS)
    assert sorted(map(str, listings(reading))) == sorted(map(str, listings_of(WORDS)))


STEPS = ("<a href=/>Home</a>", "<a href=/>News</a>", "<a href=/>Sport</a>", "<a href=/>TV</a>")
MENUS = {
    "items": f"<li>{'<li>'.join(STEPS)}",
    "one line": f"<p>{' '.join(STEPS)}</p>",
    "bars": f"<p>{' | '.join(STEPS)}</p>",
    "three": f"<p>{' | '.join(STEPS[:3])}</p>",
}


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_a_menu_is_not_the_breadcrumb(menu: str) -> None:
    page = parts.page(WORDS)

    for with_menu in (page.replace("<body>", f"<body>{menu}"), page.replace("</body>", menu)):
        assert article(read_page(with_menu)) == article_of(WORDS)


@pytest.mark.parametrize("place", ["<body>", "</table>"])
def test_the_title_tells_the_breadcrumb_from_a_menu_of_three(place: str) -> None:
    page = parts.page(WORDS).replace("<p>News | International</p>", "")
    page = f"<title>NZCity - News | International</title>{page}"

    reading = read_page(page.replace(place, f"{place}<ul><li>Home<li>News<li>Sport</ul>"))

    assert article(reading) == article_of(WORDS)


@pytest.mark.parametrize(
    "footer",
    [
        "Copyright © 1998-2025 New Zealand City Ltd. All rights reserved.",
        "© 2025 New Zealand City Limited",
        "© 2025 New Zealand City Ltd | Privacy | Terms",
    ],
)
def test_the_sites_own_copyright_is_not_the_articles(markup: Markup, footer: str) -> None:
    words = WORDS.but(footer=footer)

    assert article(read_page(markup(words))) == article_of(words)


def test_nor_is_any_other_that_is_behind_the_boxes() -> None:
    words = WORDS.but(footer="© 2026 Somebody Else Who Bought The Site")

    assert article(read_page(parts.page(words))) == article_of(words)


def test_every_block_of_a_page_is_taken_for_something() -> None:
    reading = read_page(MARKUPS["sections"](WORDS.but(caption="Boats at rest. (TBU)")))
    taken = {reading.blocks[index].text: role for index, role in reading.roles.items()}

    assert taken[WORDS.title] is Role.PAGE_TITLE
    assert taken[WORDS.time] is Role.PAGE_TIME
    assert taken[WORDS.headline] is Role.HEADLINE
    assert taken[WORDS.description] is Role.DESCRIPTION
    assert {taken[text] for text in WORDS.body} == {Role.BODY}
    assert taken["TBU/wires"] is Role.CREDIT
    assert taken[WORDS.copyright] is Role.COPYRIGHT
    assert taken["Boats at rest. (TBU)"] is Role.CAPTION
    assert taken["Today's News"] is Role.BOX
    assert taken["Rowing:"] is Role.ENTRY
    assert taken["News Search"] is taken["Power Search"] is Role.FURNITURE
    assert taken[WORDS.footer] is Role.FOOTER
    unread = {
        block.text for index, block in enumerate(reading.blocks) if index not in reading.roles
    }
    assert unread == set(WORDS.menu)


ENCODINGS = [
    ("utf-8", "text/html; charset=iso-8859-1"),
    ("utf-8", ""),
    ("utf-8-sig", "text/html"),
    ("utf-16", "text/html"),
    ("cp1252", "text/html; charset=utf-8"),
    ("cp1252", "text/html; charset=windows-1252"),
]


@pytest.mark.parametrize(("encoding", "content_type"), ENCODINGS)
def test_every_encoding_under_any_header(encoding: str, content_type: str) -> None:
    body = MARKUPS["tables"](WORDS).encode(encoding, "xmlcharrefreplace")

    reading = read_page(body, content_type=content_type)

    assert article(reading) == article_of(WORDS)


@pytest.mark.parametrize("head", ["20 Aug 2025 10:13", "20 Aug 2025 9:31", "3 Mar 2019 7:05"])
def test_the_time_in_the_head_never_dates_the_article(markup: Markup, head: str) -> None:
    reading = read_page(markup(WORDS.but(time=head)))

    assert reading.article is not None
    assert reading.article.date_published == Date()
    # The lists are as new as the response, whatever the head says.
    assert [x.date_listed for x in reading.listings] == [
        x.date_listed for x in read_page(markup(WORDS)).listings
    ]


def test_a_page_without_a_time_is_read_too(markup: Markup) -> None:
    words = with_paragraph("It ended on 3 March 2025 10:15 local time.", 2, WORDS.but(time=""))

    reading = read_page(markup(words))

    assert article(reading) == article_of(words)
    assert reading.page_time is None
    assert reading.article is not None
    assert reading.article.date_published == Date()


def test_without_a_date_header_the_head_dates_the_lists() -> None:
    page = MARKUPS["tables"](WORDS)

    assert [x.date_listed for x in read_page(page, dated=False).listings] == [
        x.date_listed for x in read_page(page).listings
    ]


def test_without_any_time_the_fetch_dates_the_lists() -> None:
    page = MARKUPS["tables"](WORDS.but(time=""))

    assert [x.date_listed for x in read_page(page, dated=False).listings] == [
        x.date_listed for x in read_page(page).listings
    ]


def test_lines_of_a_poem_stay_lines_of_one_paragraph() -> None:
    poem = "O gull,\nO grey gull,\nbring back my chips"
    words = with_paragraph(poem, 2)
    page = parts.page(words).replace(e(poem), poem.replace("\n", "<br>"))

    assert article(read_page(page)) == article_of(words)


@pytest.mark.parametrize("year", [1, 1904, 9999])
def test_a_clock_that_is_wrong_by_ages_dates_no_list(year: int) -> None:
    served = datetime(year, 12, 31, 23, 59, tzinfo=UTC)

    page = MARKUPS["tables"](WORDS.but(time=""))
    reading = read_page(page, served=served, dated=False)

    assert len(listings(reading)) == len(listings_of(WORDS))
    assert {x.date_listed for x in reading.listings if x.date_listed != Date()} == set()


@pytest.mark.parametrize(
    "line",
    ["." * 100_000, "»" * 100_000, "more " * 20_000, "9:57 " * 20_000, "a: " + "(" * 100_000],
)
@pytest.mark.parametrize("url", [URL, DEFAULT.section_url(978)])
def test_a_line_of_a_hundred_thousand_signs_is_read(line: str, url: str) -> None:
    page = MARKUPS["tables"](WORDS.but(body=(f"25 Feb: {line}", f"National: {line}", line)))

    assert line.strip() in [block.text for block in read_page(page, url).blocks]
