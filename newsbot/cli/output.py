"""What commands write: files that appear only when complete, tables, JSON, times, word diffs."""

import errno
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click

from newsbot.items import Precision
from newsbot.sites import DEFAULT as SITE
from newsbot.text import UNPRINTABLE, printable

# As `wdiff` and `git diff --word-diff` write them, and Rich's style for a terminal.
_MARKS = {"=": ("", "", ""), "-": ("[-", "-]", "red strike"), "+": ("{+", "+}", "green")}


@contextmanager
def output(path: Path | None) -> Iterator[IO[bytes]]:
    """Yield what to write to: the file at `path`, or standard output if that is None.

    The file is written beside its place, and moved there at the end of the block, so that nobody
    sees an incomplete one and an error leaves the old one as it was.

    Raises:
        ClickException: the file can't be written.
    """
    try:
        if path is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif path.exists() and not path.is_file():
            # A device or a pipe is written to, not replaced.
            with path.open("wb") as device:
                yield device
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except OSError as error:
        if path is None or error.errno == errno.EPIPE:
            raise
        raise click.ClickException(
            f"{path} can't be written: {error.strerror or error}."
        ) from error


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("xb") as out:
            # The new file keeps the permissions of the old one.
            with suppress(FileNotFoundError):
                os.fchmod(out.fileno(), stat.S_IMODE(path.stat().st_mode))
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def print_json(value: Any) -> None:
    """Print a value as JSON, with every character escaped that a terminal might obey.

    JSON's own rules leave those from U+007F on as they are. Datetimes are in ISO 8601.
    """
    # An encoding that lacks a character gets JSON's own escape of it.
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(value, ensure_ascii=not is_unicode, indent=2, default=_iso)
    click.echo(UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def print_rows(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a titled table on a terminal; elsewhere the title, then a line a row, with tabs."""
    if not sys.stdout.isatty():
        click.echo(f"\n{printable(title)}")
        for row in [headings, *rows]:
            click.echo("\t".join(map(printable, row)))
        return
    from rich import box  # noqa: PLC0415 - Rich is slow to import, and a pipe does not need it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=Text(printable(title), "bold"), title_justify="left", box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console().print(table)


def print_text(*parts: tuple[str, str]) -> None:
    """Print a line made of texts; on a terminal each in its Rich style, elsewhere plain."""
    if not sys.stdout.isatty():
        click.echo("".join(printable(text) for text, _ in parts))
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    line = Text.assemble(*((printable(text), style) for text, style in parts))
    Console(highlight=False).print(line)


def print_diff(pieces: Iterable[tuple[str, str]], label: str = "") -> None:
    """Print a word diff behind a label: on a terminal in colour, elsewhere as a line."""
    if sys.stdout.isatty():
        print_text((label, ""), *((text, _MARKS[sign][2]) for sign, text in pieces))
    else:
        click.echo(label + printable(marked(pieces)))


def marked(pieces: Iterable[tuple[str, str]]) -> str:
    """Return a word diff as one line of plain text: `it was [-red-] {+green+}`."""
    return " ".join(
        f"{_MARKS[sign][0]}{' '.join(text.split())}{_MARKS[sign][1]}" for sign, text in pieces
    )


def local(at: datetime | None, precision: str = Precision.MINUTE) -> str:
    """Return an instant in the site's time zone, as exactly as it is known.

    `2025-08-20 10:13`; `2025-08-20` if only the day is known; `~2025-08-20` if it is an estimate;
    an empty text if it is unknown.
    """
    if at is None:
        return ""
    there = at.astimezone(SITE.zone)
    if precision == Precision.MINUTE:
        return f"{there:%Y-%m-%d %H:%M}"
    return f"{'~' * (precision == Precision.ESTIMATED)}{there:%Y-%m-%d}"


def in_words(span: timedelta) -> str:
    """Return a time span in its two largest units: `1 d 12 h`, `5 min`; below a second `0 s`."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number) or "0 s"


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: `1 file`, `2 files`, `1,200 stories`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{number:,} {noun}s"
