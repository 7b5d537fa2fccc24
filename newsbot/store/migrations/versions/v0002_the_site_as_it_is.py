"""What pages really say: new columns, and dates that no longer trust the page's clock."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from newsbot.errors import DatabaseUnusable
from newsbot.items import Date, ListKind, Precision
from newsbot.store.base import Instant
from newsbot.store.recording.dates import Evidence, best, day_of, weigh
from newsbot.text import fingerprint_of

revision = "0002"
down_revision = "0001"

_AT_ONCE = 500
_PAGE_HEAD = "page head"
_KINDS = "'today', 'top', 'section', 'feed', 'section page'"
# A list's kind was not kept: it is told by how exactly any of its entries was dated.
_KIND_OF = (
    "CASE max(CASE date_listed_precision WHEN 'minute' THEN 2 WHEN 'day' THEN 1 ELSE 0 END) "
    "WHEN 2 THEN 'today' WHEN 1 THEN 'section' ELSE 'top' END"
)

_DATED = {
    "date_published": Instant(),
    "date_published_precision": sa.Text(),
    "date_published_evidence": sa.Text(),
    "day_published": sa.Text(),
}


def _table(name: str, **columns: Any) -> sa.TableClause:
    own = {"id": sa.BigInteger(), "source": sa.Text(), **columns}
    return sa.table(name, *(sa.column(column, kind) for column, kind in own.items()))


_ARTICLES = _table(
    "articles", **_DATED, headline=sa.Text(), description=sa.Text(), article_body=sa.Text()
)
_PAGES = _table("pages", **_DATED, article_id=sa.BigInteger())
_LISTINGS = _table(
    "listings",
    page_id=sa.BigInteger(),
    list_name=sa.Text(),
    list_kind=sa.Text(),
    date_listed=Instant(),
    date_listed_precision=sa.Text(),
)
_SHINGLES = sa.table("shingles", sa.column("hash"), sa.column("article_id"))


def upgrade() -> None:
    zones: Mapping[str, ZoneInfo] = op.get_context().config.attributes["zones"]  # type: ignore[union-attr]
    connection = op.get_bind()
    _refuse_unknown_sites(connection, zones)
    _add_columns()
    _fill_lists(connection)
    _constrain()
    _redate_pages(connection, zones)
    _redate_articles(connection, zones)
    _sketch_again(connection)


def _refuse_unknown_sites(connection: sa.Connection, zones: Mapping[str, ZoneInfo]) -> None:
    found = "SELECT source FROM pages UNION SELECT source FROM articles"
    unknown = set(connection.execute(sa.text(found)).scalars()) - set(zones)
    if unknown:
        raise DatabaseUnusable(
            f"The database has pages of {', '.join(sorted(unknown))}, which this newsbot does not "
            "know; use a newsbot that does."
        )


def _add_columns() -> None:
    for name in ("section_path", "author", "image_caption", "day_published", "day_printed"):
        op.add_column("articles", sa.Column(name, sa.Text()))
    for name in ("day_printed", "day_published"):
        op.add_column("pages", sa.Column(name, sa.Text()))
    op.add_column("pages", sa.Column("gone_at", Instant()))
    op.add_column("listings", sa.Column("list_kind", sa.Text()))
    op.add_column("boxes", sa.Column("list_kind", sa.Text()))
    op.add_column("boxes", sa.Column("section", sa.Text()))
    op.add_column("crawls", sa.Column("shown", sa.JSON()))
    # It was learned from lists; now it is where the site has redirected its articles to.
    op.execute("UPDATE sources SET article_url = NULL")
    op.execute("UPDATE articles SET section_path = article_section")
    op.execute("UPDATE pages SET gone_at = last_fetched_at WHERE status = 'gone'")
    op.execute("ALTER TABLE pages DROP COLUMN date_in_head")


def _fill_lists(connection: sa.Connection) -> None:
    op.execute("UPDATE boxes SET list_kind = 'section'")
    kinds = f"SELECT source, list_name AS name, {_KIND_OF} AS kind FROM listings GROUP BY 1, 2"  # noqa: S608
    for row in connection.execute(sa.text(kinds)).mappings().all():
        for table in ("listings", "boxes"):
            of_list = "SET list_kind = :kind WHERE source = :source AND list_name = :name"
            connection.execute(sa.text(f"UPDATE {table} {of_list}"), dict(row))
    sections: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for source, name, section in connection.execute(
        sa.text(
            "SELECT listings.source, list_name, article_section FROM listings "
            "JOIN pages ON pages.id = listings.page_id "
            "WHERE list_kind = 'section' AND article_section IS NOT NULL"
        )
    ):
        sections[source, name][section] += 1
    for (source, name), counted in sections.items():
        connection.execute(
            sa.text(
                "UPDATE boxes SET section = :section WHERE source = :source AND list_name = :name"
            ),
            {"section": counted.most_common(1)[0][0], "source": source, "name": name},
        )


def _constrain() -> None:
    columns = (
        *("id", "source", "source_id", "url", "headline", "description", "article_section"),
        *("section_path", "author", "credit_text", "copyright_holder", "image_caption"),
        *("date_published", "date_published_precision", "date_published_evidence"),
        *("day_published", "day_printed", "date_modified", "word_count", "text_hash"),
        *("duplicate_of_id", "similarity", "first_seen_at", "last_fetched_at", "article_body"),
    )
    # Last comes the text, because SQLite reads all that is before a column to get at it.
    with op.batch_alter_table("articles", partial_reordering=[columns]) as batch:
        batch.alter_column("section_path", existing_type=sa.Text(), nullable=False)
        batch.alter_column("copyright_holder", existing_type=sa.Text(), nullable=True)
        batch.drop_column("copyright_year")
    op.create_index(op.f("ix_articles_day_published"), "articles", ["day_published"])
    for table in ("listings", "boxes"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("list_kind", existing_type=sa.Text(), nullable=False)
            batch.create_check_constraint(op.f(f"ck_{table}_list_kind"), f"list_kind IN ({_KINDS})")


def _redate_pages(connection: sa.Connection, zones: Mapping[str, ZoneInfo]) -> None:
    """Take back the dates that rested on a page's clock, and fill in the days of the others."""
    for rows in _batches(connection, sa.select(_PAGES).where(_PAGES.c.date_published.is_not(None))):
        by_head = [row.id for row in rows if row.date_published_evidence == _PAGE_HEAD]
        listed: defaultdict[int, list[Evidence]] = defaultdict(list)
        for each in connection.execute(
            sa.select(_LISTINGS).where(
                _LISTINGS.c.page_id.in_(by_head), _LISTINGS.c.date_listed.is_not(None)
            )
        ):
            date = Date(each.date_listed, Precision(each.date_listed_precision), each.list_name)
            listed[each.page_id].append(Evidence(date, ListKind(each.list_kind)))
        changes = []
        for row in rows:
            date = _date(row)
            if row.date_published_evidence == _PAGE_HEAD:
                date = weigh(None, listed[row.id], zones[row.source])
            changes.append(_columns(row.id, date, zones[row.source]))
            if date.at is None:
                changes[-1]["precision"] = None
        _set(connection, _PAGES, changes)


