"""The standard streams of a command, also if the shell has closed or redirected them."""

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


class _Forgiving(io.FileIO):
    """A file that ignores errors of writing, since there is nowhere to report them."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def prepare_streams() -> None:
    r"""Make sure that there are three standard streams, and that they can write any text.

    A stream that was closed (`>&-`) is opened on the null device, so that no file opened later gets
    its number; writing to stdout then fails as on a full disk. Writing to stderr never fails, since
    the exit code must not depend on it. Characters that an encoding lacks are written as `\u0101`.
    """
    for number in range(3):
        with suppress(OSError):
            os.fstat(number)
            continue
        # It gets the lowest free number. Opened for reading only, it refuses to be written.
        os.open(os.devnull, os.O_RDONLY)
    if sys.stdout is None:
        nowhere = os.open(os.devnull, os.O_RDONLY)
        sys.stdout = io.TextIOWrapper(io.FileIO(nowhere, "w"), write_through=True)
    elif isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the process
    else:
        file = io.BufferedWriter(_Forgiving(sys.stderr.fileno(), "w", closefd=False))
        encoding = sys.stderr.encoding
        sys.stderr = io.TextIOWrapper(file, encoding, "backslashreplace", write_through=True)


def abandon_stdout() -> None:
    """Discard what could not be written to stdout; otherwise Python tries again when it exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
