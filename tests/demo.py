"""`make demo`: six real crawls of the replica, over three days, and what they stored."""

import os
import shutil
import sys

from tests.helpers.crawling import ROOT
from tests.helpers.demo_archive import crawl_demo

FOLDER = ROOT / "data/demo"
DATABASE = "data/demo/newsbot.db"
QUERY = "SELECT day_published, count(*) FROM articles GROUP BY day_published"
COUNTS = {
    "stories": "SELECT count(*) FROM articles",
    "edits": "SELECT count(*) FROM changes WHERE kind = 'edited'",
    "removals": "SELECT count(*) FROM changes WHERE kind = 'removed'",
    "near duplicates": "SELECT count(*) FROM articles WHERE duplicate_of_id IS NOT NULL",
}


def main() -> int:
    """Make the archive; return the exit code of the first crawl that fails, or 0."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    say("A replica of the site, crawled twice a day on three days of August 2025:")
    for made, at, run in crawl_demo(FOLDER):
        archive = made
        say(f"{at:%d %b %H:%M}  {run.last_line}")
        if run.exit_code:
            return run.exit_code
    counts = ", ".join(f"{name}: {archive.value(sql)}" for name, sql in COUNTS.items())
    say(f"\n{DATABASE} ({counts}). Search it, browse it, query it:\n")
    say(f"  .venv/bin/newsbot search 'ferr*' --database {DATABASE}")
    say("  make browse")
    say(f'  sqlite3 {DATABASE} "{QUERY}"')
    return 0


def say(line: str) -> None:
    """Print a line at once: a crawl takes a few seconds."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
