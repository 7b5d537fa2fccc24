"""What the boxes of a page list: rows of the ledger and of `listings`, and dates."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Executable, bindparam, insert, select, update
from sqlalchemy.orm import Session

from newsbot import items
from newsbot.items import Date, Origin, Precision
from newsbot.store import dating
from newsbot.store.boxes import note_boxes, section_of
from newsbot.store.ledger import move_start
from newsbot.store.models import Listing, Page, Source
from newsbot.store.pages import adding, id_number, new_row, second
from newsbot.store.statements import AnyRow, chunks

TODAYS_NEWS = "Today's News"


def see_listings(session: Session, page: items.Page, *, archive_start: bool) -> list[str]:
    """Note what the boxes of `page` list, and return the ids that the ledger did not know.

    Each entry becomes a row of the ledger and one of `listings`, and may date
    known articles. With `archive_start`, the smallest id in the first Today's
    News ever seen becomes the archive's start.
    """
    connection = session.connection()
    new_ids: list[str] = []
    new_entries: Counter[str] = Counter()
    for listings in chunks(page.listings):
        pages = _pages(connection, page.source, listings)
        unknown = [each for each in listings if each.source_id not in pages]
        new_pages = _add_pages(connection, page, unknown) if unknown else {}
        new_ids += new_pages
        pages |= new_pages
        _note_sections(connection, pages, listings)
        new_entries.update(_note_entries(connection, page, pages, listings, new_pages.keys()))
    if page.listings:
        _note_source(connection, page, archive_start=archive_start)
    note_boxes(connection, page, new_entries)
    return new_ids


def _pages(
    connection: Connection, source: str, listings: Iterable[items.Listing]
) -> dict[str, AnyRow]:
    source_ids = list({each.source_id for each in listings})
    rows = connection.execute(_PAGES, {"source": source, "source_ids": source_ids})
    return {row.source_id: row for row in rows}


def _add_pages(
    connection: Connection, page: items.Page, listings: Iterable[items.Listing]
) -> dict[str, AnyRow]:
    """Add a row for each story that is listed, with what its entries tell; return them by id."""
    entries: dict[str, list[items.Listing]] = {}
    for listing in listings:
        entries.setdefault(listing.source_id, []).append(listing)
    rows = [_new_page(page, source_id, each) for source_id, each in entries.items()]
    connection.execute(adding(connection.dialect.name), rows)
    for row in rows:
        if row["date_published"] is not None:
            dating.redate_around(connection, page.source, row["id_number"])
    added = _pages(connection, page.source, [each for some in entries.values() for each in some])
    return {source_id: added[source_id] for source_id in entries}


def _new_page(page: items.Page, source_id: str, entries: Sequence[items.Listing]) -> dict[str, Any]:
    dates = [replace(each.date_listed, evidence=each.list_name) for each in entries]
    sections = (section_of(each.list_name) for each in entries)
    return {
        **new_row(page.source, source_id, entries[0].url, origin=Origin.LIST, now=page.fetched_at),
        **dating.page_columns(dating.weigh(None, dates)),
        "article_section": next(filter(None, sections), None),
    }


def _note_sections(
    connection: Connection, pages: Mapping[str, AnyRow], listings: Iterable[items.Listing]
) -> None:
    sections = {
        pages[each.source_id].id: section
        for each in listings
        if pages[each.source_id].article_section is None
        and (section := section_of(each.list_name)) is not None
    }
    if sections:
        connection.execute(
            _SET_SECTION, [{"of_page": key, "section": each} for key, each in sections.items()]
        )


def _note_entries(
    connection: Connection,
    page: items.Page,
    pages: Mapping[str, AnyRow],
    listings: Iterable[items.Listing],
    new_ids: Container[str],
) -> list[str]:
    """Bring `listings` up to date; return the name of the box for each story new to a box.

    The pages of `new_ids` are dated already.
    """
    entries: dict[tuple[int, str, str], items.Listing] = {}
    for listing in listings:
        key = (pages[listing.source_id].id, listing.list_name, listing.title)
        same = entries.setdefault(key, listing)
        if dating.worth(listing.date_listed) < dating.worth(same.date_listed):
            entries[key] = listing
    rows = connection.execute(_LISTINGS, {"page_ids": list({key[0] for key in entries})})
    known = {(row.page_id, row.list_name, row.title): row for row in rows}
    _note_sightings(connection, page, [known[key] for key in entries if key in known])

    new = {key: listing for key, listing in entries.items() if key not in known}
    if new:
        connection.execute(
            _ADD_LISTING, [_columns(page, key[0], each) for key, each in new.items()]
        )
    improved = {
        key: listing
        for key, listing in entries.items()
        if key in known and _improves(listing.date_listed, known[key])
    }
    for key, listing in improved.items():
        connection.execute(_SET_DATE, {"of_listing": known[key].id, **_date_columns(listing)})
    dating.redate_pages(
        connection,
        {
            key[0]
            for key, each in (new | improved).items()
            if each.date_listed.at and each.source_id not in new_ids
        },
    )

    known_to_box = {key[:2] for key in known}
    return [list_name for _, list_name in {key[:2] for key in new} - known_to_box]


def _note_sightings(connection: Connection, page: items.Page, rows: Sequence[AnyRow]) -> None:
    seen_at = second(page.fetched_at)
    later = [row.id for row in rows if row.last_seen_at < seen_at]
    earlier = [row.id for row in rows if row.first_seen_at > seen_at]
    if later:
        connection.execute(_SEEN_LATER, {"ids": later, "seen_at": seen_at})
    if earlier:
        values = {"ids": earlier, "seen_at": seen_at, "url": page.url}
        connection.execute(_SEEN_EARLIER, values)


def _improves(date: Date, row: AnyRow) -> bool:
    former = Date(row.date_listed, Precision(row.date_listed_precision), date.evidence)
    return dating.worth(date) < dating.worth(former)


def _columns(page: items.Page, page_id: int, listing: items.Listing) -> dict[str, Any]:
    return {
        "page_id": page_id,
        "source": page.source,
        "source_id": listing.source_id,
        "list_name": listing.list_name,
        "category": listing.category,
        "title": listing.title,
        **_date_columns(listing),
        "seen_on_url": page.url,
        "first_seen_at": page.fetched_at,
        "last_seen_at": page.fetched_at,
    }


def _date_columns(listing: items.Listing) -> dict[str, Any]:
    return {
        "date_listed": listing.date_listed.at,
        "date_listed_precision": listing.date_listed.precision.value,
    }


def _note_source(connection: Connection, page: items.Page, *, archive_start: bool) -> None:
    found = connection.execute(_SOURCE, {"source": page.source}).one_or_none()
    if found is None:
        connection.execute(insert(Source).values(source=page.source))
    first_id, article_url = found or (None, None)
    listing = page.listings[0]
    if article_url is None or urlsplit(article_url).netloc != urlsplit(listing.url).netloc:
        template = listing.url.removesuffix(listing.source_id) + "{id}"
        connection.execute(_SET_ARTICLE_URL, {"of_source": page.source, "template": template})
    if archive_start and first_id is None:
        today = [each for each in page.listings if each.list_name == TODAYS_NEWS]
        ids = [number for each in today if (number := id_number(each.source_id)) is not None]
        if ids:
            move_start(connection, page.source, min(ids))


_PAGES: Executable = select(Page.id, Page.source_id, Page.article_section).where(
    Page.source == bindparam("source"),
    Page.source_id.in_(bindparam("source_ids", expanding=True)),
)
_SET_SECTION = (
    update(Page).where(Page.id == bindparam("of_page")).values(article_section=bindparam("section"))
)
_LISTINGS: Executable = select(
    Listing.id,
    Listing.page_id,
    Listing.list_name,
    Listing.title,
    Listing.date_listed,
    Listing.date_listed_precision,
    Listing.first_seen_at,
    Listing.last_seen_at,
).where(Listing.page_id.in_(bindparam("page_ids", expanding=True)))
_ADD_LISTING = insert(Listing)
_SET_DATE = (
    update(Listing)
    .where(Listing.id == bindparam("of_listing"))
    .values(
        date_listed=bindparam("date_listed"),
        date_listed_precision=bindparam("date_listed_precision"),
    )
)
_OF_LISTINGS = Listing.id.in_(bindparam("ids", expanding=True))
_SEEN_LATER = update(Listing).where(_OF_LISTINGS).values(last_seen_at=bindparam("seen_at"))
_SEEN_EARLIER = (
    update(Listing)
    .where(_OF_LISTINGS)
    .values(first_seen_at=bindparam("seen_at"), seen_on_url=bindparam("url"))
)
_SOURCE = select(Source.first_id, Source.article_url).where(Source.source == bindparam("source"))
_SET_ARTICLE_URL = (
    update(Source)
    .where(Source.source == bindparam("of_source"))
    .values(article_url=bindparam("template"))
)
