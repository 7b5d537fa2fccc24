"""Which article an address leads to."""

from random import Random
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.html.addresses import article_id, article_url, same_host

HOST = "https://news.example"


@pytest.mark.parametrize(
    "path",
    [
        "/news/article.aspx?id=433912",
        "/news/article.aspx?id=433912&fm=psp,tsp",
        "/news/article.aspx?fm=psp%2Ctsp&id=433912",
        "/News/Article.ASPX?ID=433912",
        "/news/article.aspx?Id=433912#top",
        "/news/article.aspx?id=433912&id=5",
        "/news/article.aspx?%69d=%34%333912",
        "/news/article.aspx?id=+433912",
        "/news/article.aspx?id=000433912",
        "/article.aspx?x=1&&id=433912&",
    ],
)
def test_the_id_is_the_identity_whatever_stands_around_it(path: str) -> None:
    assert article_id(HOST + path) == "433912"


@pytest.mark.parametrize(
    "url",
    [
        "",
        HOST,
        f"{HOST}/news/",
        f"{HOST}/news/article.aspx",
        f"{HOST}/news/article.aspx?",
        f"{HOST}/news/article.aspx?id=",
        f"{HOST}/news/article.aspx?id=0",
        f"{HOST}/news/article.aspx?id=-5",
        f"{HOST}/news/article.aspx?id=12x",
        f"{HOST}/news/article.aspx?id=4.5",
        f"{HOST}/news/article.aspx?id=４３",
        f"{HOST}/news/article.aspx?id=9999999999999999999",
        f"{HOST}/news/article.aspx?no=433912",
        f"{HOST}/news/article.aspx#id=433912",
        f"{HOST}/news/section.aspx?id=433912",
        f"{HOST}/news/article.aspx.bak?id=433912",
        "/news/article.aspx?id=433912",
        "javascript:article.aspx?id=433912",
        "ftp://news.example/article.aspx?id=433912",
        "http://[broken/article.aspx?id=433912",
    ],
)
def test_what_leads_to_no_article(url: str) -> None:
    assert article_id(url) is None


@given(
    number=st.integers(1, 10**18 - 1),
    extra=st.dictionaries(
        st.text(min_size=1).filter(lambda name: name.strip().casefold() != "id"), st.text()
    ),
    spelling=st.sampled_from(["id", "ID", "Id", "iD"]),
    page=st.sampled_from(["article.aspx", "Article.aspx", "ARTICLE.ASPX"]),
    random=st.randoms(use_true_random=False),
)
@settings(deadline=None)
def test_case_order_tracking_and_fragment_change_nothing(
    number: int,
    extra: dict[str, str],
    spelling: str,
    page: str,
    random: Random,
) -> None:
    parameters = [(spelling, str(number)), *extra.items()]
    random.shuffle(parameters)
    url = f"{HOST}/news/{page}?{urlencode(parameters)}#id={random.random()}"

    assert article_id(url) == str(number)
    assert article_id(article_url(url, str(number))) == str(number)


@given(st.text())
def test_no_address_is_too_much(url: str) -> None:
    article_id(url)
    same_host(url, HOST)
    same_host(HOST, url)


def test_an_articles_address_bears_its_id_and_no_tracking() -> None:
    url = f"{HOST}:8080/News/Article.aspx?fm=psp&ID=0005#top"

    assert article_url(url, "5") == f"{HOST}:8080/News/Article.aspx?id=5"


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://news.example/a", "http://NEWS.example:80/b", True),
        ("https://news.example:443/", "https://news.example", True),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/x", True),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8001/", False),
        ("https://news.example/", "https://www.news.example/", False),
        ("https://news.example/", "https://news.example.evil.example/", False),
        ("https://news.example/", "https://news.example@evil.example/", False),
        ("/news/", "/news/", False),
        ("http:///x", "http:///x", False),
        ("ftp://news.example/", "ftp://news.example/", False),
        ("http://news.example:port/", "http://news.example:port/", False),
    ],
)
def test_same_host(url: str, other: str, same: bool) -> None:
    assert same_host(url, other) is same
