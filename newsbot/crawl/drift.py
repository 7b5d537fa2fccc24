"""Compares a run with the archive's past: a half-broken page is noticed by its numbers."""

from collections import defaultdict
from statistics import mean

from newsbot.items import Page
from newsbot.store.history import Usual

# A box, or the articles, that shrank below this share of what is usual.
_SHRUNK = 0.5
_SHRUNK_BODIES = 1 / 3
_BODIES_AT_LEAST = 5
_ENTRIES_AT_LEAST = 3
# So many pages rejected, and so much more often than usual.
_REJECTED_AT_LEAST = 5
_REJECTED_MORE = 3.0
_REJECTED_SHARE = 0.05


class Drift:
    """Collects the numbers of a run; `findings` says what is unusual about them."""

    def __init__(self, usual: Usual) -> None:
        self._usual = usual
        self._entries: dict[str, list[int]] = defaultdict(list)
        self._words: list[int] = []

    def see(self, page: Page, *, is_new: bool) -> None:
        """Take in a page; `is_new` if its article was stored for the first time."""
        for news_list in page.boxes:
            entries = sum(1 for listing in page.listings if listing.news_list == news_list)
            self._entries[news_list.name].append(entries)
        if is_new and page.article:
            self._words.append(len(page.article.article_body.split()))

    def findings(self, *, read: int, unread: int) -> list[str]:
        """Return a clause for each number that is far from what is usual."""
        found = []
        for name, usual in self._usual.entries.items():
            seen = self._entries.get(name)
            if seen and usual >= _ENTRIES_AT_LEAST and mean(seen) < _SHRUNK * usual:
                found.append(f"{name} holds {mean(seen):.0f} entries, usually {usual:.0f}")
        usual_words = self._usual.word_count
        if usual_words and len(self._words) >= _BODIES_AT_LEAST:
            words = mean(self._words)
            if words < _SHRUNK_BODIES * usual_words:
                found.append(f"bodies have {words:.0f} words, usually {usual_words:.0f}")
        usual_share = self._usual.rejected_share
        if usual_share is not None and unread >= _REJECTED_AT_LEAST:
            limit = max(_REJECTED_MORE * usual_share, _REJECTED_SHARE)
            if unread > limit * (read + unread):
                found.append(
                    f"{unread} of {read + unread} pages were rejected, usually {usual_share:.0%}"
                )
        return found
