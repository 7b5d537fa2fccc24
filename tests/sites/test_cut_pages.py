"""A page that was cut off gives a whole article or none, and no entry that it did not hold."""

import pytest

from newsbot.items import Reason
from tests.outlines import section_pages
from tests.pages import parts
from tests.pages.markups import MARKUPS
from tests.pages.readings import article, listings, read_page
from tests.pages.words import Words, article_of, listings_of

WORDS = Words()
QUOTING = WORDS.but(body=(*WORDS.body, "© 1998 Gull & Sons", "Today's News", "It went on."))

FULL = WORDS.but(
    credit=None,
    author="Jo Gull, Professor of Boats, University of Elsewhere",
    publisher="The Conversation",
    date_line="31 October 2023",
    day_printed="2023-10-31",
    caption="Harbour",
    body=("Harbour crews voted.", "", *WORDS.body),
    sponsor="ROWING WITH SOMEBODY'S OARS.",
)
WITHOUT_BODY = WORDS.but(
    credit=None, body=(), date_line="31 October 2023", day_printed="2023-10-31"
)


def check_cuts(page: str, words: Words, step: int) -> set[Reason | None]:
    """Cut a page at every so many bytes; return the reasons given."""
    body = page.encode()
    reasons = set()
    possible = set(listings_of(words))
    for end in range(1, len(body), step):
        reading = read_page(body[:end])
        if reading.article is not None:
            assert article(reading) == article_of(words), body[:end]
        assert set(listings(reading)) <= possible, body[:end]
        assert reading.unlinked == [], body[:end]
        reasons.add(reading.reason)
    return reasons


@pytest.mark.parametrize("markup", MARKUPS)
def test_cut_anywhere(markup: str) -> None:
    page = MARKUPS[markup](WORDS)

    assert check_cuts(page, WORDS, step=7) <= {Reason.CUT_OFF, Reason.NOT_HTML, Reason.EMPTY, None}


@pytest.mark.parametrize("markup", MARKUPS)
def test_cut_behind_a_copyright_line_that_the_article_quotes(markup: str) -> None:
    page = MARKUPS[markup](QUOTING)

    assert check_cuts(page, QUOTING, step=23) <= {
        Reason.CUT_OFF,
        Reason.NOT_HTML,
        Reason.EMPTY,
        None,
    }


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("words", [FULL, WITHOUT_BODY], ids=["full", "without body"])
def test_cut_inside_lines_of_every_kind(markup: str, words: Words) -> None:
    check_cuts(MARKUPS[markup](words), words, step=23)


@pytest.mark.parametrize("markup", section_pages.MARKUPS)
def test_a_section_page_that_was_cut_off_lists_nothing_that_it_did_not_hold(markup: str) -> None:
    case = next(section_pages.cases())
    body = section_pages.MARKUPS[markup](case.words).encode()

    for end in range(1, len(body), 23):
        found = read_page(body[:end], case.url, served=case.served).listings
        assert all(each in case.listings for each in found), body[:end]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("section_box", name) for name in parts.SECTION_BOXES]
    + [("top_box", name) for name in parts.TOP_BOXES]
    + [("today_box", name) for name in parts.TODAY_BOXES],
)
def test_cut_inside_a_box_in_any_tags(kind: str, name: str) -> None:
    page = parts.page(WORDS, **{"order": parts.ORDERS[1], kind: name})
    last = {"section_box": "s", "top_box": "t", "today_box": "d"}[kind]
    alone = parts.page(WORDS, **{"order": last, kind: name})

    check_cuts(page, WORDS, step=13)
    check_cuts(alone, WORDS, step=7)


def test_a_footer_in_front_of_the_article_proves_nothing() -> None:
    for order in parts.ORDERS[4:]:
        check_cuts(parts.page(QUOTING, order=order), QUOTING, step=5)


@pytest.mark.parametrize("end", ["</body>", "</BODY>\n", "</html>", "</body></html><!-- 12 ms -->"])
def test_an_end_tag_proves_that_a_page_is_whole(end: str) -> None:
    page = parts.page(WORDS, order="f b a").removesuffix("</body></html>")

    assert read_page(page).reason is Reason.CUT_OFF
    assert article(read_page(page + end)) == article_of(WORDS)
