"""What `newsbot check` asks for, and how it judges the answers; on a made-up site too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from newsbot.crawl.check import PLAN, Look, Looks, What
from newsbot.crawl.findings import Finding, Verdict, findings
from newsbot.html.answers import pages, read_answer
from newsbot.items import Article, Ask, Date, Listing, ListKind, NewsList, Page, Precision, Reason
from newsbot.site import Answer, Expected, Reading, Site
from newsbot.sites import DEFAULT
from newsbot.store.budget import Budget, KeptRobotsTxt
from tests.helpers import toy_site

NOW = datetime(2025, 8, 20, 0, 0, tzinfo=UTC)
HTTP_NOW = "Wed, 20 Aug 2025 00:00:00 GMT"
YES, NO, UNSEEN = Verdict.AS_EXPECTED, Verdict.DIFFERS, Verdict.NOT_SEEN
SITE = replace(
    DEFAULT,
    expected=Expected(
        entries={ListKind.TODAY: range(1, 4), ListKind.SECTION: range(2, 3)},
        dates={ListKind.TODAY: Precision.MINUTE, ListKind.FEED: Precision.MINUTE},
        has_date_line=True,
        has_clock=True,
        in_section="&cat={cat}",
        minutes="27",
        articles_a_day=10,
        expires=True,
    ),
)
TODAY = NewsList(ListKind.TODAY, "Latest")
RUGBY_BOX = NewsList(ListKind.SECTION, "Other Rugby News", "Rugby")
POLITICS_BOX = NewsList(ListKind.SECTION, "Other Politics News", "Politics")
RUGBY, POLITICS = 995, 978
URL = SITE.article_url("5000")


def listed(
    source_id: int,
    news_list: NewsList = TODAY,
    category: str | None = "Rugby",
    ago: timedelta | None = timedelta(minutes=8),
    precision: Precision = Precision.MINUTE,
) -> Listing:
    date = Date() if ago is None else Date(NOW - ago, precision)
    number = str(source_id)
    return Listing(number, SITE.article_url(number), news_list, category, "T", date)


def story(
    section: str = "Rugby", *, day: str | None = "2025-08-20", headline: str = "H"
) -> Article:
    return Article(headline, "D", "B", section, section, day_printed=day, copyright_holder="ABC")


def look(
    what: What,
    url: str = URL,
    article: Article | None = None,
    listings: Sequence[Listing] = (),
    reason: str | None = Reason.NOT_AN_ARTICLE,
    *,
    status: int = 200,
    page_time: datetime | None = NOW,
    date: str = HTTP_NOW,
    refused: int = 0,
) -> Look:
    ask = Ask(SITE.article_id(url), url)
    answer = Answer(SITE.name, ask.source_id, url, url, status, b"", NOW, date)
    boxes = list(dict.fromkeys(each.news_list for each in listings))
    reading = Reading(article=article, listings=list(listings), boxes=boxes, page_time=page_time)
    page = Page(SITE.name, ask.source_id, url, NOW, status, article)
    page.reason = None if article else reason
    headers = {"Date": date} if date else {}
    return Look(what, ask, answer, reading, page, headers, "10.0.0.1", refused)


def lost(
    what: What, url: str = URL, failure: str = "no answer in time", *, sent: bool = True
) -> Look:
    return Look(what, Ask(SITE.article_id(url), url), failure=failure, was_sent=sent)


def nothing_below(heading: NewsList) -> Look:
    found = look(What.START)
    assert found.reading
    found.reading.empty = [heading]
    return found


def seen(*looks: Look, site: Site = SITE, robots: Sequence[KeptRobotsTxt] = ()) -> Looks:
    return Looks(site, NOW, list(looks), list(robots))


def found(
    about: str, *looks: Look, robots: Sequence[KeptRobotsTxt] = (), limit: int = 14
) -> Finding:
    judged = findings(seen(*looks, robots=robots), Budget(limit, 300))
    [finding] = [each for each in judged if each.about == about]
    return finding


def choice(what: What, *looks: Look, site: Site = SITE) -> str | None:
    choose = next(choose for each, choose in PLAN if each is what)
    return choose(seen(*looks, site=site))


START = look(
    What.START,
    SITE.start_url,
    listings=[
        listed(5001),
        listed(5000),
        listed(4990, category="Politics"),
        listed(4980, POLITICS_BOX, None, timedelta(days=2), Precision.DAY),
    ],
)
OWN = look(What.ARTICLE, SITE.article_url("5001"), story())


def test_the_start_page_is_asked_for_first() -> None:
    assert choice(What.START) == SITE.start_url


def test_each_article_is_of_another_section_as_long_as_there_is_one() -> None:
    asked = [START]
    for _ in range(3):
        url = choice(What.ARTICLE, *asked)
        assert url is not None
        asked.append(look(What.ARTICLE, url))

    assert [each.ask.source_id for each in asked[1:]] == ["5001", "4990", "5000"]
    assert choice(What.ARTICLE, look(What.START)) is None


def test_an_article_is_shown_in_a_section_of_another() -> None:
    other = look(What.ARTICLE, SITE.article_url("4990"), story("Politics"))

    assert choice(What.FOREIGN, START, OWN, other) == f"{OWN.ask.url}&cat={POLITICS}"
    assert choice(What.FOREIGN, START, lost(What.ARTICLE)) is None
    assert choice(What.FOREIGN, START, OWN, site=replace(SITE, expected=Expected())) is None


@pytest.mark.parametrize(
    ("oldest", "page"),
    [(timedelta(days=1), 15), (timedelta(days=5), 2), (timedelta(days=60), 1), (timedelta(0), 15)],
)
def test_a_section_page_reaches_back_more_than_a_month(oldest: timedelta, page: int) -> None:
    """Of two entries in so long a time; a page holds ten."""
    dated = [listed(n, RUGBY_BOX, None, oldest, Precision.DAY) for n in (1, 2)]
    many = [listed(n, RUGBY_BOX, None, oldest, Precision.DAY) for n in range(40)]
    entries = many if oldest < timedelta(days=2) else dated

    found = choice(What.SECTION_PAGE, look(What.START, listings=entries))

    assert found == SITE.section_url(RUGBY, page)


def test_a_feed_is_that_of_a_section_of_an_article() -> None:
    assert choice(What.FEED, START, OWN) == SITE.feed_url(RUGBY)
    assert choice(What.FEED, START, OWN, site=replace(SITE, rss_url="")) is None


def test_an_id_that_does_not_exist_is_far_from_all_others() -> None:
    mistake = look(What.START, listings=[listed(n) for n in (4998, 4999, 5000, 50_000_000)])

    assert choice(What.UNKNOWN, mistake) == SITE.article_url("1005000")
    assert choice(What.UNKNOWN, look(What.START)) is None


def test_an_old_article_is_the_newest_of_those_that_are_old() -> None:
    days = [listed(n, RUGBY_BOX, None, timedelta(days=n)) for n in (20, 32, 50)]

    assert choice(What.OLD, look(What.START, listings=days)) == SITE.article_url("32")


def test_without_an_old_one_in_a_list_it_is_one_of_a_far_lower_id() -> None:
    assert choice(What.OLD, START) == SITE.article_url(str(5001 - 465))
    assert choice(What.OLD, look(What.START, listings=[listed(400)])) is None


@pytest.mark.parametrize(
    ("about", "looks", "verdict"),
    [
        ("articles", [OWN, OWN], YES),
        ("articles", [OWN, look(What.ARTICLE)], NO),
        ("articles", [OWN, lost(What.ARTICLE)], NO),
        ("articles", [], UNSEEN),
        ("time in a page's head", [OWN], YES),
        ("time in a page's head", [look(What.START, page_time=None)], NO),
        ("time in a page's head", [look(What.START, date="")], UNSEEN),
        (
            "time in a page's head",
            [OWN, look(What.START, page_time=NOW - timedelta(minutes=3))],
            NO,
        ),
        ("date line", [OWN], YES),
        ("date line", [OWN, look(What.ARTICLE, article=story(day=None))], NO),
        ("date line", [look(What.ARTICLE)], UNSEEN),
        ("the day's list", [START], YES),
        ("the day's list", [look(What.START, listings=[listed(n) for n in range(4)])], NO),
        ("the day's list", [look(What.START, listings=[listed(1, ago=None)])], NO),
        ("the day's list", [look(What.START)], NO),
        ("the day's list", [nothing_below(TODAY)], UNSEEN),
        ("the day's list", [], UNSEEN),
        ("section's box", [START], NO),
        ("section's box", [look(What.START, listings=[listed(n, RUGBY_BOX) for n in (1, 2)])], YES),
        (
            "feed",
            [look(What.FEED, listings=[listed(n, NewsList(ListKind.FEED, "F")) for n in range(9)])],
            YES,
        ),
        ("feed", [lost(What.FEED)], NO),
        ("feed", [lost(What.FEED, sent=False)], UNSEEN),
        ("feed", [], UNSEEN),
        ("minutes", [START], YES),
        ("minutes", [look(What.START, listings=[listed(1, ago=timedelta(minutes=9))])], NO),
        ("minutes", [], UNSEEN),
        ("id that does not exist yet", [look(What.UNKNOWN, status=404, reason="HTTP 404")], YES),
        ("id that does not exist yet", [look(What.UNKNOWN, reason=Reason.REDIRECTED)], YES),
        ("id that does not exist yet", [look(What.UNKNOWN, reason=Reason.NO_SUCH_ARTICLE)], YES),
        ("id that does not exist yet", [look(What.UNKNOWN, reason=Reason.BLOCK_PAGE)], NO),
        ("id that does not exist yet", [look(What.UNKNOWN, article=story())], NO),
        ("id that does not exist yet", [lost(What.UNKNOWN, sent=False)], UNSEEN),
        ("headers", [START], YES),
        ("headers", [START, look(What.START, date="")], NO),
        ("limit", [START], YES),
        ("limit", [START, look(What.ARTICLE, refused=1)], NO),
        ("limit", [START, lost(What.FEED, failure="12 requests were sent", sent=False)], YES),
        ("limit", [START, lost(What.ARTICLE, failure="the site answered 429", sent=False)], NO),
        ("hosts", [START], UNSEEN),
        ("hosts", [START, look(What.ARTICLE, refused=1)], UNSEEN),
        ("hosts", [START, look(What.FEED, "http://other.example/rss", refused=1)], YES),
    ],
)
def test_a_verdict(about: str, looks: list[Look], verdict: Verdict) -> None:
    assert found(about, *looks).verdict is verdict


@pytest.mark.parametrize(
    ("sections", "verdict"),
    [(["Rugby", "Politics"], YES), (["Rugby", "Rugby"], NO), (["Rugby"], UNSEEN)],
)
def test_articles_of_several_sections_are_shown_in_their_own(
    sections: list[str], verdict: Verdict
) -> None:
    ids = ("5001", "4990")
    looks = [
        look(What.ARTICLE, SITE.article_url(source_id), story(section))
        for source_id, section in zip(ids, sections, strict=False)
    ]

    assert found("sections", START, *looks).verdict is verdict


@pytest.mark.parametrize(
    ("article", "box", "verdict"),
    [
        (story("Politics"), POLITICS_BOX, YES),
        (story("Politics"), RUGBY_BOX, NO),
        (story("Rugby"), RUGBY_BOX, NO),
        (story("Politics", headline="Another"), POLITICS_BOX, NO),
        (None, POLITICS_BOX, NO),
    ],
)
def test_a_foreign_section(article: Article | None, box: NewsList, verdict: Verdict) -> None:
    url = f"{OWN.ask.url}&cat={POLITICS}"
    foreign = look(What.FOREIGN, url, article, [listed(1, box)])

    assert found("article in a foreign section", OWN, foreign).verdict is verdict


@pytest.mark.parametrize(
    ("was_listed", "answer", "verdict"),
    [
        (True, "there", YES),
        (True, "HTTP 404", UNSEEN),
        (True, Reason.BLOCK_PAGE, NO),
        (False, "there", YES),
        (False, "HTTP 404", UNSEEN),
    ],
)
def test_an_old_article(was_listed: bool, answer: str, verdict: Verdict) -> None:
    entries = [listed(5000, RUGBY_BOX, None, timedelta(days=40))] if was_listed else []
    status = 404 if answer == "HTTP 404" else 200
    article = story() if answer == "there" else None
    old = look(What.OLD, URL, article, reason=answer, status=status)

    finding = found("article older than a month", look(What.START, listings=entries), old)

    assert finding.verdict is verdict


@pytest.mark.parametrize(
    ("days", "holder", "verdict"),
    [(40, "ABC", NO), (20, "ABC", UNSEEN), (40, "Somebody", UNSEEN)],
)
def test_a_syndicated_article_that_is_still_there(days: int, holder: str, verdict: Verdict) -> None:
    site = replace(SITE, is_syndicated=lambda _credit, name: name == "ABC")
    entries = [listed(5000, RUGBY_BOX, None, timedelta(days=days))]
    article = replace(story(), copyright_holder=holder)
    looks = seen(look(What.START, listings=entries), look(What.OLD, URL, article), site=site)

    judged = {each.about: each.verdict for each in findings(looks, Budget(14, 300))}

    assert judged["syndicated article"] is verdict


@pytest.mark.parametrize(
    ("kept", "failure", "verdict"),
    [
        (KeptRobotsTxt("a.example", "User-agent: *", 200, NOW), "", YES),
        (KeptRobotsTxt("a.example", "", 404, NOW), "", YES),
        (KeptRobotsTxt("a.example"), "", UNSEEN),
        (KeptRobotsTxt("a.example", "User-agent: *", 200, NOW), "Forbidden by robots.txt", NO),
        (KeptRobotsTxt("a.example"), "robots.txt of a.example can't be fetched", NO),
    ],
)
def test_robots_txt(kept: KeptRobotsTxt, failure: str, verdict: Verdict) -> None:
    feed = "http://a.example/rss"
    asked = lost(What.FEED, feed, failure) if failure else look(What.FEED, feed)

    assert found("robots.txt of a.example", asked, robots=[kept]).verdict is verdict


def test_of_a_site_of_which_nothing_is_said_only_what_every_crawl_needs_is_judged() -> None:
    with toy_site.server() as url:
        site = toy_site.SITE.at(url)
        looks = Looks(site, NOW)
        for what, choose in PLAN:
            if address := choose(looks):
                looks.looks.append(fetched(site, what, address))

    judged = {each.about: each.verdict for each in findings(looks, Budget(0, 300))}

    kinds = [each.what for each in looks.looks]
    assert kinds == [What.START, What.ARTICLE, What.ARTICLE, What.ARTICLE, What.UNKNOWN]
    assert judged.pop("id that does not exist yet") is YES
    assert judged.pop("articles") is YES
    assert NO not in judged.values()
    assert "date line" not in judged


def fetched(site: Site, what: What, url: str) -> Look:
    """Ask for a page as simply as can be."""
    try:
        response = urlopen(url)  # noqa: S310 - of this machine
    except HTTPError as error:
        response = error
    with response:
        ask = Ask(site.article_id(url), url)
        date = response.headers["Date"]
        answer = Answer(
            site.name, ask.source_id, url, url, response.status, response.read(), NOW, date
        )
    reading = read_answer(site, answer)
    headers = dict(response.headers)
    return Look(what, ask, answer, reading, next(pages(site, answer, reading)), headers)
