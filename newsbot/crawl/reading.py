"""Makes pages for the store out of an answer: read, cleaned, fingerprinted. Knows no Scrapy."""

from dataclasses import dataclass
from functools import lru_cache

from itemadapter import ItemAdapter

from newsbot.html.answers import pages, read_answer
from newsbot.items import Article, Listing, NewsList, Page
from newsbot.site import Answer, Site
from newsbot.text import clean, fingerprint

# Looked up once for each class: a page holds twenty listings.
_FIELDS = {
    kind: tuple(ItemAdapter.get_field_names_from_class(kind) or ()) for kind in (Article, Listing)
}


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer says: its pages, and the titles of list entries that lead to no article."""

    pages: list[Page]
    unlinked: list[str]


def read(site: Site, answer: Answer) -> Read:
    """Return the pages of an answer: one, or two where one article leads to another."""
    reading = read_answer(site, answer)
    return Read(list(pages(site, answer, reading)), reading.unlinked if reading else [])


def read_whole(site: Site, answer: Answer) -> Read:
    """Return the pages of an answer as the store gets them: cleaned and with their fingerprints."""
    found = read(site, answer)
    for page in found.pages:
        add_fingerprint(clean_page(page))
    return found


def clean_page(page: Page) -> Page:
    """Clean every text of a page and of its listings, in place, unless that was done before."""
    if page.is_clean:
        return page
    if page.article:
        _clean_fields(page.article)
    for listing in page.listings:
        _clean_fields(listing)
        listing.news_list = _clean_list(listing.news_list)
    page.boxes = list(map(_clean_list, page.boxes))
    page.empty = list(map(_clean_list, page.empty))
    page.unreadable = list(map(_clean_list, page.unreadable))
    page.sections = {number: clean(name) for number, name in page.sections.items()}
    page.is_clean = True
    return page


def add_fingerprint(page: Page) -> Page:
    """Give a page the fingerprint of its article, unless it has none or has it already."""
    if page.article and page.fingerprint is None:
        page.fingerprint = fingerprint(page.article)
    return page


def _clean_fields(item: Article | Listing) -> None:
    for name in _FIELDS[type(item)]:
        value = getattr(item, name)
        if isinstance(value, str):
            setattr(item, name, clean(value))


# The same lists are on every page.
@lru_cache(maxsize=256)
def _clean_list(news_list: NewsList) -> NewsList:
    section = news_list.section
    return NewsList(
        news_list.kind, clean(news_list.name), None if section is None else clean(section)
    )
