"""Serves the replica until it is stopped: `python -m tests.replica --help`."""

import argparse
import asyncio
import json
import signal
from datetime import datetime

from tests.replica import scenarios
from tests.replica.application import Robots, Unknown
from tests.replica.clock import Clock
from tests.replica.limit import RateLimit
from tests.replica.markups import MARKUPS
from tests.replica.server import Replica


def main() -> None:
    arguments = _parser().parse_args()
    site = scenarios.plain(arguments.seed, days=arguments.days, per_day=arguments.per_day)
    start = arguments.start or scenarios.evening(arguments.days)
    markups = list(MARKUPS) if arguments.markup == "mixed" else arguments.markup.split(",")
    replica = Replica(
        site,
        Clock(start, arguments.speed),
        markup=markups,
        unknown=arguments.unknown,
        robots=arguments.robots,
        limit=RateLimit(*arguments.limit) if arguments.limit else None,
        port=arguments.port,
    )
    for order in arguments.fault:
        replica.faults.add_json(json.loads(order))
    asyncio.run(_serve(replica, warm=arguments.warm))


async def _serve(replica: Replica, *, warm: bool) -> None:
    loop = asyncio.get_running_loop()

    def ready() -> None:
        if warm:
            replica.application.warm()
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
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same news")
    parser.add_argument("--days", type=int, default=3, help="how many days of news")
    parser.add_argument("--per-day", type=int, default=66, help="articles a day")
    parser.add_argument("--markup", default="tables", help=f"mixed, or of: {', '.join(MARKUPS)}")
    parser.add_argument(
        "--start",
        type=datetime.fromisoformat,
        help="where the clock starts: ISO 8601 with an offset (the last day's evening)",
    )
    parser.add_argument("--speed", type=float, default=0.0, help="0: frozen; 1: as time goes")
    parser.add_argument("--unknown", type=Unknown, choices=Unknown, default=Unknown.NOT_FOUND)
    parser.add_argument("--robots", type=Robots, choices=Robots, default=Robots.ABSENT)
    parser.add_argument(
        "--limit", type=float, nargs=2, metavar=("REQUESTS", "SECONDS"), help="answer 429 beyond it"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="JSON",
        help='such as {"fault": "Status", "code": 403, "where": 433100, "times": 2}',
    )
    parser.add_argument("--warm", action="store_true", help="render all pages before the start")
    return parser


if __name__ == "__main__":
    main()
