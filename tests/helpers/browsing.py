"""Asks the server of `newsbot browse` in this process, without a socket."""

import asyncio
import gzip
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from httpx import Response
from lxml import html

from newsbot.browse.server import datasette
from newsbot.sites import DEFAULT
from newsbot.warc.records import Request
from newsbot.warc.records import Response as WarcResponse
from newsbot.warc.writing import WarcFile
from tests.helpers.rows import NOON


class Browser:
    """Pages of the database at `path`, with the WARC files in `archive`, at the instant `now`."""

    def __init__(self, path: Path, archive: Path | None = None, now: datetime = NOON) -> None:
        self._datasette = datasette(path, DEFAULT, archive, now=lambda: now)
        # Datasette's locks belong to one event loop.
        self._runner = asyncio.Runner()

    def get(self, path: str, **headers: str) -> Response:
        """Return the answer to a request."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Response = self._runner.run(self._datasette.client.get(path, headers=names))
        return answer

    def tree(self, path: str) -> Any:
        """Return the elements of a page."""
        return html.fromstring(self.get(path).text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()


def texts(tree: Any, xpath: str) -> list[str]:
    """Return the texts of the elements that an XPath names, their white space made one space."""
    return [" ".join(element.text_content().split()) for element in tree.xpath(xpath)]


def archive_page(
    folder: Path, text: str, source_id: int = 1, at: datetime = NOON, status: int = 200
) -> dict[str, Any]:
    """Archive a page as a WARC file in `folder`; return where it is, as `pages` has it."""
    file = WarcFile(folder, "nzcity", {"software": "test"})
    headers = [(b"Content-Type", b"text/html; charset=utf-8"), (b"Content-Encoding", b"gzip")]
    body = gzip.compress(text.encode())
    url = f"https://home.nzcity.co.nz/news/article.aspx?id={source_id}"
    place = file.write(Request([]), WarcResponse(url, at, status, headers, body), None)
    file.close()
    return {
        "warc_file": place.file,
        "warc_offset": place.offset,
        "http_status": status,
        "last_fetched_at": at,
    }
