"""Every setting of the crawl, and why it has its value; the only reader of the environment.

A setting can be changed for one run with `scrapy crawl SITE -s NAME=VALUE`; DATABASE_URL and
ARCHIVE_DIR also with the environment variables NEWSBOT_DATABASE_URL and NEWSBOT_ARCHIVE_DIR.
"""

import os

from newsbot import __version__

BOT_NAME = "newsbot"
SPIDER_MODULES = ["newsbot.spiders"]
NEWSPIDER_MODULE = "newsbot.spiders"
COMMANDS_MODULE = "newsbot.commands"

# Where things are kept: the database by its path or URL, the WARC archive (empty: none is kept).
# Relative paths start at the folder of scrapy.cfg, or where one is if there is none.
DATABASE_URL = os.environ.get("NEWSBOT_DATABASE_URL") or "sqlite:///data/newsbot.db"
ARCHIVE_DIR = os.environ.get("NEWSBOT_ARCHIVE_DIR", "data/warc")

# The site answers about 15 requests in five minutes, then sends clients away: stay one below.
# Counted across runs; 0 turns the limit off.
RATE_LIMIT_REQUESTS = 14
RATE_LIMIT_PERIOD = 300
# The longest Retry-After, in seconds, that a run waits for; a longer one ends it.
RETRY_AFTER_MAX = 900

# Hours after which a stored page is looked at again for edits; empty: never.
RECHECK_AFTER = "1,24,168"

# Share of rejected pages among those that answered 200 above which the run ends with 3.
DRIFT_LIMIT = 0.2

# So many processes read pages beside the crawling one; 0: that one reads them itself.
READERS = 0

# One request at a time: the next page is chosen when the last one has been read.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 16
# A page is one item, so items of one response need not run side by side; without the tasks
# that Scrapy starts for the default of 100, a crawl is half as fast again.
CONCURRENT_ITEMS = 1

# CONTACT is put into it, below.
USER_AGENT = f"newsbot/{__version__} (news archive; obeys robots.txt and Retry-After)"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "newsbot"
COOKIES_ENABLED = False

# No address may hold up the run: 30 seconds, once more if it failed, and five redirects.
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
RETRY_TIMES = 1
# The page has its own line in the log.
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
# 429 and 503 are the limiter's: they cost no retry.
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
# Every answer reaches the spider, so that it ends in the ledger.
HTTPERROR_ALLOW_ALL = True
DOWNLOAD_VERIFY_CERTIFICATES = True

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newsbot.crawl.robots.RobotsTxtMiddleware": 100,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newsbot.crawl.network.SiteRedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newsbot.crawl.network.CompressionMiddleware": 590,
    # Next to the downloader: it sees robots.txt and redirects, and a 429 before anyone else.
    "newsbot.crawl.limiter.Limiter": 950,
    # Nearer still: it keeps what the limiter refuses, too.
    "newsbot.crawl.recorder.Archive": 970,
    # The faults of a proxy are not the site's: nobody else sees them.
    "newsbot.crawl.network.Proxy": 980,
}
# The spider's callbacks make no requests, so these have nothing to look at.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS = {
    # The others are handed this one.
    "newsbot.crawl.crawl_run.CrawlRun": 0,
    "newsbot.crawl.frontier.Frontier": 10,
    "newsbot.crawl.report.Report": 20,
    "newsbot.crawl.report.Progress": 30,
}
ITEM_PIPELINES = {
    "newsbot.pipelines.clean.CleanPipeline": 100,
    "newsbot.pipelines.deduplicate.DeduplicatePipeline": 200,
    "newsbot.pipelines.store.StorePipeline": 300,
}

# Tells the time and sleeps; the simulation has its own.
CLOCK = "newsbot.crawl.crawl_run.Clock"

# The last line on stderr says how the run went; the log speaks only of trouble.
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "newsbot.crawl.log.PageLogFormatter"
FEED_EXPORT_ENCODING = "utf-8"

# Doors that nobody uses: both can run code in the crawler.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# The address of a section's feed, with {cat} in place of its number. None: the site's own, but only
# where the start page is on one of the site's hosts; empty: no feed is asked for.
RSS_URL = None

# A longer Crawl-delay of robots.txt, in seconds, is cut to this.
CRAWL_DELAY_MAX = 60

# Whom the site can write to about the crawl: an e-mail address, or that of a page.
CONTACT = ""
ADDONS = {"newsbot.crawl.network.Contact": 0}

# Scrapy's own default knows IPv4 only.
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"

# Where the mails of `newsbot watch` go out. SMTP_SECURITY is starttls, tls or empty; without
# SMTP_FROM, mails come from newsbot at this machine.
SMTP_HOST = "localhost"
SMTP_PORT = 25
SMTP_SECURITY = ""
SMTP_USER = ""
SMTP_PASSWORD = os.environ.get("NEWSBOT_SMTP_PASSWORD", "")
SMTP_FROM = ""
