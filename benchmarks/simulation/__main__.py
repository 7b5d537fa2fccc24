"""`make simulation`: weeks of crawls by cron against the replica, and what came of them."""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.simulation import figures
from benchmarks.simulation.play import Played, Run, play
from benchmarks.simulation.stretch import clock_goes_back, clock_goes_forward, month
from benchmarks.simulation.tables import markdown, tables


def main() -> None:
    arguments = _parser().parse_args()
    stretches = [month(arguments.days)]
    if not arguments.month_only:
        stretches += [clock_goes_back(), clock_goes_forward()]
    found = {}
    for stretch in stretches:
        with tempfile.TemporaryDirectory(prefix="newsbot-simulation-") as folder:
            played = play(stretch, Path(folder), every=arguments.every, after_run=_tell)
            found[stretch.name] = tables(played)
            _tell_what_failed(played)
    print(markdown(found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    add = parser.add_argument
    add("--days", type=int, default=31, help="of the month; the outages begin on day 3")
    add("--every", type=int, default=1, metavar="HOURS", help="how often cron starts a crawl")
    add("--month-only", action="store_true", help="leave out the nights when the clock changes")
    return parser


def _tell(run: Run) -> None:
    kinds = ", ".join(f"{count} × {kind}" for kind, count in run.kinds.items())
    print(f"{run.began:%d %b %H:%M} {run.exit_code} {run.message} [{kinds}]", file=sys.stderr)


def _tell_what_failed(played: Played) -> None:
    for share in figures.completeness(played):
        for what, stories in (("never stored", share.missing), ("stored late", share.late)):
            for story in stories:
                print(f"{what}: {story.id}, of {story.published:%d %b %H:%M}", file=sys.stderr)
    for minutes in figures.dated_to_the_minute(played):
        for story in minutes.others:
            print(
                f"no minute: {story.id}, {story.section}, {story.published:%d %b %H:%M}",
                file=sys.stderr,
            )
    for changes in (figures.edits(played), figures.removals(played)):
        for source_id in changes.missed:
            print(f"change missed: {source_id}", file=sys.stderr)


if __name__ == "__main__":
    main()
