"""Makes text comparable: Unicode NFC, plain white space, no control characters.

Quotes, dashes and macrons stay as printed.
"""

import re
import unicodedata

from itemadapter import ItemAdapter

from newsbot.items import Article, Listing, Page

# Soft hyphens, zero-width spaces and byte order marks are invisible; joiners shape emoji and stay.
# Of the control characters, those that are white space are left to become a space.
_INVISIBLE = re.compile(
    r"[\u00ad\u200b\u2060\ufeff\ud800-\udfff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)

# A line break beside a space, or the third one in a row.
_UNTIDY_BREAK = re.compile(r"\n(?: |(?<= \n)|\n\n)")

# Asked once of each class: a page holds twenty listings.
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
        return item


def clean(text: str) -> str:
    """Return `text` in NFC, paragraphs parted by one blank line, other white space by one space."""
    if _is_clean(text):
        return text
    paragraphs = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split("\n\n")
    lines = ("\n".join(_clean_lines(paragraph)) for paragraph in paragraphs)
    return "\n\n".join(filter(None, lines))


def _is_clean(text: str) -> bool:
    """Tell that nothing is to be done, as for most texts; of a few it is only not sure.

    What is printable holds nothing invisible, and no white space but spaces.
    """
    return (
        text.replace("\n", "").isprintable()
        and text.strip() == text
        and "  " not in text
        and ("\n" not in text or not _UNTIDY_BREAK.search(text))
        and unicodedata.is_normalized("NFC", text)
    )


def _clean_lines(paragraph: str) -> list[str]:
    return [line for part in paragraph.split("\n") if (line := " ".join(part.split()))]


def _clean_fields(item: Article | Listing) -> None:
    for name in _FIELDS[type(item)]:
        value = getattr(item, name)
        if isinstance(value, str):
            setattr(item, name, clean(value))
