"""The spider of NZCity; what it does is in newsbot/crawl/spider.py."""

from newsbot.crawl.spider import SiteSpider
from newsbot.sites.nzcity import SITE


class NZCitySpider(SiteSpider):
    """Follows the lists of the news pages to every article."""

    name = SITE.name
    site = SITE
