"""Prints the tables of README.md: `python -m benchmarks.archive [PAGES]`."""

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from newsbot.warc import writing
from newsbot.warc.records import Request, Response
from newsbot.warc.writing import WarcFile
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.markups import render
from tests.replica.server import Replica

ROOT = Path(__file__).parent.parent.parent
TURNS = 5
REQUEST = Request([(b"User-Agent", b"newsbot/0.1.0"), (b"Accept-Encoding", b"gzip, deflate")])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archive", description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=200)
    pages: int = parser.parse_args().pages
    of_a_response(pages)
    of_a_crawl(pages)


def of_a_response(count: int) -> None:
    responses = made_up_responses(count)
    size = sum(len(response.body) for response in responses) / count
    print(f"{count} responses of {size / 1000:.0f} kB\n")
    print("| kept as | ms each | CPU ms each | kB each |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        row("JSON lines", lambda path: as_json(path, responses), Path(folder) / "json", count)
        row("WARC", lambda path: as_warc(path, responses), Path(folder) / "warc", count)
        sync, writing.os.fsync = os.fsync, lambda _: None  # type: ignore[attr-defined]
        row("WARC without fsync", lambda path: as_warc(path, responses), Path(folder) / "x", count)
        writing.os.fsync = sync  # type: ignore[attr-defined]


def made_up_responses(count: int) -> list[Response]:
    site = scenarios.plain(days=count // 60 + 1)
    now = scenarios.evening(count // 60 + 1)
    found = []
    for source_id in site.ids(now)[:count]:
        page = site.page(source_id, now)
        assert page is not None
        # A form's state differs on every fetch, and can't be compressed.
        state = base64.b64encode(os.urandom(3000))
        body = render(page, "tables").encode().replace(b"VIEWSTATE", state)
        url = f"https://home.nzcity.co.nz/news/article.aspx?id={source_id}"
        headers = [(b"Content-Type", b"text/html; charset=utf-8"), (b"Server", b"IIS")]
        found.append(Response(url, now, 200, headers, body))
    return found


def as_json(path: Path, responses: list[Response]) -> None:
    with path.open("w") as file:
        for each in responses:
            fields = {"url": each.url, "at": each.at.isoformat(), "body": each.body.decode()}
            file.write(json.dumps(fields) + "\n")
            file.flush()


def as_warc(path: Path, responses: list[Response]) -> None:
    file = WarcFile(path, "nzcity", {})
    for each in responses:
        file.write(REQUEST, each)
    file.close()


def row(name: str, write: Callable[[Path], None], path: Path, count: int) -> None:
    began, busy = time.perf_counter(), time.process_time()
    write(path)
    took, worked = time.perf_counter() - began, time.process_time() - busy
    files = [path] if path.is_file() else list(path.iterdir())
    size = sum(file.stat().st_size for file in files)
    cells = (took * 1000 / count, worked * 1000 / count, size / 1000 / count)
    print(f"| {name} | {' | '.join(f'{cell:.2f}' for cell in cells)} |", flush=True)


def of_a_crawl(pages: int) -> None:
    days = pages // 60 + 1
    site = scenarios.plain(days=days)
    ids = site.ids(scenarios.evening(days))[-pages:]
    with Replica(site, Clock(scenarios.evening(days))) as replica:
        replica.warm()
        paces: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(TURNS):
            for archived in (True, False):
                paces[archived].append(pace(replica, ids, archived=archived))
    print(f"\nA crawl of {pages} pages, {TURNS} turns\n")
    print("| archive | pages/s, median | of all turns |")
    print("| --- | --- | --- |")
    for archived, found in paces.items():
        every = ", ".join(f"{each:.0f}" for each in found)
        print(f"| {'yes' if archived else 'no'} | {median(found):.0f} | {every} |")
    print(f"\nRatio: {median(paces[True]) / median(paces[False]):.2f}")


def pace(replica: Replica, ids: list[int], *, archived: bool) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(Path(sys.executable).with_name("scrapy")),
            *("crawl", "nzcity", "-a", f"start_url={replica.url}", "-a", f"ids={ids[0]}-{ids[-1]}"),
            *("-s", "RATE_LIMIT_REQUESTS=0", "-s", "LOG_LEVEL=INFO"),
        ]
        environment = os.environ | {
            "NEWSBOT_DATABASE_URL": f"sqlite:///{folder}/newsbot.db",
            "NEWSBOT_ARCHIVE_DIR": f"{folder}/warc" if archived else "",
        }
        asked = len(replica.log)
        run = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )
    # Without the start of Python: it takes longer than many a crawl.
    found = re.search(r"'elapsed_time_seconds': ([\d.]+)", run.stderr)
    assert found is not None, run.stderr[-2000:]
    return (len(replica.log) - asked) / float(found[1])


if __name__ == "__main__":
    main()
