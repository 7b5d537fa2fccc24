"""Lines that look like another part of the page than the one that they are."""

from datetime import UTC, datetime

import pytest

from newsbot.items import Date, Precision
from tests.pages import parts
from tests.pages.markups import MARKUPS, Markup
from tests.pages.readings import article, listings, read_page
from tests.pages.words import URL, Entry, Words, article_of, e, listings_of

WORDS = Words(credit=None)
BODY = WORDS.body
SIGNED = WORDS.but(
    author="Jo Gull, Professor of Boats, University of Elsewhere", publisher="The Conversation"
)
DATED = WORDS.but(date_line="31 October 2023", day_printed="2023-10-31")
CAPTIONED = WORDS.but(caption="Harbour", body=("Harbour crews voted.", *BODY[1:]))
SPONSOR = "ROWING WITH SOMEBODY'S OARS. ASK FOR A SECOND PAIR"


@pytest.fixture(params=list(MARKUPS))
def markup(request: pytest.FixtureRequest) -> Markup:
    return MARKUPS[request.param]


HEADS = {
    "everything at once": SIGNED.but(
        date_line="31 October 2023",
        day_printed="2023-10-31",
        caption="New Zealand Parliament",
        body=("New Zealand Parliament sat.", *BODY[1:]),
    ),
    "date and caption": CAPTIONED.but(date_line="9 May 2024", day_printed="2024-05-09"),
    "source, caption, sponsor": CAPTIONED.but(
        date_line="- article from www.rugbyleague.co.nz", sponsor=SPONSOR
    ),
    "a first paragraph that is the caption's word": CAPTIONED.but(body=("Harbour.", *BODY)),
    "a caption of many words": WORDS.but(caption="The mayor, left, and a gull (Photo: TBU)"),
    "the first paragraph repeats the standfirst": WORDS.but(body=(WORDS.description, *BODY)),
    "the first paragraph repeats the headline": WORDS.but(body=(WORDS.headline, *BODY)),
    "headline, standfirst, paragraph alike": WORDS.but(
        description=WORDS.headline, body=(WORDS.headline, *BODY)
    ),
    "a standfirst with commas": WORDS.but(description="Jo Gull, Al Tern, University of Elsewhere"),
    "a headline of the section's name": WORDS.but(headline="International"),
    "a headline with the site's signs": WORDS.but(headline="Home > News > Rugby: what now?"),
    "a headline with a full date": WORDS.but(headline="What we know on 31 October 2023"),
}


@pytest.mark.parametrize("words", HEADS.values(), ids=HEADS)
def test_heads(markup: Markup, words: Words) -> None:
    assert article(read_page(markup(words))) == article_of(words)


BODIES = {
    "a day later on": DATED.but(body=(BODY[0], "30 October 2023", *BODY[1:])),
    "a day and a source later on": DATED.but(
        body=(BODY[0], "30 October 2023 - article from www.gull.example", *BODY[1:])
    ),
    "a publisher's name later on": SIGNED.but(body=(BODY[0], "The Conversation", *BODY[1:])),
    "commas before a publisher later on": WORDS.but(
        body=(BODY[0], "Jo Gull, Al Tern, Bo Auk", "The Conversation", *BODY[1:])
    ),
    "two paragraphs alike later on": WORDS.but(body=(BODY[0], "No.", "No.", *BODY[1:])),
    "capitals first": WORDS.but(body=("AWAY WITH THEM", *BODY)),
    "capitals and no sponsor last": WORDS.but(body=(*BODY, "THE ROWERS SAILED.")),
    "two sponsor's lines, one of them inside": WORDS.but(
        body=(BODY[0], SPONSOR, *BODY[1:]), sponsor=SPONSOR
    ),
    "a sponsor and a credit": WORDS.but(credit="Reuters/AP", sponsor=SPONSOR),
    "an empty paragraph first, last, twice": WORDS.but(body=("", BODY[0], "", "", BODY[1], "")),
    "an empty paragraph before the sponsor": WORDS.but(body=(*BODY, ""), sponsor=SPONSOR),
    "several stories": WORDS.but(body=(BODY[0], "", BODY[1], "and", BODY[3], "", "Then it ended")),
    "a last paragraph ending in a colon": WORDS.but(body=(*BODY, "They said:")),
    "a last paragraph of two stops": WORDS.but(body=(*BODY, "And so on..")),
    "an agency's name and a full stop": WORDS.but(body=(*BODY, "Reuters.")),
    "an agency's name in a sentence": WORDS.but(body=(*BODY, "Reuters says the strike is over")),
    "an agency's name before the end": WORDS.but(body=(BODY[0], "Reuters", *BODY[1:])),
    "a name of no agency": WORDS.but(body=(*BODY, "Jo Gull")),
    "a country last": WORDS.but(body=(*BODY, "NZ")),
    "an abbreviation last": WORDS.but(body=(*BODY, "TBC")),
    "a score last": WORDS.but(body=(*BODY, "NZ/AUS")),
    "an abbreviation before a credit": WORDS.but(body=(*BODY, "TBC"), credit="ABC/wires"),
    "two sentences alike first": WORDS.but(body=("No.", "No.", *BODY)),
    "two sentences alike alone": WORDS.but(body=("It rained.", "It rained.")),
    "the word wires alone": WORDS.but(body=(*BODY, "wires")),
    "a stray space before a comma": WORDS.but(body=("It rained , they say .", *BODY)),
    "all kinds of quotes": WORDS.but(body=("“It's ‘so’,” she said, \"quoting 'him'\" (sic)",)),
    "a second half in front of a heading": WORDS.but(body=("It was", "- they say - ", "So? ")),
    "words of a list": WORDS.but(body=(BODY[0], "Read more", "Watch: a boat", *BODY[1:])),
    "a section's heading": WORDS.but(body=(BODY[0], "Other Boat News", "Top Stories", *BODY[1:])),
}


