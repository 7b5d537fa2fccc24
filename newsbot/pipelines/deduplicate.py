"""Takes the fingerprint of each article, by which the store finds similar texts."""

from newsbot.crawl.reading import add_fingerprint
from newsbot.items import Page


class DeduplicatePipeline:
    """Sets `page.fingerprint`: same text, same story; nearly the same is flagged.

    READERS have done it already. The comparison itself is made in the transaction that stores the
    article, so that of two copies that arrive together one finds the other.
    """

    def process_item(self, item: Page) -> Page:
        """Return the page with the fingerprint of its article, if it has one."""
        return add_fingerprint(item)
