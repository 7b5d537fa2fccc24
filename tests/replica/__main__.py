"""Serves the replica until it is stopped: `python -m tests.replica --help`."""

import argparse
import asyncio
import json
import signal
from datetime import date, datetime

from tests.replica import scenarios
from tests.replica.application import Robots, Unknown
from tests.replica.clock import Clock
from tests.replica.limit import RateLimit
from tests.replica.markups import MARKUPS
from tests.replica.schedule import ARTICLES_A_DAY
from tests.replica.server import Replica


def main() -> None:
    """Read the command line and serve."""
    arguments = _parser().parse_args()
    replica = _replica(arguments)
    for order in arguments.fault:
        replica.faults.add_json(json.loads(order))
    asyncio.run(_serve(replica, warm=arguments.warm))


def _replica(arguments: argparse.Namespace) -> Replica:
    markups = list(MARKUPS) if arguments.markup == "mixed" else arguments.markup.split(",")
    if arguments.scenario == "demo":
        site, start = scenarios.demo_site(arguments.seed), scenarios.evening(1)
    else:
        site = scenarios.plain(
            arguments.seed,
            first_day=arguments.first_day,
            days=arguments.days,
            per_day=arguments.per_day,
            holes=arguments.holes,
            cache_minutes=arguments.cache_minutes,
        )
        start = max(story.published for story in site.stories())
    return Replica(
        site,
        Clock(arguments.start or start, arguments.speed),
        markup=markups,
        unknown=arguments.unknown,
        robots=arguments.robots,
        limit=RateLimit(int(arguments.limit[0]), arguments.limit[1]) if arguments.limit else None,
        port=arguments.port,
    )


async def _serve(replica: Replica, *, warm: bool) -> None:
    loop = asyncio.get_running_loop()

    def ready() -> None:
        if warm:
            replica.warm()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, replica.stop)
        print(replica.url, flush=True)  # noqa: T201 - whoever started us reads it

    await replica.serve(ready)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.replica",
        description="Serves an NZCity of our own on loopback. The first line on stdout is the "
        "address of its front page.",
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="0: any free one")
    add("--scenario", choices=["plain", "demo"], default="plain")
    add("--seed", type=int, default=1, help="the same seed, the same news")
    add("--first-day", type=date.fromisoformat, default=scenarios.FIRST_DAY)
    add("--days", type=int, default=3, help="how many days of news")
    add("--per-day", type=int, default=ARTICLES_A_DAY, help="articles a day")
    add("--holes", type=float, default=0.0, help="share of ids without an article")
    add("--markup", default="tables", help=f"mixed, or some of: {','.join(MARKUPS)}")
    add("--start", type=datetime.fromisoformat, help="the clock's start: ISO 8601 with an offset")
    add("--speed", type=float, default=0.0, help="of the clock; 0: frozen, 1: as time goes")
    add("--cache-minutes", type=int, default=0, help="pages may be as old as this")
    add("--unknown", type=Unknown, choices=Unknown, default=Unknown.NOT_FOUND)
    add("--robots", type=Robots, choices=Robots, default=Robots.ABSENT)
    add("--limit", type=float, nargs=2, metavar=("REQUESTS", "SECONDS"), help="else 429")
    add(
        "--fault",
        action="append",
        default=[],
        metavar="JSON",
        help='such as {"fault": "Status", "code": 403, "where": 433100, "times": 2}',
    )
    add("--warm", action="store_true", help="render all pages before the address is told")
    return parser


if __name__ == "__main__":
    main()
