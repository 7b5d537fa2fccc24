"""A temporary database in which a reparse rebuilds a site's rows.

It starts as a copy of the site's rows, without everything that came from the archived responses.
These are then recorded again in the order of fetching, which gives the rows that a crawl with the
current reader would have stored. What came from other responses is kept. `comparing.py` writes the
result to the database in use.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    URL,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)

from newsbot.items import Status
from newsbot.site import Site
from newsbot.store.base import CHUNK, Instant, insert_rows
from newsbot.store.engine import explained, open_engine
from newsbot.store.recording.load import table_of
from newsbot.store.recording.record import redate
from newsbot.store.tables import Article, Base, Listing, Page, Shingle, Source, Version
from newsbot.store.views import create_views

_metadata = MetaData()
CAPTURES = Table(
    "captures",
    _metadata,
    Column("at", Text, primary_key=True, comment="In UTC, to the microsecond."),
    Column("path", Text, primary_key=True),
    Column("offset", Integer, primary_key=True),
    Column("second", Instant, index=True, comment="`at` to the second, as in other tables."),
    Column("url", Text),
    Column("asked_url", Text),
    Column("redirects", Integer),
    Column("moved_permanently", Boolean),
    Column("is_own", Boolean),
    Column("asked_id", Text, index=True, comment="The article's id in `asked_url`."),
    Column("landed_id", Text, index=True, comment="The article's id in `url`."),
    Column("pages", Text, comment="What a shard says was read from it; NULL without a shard."),
)
"""The archived responses; `at` is text in a form that sorts by time."""

# The pages of which every response is archived, as far as the ledger shows.
_WHOLE = Table(
    "whole_pages",
    _metadata,
    Column("page_id", Integer, primary_key=True),
    Column("article_id", Integer),
)


class Aside:
    """The temporary database; leaving its context deletes it.

    Args:
        database: the database in use. The temporary one is a file beside it; for a server, a file
            in the system's temporary folder.
        site: the site whose rows it holds.

    Raises:
        DatabaseUnusable: it can't be created there.
    """

    def __init__(self, database: URL, site: Site) -> None:
        self._site = site
        self._path = _path(database)
        self._path.unlink(missing_ok=True)
        url = URL.create("sqlite", database=str(self._path))
        self.engine = open_engine(url.render_as_string())
        with explained(self.engine):
            self.connection = self._make()
        self._repeats: list[Row[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.engine.dispose()
        self._path.unlink(missing_ok=True)

    def add_captures(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Add archived responses, rows of CAPTURES; return how many."""
        number, left = 0, iter(rows)
        while some := list(islice(left, CHUNK)):
            self.connection.execute(insert(CAPTURES).prefix_with("OR REPLACE"), some)
            number += len(some)
        return number

    def captures(self) -> Iterator[Row[Any]]:
        """Yield the archived responses in the order of fetching."""
        order = select(CAPTURES).order_by(CAPTURES.c.at, CAPTURES.c.path, CAPTURES.c.offset)
        yield from self.connection.execute(order.execution_options(yield_per=CHUNK))

    def take_over(self, before: Connection) -> None:
        """Copy the site's rows, and remove what came from the archived responses.

        A page stays as it is if the ledger knows of a response that is not archived, or if such a
        response showed one of its texts; so do the pages that share its article. Call this once,
        before the responses are recorded again, and `finish` after that.
        """
        for table, rows in _rows_of(self._site.name).items():
            found = before.execute(rows.execution_options(yield_per=CHUNK))
            for some in found.mappings().partitions():
                insert_rows(self.connection, table_of(table), [dict(row) for row in some])
        self._choose_pages()
        self._forget_pages()
        self._forget_lists()

    def finish(self) -> None:
        """Restore `duplicate_of_id` of the articles that `take_over` left as they were."""
        for row in self._repeats:
            earlier = select(Article.id).where(
                Article.source == self._site.name, Article.source_id == row.earlier
            )
            found = self.connection.scalar(earlier)
            like = row.similarity if found is not None else None
            repeat = update(Article).where(Article.id == row.id)
            self._do(repeat.values(duplicate_of_id=found, similarity=like))
            # Recorded again, the earlier article may refer to the later one.
            opposite = update(Article).where(Article.id == found, Article.duplicate_of_id == row.id)
            self._do(opposite.values(duplicate_of_id=None, similarity=None))

    def _make(self) -> Connection:
        connection = self.engine.connect()
        driver = connection.connection.cursor()
        # The file is deleted at the end: it needs no rollback, and need not survive a crash.
        for name, value in (("foreign_keys", "OFF"), ("journal_mode", "OFF"), ("synchronous", 0)):
            driver.execute(f"PRAGMA {name} = {value}")
        driver.close()
        for metadata in (Base.metadata, _metadata):
            metadata.create_all(connection, checkfirst=False)
        create_views(connection)
        return connection

    def _choose_pages(self) -> None:
        instants = select(CAPTURES.c.second)
        shown_elsewhere = select(Version.page_id).where(
            or_(
                Version.observed_at.not_in(instants),
                Version.last_observed_at.not_in(instants),
            )
        )
        archived = (
            select(column).where(column.is_not(None))
            for column in (CAPTURES.c.asked_id, CAPTURES.c.landed_id)
        )
        whole = select(Page.id, Page.article_id).where(
            or_(*(Page.source_id.in_(ids) for ids in archived)),
            or_(Page.stored_at.is_(None), Page.stored_at.in_(instants)),
            or_(Page.last_fetched_at.is_(None), Page.last_fetched_at.in_(instants)),
            Page.id.not_in(shown_elsewhere),
        )
        self._do(insert(_WHOLE).from_select(["page_id", "article_id"], whole))
        shared = select(Page.article_id).where(
            Page.article_id.is_not(None), Page.id.not_in(select(_WHOLE.c.page_id))
        )
        self._do(delete(_WHOLE).where(_WHOLE.c.article_id.in_(shared)))

    def _forget_pages(self) -> None:
        pages = select(_WHOLE.c.page_id)
        # An article that no page shows was left by a reparse that was killed.
        kept = select(Page.article_id).where(Page.article_id.is_not(None), Page.id.not_in(pages))
        earlier = select(Article.id, Article.source_id).where(Article.id.not_in(kept)).subquery()
        repeats = (
            select(Article.id, Article.similarity, earlier.c.source_id.label("earlier"))
            .join(earlier, earlier.c.id == Article.duplicate_of_id)
            .where(Article.id.in_(kept))
        )
        self._repeats = list(self.connection.execute(repeats))
        self._do(delete(Version).where(Version.page_id.in_(pages)))
        self._do(delete(Shingle).where(Shingle.article_id.not_in(kept)))
        self._do(delete(Article).where(Article.id.not_in(kept)))
        unknown = dict.fromkeys(
            "reason article_id article_section day_printed http_status stored_at gone_at "
            "last_fetched_at next_fetch_at warc_file warc_offset".split()
        )
        pending = update(Page).where(Page.id.in_(pages))
        self._do(pending.values(status=Status.PENDING.value, attempts=0, **unknown))

    def _forget_lists(self) -> None:
        instants = select(CAPTURES.c.second)
        seen = Listing.first_seen_at.in_(instants)
        listed = self.connection.scalars(select(Listing.page_id).where(seen).distinct()).all()
        self._do(delete(Listing).where(seen))
        self._do(delete(Page).where(Page.source_id.is_(None), Page.last_fetched_at.in_(instants)))
        touched = {*self.connection.scalars(select(_WHOLE.c.page_id)), *listed}
        redate(self.connection, self._site, touched)

    def _do(self, statement: Any) -> None:
        self.connection.execute(statement)


def _rows_of(source: str) -> dict[type[Base], Select[Any]]:
    """Return, for each table, the statement that selects a site's rows."""
    of_article = (Article.id == Shingle.article_id, Article.source == source)
    of_page = (Page.id == Version.page_id, Page.source == source)
    return {
        Shingle: select(Shingle.__table__).join(Article, of_article[0]).where(of_article[1]),
        Version: select(Version.__table__).join(Page, of_page[0]).where(of_page[1]),
        **{
            table: select(table.__table__).where(table.__table__.c.source == source)
            for table in (Article, Page, Listing, Source)
        },
    }


def _path(database: URL) -> Path:
    if database.get_backend_name() == "sqlite":
        return Path(f"{database.database}.reparse")
    name = hashlib.sha256(database.render_as_string().encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"newsbot-{name}.reparse"
