"""Disks that are too small, may not be written, or fail."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[None]:
    """Mount a disk of this size on `folder`; skip the test where that is not allowed."""
    folder.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_read_only(folder: Path) -> None:
    """Forbid writing to a disk that `small_disk` mounted: file permissions don't stop root."""
    _mount("-o", "remount,ro", str(folder))


def failing_beyond(kibibytes: int) -> Callable[[], object]:
    """Return what makes every write fail that would make a file of a process longer than this."""
    limit = kibibytes * 1024
    return partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit))


def _mount(*arguments: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
