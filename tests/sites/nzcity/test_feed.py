"""A section's feed: ids, titles and exact times, whatever else the file holds."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.items import Date, Listing, ListKind, NewsList, Precision, Reason
from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT as SITE
from tests.pages.markups import MARKUPS
from tests.pages.words import Words

FEED = "http://channels.nzcity.co.nz/rss/news.aspx?catid=978"
NOW = datetime(2026, 5, 10, 20, 30, tzinfo=UTC)
POLITICS = NewsList(ListKind.FEED, "Politics feed", "Politics")
LINK = "http://home.nzcity.co.nz/news/article.aspx?id={}&amp;ref=rss"
DATE = "Sun, 10 May 2026 20:07:05 GMT"
AT = Date(datetime(2026, 5, 10, 20, 7, 5, tzinfo=UTC), Precision.MINUTE)


def answer(body: str | bytes, url: str = FEED, content_type: str = "text/xml") -> Answer:
    said = body.encode() if isinstance(body, str) else body
    return Answer("nzcity", None, url, url, 200, said, NOW, content_type=content_type)


def read(body: str | bytes, url: str = FEED, content_type: str = "text/xml") -> Reading:
    return SITE.read(answer(body, url, content_type))


def item(id_: int = 445566, title: str = "Boats", date: str = DATE, link: str = LINK) -> str:
    return (
        f"<item><title>{title}</title><description>A standfirst.</description>"
        f"<link>{link.format(id_)}</link><pubDate>{date}</pubDate></item>"
    )


def feed(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>NZCity</title>'
        "<link>http://home.nzcity.co.nz/</link><ttl>10</ttl>"
        f"<lastBuildDate>{DATE}</lastBuildDate>{''.join(items)}</channel></rss>"
    )


def listing(id_: int = 445566, title: str = "Boats", date: Date = AT) -> Listing:
    url = f"https://home.nzcity.co.nz/news/article.aspx?id={id_}"
    return Listing(str(id_), url, POLITICS, None, title, date)


def test_items_are_listed_in_their_order_with_their_times() -> None:
    earlier = "Sun, 10 May 2026 07:12:41 GMT"
    at = Date(datetime(2026, 5, 10, 7, 12, 41, tzinfo=UTC), Precision.MINUTE)

    reading = read(feed(item(445544), item(445546, "Ferries", earlier)))

    assert reading.listings == [listing(445544), listing(445546, "Ferries", at)]
    assert reading.boxes == [POLITICS]
    assert reading.article is None
    assert reading.reason is Reason.NOT_AN_ARTICLE
    assert reading.unlinked == []


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("R&amp;B &lt;live&gt;", "R&B <live>"),
        ("Caf&eacute; &ndash; &#8220;open&#8221;", "Café – “open”"),
        ("<![CDATA[R&B <b>live</b>]]>", "R&B <b>live</b>"),
        ("<![CDATA[Boats]]> &amp; ferries", "Boats & ferries"),
        ("\n   Boats\n  sail ", "Boats sail"),
        ("", ""),
        ("Whang&#257;rei’s “clock”", "Whangārei’s “clock”"),
        ("Boats &nosuch; ferries", "Boats &nosuch; ferries"),
        ("<![CDATA[Caf&eacute;]]>", "Caf&eacute;"),
        ("<![CDATA[a </item> b]]>", "a </item> b"),
        ("Boats\x0b and\x1b \uffffferries", "Boats and ferries"),
        ("Boats &#11;&#x1b;ferries", "Boats ferries"),
        pytest.param(f"&#{'9' * 5_000};", f"&#{'9' * 5_000};", id="a number of 5,000 digits"),
        ("R & B", "R & B"),
        ("AT&T", "AT&T"),
    ],
)
def test_titles(source: str, title: str | None) -> None:
    (found,) = read(feed(item(title=source))).listings

    if title is not None:
        assert found.title == title
    assert found.source_id == "445566"
    assert found.date_listed == AT


@pytest.mark.parametrize(
    "link",
    [
        "<![CDATA[http://home.nzcity.co.nz/news/article.aspx?id={}&ref=rss]]>",
        "\n http://home.nzcity.co.nz/news/article.aspx?ref=rss&amp;ID={} \n",
        "https://s7.nzcity.co.nz/News/Article.aspx?cat=978&amp;id={}#top",
        "http://home.nzcity.co.nz:80/news/article.aspx?id={}",
    ],
)
def test_links(link: str) -> None:
    assert read(feed(item(link=link))).listings == [listing()]


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://channels.nzcity.co.nz/",
        "https://evil.example/news/article.aspx?id={}",
        "http://home.nzcity.co.nz@evil.example/news/article.aspx?id={}",
        "javascript:article.aspx?id={}",
        "http://home.nzcity.co.nz/news/default.aspx?cat=978",
    ],
)
def test_what_leads_to_no_article_of_the_site_is_told_apart(link: str) -> None:
    reading = read(feed(item(link=link, title="Elsewhere"), item()))

    assert reading.listings == [listing()]
    assert reading.unlinked == ["Elsewhere"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 11 May 2026 08:07:05 +1200", AT),
        ("10 May 2026 20:07:05 GMT", AT),
        ("<![CDATA[ Sun, 10 May 2026 20:07:05 GMT ]]>", AT),
        ("", Date()),
        ("yesterday", Date()),
        ("Sun, 31 Feb 2026 20:07:05 GMT", Date()),
        ("Mon, 01 Jan 0001 00:00:00 GMT", Date()),
        ("Sun, 10 May 99999 20:07:05 GMT", Date()),
    ],
)
def test_dates(text: str, date: Date) -> None:
    assert read(feed(item(date=text))).listings == [listing(date=date)]


def test_elements_come_in_any_order_and_more_may_be_there() -> None:
    body = feed(
        f"<item><guid>x</guid><pubDate>{DATE}</pubDate><category>Politics</category>"
        f"<media:thumbnail xmlns:media='m' url='x'/><link>{LINK.format(445566)}</link>"
        "<description><![CDATA[<p>A <b>standfirst</b>.</p>]]></description>"
        "<title>Boats</title></item>"
    )

    assert read(body).listings == [listing()]


def test_an_item_may_lack_its_title_or_its_date() -> None:
    link = LINK.format(445566)

    assert read(feed(f"<item><link>{link}</link></item>")).listings == [
        listing(title="", date=Date())
    ]


SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "white space first": lambda text: f"\r\n  {text}".encode(),
    "no declaration": lambda text: text.partition("?>")[2].encode(),
    "a comment": lambda text: text.replace("?>", "?><!-- 12 ms -->").encode(),
    "Latin 1": lambda text: text.replace("utf-8", "iso-8859-1").encode("latin-1"),
    "a style sheet": lambda text: text.replace("?>", "?><?xml-stylesheet href='x'?>").encode(),
    "UTF-8 that is declared as Latin 1": lambda text: text.replace("utf-8", "iso-8859-1").encode(),
    "Latin 1 that is declared as UTF-8": lambda text: text.encode("latin-1"),
    "UTF-16": lambda text: text.replace("utf-8", "utf-16").encode("utf-16"),
    "UTF-16 that is declared as UTF-8": lambda text: text.encode("utf-16-le"),
    "no known charset": lambda text: text.replace("utf-8", "x-none").encode(),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("content_type", ["text/xml", "application/rss+xml", "text/html", ""])
def test_spellings(spell: Callable[[str], bytes], content_type: str) -> None:
    reading = read(spell(feed(item(title="Café"))), content_type=content_type)

    assert reading.listings == [listing(title="Café")]


def test_a_feed_without_items_is_a_feed() -> None:
    reading = read(feed())

    assert (reading.listings, reading.boxes) == ([], [POLITICS])


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><body><h1>Sorry</h1><p>No feeds today.</p></body></html>",
        "<html><head><title>Home > News > Politics</title></head><body>x</body></html>",
        '{"items": []}',
        "Not found",
        "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed>",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08\x00",
        "<",
    ],
)
def test_what_is_no_feed_lists_nothing(body: str | bytes) -> None:
    reading = read(body)

    assert reading.reason is Reason.NOT_A_FEED
    assert (reading.listings, reading.boxes) == ([], [])


def test_ten_thousand_items_are_no_feed_of_the_site() -> None:
    reading = read(feed(*map(item, range(1, 10_001))))

    assert reading.reason is Reason.TOO_LARGE
    assert (reading.listings, reading.boxes) == ([], [])


def test_entities_are_not_expanded_and_no_file_is_read() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    declared = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{lol}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = feed(item(title="&l8;&f;")).replace("<rss", f"{declared}<rss")

    for found in read(body).listings:
        assert "lol" not in found.title
        assert "root" not in found.title


def test_a_feed_that_was_cut_off_lists_its_whole_items_and_says_so() -> None:
    items = [item(445_566), item(445_544, "<![CDATA[a </item> b]]>")]
    body = feed(*items)
    ends = [body.index(each) + len(each) for each in items]

    for cut in range(body.index("<channel>"), body.index("</rss")):
        reading = read(body[:cut])
        whole = ["445566", "445544"][: sum(end <= cut for end in ends)]
        assert [x.source_id for x in reading.listings] == whole, body[:cut]
        assert reading.reason is Reason.CUT_OFF, body[:cut]


def test_half_an_id_behind_an_end_tag_that_is_text_is_not_read() -> None:
    end = "<item><title><![CDATA[</item>]]></title><link>http://home.nzcity.co.nz/news/article.aspx?id=44"

    reading = read(feed(item()).partition("</channel>")[0] + end)

    assert reading.listings == [listing()]
    assert reading.reason is Reason.CUT_OFF


def test_the_largest_feed_is_read_whole() -> None:
    reading = read(feed(*map(item, range(1, 1_001))))

    assert len(reading.listings) == 1_000


@pytest.mark.parametrize("content_type", ["text/html", "text/xml"])
def test_a_page_in_place_of_a_feed_is_not_read_as_a_page(content_type: str) -> None:
    page = MARKUPS["tables"](Words())

    assert SITE.read(answer(page, content_type=content_type)).reason is Reason.NOT_A_FEED


@pytest.mark.parametrize(
    ("cat", "name"), [(1032, "International"), (989, "Rugby League"), (1043, "Local Politics")]
)
def test_a_feed_is_named_for_its_section(cat: int, name: str) -> None:
    url = SITE.feed_url(cat)
    assert url is not None

    (found,) = read(feed(item()), url).listings

    assert found.news_list == (ListKind.FEED, f"{name} feed", name)


def test_an_article_is_not_read_as_a_feed() -> None:
    page = "<html><body><p>&lt;rss&gt; is 27</p></body></html>"

    assert read(page, "https://home.nzcity.co.nz/news/article.aspx?id=5").boxes == []


@given(
    st.lists(
        st.sampled_from(
            [
                *"<>&;]'\"",
                "<item>",
                "</item>",
                item(),
                "<![CDATA[",
                "]]>",
                "&x;",
                "<link>",
                "\0",
                "￾",
                "<rss>",
                "<channel>",
            ]
        )
    ).map("".join)
)
def test_no_feed_is_too_much(body: str) -> None:
    for text in (body, f"<rss><channel>{body}", feed(body)):
        reading = read(text)

        assert reading.article is None
        assert reading.reason is not None
