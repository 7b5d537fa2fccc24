"""Reads WARC files on many machines, by Dask; docs/scaling.md tells how to set them up."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from distributed import Client, KilledWorker, wait
from distributed.client import FuturesCancelledError

from newsbot.errors import SchedulerUnusable
from newsbot.rebuild.shards import make_shard
from newsbot.site import Site

# What it tells of lost connections, with tracebacks, is told in a sentence here.
logging.getLogger("distributed").setLevel(logging.CRITICAL)

# Seconds: how long a scheduler may take to answer, and how often it is looked whether it is there.
_CONNECT, _LOOK = 10, 1


def make_shards(
    scheduler: str,
    shards: Mapping[Path, Path],
    archive: Path,
    site: Site,
    done: Callable[[Path, str | None], None],
) -> None:
    """Let the workers of a Dask scheduler make the shard of each file, a file at a time.

    Args:
        scheduler: its address, `tcp://host:8786`.
        shards: by its file, where each shard is to be; all workers must see both under these paths.
        archive: the folder that `warc_file` is relative to.
        site: whose pages are looked for.
        done: is told of each file; of one that has ended worker after worker also why it has none.

    Raises:
        SchedulerUnusable: there is no scheduler, or it went away.
        ArchiveUnusable: a worker could not read a file or write a shard.
    """
    try:
        client = Client(scheduler, timeout=_CONNECT)
    except (OSError, ValueError) as error:
        raise SchedulerUnusable(
            f"No Dask scheduler answers at {scheduler}; start one with: dask scheduler."
        ) from error
    with client:
        futures = {
            client.submit(make_shard, path, archive, target, site, key=target.name): path
            for path, target in shards.items()
        }
        while futures:
            # Nothing but counts comes back: what a dead worker held is on the disk.
            with suppress(TimeoutError, FuturesCancelledError):
                wait(list(futures), timeout=_LOOK, return_when="FIRST_COMPLETED")
            ended = [future for future in futures if future.status in {"finished", "error"}]
            for future in ended:
                path, fault = futures.pop(future), future.exception()
                if fault is not None and not isinstance(fault, KilledWorker):
                    raise fault
                done(path, "it has ended worker after worker" if fault else None)
            if any(future.status in {"cancelled", "lost"} for future in futures):
                raise SchedulerUnusable(
                    f"The Dask scheduler at {scheduler} went away; start it, and run the same "
                    "command again: what was read is not read again."
                )
