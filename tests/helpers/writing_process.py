"""Writes hosts until it is killed or the disk is full; prints each one that was acknowledged."""

import signal
import sys
from functools import partial

from sqlalchemy import Connection, insert

from newsbot.errors import DatabaseUnusable
from newsbot.store.engine import open_engine
from newsbot.store.tables import Host
from newsbot.store.writer import Writer

AT_ONCE = 7


def add(name: str, connection: Connection) -> None:
    connection.execute(insert(Host), {"host": name})


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    # A file may not grow beyond its limit: without this, the process ends instead of being told.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    writer = Writer(open_engine(sys.argv[1]))
    first = 0
    while True:
        names = [f"{number:06} {'x' * 500}" for number in range(first, first + AT_ONCE)]
        futures = [writer.submit(partial(add, name)) for name in names]
        for name, future in zip(names, futures, strict=True):
            try:
                future.result()
            except DatabaseUnusable as error:
                say(error)
                return
            say(name)
        first += AT_ONCE


if __name__ == "__main__":
    main()
