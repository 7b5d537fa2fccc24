"""`newsbot archive`: list the WARC files and what they hold."""

from collections import Counter
from pathlib import Path

import click
from rich.filesize import decimal

from newsbot.cli.options import archive_option, needed
from newsbot.cli.output import local, plural, print_rows
from newsbot.warc.reading import Fault, read_records, size_of, warc_files

_HEADINGS = ["File", "Size", "First", "Last", "Responses", "Other records", "Unreadable", "Made by"]


@click.command()
@archive_option
def command(*, archive: Path | None) -> None:
    r"""List the WARC files: their sizes, when they were fetched, and what they hold.

    A crawl writes one file. Times are local to the site. Unreadable counts the records damaged by a
    kill or by a disk; `newsbot reparse` names their places. docs/archive.md says which files may be
    removed.

    \b
    Example:
      newsbot archive
    """
    folder = needed(archive)
    files = warc_files(folder)
    if not files:
        raise click.ClickException(f"{folder} holds no WARC file.")
    responses = 0
    rows = []
    for path in files:
        kinds, row = _look_through(path)
        responses += kinds["response"]
        rows.append([str(path.relative_to(folder)), *row])
    print_rows(str(folder), _HEADINGS, rows)
    size = decimal(sum(map(size_of, files)))
    click.echo(f"\n{plural(len(files), 'file')}, {size}, {plural(responses, 'response')}.")


def _look_through(path: Path) -> tuple[Counter[str], list[str]]:
    """Return how many records of each kind a file holds, and its row without its name."""
    kinds: Counter[str] = Counter()
    software, times, unreadable = "", [], 0
    for record in read_records(path):
        if isinstance(record, Fault):
            unreadable += 1
            continue
        kinds[record.kind] += 1
        if record.kind == "warcinfo":
            software = software or record.fields().get("software", "").split(" ")[0]
        elif record.kind == "response" and record.at:
            times.append(record.at)
    others = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if kind != "response")
    return kinds, [
        decimal(size_of(path)),
        local(min(times, default=None)),
        local(max(times, default=None)),
        str(kinds["response"]),
        others,
        str(unreadable or ""),
        software,
    ]
