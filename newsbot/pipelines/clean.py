"""Makes texts comparable: Unicode NFC, plain white space, no control characters."""

from newsbot.crawl.reading import clean_page
from newsbot.items import Page


class CleanPipeline:
    """Cleans every text of a page and of its listings, in place; READERS have done it already."""

    def process_item(self, item: Page) -> Page:
        """Return the page with clean texts."""
        return clean_page(item)
