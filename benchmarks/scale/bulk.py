"""Fills a database faster than the store can: the same rows, written straight into the tables.

What stands in `boxes` and `sources` is left as it is, and near duplicates are
not flagged; a text that was there lately shares its story, as in the store.
The search index is kept by the database itself, so it costs what it costs.
"""

from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from benchmarks.scale.filling import Press
from newsbot.items import Article as ItemArticle
from newsbot.items import Listing as ItemListing
from newsbot.items import Origin, Page, Precision, Status
from newsbot.store import tables as models

_A_COMMIT = 10

Rows = list[dict[str, Any]]


def pour(engine: Engine, after_id: int, articles: int) -> None:
    """Add about so many articles."""
    with Press(after_id) as press:
        while articles > 0:
            with engine.begin() as connection:
                for _ in range(_A_COMMIT):
                    articles -= _Batch(connection).add(press.next_pages())


class _Batch:
    """Some visits' pages, as rows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._article_id = self._last(models.Article.id)
        self._page_id = self._last(models.Page.id)
        self._of_text: dict[str, int] = {}
        self._rows: dict[type[models.Base], Rows] = {
            table: []
            for table in (
                models.Article,
                models.Page,
                models.Version,
                models.Listing,
                models.Shingle,
            )
        }

    def add(self, pages: list[Page]) -> int:
        """Write the pages; return how many stories they added."""
        first_id = self._article_id
        listings: dict[str, list[ItemListing]] = {}
        for page in pages:
            for listing in page.listings:
                listings.setdefault(listing.source_id, []).append(listing)
        for page in sorted((page for page in pages if page.source_id), key=_number):
            self._add_page(page, listings.get(str(page.source_id), []))
        for table, rows in self._rows.items():
            self._connection.execute(insert(table), rows)
        return self._article_id - first_id

    def _add_page(self, page: Page, listings: list[ItemListing]) -> None:
        self._page_id += 1
        dated: dict[str, Any] = {}
        if listings:
            best = min(listings, key=_exactness)
            dated = {
                "date_published": best.date_listed.at,
                "date_published_precision": best.date_listed.precision.value,
                "date_published_evidence": best.news_list.name,
            }
        row = {
            "id": self._page_id,
            "source": page.source,
            "source_id": page.source_id,
            "id_number": _number(page),
            "url": page.url,
            "status": Status.GONE.value,
            "reason": page.reason,
            "origin": Origin.GAP.value,
            "article_id": None,
            "article_section": None,
            "date_published": None,
            "date_published_precision": None,
            "date_published_evidence": None,
            **dated,
            "attempts": 0,
            "http_status": page.http_status,
            "first_seen_at": page.fetched_at,
            "stored_at": None,
            "last_fetched_at": page.fetched_at,
        }
        if page.article is not None:
            row |= {
                "status": Status.STORED.value,
                "origin": Origin.LIST.value,
                "article_id": self._add_article(page, page.article, dated),
                "article_section": page.article.article_section,
                "stored_at": page.fetched_at,
            }
        self._rows[models.Page].append(row)
        self._rows[models.Listing] += [self._listing(page, each) for each in listings]

    def _add_article(self, page: Page, article: ItemArticle, dated: dict[str, Any]) -> int:
        assert page.fingerprint is not None
        text_hash = page.fingerprint.text_hash
        text = {
            "headline": article.headline,
            "description": article.description,
            "article_body": article.article_body,
            "text_hash": text_hash,
        }
        article_id = self._of_text.get(text_hash)
        if article_id is None:
            self._article_id += 1
            article_id = self._of_text[text_hash] = self._article_id
            self._rows[models.Article].append(
                {
                    "id": article_id,
                    "source": page.source,
                    "source_id": page.source_id,
                    "url": page.url,
                    **text,
                    "article_section": article.article_section,
                    "credit_text": article.credit_text,
                    "copyright_holder": article.copyright_holder,
                    "section_path": article.section_path,
                    **dated,
                    "word_count": len(article.article_body.split()),
                    "first_seen_at": page.fetched_at,
                    "last_fetched_at": page.fetched_at,
                }
            )
            self._rows[models.Shingle] += [
                {"hash": each, "article_id": article_id} for each in page.fingerprint.sketch
            ]
        self._rows[models.Version].append(
            {
                "article_id": article_id,
                "page_id": self._page_id,
                "version": 1,
                "text_hash": text["text_hash"],
                "observed_at": page.fetched_at,
                "last_observed_at": page.fetched_at,
            }
        )
        return article_id

    def _listing(self, page: Page, listing: ItemListing) -> dict[str, Any]:
        return {
            "page_id": self._page_id,
            "source": page.source,
            "source_id": listing.source_id,
            "list_kind": listing.news_list.kind.value,
            "list_name": listing.news_list.name,
            "category": listing.category,
            "title": listing.title,
            "date_listed": listing.date_listed.at,
            "date_listed_precision": listing.date_listed.precision.value,
            "seen_on_url": page.url,
            "first_seen_at": page.fetched_at,
            "last_seen_at": page.fetched_at,
        }

    def _last(self, column: Any) -> int:
        return self._connection.scalar(select(func.max(column))) or 0


def _number(page: Page) -> int:
    return int(page.source_id or 0)


def _exactness(listing: ItemListing) -> bool:
    return listing.date_listed.precision is not Precision.MINUTE
