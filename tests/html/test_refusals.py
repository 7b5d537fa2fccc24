"""What is no article says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.items import Reason
from tests.pages import parts
from tests.pages.markups import MARKUPS, Markup
from tests.pages.readings import article, listings, read_page
from tests.pages.words import Words, article_of, e, listings_of

WORDS = Words()
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
LONG = "Sentences of eight words stand in this one. " * 4


@pytest.fixture(params=list(MARKUPS))
def markup(request: pytest.FixtureRequest) -> Markup:
    return MARKUPS[request.param]


def without(page: str, *lines: str) -> str:
    for line in lines:
        page = page.replace(e(line), "")
    return page


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"<html><body> </body></html>"])
def test_empty(body: bytes) -> None:
    assert read_page(body).reason is Reason.EMPTY


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PNG, "image/png"),
        (PNG, "text/html"),
        (b"%PDF-1.7 ...", ""),
        (b"PK\x03\x04", ""),
        (b"\x1f\x8b\x08\x00compressed twice", "text/html"),
        (bytes(range(1, 32)) * 20, "text/html"),
        (b'{"headline": "<p>no</p>"}', "application/json"),
        (b"<rss><item>x</item></rss>", "application/rss+xml; charset=utf-8"),
        (b"User-agent: *", "text/plain"),
    ],
)
def test_not_html(body: bytes, content_type: str) -> None:
    assert read_page(body, content_type=content_type).reason is Reason.NOT_HTML


@pytest.mark.parametrize("tag", ["div", "font"])
def test_too_deep(tag: str) -> None:
    page = MARKUPS["divs"](WORDS)

    assert read_page(f"<{tag}>" * 60_000 + page).reason is Reason.TOO_DEEP


@pytest.mark.parametrize(
    "text",
    [
        "Access denied. You don't have permission to open this page.",
        "Your IP address has been blocked.",
        "Please complete the CAPTCHA to continue.",
        "We have detected unusual traffic from your network.",
        "Are you a robot?",
        "Please verify you are human.",
        "Request blocked. Incident ID: 7-1.",
        "Too many requests",
    ],
)
def test_block_page(text: str) -> None:
    assert read_page(f"<html><body><h1>{text}</h1></body></html>").reason is Reason.BLOCK_PAGE


@pytest.mark.parametrize(
    "page",
    [
        "<p>Please enable JavaScript to view this page.</p>",
        "<p>This site requires JavaScript.</p>",
        "<p>JavaScript is disabled in your browser.</p>",
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
        "<title>Just a moment...</title><p>Checking your browser.</p><noscript>x</noscript>",
    ],
)
def test_javascript_wall(page: str) -> None:
    assert read_page(f"<html>{page}</html>").reason is Reason.JAVASCRIPT_WALL


NOTICES = [
    "The article you asked for does not exist, or is no longer available.",
    "Sorry, that story could not be found.",
    "Story not found",
    "Page not found",
    "This article has been removed.",
    "No such article.",
    "We can't find the page you are looking for.",
]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("order", ["s t d f", "f", "b s t d f", "s t d b f"])
def test_no_such_article(notice: str, order: str) -> None:
    page = parts.page(WORDS, order=order).replace("<table>", f"<p>{notice}</p><table>")

    reading = read_page(page)

    assert reading.reason is Reason.NO_SUCH_ARTICLE
    assert len(reading.listings) == (len(listings_of(WORDS)) if "s" in order else 0)


@pytest.mark.parametrize("notice", NOTICES)
def test_no_such_article_without_the_sites_frame(notice: str) -> None:
    page = f"<html><head><title>{notice}</title></head><body><h1>Oops</h1></body></html>"

    assert read_page(page).reason is Reason.NO_SUCH_ARTICLE


@pytest.mark.parametrize("notice", NOTICES)
def test_an_article_may_say_that_something_does_not_exist(markup: Markup, notice: str) -> None:
    words = WORDS.but(body=(*WORDS.body, notice, LONG.strip()))
    page = markup(words)

    assert read_page(page).article is not None
    # And so may one that was cut off.
    cut = page[: page.index(e(notice)) + len(e(notice))]
    assert read_page(cut).reason is Reason.CUT_OFF


def test_not_an_article() -> None:
    page = parts.page(WORDS, order="s t d f")

    reading = read_page(page)

    assert reading.reason is Reason.NOT_AN_ARTICLE
    assert sorted(map(str, listings(reading))) == sorted(map(str, listings_of(WORDS)))


def test_another_page_is_no_wall_though_it_mentions_one() -> None:
    page = f"<html><p>{LONG}</p><p>{LONG}</p><noscript>Please enable JavaScript.</noscript></html>"

    assert read_page(page).reason is Reason.NOT_AN_ARTICLE


def test_no_breadcrumb(markup: Markup) -> None:
    page = markup(WORDS).replace("Home", "Start")

    assert read_page(page).reason is Reason.NO_BREADCRUMB


@pytest.mark.parametrize("place", ["<table>", "<p>“We"])
def test_no_breadcrumb_where_two_look_alike_and_no_title_decides(place: str) -> None:
    page = parts.page(WORDS).replace("<p>News | International</p>", "")
    with_another = page.replace(place, f"<p>Home > News > Sport</p>{place}")

    assert read_page(page).article is not None
    assert read_page(with_another).reason is Reason.NO_BREADCRUMB


def test_no_headline_where_there_is_no_text(markup: Markup) -> None:
    words = WORDS.but(headline="", description="", body=(), credit=None)

    assert read_page(markup(words)).reason is Reason.NO_HEADLINE


def test_no_standfirst(markup: Markup) -> None:
    words = WORDS.but(description="", body=(), credit=None)

    assert read_page(markup(words)).reason is Reason.NO_STANDFIRST


@pytest.mark.parametrize("name", MARKUPS)
def test_without_a_copyright_line_only_a_visible_date_line_closes_an_article(name: str) -> None:
    words = WORDS.but(body=(), credit=None, date_line="3 March 2025", day_printed="2025-03-03")

    found = article(read_page(without(MARKUPS[name](words), words.copyright)))

    if name == "unseen":
        assert found == {"reason": Reason.NO_COPYRIGHT}
    else:
        assert found == article_of(words) | {"copyright_holder": None}


def test_no_copyright(markup: Markup) -> None:
    page = without(markup(WORDS), WORDS.copyright)
    is_known_to_be_whole = WORDS.footer in page

    assert is_known_to_be_whole
    assert read_page(page).reason is Reason.NO_COPYRIGHT


def test_an_article_without_its_copyright_does_not_end_with_one_that_it_quotes(
    markup: Markup,
) -> None:
    words = WORDS.but(body=("© 1998 Gull & Sons", *WORDS.body))

    assert read_page(without(markup(words), words.copyright)).reason is Reason.NO_COPYRIGHT


def test_the_boxes_are_read_whatever_is_wrong_with_the_article(markup: Markup) -> None:
    page = markup(WORDS).replace("Home", "Start")

    assert sorted(map(str, listings(read_page(page)))) == sorted(map(str, listings_of(WORDS)))


PAGES = [markup(WORDS) for markup in MARKUPS.values()]
FRAGMENTS = [
    *(
        "<a href='/news/article.aspx?id=7'>",
        "</a>",
        "<p>",
        "<div class=ad>",
        "<pre>",
        "</td>",
        "<br>",
    ),
    *(
        "<!--",
        "<script>",
        "<figure>",
        "\0",
        "\ufffe",
        "\u2028",
        "&#0;",
        "&#xD800;",
        "<a href='http://['>",
    ),
    *("Home", " > ", "News", "Home > News > International", "News | International", "Today's News"),
    *(
        "Other International News",
        "Top Stories",
        "20 Aug: ",
        "National:",
        " 9:57",
        "More...",
        "RUGBY",
    ),
    *(
        "© 2025 TBU",
        "© 2025 New Zealand City Ltd",
        "(c)",
        "20 Aug 2025 10:13",
        WORDS.body[0],
        "text",
    ),
]


@given(st.binary(), st.text(), st.none() | st.text())
def test_no_bytes_are_too_much(body: bytes, url: str, content_type: str | None) -> None:
    reading = read_page(body, url, content_type=content_type or "")

    assert (reading.article is None) is (reading.reason is not None)


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=20), max_size=60).map("".join))
def test_no_text_is_too_much(page: str) -> None:
    reading = read_page(page.encode("utf-8", "replace"))

    assert (reading.article is None) is (reading.reason is not None)
    for listing in reading.listings:
        assert listing.url.endswith(f"id={listing.source_id}")


@given(
    page=st.sampled_from(PAGES),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 30), st.binary(max_size=8))),
)
def test_no_broken_page_is_too_much(page: str, changes: list[tuple[int, int, bytes]]) -> None:
    body = page.encode()
    for start, length, new in changes:
        body = body[:start] + new + body[start + length :]

    reading = read_page(body)

    assert (reading.article is None) is (reading.reason is not None)
