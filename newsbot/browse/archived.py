"""A response of the WARC archive, to look at."""

import re
from pathlib import Path

import httpx

from newsbot.errors import ArchiveUnusable
from newsbot.html.decoding import decode
from newsbot.warc.reading import read_record
from newsbot.warc.records import Response

# A small body may hold a huge one.
_LARGEST = 10 * 1024 * 1024
_CHUNK = 16 * 1024

# What makes a browser open connections that no Content-Security-Policy forbids, or leads elsewhere.
_CONNECTING = re.compile(r"<(?=(?:link|meta|base)\b)", re.IGNORECASE)


def as_text(path: Path, offset: int) -> str:
    """Return the response at an offset of a WARC file: address, status, headers, body.

    Raises:
        ArchiveUnusable: there is none, or it can't be read.
    """
    response = _response(path, offset)
    headers = "".join(
        f"{name.decode('latin-1')}: {value.decode('latin-1')}\n" for name, value in response.headers
    )
    first = f"{response.url}\n{response.at:%Y-%m-%d %H:%M:%S} UTC\n\n"
    return f"{first}{response.protocol} {response.status}\n{headers}\n{_body(response)}"


def as_html(path: Path, offset: int) -> str:
    """Return the body of the response at an offset of a WARC file, to be shown in a sandbox.

    Its `link`, `meta` and `base` elements get other names, so that they do nothing.

    Raises:
        ArchiveUnusable: there is none, or it can't be read.
    """
    return _CONNECTING.sub("<x-", _body(_response(path, offset)))


def _response(path: Path, offset: int) -> Response:
    response = read_record(path, offset).response()
    if response is None:
        raise ArchiveUnusable(f"The record at byte {offset} of {path} holds no HTTP response.")
    return response


def _body(response: Response) -> str:
    pieces = (response.body[at : at + _CHUNK] for at in range(0, len(response.body), _CHUNK))
    received = httpx.Response(response.status, headers=response.headers, content=pieces)
    content_type = received.headers.get("content-type", "")
    body = bytearray()
    try:
        for piece in received.iter_bytes():
            body += piece
            if len(body) > _LARGEST:
                break
    except httpx.DecodingError as error:
        raise ArchiveUnusable(f"The response of {response.url} is damaged: {error}.") from error
    return decode(bytes(body[:_LARGEST]), content_type)
