"""Makes texts comparable: Unicode NFC, plain white space, no control characters."""

from functools import lru_cache

from itemadapter import ItemAdapter

from newsbot.items import Article, Listing, NewsList, Page
from newsbot.text import clean

# Looked up once for each class: a page holds twenty listings.
_FIELDS = {
    kind: tuple(ItemAdapter.get_field_names_from_class(kind) or ()) for kind in (Article, Listing)
}


class CleanPipeline:
    """Cleans every text of a page and of its listings, in place."""

    def process_item(self, item: Page) -> Page:
        """Return the page with clean texts."""
        if item.article:
            _clean_fields(item.article)
        for listing in item.listings:
            _clean_fields(listing)
            listing.news_list = _clean_list(listing.news_list)
        item.boxes = list(map(_clean_list, item.boxes))
        item.empty = list(map(_clean_list, item.empty))
        item.unreadable = list(map(_clean_list, item.unreadable))
        return item


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