@pytest.mark.parametrize("words", BODIES.values(), ids=BODIES)
def test_bodies(markup: Markup, words: Words) -> None:
    expected = article_of(words)
    expected["article_body"] = "\n\n".join(text.strip() for text in words.body if text)

    assert article(read_page(markup(words))) == expected


@pytest.mark.parametrize(
    "credit",
    [
        *("ABC", "ABC/wires", "Reuters/AP", "AFP, Reuters and wires", "AAP", "AP and Reuters"),
        *("BBC", "TBU/wires", "ABC/TBU"),
    ],
)
def test_credits(markup: Markup, credit: str) -> None:
    words = WORDS.but(credit=credit)

    assert article(read_page(markup(words))) == article_of(words)


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("© 2026 Newstalk ZB, NZCity", "Newstalk ZB, NZCity"),
        ("© 2024 Bang Showbiz, NZCity", "Bang Showbiz, NZCity"),
        (
            "© 2025 ABC Australian Broadcasting Corporation. All rights reserved",
            "ABC Australian Broadcasting Corporation",
        ),
        ("© 2025 ABC. All Rights Reserved.", "ABC"),
        ("© 2026 The Conversation", "The Conversation"),
        ("© 1999 Newstalk ZB, NZCity", "Newstalk ZB, NZCity"),
    ],
)
def test_copyright_lines(markup: Markup, line: str, holder: str) -> None:
    words = WORDS.but(copyright=line, holder=holder)

    assert article(read_page(markup(words))) == article_of(words)


@pytest.mark.parametrize("holder", ["The Conversation", "The Conversation, NZCity"])
def test_a_byline_without_its_publisher_is_proved_by_the_holder(
    markup: Markup, holder: str
) -> None:
    words = SIGNED.but(publisher="", copyright=f"© 2026 {holder}", holder=holder)

    assert article(read_page(markup(words))) == article_of(words)


@pytest.mark.parametrize("day", ["31 October 2023", "1 May 2026", "29 February 2024"])
def test_the_date_line_dates_the_article_to_the_day(markup: Markup, day: str) -> None:
    printed = datetime.strptime(day, "%d %B %Y")  # noqa: DTZ007 - only its day counts
    words = WORDS.but(date_line=day, day_printed=f"{printed:%Y-%m-%d}")

    reading = read_page(markup(words))

    assert reading.article is not None
    assert reading.article.day_printed == words.day_printed
    published = reading.article.date_published
    assert (published.precision, published.evidence) == (Precision.DAY, "date line")
    # The day begins in New Zealand, the evening before in UTC.
    at = published.at
    assert at is not None
    assert 11 <= (printed.replace(tzinfo=UTC) - at).total_seconds() / 3600 <= 13


