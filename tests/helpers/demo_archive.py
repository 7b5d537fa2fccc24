"""The archive of `make demo` and of the SQL cookbook: three days, crawled twice a day.

In it are an edit, a removal, a near duplicate, and a story at two addresses.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from tests.helpers.crawling import Archive, Run
from tests.helpers.still_clock import VARIABLE
from tests.replica import scenarios

DAYS = (1, 2, 3)
TIMES = ((10, 13), (19, 30))
# Often enough for the edit and the removal on the third day to be seen on that day.
RECHECK_AFTER = "1,24,30,44"


def crawl_demo(folder: Path) -> Iterator[tuple[Archive, datetime, Run]]:
    """Crawl the demo's replica into `folder`; yield the archive, the time and the run each time.

    The crawls' clock stands still, so that nothing in the archive depends on when it is made.
    """
    with scenarios.demo() as replica:
        archive = Archive(
            folder,
            replica.url,
            CLOCK="tests.helpers.still_clock.StillClock",
            RECHECK_AFTER=RECHECK_AFTER,
            RSS_URL=urljoin(replica.url, "/rss/news.aspx?catid={cat}"),
        )
        for day in DAYS:
            for hour, minute in TIMES:
                at = scenarios.evening(day).replace(hour=hour, minute=minute)
                replica.clock.set(at)
                archive.env[VARIABLE] = at.isoformat()
                yield archive, at, archive.crawl()


def demo_archive(folder: Path) -> Archive:
    """Return the demo's archive, made in `folder`."""
    for made, _, run in crawl_demo(folder):
        assert run.exit_code == 0, run.stderr
        archive = made
    return archive
