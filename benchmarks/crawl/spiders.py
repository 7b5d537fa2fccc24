"""What our crawl is compared with: a spider that only fetches, and one as many are written."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response, TextResponse


class Bare(Spider):
    """Fetches pages and does nothing with them."""

    name = "bare"

    def __init__(self, urls: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        """Take the page."""


class Naive(Bare):
    """Takes fields from the pages by selectors."""

    name = "naive"

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        assert isinstance(response, TextResponse)
        texts = response.css("td *::text").getall()
        yield {
            "url": response.url,
            "headline": response.css("title::text").get(),
            "body": "\n".join(text.strip() for text in texts if text.strip()),
        }


class CommitEach:
    """A pipeline with one commit for each item."""

    def __init__(self, path: str) -> None:
        self.path = path

    @classmethod
    def from_crawler(cls, crawler: Any) -> "CommitEach":
        return cls(crawler.settings["NAIVE_DATABASE"])

    def open_spider(self) -> None:
        self.connection = sqlite3.connect(self.path)
        self.connection.execute("CREATE TABLE articles (url TEXT UNIQUE, headline TEXT, body TEXT)")

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        self.connection.execute("INSERT INTO articles VALUES (:url, :headline, :body)", item)
        self.connection.commit()
        return item

    def close_spider(self) -> None:
        self.connection.close()
