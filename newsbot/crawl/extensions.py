"""Extensions of this program find each other through the crawler."""

from typing import TypeVar

from scrapy.crawler import Crawler

from newsbot.errors import BadSetting

T = TypeVar("T")


def extension(crawler: Crawler, kind: type[T]) -> T:
    """Return the crawler's extension of this class.

    Raises:
        BadSetting: the setting EXTENSIONS leaves it out.
    """
    found = crawler.get_extension(kind)
    if found is None:
        raise BadSetting(f"EXTENSIONS lacks {kind.__module__}.{kind.__name__}; put it back.")
    return found
