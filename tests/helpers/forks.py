"""Starts `scrapy` and `newsbot` as a user does, but in a fork of an interpreter that is warm.

Three quarters of a short crawl are imports. What is run, where, and in which environment is the
same; only `settings.py` is left to the fork, because it reads the environment.
"""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from scrapy.cmdline import execute

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.helpers.preloaded"])


def exit_code_of(target: Callable[..., object], *arguments: object) -> int:
    """Return with what `target` ends in a process of its own; one that hangs fails the test."""
    process = _context.Process(target=target, args=arguments)
    process.start()
    process.join(60)
    code = process.exitcode
    process.kill()
    assert code is not None, "the process took too long"
    return code


def newsbot(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    before: Callable[[], object] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command of `newsbot` to its end, with `env` added to this process's environment."""
    with (
        tempfile.TemporaryDirectory() as output,
        ScrapyProcess(
            [str(argument) for argument in arguments],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            output=Path(output),
            before=before,
            program="newsbot",
        ) as process,
    ):
        stdout, stderr = process.communicate(120)
        assert process.returncode is not None
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)


class ScrapyProcess:
    """`scrapy ARGUMENTS` in a process of its own; its output goes to files in `output`.

    With `program` it is `newsbot ARGUMENTS`. `before` runs in that process before anything else.
    Leaving the block kills the process if it still runs.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        output: Path,
        before: Callable[[], object] | None = None,
        program: str = "scrapy",
    ) -> None:
        output.mkdir(parents=True, exist_ok=True)
        self._stdout, self._stderr = output / "stdout", output / "stderr"
        self._peak = output / "peak"
        files = (self._stdout, self._stderr, self._peak)
        for file in files:
            file.write_bytes(b"")
        self._process = _context.Process(
            target=_run, args=([program, *arguments], cwd, dict(env), files, before)
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, the negative signal that ended it, or None while it runs."""
        return self._process.exitcode

    @property
    def stderr(self) -> str:
        """What it has said on stderr so far."""
        return self._stderr.read_text()

    @property
    def peak_memory(self) -> int:
        """The most bytes of memory that it held at a time; 0 if it has not ended by itself."""
        return int(self._peak.read_text() or 0)

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code.

        Raises:
            TimeoutExpired: it has not ended after so many seconds.
        """
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("scrapy", timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end, and return stdout and stderr.

        Raises:
            TimeoutExpired: it has not ended after so many seconds.
        """
        self.wait(timeout)
        return self._stdout.read_text(), self.stderr

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()


def _run(
    arguments: list[str],
    cwd: Path,
    env: dict[str, str],
    files: tuple[Path, Path, Path],
    before: Callable[[], object] | None,
) -> None:
    stdout, stderr, peak = files
    for path, target in ((stdout, 1), (stderr, 2)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, target)
        os.close(file)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    # The fork server ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if before:
        before()
    sys.argv = arguments
    try:
        if arguments[0] == "newsbot":
            # It imports the settings.
            from newsbot.cli import main  # noqa: PLC0415

            main()
        else:
            execute(arguments)
    finally:
        peak.write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))
