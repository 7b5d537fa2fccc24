"""Which article an address leads to."""

from random import Random
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.site import host_of
from newsbot.sites import DEFAULT

HOST = "https://news.example"
SITE = DEFAULT.at(f"{HOST}/news/")
article_id = SITE.article_id


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
def test_the_id_is_the_identity_whatever_is_around_it(path: str) -> None:
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
    assert article_id(SITE.article_url(str(number))) == str(number)


@given(st.text())
def test_no_address_is_too_much(url: str) -> None:
    article_id(url)
    host_of(url)


@pytest.mark.parametrize("host", ["home", "s7", "s10", "chart", "images", "HOME"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("spelling", ["{}", "me@{}", "me:pw@{}", "{}.", "{}:{port}", "{}:"])
def test_every_host_and_spelling_leads_to_the_canonical_address(
    host: str, scheme: str, spelling: str
) -> None:
    netloc = spelling.format(f"{host}.nzcity.co.nz", port={"http": 80, "https": 443}[scheme])
    source_id = DEFAULT.article_id(f"{scheme}://{netloc}/News/article.aspx?cat=978&fm=x&ID=5#top")

    assert source_id == "5"
    assert DEFAULT.article_url(source_id) == "https://home.nzcity.co.nz/news/article.aspx?id=5"


@pytest.mark.parametrize(
    "host",
    [
        *("nzcity.co.nz", "home.nzcity.co.nz.evil.example", "home.nzcity.co.nz:8080"),
        *("home.nzcity.co.nz@evil.example", "evil.example", "xhome.nzcity.co.nz"),
    ],
)
def test_no_other_host_is_the_sites(host: str) -> None:
    assert DEFAULT.article_id(f"https://{host}/news/article.aspx?id=5") is None


@pytest.mark.parametrize("start", ["https://s7.nzcity.co.nz:443/", "http://HOME.nzcity.co.nz./"])
def test_a_start_on_another_of_the_sites_hosts_changes_no_address(start: str) -> None:
    assert DEFAULT.at(start).article_url("5") == DEFAULT.article_url("5")


def test_a_replica_takes_the_place_of_the_site() -> None:
    replica = DEFAULT.at("http://me@127.0.0.1:8000/news/")

    assert replica.article_url("5") == "http://127.0.0.1:8000/news/article.aspx?id=5"
    assert replica.article_id("https://s10.nzcity.co.nz/news/article.aspx?id=5") == "5"
    assert replica.may_ask("http://127.0.0.1:8000/x")
    assert not replica.may_ask("https://home.nzcity.co.nz/news/")
    assert DEFAULT.may_ask("http://s7.nzcity.co.nz/news/")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://NEWS.example:80/b", "news.example"),
        ("https://news.example:443/", "news.example"),
        ("https://news.example:80/", "news.example:80"),
        ("http://me@127.0.0.1:8000/x", "127.0.0.1:8000"),
        ("http://[::1]:8000/", "[::1]:8000"),
        ("https://news.example./", "news.example"),
        ("/news/", None),
        ("http:///x", None),
        ("ftp://news.example/", None),
        ("http://news.example:port/", None),
    ],
)
def test_hosts_have_one_form(url: str, host: str | None) -> None:
    assert host_of(url) == host
