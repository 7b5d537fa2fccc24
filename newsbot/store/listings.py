"""What the boxes of a page list: rows of the ledger and of `listings`, and dates."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Executable, bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from newsbot import items
from newsbot.items import Date, Origin, Precision
from newsbot.store import dating
from newsbot.store.boxes import note_boxes, section_of
from newsbot.store.ledger import move_start
from newsbot.store.pages import adding, id_number, new_row, second
from newsbot.store.statements import AnyRow, chunks
from newsbot.store.tables import Listing, Page, Source
from newsbot.store.types import Instant

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
        known = _look_up(connection, page.source, listings)
        unknown = [each for each in listings if each.source_id not in known.pages]
        if unknown:
            known.new = _add_pages(connection, page, unknown)
            new_ids += known.new
            known.pages |= _look_up(connection, page.source, unknown).pages
        _note_sections(connection, known, listings)
        new_entries.update(_note_entries(connection, page, known, listings))
    if page.listings:
        _note_source(connection, page, archive_start=archive_start)
    note_boxes(connection, page, new_entries)
    return new_ids


_Key = tuple[str, str, str]
"""The id, the box and the title of an entry."""


@dataclass(slots=True)
class _Known:
    """The rows of `pages` by id, and those of `listings` that refer to them.

    `new` are the ids whose pages were added, dated by what is listed.
    """

    pages: dict[str, AnyRow]
    listings: dict[_Key, AnyRow]
    new: list[str] = field(default_factory=list)


def _look_up(connection: Connection, source: str, listings: Iterable[items.Listing]) -> _Known:
    source_ids = list({each.source_id for each in listings})
    rows = connection.execute(_KNOWN, {"source": source, "source_ids": source_ids}).all()
    return _Known(
        pages={row.source_id: row for row in rows},
        listings={
            (row.source_id, row.list_name, row.title): row
            for row in rows
            if row.listing_id is not None
        },
    )


def _add_pages(
    connection: Connection, page: items.Page, listings: Iterable[items.Listing]
) -> list[str]:
    """Add a row for each story that is listed, with what its entries tell; return the ids."""
    entries: dict[str, list[items.Listing]] = {}
    for listing in listings:
        entries.setdefault(listing.source_id, []).append(listing)
    rows = [_new_page(page, source_id, each) for source_id, each in entries.items()]
    connection.execute(adding(connection.dialect.name), rows)
    for row in rows:
        if row["date_published"] is not None:
            dating.redate_around(connection, page.source, row["id_number"])
    return list(entries)


def _new_page(page: items.Page, source_id: str, entries: Sequence[items.Listing]) -> dict[str, Any]:
    dates = [replace(each.date_listed, evidence=each.list_name) for each in entries]
    sections = (section_of(each.list_name) for each in entries)
    return {
        **new_row(page.source, source_id, entries[0].url, origin=Origin.LIST, now=page.fetched_at),
        **dating.page_columns(dating.weigh(None, dates)),
        "article_section": next(filter(None, sections), None),
    }


def _note_sections(
    connection: Connection, known: _Known, listings: Iterable[items.Listing]
) -> None:
    sections = {
        known.pages[each.source_id].id: section
        for each in listings
        if known.pages[each.source_id].article_section is None
        and (section := section_of(each.list_name)) is not None
    }
    if sections:
        connection.execute(
            _SET_PAGE,
            [{"of_page": key, "article_section": each} for key, each in sections.items()],
        )


def _note_entries(
    connection: Connection, page: items.Page, known: _Known, listings: Iterable[items.Listing]
) -> list[str]:
    """Bring `listings` up to date; return the name of the box for each story new to a box."""
    entries: dict[_Key, items.Listing] = {}
    for listing in listings:
        key = (listing.source_id, listing.list_name, listing.title)
        same = entries.setdefault(key, listing)
        if dating.worth(listing.date_listed) < dating.worth(same.date_listed):
            entries[key] = listing

    seen_at = second(page.fetched_at)
    former = (known.listings[key] for key in entries.keys() & known.listings.keys())
    seen = [
        row.listing_id for row in former if not row.first_seen_at <= seen_at <= row.last_seen_at
    ]
    if seen:
        connection.execute(_SEEN, {"ids": seen, "seen_at": seen_at, "url": page.url})
    new = {key: listing for key, listing in entries.items() if key not in known.listings}
    if new:
        rows = [
            _columns(page, known.pages[listing.source_id].id, listing) for listing in new.values()
        ]
        connection.execute(_ADD_LISTING, rows)
    improved = {
        key: listing
        for key, listing in entries.items()
        if key not in new and _improves(listing.date_listed, known.listings[key])
    }
    for key, listing in improved.items():
        listing_id = known.listings[key].listing_id
        connection.execute(_SET_LISTING, {"of_listing": listing_id, **_date_columns(listing)})
    dating.redate_pages(
        connection,
        {
            known.pages[listing.source_id].id
            for listing in (new | improved).values()
            if listing.date_listed.at is not None and listing.source_id not in known.new
        },
    )
    known_to_box = {key[:2] for key in known.listings}
    return [list_name for _, list_name in {key[:2] for key in new} - known_to_box]


def _improves(date: Date, row: AnyRow) -> bool:
    if date.at == row.date_listed:
        return False
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


_KNOWN: Executable = (
    select(
        Page.id,
        Page.source_id,
        Page.article_section,
        Listing.id.label("listing_id"),
        Listing.list_name,
        Listing.title,
        Listing.date_listed,
        Listing.date_listed_precision,
        Listing.first_seen_at,
        Listing.last_seen_at,
    )
    .outerjoin(Listing, Listing.page_id == Page.id)
    .where(
        Page.source == bindparam("source"),
        Page.source_id.in_(bindparam("source_ids", expanding=True)),
    )
)
_SET_PAGE = update(Page).where(Page.id == bindparam("of_page"))
_ADD_LISTING = insert(Listing)
_SET_LISTING = update(Listing).where(Listing.id == bindparam("of_listing"))

_seen_at = bindparam("seen_at", type_=Instant)
_is_earlier = Listing.first_seen_at > _seen_at
_is_later = Listing.last_seen_at < _seen_at
_SEEN = (
    update(Listing)
    .where(Listing.id.in_(bindparam("ids", expanding=True)))
    .values(
        first_seen_at=case((_is_earlier, _seen_at), else_=Listing.first_seen_at),
        last_seen_at=case((_is_later, _seen_at), else_=Listing.last_seen_at),
        seen_on_url=case((_is_earlier, bindparam("url")), else_=Listing.seen_on_url),
    )
)
_SOURCE = select(Source.first_id, Source.article_url).where(Source.source == bindparam("source"))
_SET_ARTICLE_URL = (
    update(Source)
    .where(Source.source == bindparam("of_source"))
    .values(article_url=bindparam("template"))
)
