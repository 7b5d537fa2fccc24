"""`newsbot archive`: list the WARC files and what they hold."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click
from rich.filesize import decimal

from newsbot.cli.options import archive_option
from newsbot.cli.output import local, plural, print_rows
from newsbot.text import printable
from newsbot.warc.reading import Fault, read_records, size_of, warc_files
from newsbot.warc.records import Record

_HEADINGS = ["File", "Size", "First", "Last", "Responses", "Other records", "Unreadable", "Made by"]


@click.command()
@archive_option
def command(*, archive: Path) -> None:
    r"""List the WARC files: their sizes, when they were fetched, and what they hold.

    A crawl writes one file. Times are local to the site. Unreadable is what a kill or a disk has
    torn; `newsbot reparse` names the places. docs/archive.md says what may be removed.

    \b
    Example:
      newsbot archive
    """
    files = [_look_through(path) for path in warc_files(archive)]
    if not files:
        raise click.ClickException(f"{archive} holds no WARC file.")
    print_rows(str(archive), _HEADINGS, [file.row(archive) for file in files])
    responses = sum(file.kinds["response"] for file in files)
    size = decimal(sum(file.size for file in files))
    click.echo(f"\n{plural(len(files), 'file')}, {size}, {plural(responses, 'response')}.")


@dataclass(slots=True)
class _File:
    path: Path
    size: int
    kinds: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    software: str = ""
    first: datetime | None = None
    last: datetime | None = None

    def add(self, record: Record) -> None:
        self.kinds[record.kind] += 1
        if record.kind == "warcinfo":
            self.software = self.software or record.fields().get("software", "").split(" ")[0]
        elif record.kind == "response" and record.at:
            self.first = min(self.first or record.at, record.at)
            self.last = max(self.last or record.at, record.at)

    def row(self, archive: Path) -> list[str]:
        others = ", ".join(
            f"{count} {kind}" for kind, count in self.kinds.items() if kind != "response"
        )
        return [
            printable(str(self.path.relative_to(archive))),
            decimal(self.size),
            local(self.first),
            local(self.last),
            str(self.kinds["response"]),
            printable(others),
            str(self.unreadable or ""),
            printable(self.software),
        ]


def _look_through(path: Path) -> _File:
    file = _File(path, size_of(path))
    for found in read_records(path):
        if isinstance(found, Fault):
            file.unreadable += 1
        else:
            file.add(found)
    return file
