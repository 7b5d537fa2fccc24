"""Every setting of the crawl, and why it has its value; the only reader of the environment.

A setting can be changed for one run with `scrapy crawl SITE -s NAME=VALUE`; DATABASE_URL and
ARCHIVE_DIR and SMTP_PASSWORD also with an environment variable: NEWSBOT_ and the name.
"""

import os

from newsbot import __version__

BOT_NAME = "newsbot"
SPIDER_MODULES = ["newsbot.spiders"]
NEWSPIDER_MODULE = "newsbot.spiders"
COMMANDS_MODULE = "newsbot.commands"

# The database, as a path or a URL, and the folder of the WARC archive (empty: keep none).
# Relative paths start at the folder of scrapy.cfg, or at the current folder if there is none.
DATABASE_URL = os.environ.get("NEWSBOT_DATABASE_URL") or "sqlite:///data/newsbot.db"
ARCHIVE_DIR = os.environ.get("NEWSBOT_ARCHIVE_DIR", "data/warc")

# The site answers about 15 requests in five minutes, then refuses more: stay one below.
# Requests are counted across runs; 0 turns the limit off.
RATE_LIMIT_REQUESTS = 14
RATE_LIMIT_PERIOD = 300
# The longest Retry-After, in seconds, that a run waits for; a longer one ends it.
RETRY_AFTER_MAX = 900

# Hours after which a stored page is fetched again to look for edits; empty: never.
RECHECK_AFTER = "1,24,168"

# Share of rejected pages among those that answered 200 above which the run ends with 3.
DRIFT_LIMIT = 0.2

# Number of worker processes that read pages; 0: the crawling process reads them itself.
READERS = 0

# One request at a time: the next page is chosen when the last one has been read.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 16
# A response yields one item, so items need not be processed in parallel; without the tasks that
# Scrapy starts for the default of 100, a crawl is 1.5 times as fast.
CONCURRENT_ITEMS = 1

# CONTACT, below, is added to it.
USER_AGENT = f"newsbot/{__version__} (news archive; obeys robots.txt and Retry-After)"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "newsbot"
COOKIES_ENABLED = False

# No address may delay the run for long: 30 seconds, one retry, and five redirects.
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
RETRY_TIMES = 1
# newsbot logs a line for the page itself.
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
# 429 and 503 are handled by the limiter and do not count as retries.
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
# Every response reaches the spider, so that it is recorded in the ledger.
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
    # Close to the downloader: it sees robots.txt and redirects too, and a 429 before the others.
    "newsbot.crawl.limiter.Limiter": 950,
    # Closer still: it also archives the responses that the limiter handles.
    "newsbot.crawl.recorder.Archive": 970,
    # Closest: errors of a proxy are not the site's, so no other component sees them.
    "newsbot.crawl.network.Proxy": 980,
}
# The spider's callbacks yield no requests, so these have nothing to do.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS = {
    # The others use this one.
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

# Tells the time and sleeps; the simulation replaces it.
CLOCK = "newsbot.crawl.crawl_run.Clock"

# The last line on stderr says how the run went; the log shows problems only.
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "newsbot.crawl.log.PageLogFormatter"
FEED_EXPORT_ENCODING = "utf-8"

# Nobody needs them, and both can run code in the crawler.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# The address of a section's feed, with {cat} in place of its number. None: the site's own, but only
# if the start page is on one of the site's hosts; empty: no feed is requested.
RSS_URL = None

# The longest Crawl-delay of robots.txt, in seconds, that is obeyed; a longer one is cut to this.
CRAWL_DELAY_MAX = 60

# How the site's owner can reach you: a mail address or the address of a web page.
CONTACT = ""
ADDONS = {"newsbot.crawl.network.Contact": 0}

# Scrapy's default resolver knows IPv4 only.
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"

# The mail server for `newsbot watch`. SMTP_SECURITY is starttls, tls or empty; without SMTP_FROM,
# mails come from newsbot at this machine's name.
SMTP_HOST = "localhost"
SMTP_PORT = 25
SMTP_SECURITY = ""
SMTP_USER = ""
SMTP_PASSWORD = os.environ.get("NEWSBOT_SMTP_PASSWORD", "")
SMTP_FROM = ""
