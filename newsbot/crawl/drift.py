"""Compares a run with the archive's past: a list that disappears or can't be read is drift.

A list is *missing* if its heading is on no page of a run that read at least five articles, while it
was on 90 % of those of the last two good runs; the date line likewise. It is *unreadable* if its
heading is there with links to articles below it and no entry was read. A heading with nothing below
it, or a list with fewer entries than usual, is no drift. Nor are short articles: a radio's stories
have a third of the words of an agency's, and a run may have only those. That none has a text is.
"""

from collections import Counter

from newsbot.items import DATE_LINE, Page
from newsbot.store.history import PAGES, Usual

_BODIES_AT_LEAST = 5
_PAGES_AT_LEAST = 5
_USUALLY_SHOWN = 0.9
# So many pages rejected, and so much more often than usual.
_REJECTED_AT_LEAST = 5
_REJECTED_MORE = 3.0
_REJECTED_SHARE = 0.05


class Drift:
    """Collects the numbers of a run; `findings` says what is unusual about them.

    `shown` counts the articles' pages that were read, and those of them that showed each kind of
    list, or the date line.
    """

    def __init__(self, usual: Usual) -> None:
        self._usual = usual
        self.shown: Counter[str] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._bodies: list[bool] = []

    def see(self, page: Page, *, is_new: bool) -> None:
        """Take in a page; `is_new` if its article was stored for the first time."""
        self._unreadable.update({news_list.name for news_list in page.unreadable})
        if page.article is None:
            return
        headings = (*page.boxes, *page.empty, *page.unreadable)
        kinds = {news_list.kind.value for news_list in headings}
        self.shown.update(kinds)
        self.shown[PAGES] += 1
        self.shown[DATE_LINE] += page.article.day_printed is not None
        if is_new:
            self._bodies.append(bool(page.article.article_body))

    def findings(self, *, read: int, unread: int) -> list[str]:
        """Return a clause for each thing that is far from what is usual."""
        found = [
            f"the list “{name}” holds links and none could be read as an entry"
            for name in sorted(self._unreadable)
        ]
        pages = self.shown[PAGES]
        if pages >= _PAGES_AT_LEAST:
            found += [
                f"no page shows the {name if name == DATE_LINE else f'list “{name}”'} any more"
                for name, share in sorted(self._usual.shown.items())
                if share >= _USUALLY_SHOWN and not self.shown[name]
            ]
        if len(self._bodies) >= _BODIES_AT_LEAST and not any(self._bodies):
            found.append("no new article has a text")
        usual_share = self._usual.rejected_share
        if usual_share is not None and unread >= _REJECTED_AT_LEAST:
            limit = max(_REJECTED_MORE * usual_share, _REJECTED_SHARE)
            if unread > limit * (read + unread):
                found.append(
                    f"{unread} of {read + unread} pages were rejected, usually {usual_share:.0%}"
                )
        return found
