"""WARC files as other programs write them, and a database to bring them into."""

import gzip
import io
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from warcio.warcwriter import WARCWriter

from newsbot.rebuild.job import Outcome, reparse
from newsbot.sites import DEFAULT
from tests.helpers.reparsing import Watcher
from tests.replica import scenarios
from tests.replica.markups import render

SITE = scenarios.plain(days=2, per_day=20)
THEN = scenarios.evening(1).astimezone(UTC)
NOW = scenarios.evening(2).astimezone(UTC)
HOST = "home.nzcity.co.nz"


def address(source_id: int, scheme: str = "https", host: str = HOST) -> str:
    return f"{scheme}://{host}/news/article.aspx?id={source_id}"


def html(source_id: int, at: datetime) -> bytes:
    page = SITE.page(source_id, at)
    assert page is not None
    return render(page, "divs").encode()


class TheirFile:
    """A WARC file as another program writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        self._file = self.path.open("wb")
        self._writer = WARCWriter(self._file, gzip=True)
        info = self._writer.create_warcinfo_record(self.path.name, {"software": "Nutch 1.20"})
        self._writer.write_record(info)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(
        self,
        url: str,
        body: bytes,
        *,
        at: datetime = THEN,
        head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        kind: str = "response",
        **headers: str,
    ) -> None:
        block = head + body
        given = {"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        record = self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(block), length=len(block), warc_headers_dict=given
        )
        self._writer.write_record(record)

    def add_warcinfo(self, **fields: str) -> None:
        self._writer.write_record(self._writer.create_warcinfo_record(self.path.name, fields))

    def add_bytes(self, record: bytes) -> None:
        self._file.write(gzip.compress(record))


class Database:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "newsbot.db"
        self.archive = folder / "warc"
        self.watcher = Watcher()

    def reparse(self, *files: Path, keep: bool = True) -> Outcome:
        self.watcher = Watcher()
        url = f"sqlite:///{self.path}"
        return reparse(
            url, self.archive, files, DEFAULT, keep=keep, audience=self.watcher, processes=0
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
