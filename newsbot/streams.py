"""The standard streams of a command, whatever a shell has made of them."""

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


class _Forgiving(io.FileIO):
    """A file that drops what it can't write: nobody could be told."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def prepare_streams() -> None:
    r"""Make sure that there are three standard streams, and that they can write any text.

    A stream that was closed (`>&-`) leads nowhere: to write to stdout then fails as it does on a
    full disk, and no file that is opened later takes its number. To write to stderr never fails,
    since an exit code is not to depend on it. What an encoding lacks is written as `\u0101`.
    """
    for number in range(3):
        with suppress(OSError):
            os.fstat(number)
            continue
        # The lowest free number is taken; what is open for reading alone can't be written.
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
    """Let what could not be written to stdout go, so that Python does not try again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
