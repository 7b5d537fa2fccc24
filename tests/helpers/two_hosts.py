"""The site on two hosts of this machine, for a crawl with `-s SPIDER_MODULES=…` of the replica."""

import os
from dataclasses import replace

from newsbot.crawl.spider import SiteSpider
from newsbot.sites import DEFAULT

PORT = "NEWSBOT_TEST_PORT"
"""In the environment: the port of both, `127.0.0.1` and `localhost`."""

_PORT = os.environ.get(PORT, "1")


class TwoHostsSpider(SiteSpider):
    name = DEFAULT.name
    site = replace(
        DEFAULT,
        start_url=f"http://127.0.0.1:{_PORT}/news/",
        hosts=frozenset({f"127.0.0.1:{_PORT}", f"localhost:{_PORT}"}),
        root="",
    )