@pytest.mark.parametrize(
    "line", ["31 Oct 2023", "31 October", "Tuesday 31 October 2023", "31 October 2023 9:57"]
)
def test_another_form_of_a_date_is_no_date_line(markup: Markup, line: str) -> None:
    words = WORDS.but(body=(line, *BODY))

    found = read_page(markup(words))

    assert article(found) == article_of(words)
    assert found.article is not None
    assert found.article.date_published == Date()


def test_what_a_foreign_section_says_is_marked(markup: Markup) -> None:
    for query, is_foreign in (("", False), ("&fm=x", False), ("&cat=978", True), ("&CAT=9", True)):
        reading = read_page(markup(WORDS), f"{URL}{query}")

        assert reading.article is not None
        assert reading.article.has_foreign_section is is_foreign


STAMPS = ("02 Jul", "03 Jul", "31 Dec", "01 Jan", "03 Feb", "29 Feb", "02 Jul")
SERVED = datetime(2025, 7, 2, 17, 0, tzinfo=UTC)  # 5:00 on 3 July in New Zealand
DAYS = ("2025-07-02", "2025-07-03", "2024-12-31", "2025-01-01", "2025-02-03", "2024-02-29")


@pytest.mark.parametrize("name", [name for name in MARKUPS if name != "spans"])
def test_boxes_with_missing_and_repeated_headlines_and_days_in_any_order(name: str) -> None:
    titles = ("", "Quick Sports Summary", "", "Quick Sports Summary", "* Update - …", "x-slug", "")
    others = tuple(
        Entry(number, title, stamp=stamp)
        for number, (title, stamp) in enumerate(zip(titles, STAMPS, strict=True), 700)
    )
    words = WORDS.but(others=others)

    reading = read_page(MARKUPS[name](words), served=SERVED)

    assert sorted(listings(reading), key=str) == sorted(listings_of(words), key=str)
    found = [x for x in reading.listings if x.news_list.section]
    days = [x.date_listed.at for x in found]
    assert [f"{day:%Y-%m-%d}" if day else "" for day in map(_in_new_zealand, days)] == [
        *DAYS,
        DAYS[0],
    ]


def _in_new_zealand(at: datetime | None) -> datetime | None:
    """Midnight there is the noon before at the latest, in UTC."""
    return at and datetime.fromtimestamp(at.timestamp() + 13 * 3600, UTC)


def test_an_empty_headline_below_a_link_that_is_not_closed() -> None:
    others = (Entry(700, "Boats", stamp="02 Jul"), Entry(701, "", stamp="01 Jul"))
    words = WORDS.but(others=others)

    found = listings(read_page(MARKUPS["spans"](words)))

    assert sorted(found, key=str) == sorted(listings_of(words), key=str)


def test_unfinished_paragraphs_between_gaps_where_every_line_is_a_break() -> None:
    words = WORDS.but(body=("One.", "", "and", "Two went", "Three stayed", "", "Four.", "Five."))

    assert article(read_page(MARKUPS["breaks"](words))) == article_of(words)


@pytest.mark.parametrize("name", MARKUPS)
@pytest.mark.parametrize("place", [1, 4])
def test_a_paragraph_may_be_the_pages_title(name: str, place: int) -> None:
    words = WORDS.but(body=(*BODY[:place], WORDS.title, *BODY[place:]))

    assert article(read_page(MARKUPS[name](words))) == article_of(words)


def test_a_longer_page_has_the_same_article(markup: Markup) -> None:
    words = WORDS.but(body=tuple(f"This is sentence {number}." for number in range(500)))

    assert article(read_page(markup(words))) == article_of(words)


def test_parts_of_the_article_in_other_elements() -> None:
    page = parts.page(DATED.but(caption="Harbour"))
    date = f"<p>{DATED.date_line}</p>"
    caption = "<p>Harbour</p>"
    assert date in page
    assert caption in page

    for element in ("time", "small", "div", "h6", "em", "span", "td", "address"):
        other = page.replace(date, f"<div><{element}>{e(DATED.date_line)}</{element}></div>")
        other = other.replace(caption, f"<div><{element}>Harbour</{element}></div>")
        expected = article_of(DATED) | {"image_caption": "Harbour"}
        assert article(read_page(other)) == expected
