"""A page and what is read from it, written down as a case for a test."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from newsbot.html.answers import pages, read_answer
from newsbot.items import Page
from newsbot.site import Answer
from newsbot.sites import DEFAULT as SITE

_NOT_EXPECTED = ("source", "fetched_at", "warc_file", "warc_offset", "fingerprint", "is_clean")


def save_fixture(answer: Answer, folder: Path) -> Iterator[Path]:
    """Write the page as it came, and beside it the rest of the answer and what was read.

    A case is a folder of its own, named for the page. Yield both paths; see `case`.
    """
    name = answer.source_id or urlsplit(answer.url).path.strip("/").replace("/", "-") or "start"
    html, expected = folder / name / "page.html", folder / name / "case.json"
    try:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_bytes(answer.body)
        yield html
        text = json.dumps(case(answer), ensure_ascii=False, indent=2)
        expected.write_text(f"{text}\n", encoding="utf-8")
        yield expected
    except OSError as error:
        raise click.ClickException(f"{folder} can't be written to: {error.strerror}.") from error


def case(answer: Answer) -> dict[str, Any]:
    """Return what the reader is given besides the body, and the pages that it makes of it."""
    site = SITE.at(answer.asked_url)
    given = asdict(answer)
    for name in ("body", "warc_file", "warc_offset"):
        del given[name]
    read = [_expected(page) for page in pages(site, answer, read_answer(site, answer))]
    plain: dict[str, Any] = _plain({"answer": given, "pages": read})
    return plain


def answer_of(given: Mapping[str, Any], body: bytes) -> Answer:
    """Return the answer of a case: what `case` says was given, and the body beside it."""
    return Answer(**{**given, "fetched_at": datetime.fromisoformat(given["fetched_at"])}, body=body)


def _expected(page: Page) -> dict[str, Any]:
    fields = asdict(page)
    for name in _NOT_EXPECTED:
        del fields[name]
    return fields


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: instants in ISO 8601."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value
