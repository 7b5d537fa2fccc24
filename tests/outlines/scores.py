"""How many fields of the outlines' pages are read right, of how many asked, in each markup."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields

from newsbot.items import Article, Listing
from newsbot.site import Reading
from tests.outlines import articles, section_pages
from tests.pages.markups import MARKUPS
from tests.pages.readings import read_page

ARTICLE_FIELDS = tuple(field.name for field in fields(Article))
ENTRY_FIELDS = ("source_id", "category", "title", "date")
Score = dict[str, tuple[int, int]]


def article_score(markup: str) -> Score:
    """Count by field what is right, and what was asked, on the article pages of a markup."""
    return _count(
        answer
        for case in articles.cases()
        for answer in article_answers(
            case, read_page(MARKUPS[markup](case.words), case.url, served=case.served)
        )
    )


def section_page_score(markup: str) -> Score:
    """Count the same on the section pages, which have markups of their own."""
    return _count(
        answer
        for case in section_pages.cases()
        for answer in listing_answers(
            case.listings,
            read_page(
                section_pages.MARKUPS[markup](case.words), case.url, served=case.served
            ).listings,
        )
    )


def article_answers(case: articles.Case, reading: Reading) -> Iterator[tuple[str, bool]]:
    """Yield each field of an article's page, and whether it was read right."""
    read = reading.article
    for name in ARTICLE_FIELDS:
        yield name, read is not None and getattr(read, name) == getattr(case.article, name)
    yield from listing_answers(case.listings, reading.listings)


def listing_answers(
    expected: Iterable[Listing], listings: Iterable[Listing]
) -> Iterator[tuple[str, bool]]:
    """Yield each field of each entry; one too many is a wrong id."""
    found = {(x.news_list, x.source_id): x for x in listings}
    for listing in expected:
        read = found.pop((listing.news_list, listing.source_id), None)
        yield "entry: source_id", read is not None
        yield "entry: category", read is not None and read.category == listing.category
        yield "entry: title", read is not None and read.title == listing.title
        yield "entry: date", read is not None and read.date_listed == listing.date_listed
    for _ in found:
        yield "entry: source_id", False


def _count(answers: Iterable[tuple[str, bool]]) -> Score:
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for field, is_right in answers:
        asked[field] += 1
        right[field] += is_right
    return {field: (right[field], count) for field, count in asked.items()}
