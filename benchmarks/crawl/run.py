"""One crawl in a process of its own; prints what it took as JSON. Called by __main__.py."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from benchmarks.crawl.spiders import Bare, Naive

# Without a line for each page, as in any crawl that is to be fast.
QUIET = {"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}


def main() -> None:
    kind, start_url, first, last, folder, *changes = sys.argv[1:]
    ids = range(int(first), int(last) + 1)
    urls = [f"{start_url}article.aspx?id={number}" for number in ids]
    if kind == "ours":
        settings = get_project_settings()
        settings.setdict(
            {
                "DATABASE_URL": f"sqlite:///{folder}/newsbot.db",
                "ARCHIVE_DIR": f"{folder}/warc",
                "RATE_LIMIT_REQUESTS": 0,
                "CONCURRENT_REQUESTS": 16,
                **dict(change.split("=", 1) for change in changes),
            },
            priority="cmdline",
        )
        process = AsyncCrawlerProcess(settings)
        process.crawl("nzcity", start_url=start_url, ids=f"{first}-{last}")
    elif kind == "bare":
        process = AsyncCrawlerProcess(QUIET)
        process.crawl(Bare, urls=urls)
    else:
        pipeline = {"benchmarks.crawl.spiders.CommitEach": 300}
        own = {"ITEM_PIPELINES": pipeline, "NAIVE_DATABASE": str(Path(folder) / "naive.db")}
        process = AsyncCrawlerProcess(QUIET | own)
        process.crawl(Naive, urls=urls)
    crawler = next(iter(process.crawlers))
    began, cpu = time.perf_counter(), time.process_time()
    process.start()
    print(json.dumps(_took(crawler, began, cpu)))


def _took(crawler: Any, began: float, cpu: float) -> dict[str, float]:
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "pages": crawler.stats.get_value("downloader/response_status_count/200", 0),
        "items": crawler.stats.get_value("item_scraped_count", 0),
    }


if __name__ == "__main__":
    main()
