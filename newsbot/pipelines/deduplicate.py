"""Takes each article's fingerprint, by which the store finds texts that are alike."""

from newsbot.items import Page
from newsbot.store.fingerprints import fingerprint


class DeduplicatePipeline:
    """Sets `page.fingerprint`: same text, same story; nearly the same is flagged.

    The comparison itself is made in the transaction that stores the article, so that of two
    copies that arrive together one finds the other.
    """

    def process_item(self, item: Page) -> Page:
        """Return the page with the fingerprint of its article, if it has one."""
        if item.article:
            item.fingerprint = fingerprint(item.article)
        return item
