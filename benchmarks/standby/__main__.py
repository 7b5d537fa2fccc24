"""`make standby`: two crawlers on one PostgreSQL, and `kill -9` of the one that works.

Each crawler stands for a machine whose cron starts it again as soon as it has ended: with 75 while
the other one works. The replica knows them apart by their user agents.
"""

import signal
import statistics
import sys
import tempfile
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy import create_engine

from newsbot.crawl.verdict import LOCKED, OK
from tests.helpers import postgresql
from tests.helpers.crawling import Archive
from tests.helpers.forks import ScrapyProcess
from tests.helpers.killing import said_to_be_stored
from tests.replica import scenarios
from tests.replica.application import LogEntry
from tests.replica.clock import Clock
from tests.replica.server import Replica

KILLS = 100
KILLS_OF_AN_ARCHIVE = 20
DAYS = 4
LIMIT, PERIOD = 14, 2.0
MOST_REQUESTS = 12
# A request arrives a little after it was counted.
JITTER = 0.2
PATIENCE = 60.0
_PULSE = 0.005


@dataclass
class Tally:
    """What the kills did."""

    kills: int = 0
    refused: int = 0
    overlaps: int = 0
    asked_twice: int = 0
    stored: int = 0
    most_in_a_window: int = 0
    takeovers: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Machine:
    """A crawler that is started again whenever it ends."""

    def __init__(self, folder: Path, name: str, replica: Replica, url: str, tally: Tally) -> None:
        self.name = name
        self.stored: set[int] = set()
        self.is_done = False
        ids = replica.site.ids(replica.clock.now())
        self._everything = f"ids={ids[0]}-{ids[-1]}"
        self._tally = tally
        self._archive = Archive(
            folder / name,
            replica.url,
            DATABASE_URL=url,
            CONTACT=name,
            LOG_LEVEL="INFO",
            RATE_LIMIT_REQUESTS=LIMIT,
            RATE_LIMIT_PERIOD=PERIOD,
        )
        self._process = self._start()

    def look(self) -> None:
        """Start it again if it has ended."""
        code = self._process.returncode
        if code is None:
            return
        self.stored |= said_to_be_stored(self._process)
        if code == LOCKED:
            self._tally.refused += 1
        elif code == OK:
            self.is_done = True
        elif code != -signal.SIGKILL:
            self._tally.faults.append(f"{self.name} ended with {code}: {self._process.stderr}")
        self.stop()
        self._process = self._start()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def stop(self) -> None:
        """End it for good."""
        self._process.__exit__(None, None, None)

    def _start(self) -> ScrapyProcess:
        return self._archive.start("-a", self._everything)


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    random, tally = Random(1), Tally()
    site = scenarios.plain(days=DAYS)
    with postgresql.server() as server:
        while tally.kills < kills:
            most = min(KILLS_OF_AN_ARCHIVE, kills - tally.kills)
            with (
                tempfile.TemporaryDirectory() as folder,
                Replica(site, Clock(scenarios.evening(DAYS), speed=1)) as replica,
            ):
                play(Path(folder), replica, server.archive(), random, tally, kills=most)
    show(tally)
    return 1 if tally.faults or tally.overlaps else 0


def play(
    folder: Path, replica: Replica, url: str, random: Random, tally: Tally, *, kills: int
) -> None:
    machines = {name: Machine(folder, name, replica, url, tally) for name in ("one", "other")}
    # After how many requests which machine was killed.
    deaths: list[tuple[int, str]] = []
    try:
        wait_for(machines, replica, 1)
        for _ in range(kills):
            wait_for(machines, replica, len(replica.log) + random.randint(0, MOST_REQUESTS))
            time.sleep(random.uniform(0, 0.3))
            if any(machine.is_done for machine in machines.values()):
                break
            working = agent(replica.log[-1])
            machines[working].kill()
            deaths.append((len(replica.log), working))
            killed = time.monotonic()
            wait_for(machines, replica, len(replica.log) + 1)
            tally.takeovers.append(time.monotonic() - killed)
        deadline = time.monotonic() + 10 * PATIENCE
        while not any(machine.is_done for machine in machines.values()):
            assert time.monotonic() < deadline, "the crawl comes to no end"
            look(machines)
    finally:
        for machine in machines.values():
            machine.stop()
    count(replica, tally, deaths)
    check(replica, url, set[int]().union(*(each.stored for each in machines.values())), tally)


