"""HTML to lines as a reader sees them."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.html.blocks import MAX_DEPTH, Block, TooDeepError, read_document

URL = "https://news.example/news/article.aspx?id=1000"
LONG = "Words that go on for a while. " * 40


def blocks(markup: str, url: str = URL) -> list[Block]:
    return read_document(markup, url).blocks


def lines(markup: str) -> list[str]:
    return [block.text for block in blocks(markup)]


@pytest.mark.parametrize("tag", "p div li td th dt dd h1 caption legend center pre section".split())
def test_a_block_level_tag_starts_a_line_and_ends_one(tag: str) -> None:
    assert lines(f"<div>before<{tag}>inside</{tag}>after</div>") == ["before", "inside", "after"]


@pytest.mark.parametrize("tag", "b i a font span em strong nobr time ins x-word".split())
def test_an_inline_tag_does_not(tag: str) -> None:
    assert lines(f"<p>one <{tag}>word</{tag}>s more</p>") == ["one words more"]


def test_a_span_that_is_shown_as_a_block_is_a_line() -> None:
    assert lines('<p>one<span style="color:red;DISPLAY : block">two</span>three') == [
        "one",
        "two",
        "three",
    ]


def test_unclosed_tags_end_where_the_next_line_starts() -> None:
    assert lines("<TABLE><TR><TD>one<TD>two<TR><TD><P>three<P>four<UL><LI>five<LI>six") == [
        *("one", "two", "three", "four", "five", "six")
    ]


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>document.write('<p>no</p>')</script>",
        "<style>p { color: red }</style>",
        "<!-- <p>no</p> -->",
        "<!--[if IE]><p>no</p><![endif]-->",
        "<noscript>no</noscript>",
        "<iframe>no</iframe>",
        "<select><option>no</option></select>",
        "<button>no</button>",
        "<textarea>no</textarea>",
        '<span style="display: none">no</span>',
        '<span style="visibility:hidden"><b>no</b></span>',
        "<span hidden>no</span>",
        '<ins class="adsbygoogle">no</ins>',
        '<span id="div-gpt-ad-77">no</span>',
        '<span class="box advertisement">no</span>',
    ],
)
def test_what_is_not_shown_is_not_read(unseen: str) -> None:
    assert lines(f"<p>seen {unseen} too</p><p>{LONG}</p>")[0] == "seen too"


@pytest.mark.parametrize("name", ["has-ads", "ad-free", "no_ads", "address", "admin", "ready"])
def test_a_name_that_only_sounds_like_an_ad_is_read(name: str) -> None:
    assert lines(f'<p class="{name}">seen</p><p>{LONG}</p>')[0] == "seen"


@pytest.mark.parametrize(
    "wrapper", ['<div class="ad">{}</div>', '<div id="ads-layout">{}</div>', '<body class="ad">{}']
)
def test_what_holds_the_page_is_no_ad_whatever_it_is_called(wrapper: str) -> None:
    page = f"<p>{LONG}</p><p class='ad'>Buy!</p><p>short</p>"

    assert lines(wrapper.format(page)) == [LONG.strip(), "short"]
    assert lines(wrapper.format("<p>A page of few words</p>")) == ["A page of few words"]


def test_a_body_is_read_though_it_waits_for_a_script_to_show_it() -> None:
    assert lines('<body style="display:none"><p>seen') == ["seen"]


def test_space_is_single_and_what_has_no_width_is_gone() -> None:
    assert lines("<p>\r\n a&nbsp;&nbsp;b\t\u2003c \u200bd stri&shy;ke &#8203; end\ufeff </p>") == [
        "a b c d strike end"
    ]


def test_entities_are_characters() -> None:
    assert lines("<p>R&amp;B &lt;live&gt; &ldquo;x&#8221; &#150; &copy 2025 &amacr; &#x92;") == [
        "R&B <live> “x” – © 2025 ā ’"
    ]


def test_lines_of_preformatted_text_are_lines() -> None:
    read = blocks("<pre>one\ntwo <b>is\nthree</b>\n\nfour</pre><p>not\nhere</p>")

    assert [block.text for block in read] == ["one", "two is", "three", "four", "not here"]
    assert [block.starts_paragraph for block in read] == [True, False, False, True, True]


def test_only_a_single_break_does_not_start_a_paragraph() -> None:
    read = blocks("<div>one<br>two<br/>\n<br>three<p>four</p>five<br><i></i><br>six")

    assert [block.starts_paragraph for block in read] == [True, False, True, True, True, True]


def test_a_link_is_its_text_and_where_it_leads() -> None:
    (block,) = blocks('<p>20 Aug: <a href=" /a?x=1 ">The <b>title</b></a> and <a href="b">more</a>')

    assert [(link.text, link.url) for link in block.links] == [
        ("The title", "https://news.example/a?x=1"),
        ("more", "https://news.example/news/b"),
    ]


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("article.aspx?id=7", "https://news.example/news/article.aspx?id=7"),
        ("?id=7", "https://news.example/news/article.aspx?id=7"),
        ("//other.example/x", "https://other.example/x"),
        ("../sport/", "https://news.example/sport/"),
        ("#", "https://news.example/news/article.aspx"),
        ("", "https://news.example/news/article.aspx"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_links_are_absolute_and_a_bare_hash_does_not_lead_to_the_page(href: str, url: str) -> None:
    (block,) = blocks(f'<p><a href="{href}">text</a>')

    assert block.links[0].url == url


def test_links_start_from_the_base_that_the_page_names() -> None:
    page = '<head><base href="/old/index.aspx?id=3"></head><p><a href="article.aspx?id=7">text</a>'

    assert blocks(page)[0].links[0].url == "https://news.example/old/article.aspx?id=7"


def test_a_link_around_lines_is_a_link_in_each() -> None:
    read = blocks('<a href="/x"><div>one</div><div>two</div></a><div>three</div>')

    assert [[link.text for link in block.links] for block in read] == [["one"], ["two"], []]


def test_a_link_that_has_lines_inside_and_no_text_beside_it_is_apart_from_the_next() -> None:
    cards = "".join(f'<a href="/{each}"><b>{each}:</b><br>text</a>' for each in ("one", "two"))

    assert lines(f"<p>{cards}</p>") == ["one:", "text", "two:", "text"]


@pytest.mark.parametrize(
    "line", ["see <a>this<br>page</a>, please", "<a>see this<br>page</a>, please"]
)
def test_a_link_with_text_beside_it_is_of_its_line(line: str) -> None:
    assert lines(f"<p>{line}</p>") == ["see this", "page, please"]


def test_a_link_that_is_not_closed_ends_where_the_next_one_starts() -> None:
    read = blocks('<li>a <a href="/1">one<li>b <a href="/2">two</a> three')

    assert [(link.text, link.href) for link in read[1].links] == [("b", "/1"), ("two", "/2")]


def test_a_link_without_address_or_text_is_none() -> None:
    (block,) = blocks('<p><a name="top">text</a> <a href="/x"><img src="y"></a> more')

    assert block.links == ()


def test_images_lend_their_alternative_text_to_the_next_line() -> None:
    read = blocks(
        '<img alt="LOGO"><img alt=" "><p><img alt="A  dog">one</p><p>two</p><img alt="x">'
    )

    assert [block.alts for block in read] == [("LOGO", "A dog"), ()]


def test_captions_are_marked() -> None:
    read = blocks("<figure><img><figcaption>Boats</figcaption></figure><p>text</p>")

    assert [(block.text, block.in_figure) for block in read] == [("Boats", True), ("text", False)]


def test_the_title_is_not_a_line() -> None:
    document = read_document("<title>News |\n A &amp; B</title><svg><title>no</title></svg>x", URL)

    assert document.title == "News | A & B"
    assert [block.text for block in document.blocks] == ["x"]


@pytest.mark.parametrize("tag", ["div", "b"])
def test_text_that_the_parser_would_drop_is_not_dropped_in_silence(tag: str) -> None:
    deep = MAX_DEPTH - 10

    assert lines(f"<{tag}>" * deep + "deep") == ["deep"]
    with pytest.raises(TooDeepError):
        lines(f"<{tag}>" * (MAX_DEPTH + 1) + "deeper")


@pytest.mark.parametrize("markup", ["", " ", "<!-- -->", "<html>", "<p></p>", "\0"])
def test_a_page_without_text_has_no_lines(markup: str) -> None:
    assert lines(markup) == []


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1))
def test_words_come_back_as_they_are(words: list[str]) -> None:
    assert lines(f"<p>{html.escape(' '.join(words))}</p>") == [" ".join(words)]


@given(st.text())
def test_a_line_is_never_empty_and_never_holds_two_spaces(markup: str) -> None:
    for line in lines(markup):
        assert line == " ".join(line.split()) != ""


def test_links_around_nothing_on_lines_of_their_own_belong_to_the_line_before() -> None:
    read = blocks(
        "<p>one</p><a href=a></a><br><a href=b></a><br><a href=c></a><p>two</p><a href=d>"
    )

    assert [(block.text, [link.href for link in block.links]) for block in read] == [
        ("one", ["a", "b", "c"]),
        ("two", ["d"]),
    ]
