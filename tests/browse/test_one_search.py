"""The shell, the search page and Datasette's own search box find the same for the same words."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from newsbot.cli import newsbot
from tests.helpers.browsing import Browser
from tests.helpers.crawling import Archive

FOUND = """
ferry
FERRY
ferr*
FERR*
ferry crews
"ferry crews"
"ferry crew"*
crews ferry
"crews ferry"
ferry AND harbour
ferry OR harbour
ferry NOT harbour
ferry AND NOT harbour
(ferry OR harbour) police
ferry OR harbour police
police (ferry OR harbour) NOT court
police NOT (ferry OR harbour)
budget OR library OR whangarei
whangarei
Whangārei
WHANGĀREI
whanga*
Ōtāhuhu
otahuhu
"ferry crews
ferry"
ferry "" crews
he said "harbour
harbour)
(harbour
((harbour) police
harbour ()
ferry-crews
"harbour bridge"
harb* bri*
and
or
not
"AND"
minister's
Minister’s
$8.9 million
headline:ferry
ferry^2
-ferry
+ferry
NEAR(ferry harbour)
{ferry harbour}
zeppelin
ferry; DROP TABLE articles
100%
pāua trial
""".strip().splitlines()

REFUSED = ["ferry AND", "AND ferry", "NOT ferry", "ferry OR OR harbour", "f*", '""', "()", "!?"]


@pytest.fixture(scope="module")
def browser(demo: Archive) -> Iterator[Browser]:
    with Browser(demo.path) as browser:
        yield browser


def by_shell(demo: Archive, words: str) -> list[str]:
    arguments = ["search", "--json", "--limit", "1000", "--database", demo.url, "--", words]
    result = CliRunner().invoke(newsbot, arguments)
    assert result.exit_code == 0, result.output
    return [hit["identifier"] for hit in json.loads(result.stdout)] if result.stdout else []


def by_page(browser: Browser, words: str) -> list[str]:
    ids: list[str] = []
    for page in range(1, 10):
        tree = browser.tree(address("/search", q=words, page=str(page)))
        ids += [each.rpartition("/")[2] for each in tree.xpath("//a[@class='headline']/@href")]
        if not tree.xpath("//a[@rel='next']"):
            break
    return ids


def address(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}"


def test_there_are_fifty() -> None:
    assert len(FOUND) >= 50


@pytest.mark.parametrize("words", FOUND)
def test_the_same_words_find_the_same_stories(demo: Archive, browser: Browser, words: str) -> None:
    ids = by_shell(demo, words)

    assert by_page(browser, words) == ids
    table = address(
        "/newsbot/articles.json", _search=words, _shape="array", _size="max", _col="source_id"
    )
    assert {row["source_id"] for row in browser.get(table).json()} == set(ids)


def test_the_queries_tell_something(demo: Archive) -> None:
    numbers = {words: len(by_shell(demo, words)) for words in FOUND}

    assert sum(number > 0 for number in numbers.values()) > 35
    assert numbers["ferr*"] >= numbers["ferry"] > numbers["ferry AND harbour"] > 0
    assert numbers["whangarei"] == numbers["WHANGĀREI"] > 0
    assert numbers["ferry NOT harbour"] + numbers["ferry AND harbour"] == numbers["ferry"]


@pytest.mark.parametrize("words", REFUSED)
def test_what_one_refuses_all_refuse_with_the_same_sentence(
    demo: Archive, browser: Browser, words: str
) -> None:
    result = CliRunner().invoke(newsbot, ["search", "--database", demo.url, "--", words])
    sentence = result.stderr.splitlines()[-1].partition("WORDS: ")[2]

    assert result.exit_code == 2
    assert sentence.endswith(".")
    for path in (
        address("/search", q=words),
        address("/newsbot/articles.json", _search=words),
        address("/feed.atom", q=words),
        address("/attention", q=words),
    ):
        answer = browser.get(path)
        assert answer.status_code == 400, path
        assert sentence[:20] in answer.text.replace("&#34;", '"'), path
