"""Readers with a fault, put in the place of the sound one in a process of their own."""

import os
import signal
from dataclasses import replace

from newsbot.items import ListKind, NewsList, Reason
from newsbot.site import Answer, Reading, Site
from newsbot.sites import DEFAULT
from newsbot.spiders.nzcity import NZCitySpider


def reject_a_third() -> None:
    """Find no headline on every third page."""

    def reject(site: Site, answer: Answer) -> Reading:
        reading = site.reader(site, answer)
        if reading.article is not None and int(site.article_id(answer.url) or 0) % 3 == 0:
            reading.article, reading.reason = None, Reason.NO_HEADLINE
        return reading

    Site.read = reject  # type: ignore[assignment,method-assign]


def misread() -> None:
    """Take the first paragraph of the text for all of it, and list every box under one name."""

    def shorten(site: Site, answer: Answer) -> Reading:
        reading = site.reader(site, answer)
        if reading.article is not None:
            first = reading.article.article_body.partition("\n\n")[0]
            reading.article = replace(reading.article, article_body=first)
        news = NewsList(ListKind.TOP, "News")
        reading.listings = [replace(each, news_list=news) for each in reading.listings]
        reading.boxes = [news]
        return reading

    Site.read = shorten  # type: ignore[assignment,method-assign]


def let_sevens_kill() -> None:
    """Give the crawl a reader that ends its process on every article whose id ends with 7."""
    NZCitySpider.site = replace(NZCitySpider.site, reader=_kill)


def _kill(site: Site, answer: Answer) -> Reading:
    if (site.article_id(answer.url) or "").endswith("7"):
        os.kill(os.getpid(), signal.SIGKILL)
    return DEFAULT.reader(site, answer)
