"""What the parts of a crawl find through the crawler: each other, and the site."""

from typing import TypeVar

from scrapy.crawler import Crawler

from newsbot.errors import BadSetting
from newsbot.site import Site

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


def site_of(crawler: Crawler) -> Site:
    """Return the site as the run sees it, or as its definition has it where no spider is made yet.

    Raises:
        BadSetting: the spider has none.
    """
    site = getattr(crawler.spider or crawler.spidercls, "site", None)
    if not isinstance(site, Site):
        raise BadSetting(f"The spider {crawler.spidercls.name} has no site; give it one.")
    return site