def _redate_articles(connection: sa.Connection, zones: Mapping[str, ZoneInfo]) -> None:
    dated = sa.select(
        _ARTICLES.c.id, _ARTICLES.c.source, *(_ARTICLES.c[name] for name in _DATED)
    ).where(_ARTICLES.c.date_published.is_not(None))
    for rows in _batches(connection, dated):
        by_head = [row.id for row in rows if row.date_published_evidence == _PAGE_HEAD]
        of_pages: defaultdict[int, list[Date]] = defaultdict(list)
        for page in connection.execute(
            sa.select(_PAGES).where(
                _PAGES.c.article_id.in_(by_head), _PAGES.c.date_published.is_not(None)
            )
        ):
            of_pages[page.article_id].append(_date(page))
        changes = []
        for row in rows:
            date = _date(row)
            if row.date_published_evidence == _PAGE_HEAD:
                date = best(of_pages[row.id])
            elif date.precision is Precision.ESTIMATED:
                # Its neighbours may have lost their dates; the next run estimates it again.
                date = Date()
            changes.append(_columns(row.id, date, zones[row.source]))
        _set(connection, _ARTICLES, changes)


def _sketch_again(connection: sa.Connection) -> None:
    """Make the sketches of all texts with the hash that is used from now on."""
    connection.execute(sa.delete(_SHINGLES))
    texts = sa.select(
        *(_ARTICLES.c[name] for name in ("id", "headline", "description", "article_body"))
    )
    for rows in _batches(connection, texts):
        sketches = [
            {"hash": each, "article_id": row.id}
            for row in rows
            if row.article_body
            for each in fingerprint_of(row.headline, row.description, row.article_body).sketch
        ]
        if sketches:
            connection.execute(sa.insert(_SHINGLES), sketches)


def _batches(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a statement in the order of their ids, a few at a time."""
    key = statement.selected_columns["id"]
    after = 0
    while rows := connection.execute(
        statement.where(key > after).order_by(key).limit(_AT_ONCE)
    ).all():
        yield rows
        after = rows[-1].id


def _date(row: Any) -> Date:
    precision = Precision(row.date_published_precision)
    return Date(row.date_published, precision, row.date_published_evidence)


def _columns(number: int, date: Date, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": number,
        "at": date.at,
        "precision": date.precision.value,
        "evidence": date.evidence,
        "day": day_of(date.at, zone),
    }


def _set(connection: sa.Connection, table: sa.TableClause, changes: list[dict[str, Any]]) -> None:
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("number"))
        .values(
            date_published=sa.bindparam("at", type_=Instant()),
            date_published_precision=sa.bindparam("precision"),
            date_published_evidence=sa.bindparam("evidence"),
            day_published=sa.bindparam("day"),
        )
    )
    connection.execute(statement, changes)
