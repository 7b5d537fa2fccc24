"""Pages a second of three crawls over the same pages, in turn: `python -m benchmarks.crawl`."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.replica import scenarios
from tests.replica.process import ReplicaProcess

ROOT = Path(__file__).parents[2]
KINDS = ("bare", "ours", "naive")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=__doc__)
    parser.add_argument("--days", type=int, default=20, help="of news, at about 66 pages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="for our crawl")
    arguments = parser.parse_args()
    rounds: list[dict[str, dict[str, float]]] = []
    ids = [story.id for story in scenarios.plain(days=arguments.days).stories()]
    first, last = min(ids), max(ids)
    with ReplicaProcess("--days", str(arguments.days), "--warm") as replica:
        for _ in range(arguments.rounds):
            rounds.append({})
            for kind in KINDS:
                rounds[-1][kind] = _run(kind, replica.url, first, last, arguments.settings)
    _show(rounds)


def _run(kind: str, url: str, first: int, last: int, changes: list[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="newsbot-pace-") as folder:
        command = [sys.executable, "-m", "benchmarks.crawl.run"]
        result = subprocess.run(
            [*command, kind, url, str(first), str(last), folder, *changes],
            check=True,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
    took: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    assert took["pages"] >= last - first + 1, f"{kind} did not get every page: {took}"
    if kind != "bare":
        assert took["items"] >= last - first + 1, f"{kind} did not store every page: {took}"
    return took


def _show(rounds: list[dict[str, dict[str, float]]]) -> None:
    print(f"{rounds[0]['bare']['pages']:.0f} pages; medians of {len(rounds)} rounds\n")
    print("| crawl | pages/s | beside bare (lowest, highest) | CPU ms a page | beside bare |")
    print("| --- | --- | --- | --- | --- |")
    for kind in KINDS:
        pace = [each[kind]["pages"] / each[kind]["seconds"] for each in rounds]
        cpu = [each[kind]["cpu_seconds"] / each[kind]["pages"] * 1000 for each in rounds]
        ratio = [_beside(each, kind, "seconds") for each in rounds]
        cpu_ratio = [_beside(each, kind, "cpu_seconds") for each in rounds]
        print(
            f"| {kind} | {median(pace):.0f} | {median(ratio):.2f} "
            f"({min(ratio):.2f}, {max(ratio):.2f}) | {median(cpu):.2f} | {median(cpu_ratio):.2f} |"
        )


def _beside(each: dict[str, dict[str, float]], kind: str, measure: str) -> float:
    bare, other = each["bare"], each[kind]
    return (bare[measure] / bare["pages"]) / (other[measure] / other["pages"])


if __name__ == "__main__":
    main()
