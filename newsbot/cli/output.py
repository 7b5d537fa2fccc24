"""What commands write: files that appear when they are whole, tables, times, word diffs."""

import errno
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from newsbot.items import Precision
from newsbot.sites import DEFAULT as SITE
from newsbot.text import printable

if TYPE_CHECKING:
    # Few commands compare texts.
    from newsbot.word_diff import Piece

# As `wdiff` and `git diff --word-diff` have them.
_MARKS = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
_STYLES = {"=": "", "-": "red strike", "+": "green"}


@contextmanager
def output(path: Path | None) -> Iterator[IO[bytes]]:
    """Yield what to write to: the file at `path`, or standard output where that is None.

    The file is written beside its place and put there at the end of the block, on the disk, so
    that nobody sees half of it, and an old one stays if something goes wrong.

    Raises:
        ClickException: it can't be written.
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


def print_json(value: Any) -> None:
    """Print a value as JSON in which no control character is left as it is.

    JSON's own rules leave those from U+007F on, and terminals obey some of them.
    """
    # Where other characters can't be written, JSON has its own way to write them.
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(value, ensure_ascii=not is_unicode, indent=2)
    click.echo(text.translate({code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}))


def print_rows(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a titled table on a terminal; elsewhere the title, then a line a row, with tabs."""
    if not sys.stdout.isatty():
        click.echo(f"\n{printable(title)}")
        for row in [headings, *rows]:
            click.echo("\t".join(map(printable, row)))
        return
    from rich import box  # noqa: PLC0415
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
    """Print a line put together from texts; on a terminal each in its style, as Rich names it."""
    if not sys.stdout.isatty():
        click.echo("".join(printable(text) for text, _ in parts))
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    line = Text.assemble(*((printable(text), style) for text, style in parts))
    Console(highlight=False).print(line)


def print_pieces(pieces: "Iterable[Piece]", label: str = "") -> None:
    """Print a word diff behind a label: on a terminal in colour, elsewhere as a line."""
    if sys.stdout.isatty():
        print_text((label, ""), *((text, _STYLES[sign]) for sign, text in pieces))
    else:
        click.echo(label + printable(marked(pieces)))


def marked(pieces: "Iterable[Piece]") -> str:
    """Return a word diff as one line of plain text: `it was [-red-]{+green+}`."""
    return " ".join(
        f"{_MARKS[sign][0]}{' '.join(text.split())}{_MARKS[sign][1]}" for sign, text in pieces
    )


def local(at: datetime | None, precision: str = Precision.MINUTE) -> str:
    """Return an instant in the site's time, as exactly as it is known.

    `2025-08-20 10:13`; `2025-08-20` where only the day is known; `~2025-08-20` where it is
    estimated; empty where it is unknown.
    """
    if at is None:
        return ""
    there = at.astimezone(SITE.zone)
    if precision == Precision.MINUTE:
        return f"{there:%Y-%m-%d %H:%M}"
    return f"{'~' * (precision == Precision.ESTIMATED)}{there:%Y-%m-%d}"


def in_words(span: timedelta) -> str:
    """Return a span by its two greatest units: `1 d 12 h`, `5 min`; less than a second is `0 s`."""
    seconds = int(span.total_seconds())
    parts = [
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    ]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number) or "0 s"


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: `1 file`, `2 files`, `1,200 stories`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{number:,} {noun}s"


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("xb") as out:
            # Who may read the old file, and no one else, may read the new one.
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
