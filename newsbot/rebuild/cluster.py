"""Reads WARC files on many machines with Dask; docs/scaling.md explains how to set them up."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from distributed import Client, KilledWorker, wait
from distributed.client import FuturesCancelledError

from newsbot.errors import SchedulerUnusable
from newsbot.rebuild.shards import make_shard
from newsbot.site import Site

# It logs lost connections with tracebacks; here they are reported in a sentence.
logging.getLogger("distributed").setLevel(logging.CRITICAL)

# Seconds that a scheduler may take to answer, and between checks that it still runs.
_CONNECT, _LOOK = 10, 1


def make_shards(
    scheduler: str,
    shards: Mapping[Path, Path],
    archive: Path,
    site: Site,
    done: Callable[[Path, str | None], None],
) -> None:
    """Make the shard of each file on the workers of a Dask scheduler.

    Args:
        scheduler: its address, `tcp://host:8786`.
        shards: the path of each shard, by its file; all workers must have both under these paths.
        archive: the folder that `warc_file` is relative to.
        site: the site whose pages are read.
        done: is called with each file, and with the reason if it has no shard, because it crashed
            one worker after another; else with None.

    Raises:
        SchedulerUnusable: no scheduler answers, or it has stopped.
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
            # Workers return only counts: the shards of a worker that has stopped are on the disk.
            with suppress(TimeoutError, FuturesCancelledError):
                wait(list(futures), timeout=_LOOK, return_when="FIRST_COMPLETED")
            ended = [future for future in futures if future.status in {"finished", "error"}]
            for future in ended:
                path, fault = futures.pop(future), future.exception()
                if fault is not None and not isinstance(fault, KilledWorker):
                    raise fault
                done(path, "it crashed one worker after another" if fault else None)
            if any(future.status in {"cancelled", "lost"} for future in futures):
                raise SchedulerUnusable(
                    f"The Dask scheduler at {scheduler} has stopped; start it and run the same "
                    "command again. Files that were read are not read again."
                )
