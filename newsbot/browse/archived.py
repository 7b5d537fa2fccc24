"""Responses of the WARC archive: where the one with a story is, and how it is shown."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx

from newsbot.errors import ArchiveUnusable
from newsbot.html.decoding import decode
from newsbot.site import Site
from newsbot.warc.reading import Fault, read_record, read_records, warc_files
from newsbot.warc.records import Response

Place = tuple[Path, int]
"""A WARC file, and the offset of a record in it, in bytes."""

# A small compressed body may hold a huge one.
_LARGEST = 10 * 1024 * 1024
_CHUNK = 16 * 1024

# Elements that make a browser open connections which no Content-Security-Policy forbids, or that
# change where links lead.
_CONNECTING = re.compile(r"<(?=(?:link|meta|base)\b)", re.IGNORECASE)

# A crawl's file is named for the instant of its first record.
_STARTED = re.compile(r"-(\d{8}T\d{6}Z)-")
# Two crawls of an archive seldom overlap, so this is nearly always in the last file.
_FILES = 5


def find_story(archive: Path, site: Site, source_id: str, seen_at: datetime) -> Place | None:
    """Return the place of the response that showed a story at the instant `seen_at`.

    It is looked for in the crawl's own files that began last before that instant.
    """
    instant = f"{seen_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    began = ((_STARTED.search(path.name), path) for path in warc_files(archive))
    files = sorted((match[1], path) for match, path in began if match and match[1] <= instant)
    for _, path in reversed(files[-_FILES:]):
        for record in read_records(path):
            if isinstance(record, Fault) or record.kind != "response" or record.at is None:
                continue
            is_then = record.at.replace(microsecond=0) == seen_at
            is_well = record.status == HTTPStatus.OK
            if is_then and is_well and site.id_in(record.url) == source_id:
                return path, record.offset
    return None


def as_text(place: Place) -> str:
    """Return an archived response: address, status, headers, body.

    Raises:
        ArchiveUnusable: there is none, or it can't be read.
    """
    response = _response(place)
    headers = "".join(
        f"{name.decode('latin-1')}: {value.decode('latin-1')}\n" for name, value in response.headers
    )
    first = f"{response.url}\n{response.at:%Y-%m-%d %H:%M:%S} UTC\n\n"
    return f"{first}{response.protocol} {response.status}\n{headers}\n{_body(response)}"


def as_html(place: Place) -> str:
    """Return the body of an archived response, to be shown in a sandbox.

    Its `link`, `meta` and `base` elements are renamed, so that they have no effect.

    Raises:
        ArchiveUnusable: there is none, or it can't be read.
    """
    return _CONNECTING.sub("<x-", _body(_response(place)))


def _response(place: Place) -> Response:
    path, offset = place
    response = read_record(path, offset).response()
    if response is None:
        raise ArchiveUnusable(f"The record at byte {offset} of {path} is not an HTTP response.")
    return response


def _body(response: Response) -> str:
    pieces = (response.body[at : at + _CHUNK] for at in range(0, len(response.body), _CHUNK))
    received = httpx.Response(response.status, headers=response.headers, content=pieces)
    body = bytearray()
    try:
        for piece in received.iter_bytes():
            body += piece
            if len(body) > _LARGEST:
                break
    except httpx.DecodingError as error:
        raise ArchiveUnusable(f"The response of {response.url} is damaged: {error}.") from error
    return decode(bytes(body[:_LARGEST]), received.headers.get("content-type", ""))