def look(machines: dict[str, Machine]) -> None:
    for machine in machines.values():
        machine.look()
    time.sleep(_PULSE)


def wait_for(machines: dict[str, Machine], replica: Replica, requests: int) -> int:
    """Return the number of requests when there are so many, or one machine has done it all."""
    deadline = time.monotonic() + PATIENCE
    while len(replica.log) < requests and not any(each.is_done for each in machines.values()):
        assert time.monotonic() < deadline, "nobody has taken over"
        look(machines)
    return len(replica.log)


def agent(entry: LogEntry) -> str:
    return entry.user_agent.rpartition("; ")[2].rstrip(")")


def count(replica: Replica, tally: Tally, deaths: list[tuple[int, str]]) -> None:
    """Count what the replica saw: who asked, for what, and how often."""
    tally.kills += len(deaths)
    ends = [asked for asked, _ in deaths[1:]] + [len(replica.log)]
    for (asked, dead), end in zip(deaths, ends, strict=True):
        agents = [agent(entry) for entry in replica.log[asked:end]]
        others = [index for index, name in enumerate(agents) if name != dead]
        tally.overlaps += agents[others[0] : others[-1]].count(dead) if others else 0
    times = [datetime.fromisoformat(entry.time).timestamp() for entry in replica.log]
    window = PERIOD - JITTER
    most = max(bisect_left(times, at + window) - index for index, at in enumerate(times))
    tally.most_in_a_window = max(tally.most_in_a_window, most)
    paths = [entry.path.lower() for entry in replica.log if "id=" in entry.path]
    tally.asked_twice += len(paths) - len(set(paths))


def check(replica: Replica, url: str, said: set[int], tally: Tally) -> None:
    """See that every article is stored, once."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id_number, (SELECT count(*) FROM article_versions WHERE page_id = pages.id) "
            "FROM pages WHERE status = 'stored'"
        ).all()
        [articles] = connection.exec_driver_sql("SELECT count(*) FROM articles").one()
        doubled = connection.exec_driver_sql(
            "SELECT headline FROM articles GROUP BY text_hash, headline HAVING count(*) > 1"
        ).all()
    engine.dispose()
    stored = {row.id_number for row in rows}
    everything = set(replica.site.ids(replica.clock.now()))
    tally.stored += len(stored)
    if lost := (everything | said) - stored:
        tally.faults.append(f"lost: {sorted(lost)}")
    if doubled or articles != len(rows) or {count for _, count in rows} != {1}:
        tally.faults.append(f"doubled: {articles} articles, {len(rows)} pages, {doubled}")


def show(tally: Tally) -> None:
    seconds = sorted(tally.takeovers)
    print("| what | figure |")
    print("| --- | --- |")
    print(f"| kills of the crawler that worked | {tally.kills} |")
    print(f"| runs of the standby that ended with 75 meanwhile | {tally.refused} |")
    print(f"| requests of one crawler while the other one worked | {tally.overlaps} |")
    print(f"| most requests in {PERIOD - JITTER:g} s (limit {LIMIT} in {PERIOD:g} s) "
          f"| {tally.most_in_a_window} |")  # fmt: skip
    print(f"| articles stored in the end, every one that there was | {tally.stored} |")
    print(f"| pages asked for twice, because a kill came between | {tally.asked_twice} |")
    print(f"| articles lost or doubled, and other faults | {len(tally.faults)} |")
    print(f"| kill to the other's first request, median | {statistics.median(seconds):.2f} s |")
    print(f"| the longest | {seconds[-1]:.2f} s |")
    for fault in tally.faults:
        print(f"\n{fault}")


if __name__ == "__main__":
    sys.exit(main())
