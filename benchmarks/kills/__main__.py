"""`make kills`: SIGKILL at random moments, and what is left each time.

Every crawl that is killed goes on where the last one was killed; after some kills one may end, and
the next archive begins. A kill falls at any moment between the start of the process and two
seconds later: while the tables are made, while a page is fetched, stored, archived, committed.
"""

import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.helpers.crawling import Archive
from tests.helpers.killing import check, kill
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica

KILLS = 200
KILLS_OF_AN_ARCHIVE = 20
DAYS = 8
LATEST = 2.0


@dataclass
class Tally:
    """What the kills did."""

    kills: int = 0
    before_a_page: int = 0
    stored: int = 0
    asked_twice: int = 0
    interrupted: int = 0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    random = Random(1)
    tally = Tally()
    site = scenarios.plain(days=DAYS)
    while tally.kills < kills:
        with (
            tempfile.TemporaryDirectory() as folder,
            Replica(site, Clock(scenarios.evening(DAYS))) as replica,
        ):
            archive = Archive(Path(folder), replica.url, LOG_LEVEL="INFO")
            kill_often(
                archive, replica, random, tally, min(KILLS_OF_AN_ARCHIVE, kills - tally.kills)
            )
    show(tally)
    return 1 if tally.faults else 0


def kill_often(
    archive: Archive, replica: Replica, random: Random, tally: Tally, kills: int
) -> None:
    ids = replica.site.ids(replica.clock.now())
    everything = f"ids={ids[0]}-{ids[-1]}"
    stored: set[int] = set()
    for _ in range(kills):
        asked = len(replica.log)
        with archive.start("-a", everything) as process:
            time.sleep(random.uniform(0, LATEST))
            try:
                stored |= kill(process)
            except ProcessLookupError:
                break
            if process.returncode != -signal.SIGKILL:
                break
        tally.kills += 1
        tally.before_a_page += len(replica.log) == asked
        look(archive, stored, tally)
    run = archive.crawl("-a", everything, timeout=600)
    if run.exit_code:
        tally.faults.append(run.last_line)
    look(archive, set(ids), tally)
    paths = [entry.path.lower() for entry in replica.log if "id=" in entry.path]
    tally.stored += len(ids)
    tally.asked_twice += len(paths) - len(set(paths))
    tally.interrupted += archive.value("SELECT count(*) FROM crawls WHERE outcome = 'interrupted'")


def look(archive: Archive, stored: set[int], tally: Tally) -> None:
    if not archive.path.exists() or not archive.rows("SELECT 1 FROM sqlite_master"):
        if stored:
            tally.faults.append("the database is gone")
        return
    try:
        check(archive, stored)
    except AssertionError as fault:
        tally.faults.append(f"after {tally.kills} kills: {fault}")


def show(tally: Tally) -> None:
    print("| what | count |")
    print("| --- | --- |")
    print(f"| kills | {tally.kills} |")
    print(f"| of them before the first request | {tally.before_a_page} |")
    print(f"| runs that had begun, and were found interrupted by the next | {tally.interrupted} |")
    print(f"| articles stored in the end, every one that there was | {tally.stored} |")
    print(f"| pages asked for twice, because a kill came between | {tally.asked_twice} |")
    print(f"| articles lost, doubled or torn | {len(tally.faults)} |")
    for fault in tally.faults:
        print(f"\n{fault}")


if __name__ == "__main__":
    sys.exit(main())
