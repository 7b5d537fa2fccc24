"""An inspection for a person: in colour on a terminal, lines with tabs elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsbot.cli._inspection import NOT_READ
from newsbot.site import Role
from newsbot.text import printable

_STYLES: dict[str, str] = {
    Role.HEADLINE: "bold green",
    Role.DESCRIPTION: "green",
    Role.CREDIT: "cyan",
    Role.COPYRIGHT: "cyan",
    Role.BREADCRUMB: "magenta",
    Role.PAGE_TITLE: "magenta",
    Role.PAGE_TIME: "magenta",
    Role.BYLINE: "cyan",
    Role.DATE_LINE: "cyan",
    Role.CAPTION: "dim cyan",
    Role.BOX: "bold yellow",
    Role.ENTRY: "yellow",
    NOT_READ: "dim",
}
_BAD = "bold red"

# A style, and the cells of a line.
_Line = tuple[str, list[str]]


def print_inspection(seen: dict[str, Any]) -> None:
    """Print what `inspection` returned."""
    for title, lines in _parts(seen):
        if sys.stdout.isatty():
            _print_styled(title, lines)
        else:
            click.echo(f"\n{printable(title)}")
            for _, cells in lines:
                click.echo("\t".join(map(printable, cells)))


def _print_styled(title: str, lines: Iterable[_Line]) -> None:
    table = Table.grid(padding=(0, 2))
    for style, cells in lines:
        table.add_row(*(Text(printable(cell), style) for cell in cells))
    console = Console(highlight=False)
    console.print()
    console.print(Text(printable(title), "bold"))
    console.print(table)


def _parts(seen: dict[str, Any]) -> Iterator[tuple[str, Iterable[_Line]]]:
    yield seen["url"], _response(seen)
    if "blocks" not in seen:
        return
    yield "Blocks", _blocks(seen["blocks"])
    yield "Anchors", _anchors(seen["anchors"])
    for box in seen["boxes"]:
        entries = box["entries"]
        yield f"{box['list_name']} ({len(entries)} entries)", _entries(entries)
    if seen["unlinked"]:
        yield "Entries that lead to no article", ((_BAD, [title]) for title in seen["unlinked"])
    if seen["fields"]:
        yield "Article", _fields(seen["fields"])


def _response(seen: dict[str, Any]) -> Iterator[_Line]:
    kind = seen["content_type"] or "no content type"
    yield "", [f"HTTP {seen['status']}, {kind}, {seen['bytes']} bytes"]
    made = f", made {_local(seen['served_at'])}" if seen["served_at"] else ""
    yield "", [f"fetched {_local(seen['fetched_at'])}{made}"]
    if seen["warc_file"]:
        yield "", [f"{seen['warc_file']}, byte {seen['warc_offset']}"]
    if page_time := seen.get("page_time"):
        yield "", [f"page time {_local(page_time)}: the server's clock"]
    if seen["reason"]:
        yield _BAD, [f"refused: {seen['reason']}"]


def _blocks(blocks: list[dict[str, Any]]) -> Iterator[_Line]:
    for block in blocks:
        style = _STYLES.get(block["role"], "")
        yield style, [str(block["number"]), block["role"], block["text"]]


def _anchors(anchors: dict[str, list[int]]) -> Iterator[_Line]:
    for name, blocks in anchors.items():
        yield "" if blocks else _BAD, [name, _places(blocks) or "not found"]


def _entries(entries: list[dict[str, Any]]) -> Iterator[_Line]:
    for entry in entries:
        date, category = _local(entry["date_listed"] or ""), entry["category"] or ""
        yield "", [entry["source_id"], date, category, entry["title"]]


def _fields(fields: dict[str, dict[str, Any]]) -> Iterator[_Line]:
    for name, found in fields.items():
        value = "" if found["value"] is None else str(found["value"])
        yield "", [name, _places(found["blocks"]), value.replace("\n\n", " ¶ ").replace("\n", " ")]


def _local(iso: str) -> str:
    """Return an ISO date, or date and time, as it is short for a person."""
    return iso[:16].replace("T", " ")


def _places(blocks: list[int]) -> str:
    """Return block numbers for a person: `12`, `14-30`, `4, 9`."""
    runs: list[list[int]] = []
    for number in blocks:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
