"""What the lists of a page say: rows of the ledger and of `listings`, dates, the rhythm of boxes.

Pure: changes the rows of a `Known`.
"""

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from newsbot.items import Date, Listing, ListKind, NewsList, Origin, Page, Precision
from newsbot.store.dates import Evidence, best, day_of, truncate_to_second, weigh, worth
from newsbot.store.known import Known, Row, id_number

FIRST_INTERVAL = 3 * 3600.0
"""Seconds between two new entries, as long as a box has not shown any."""

LEAST_INTERVAL, MOST_INTERVAL = 600.0, 7 * 86_400.0

# Running means: the newest entry counts for a fifth, the newest look for a tenth.
_ENTRY_WEIGHT, _LOOK_WEIGHT = 0.2, 0.1


def see(known: Known, page: Page, *, fixes_start: bool) -> list[str]:
    """Note what the lists of a page show; return the ids that the ledger did not know.

    Each entry becomes a row of the ledger and one of `listings`, and may date known articles. With
    `fixes_start`, the smallest id in the first list of the day's news that was ever seen becomes
    the archive's start.
    """
    at = truncate_to_second(page.fetched_at)
    new_ids = []
    new_entries: Counter[str] = Counter()
    dated: dict[int, Row] = {}
    for listing in _best_entries(page):
        row = known.pages.get(listing.source_id)
        if row is None:
            row = known.add_page(listing.source_id, listing.url, Origin.LIST, at)
            new_ids.append(listing.source_id)
        if row["article_section"] is None and listing.news_list.section is not None:
            row.set(article_section=listing.news_list.section)
        listings = known.listings.setdefault(row.id, {})
        is_new_to_list = all(name != listing.news_list.name for name, _ in listings)
        if _note(known, page, row, listing, at):
            dated[row.id] = row
        new_entries[listing.news_list.name] += is_new_to_list
    for row in dated.values():
        redate(known, row)
    if page.listings:
        _note_source(known, page, fixes_start=fixes_start)
    _note_boxes(known, page, new_entries, at)
    return new_ids


def redate(known: Known, page: Row) -> None:
    """Weigh the evidence for a page again, and date its article if another date is best now."""
    listed = [
        Evidence(
            Date(row["date_listed"], Precision(row["date_listed_precision"]), row["list_name"]),
            ListKind(row["list_kind"]),
        )
        for row in known.listings.get(page.id, {}).values()
    ]
    date = weigh(page["day_printed"], listed, known.site.zone)
    if date == page.date:
        return
    page.set(**date_columns(date, known.site.zone))
    if date.at is None:
        page.set(date_published_precision=None)
    if page["article_id"] is not None:
        redate_article(known, page["article_id"])


def redate_article(known: Known, article_id: int) -> None:
    """Give an article the best date among its pages; an estimate stays as long as there is none."""
    article = known.articles.get(article_id)
    if article is None:
        return
    date = best(row.date for row in known.pages_of(article_id))
    if date.at is None and article.date.precision is Precision.ESTIMATED:
        return
    article.set(**date_columns(date, known.site.zone))


def date_columns(date: Date, zone: ZoneInfo) -> dict[str, Any]:
    """Return a date as the columns of `articles`."""
    return {
        "date_published": date.at,
        "date_published_precision": date.precision.value,
        "date_published_evidence": date.evidence,
        "day_published": day_of(date.at, zone),
    }


def _best_entries(page: Page) -> list[Listing]:
    """Return one entry for each article, list and title: the one with the best date."""
    entries: dict[tuple[str, str, str], Listing] = {}
    for listing in page.listings:
        key = (listing.source_id, listing.news_list.name, listing.title)
        same = entries.setdefault(key, listing)
        if worth(listing.date_listed) < worth(same.date_listed):
            entries[key] = listing
    return list(entries.values())


def _note(known: Known, page: Page, row: Row, listing: Listing, at: datetime) -> bool:
    """Bring the row of an entry up to date; return whether its date is new."""
    listings = known.listings[row.id]
    key = (listing.news_list.name, listing.title)
    date = listing.date_listed
    known_entry = listings.get(key)
    if known_entry is None:
        listings[key] = known.new_row(
            "listings",
            page_id=row.id,
            source=known.site.name,
            source_id=listing.source_id,
            list_kind=listing.news_list.kind.value,
            list_name=listing.news_list.name,
            category=listing.category,
            title=listing.title,
            date_listed=date.at,
            date_listed_precision=date.precision.value,
            seen_on_url=page.url,
            first_seen_at=at,
            last_seen_at=at,
        )
        return date.at is not None
    if at < known_entry["first_seen_at"]:
        known_entry.set(first_seen_at=at, seen_on_url=page.url)
    if at > known_entry["last_seen_at"]:
        known_entry.set(last_seen_at=at)
    former = Date(known_entry["date_listed"], Precision(known_entry["date_listed_precision"]))
    if worth(date) >= worth(former):
        return False
    known_entry.set(date_listed=date.at, date_listed_precision=date.precision.value)
    return True


def _note_source(known: Known, page: Page, *, fixes_start: bool) -> None:
    if known.source is None:
        columns = {"source": known.site.name}
        known.source = Row("sources", columns, known.changes, is_new=True)
    if fixes_start and known.source["first_id"] is None:
        today = (each for each in page.listings if each.news_list.kind is ListKind.TODAY)
        numbers = [number for each in today if (number := id_number(each.source_id)) is not None]
        if numbers:
            known.source.set(first_id=min(numbers))


def _note_boxes(known: Known, page: Page, new_entries: Counter[str], at: datetime) -> None:
    """Note that a page shows its boxes, and how many articles are new to each."""
    entries = Counter(each.news_list.name for each in page.listings)
    found: dict[str, NewsList] = {each.name: each for each in page.boxes}
    found |= {each.news_list.name: each.news_list for each in page.listings}
    for name, news_list in found.items():
        box = known.boxes.get(name)
        if box is None:
            known.boxes[name] = _new_box(known, page, news_list, entries[name], at)
        elif box["last_seen_at"] < at:
            _look(box, page, entries[name], new_entries[name], at)
            box.set(list_kind=news_list.kind.value, section=news_list.section or box["section"])


def _new_box(known: Known, page: Page, news_list: NewsList, entries: int, at: datetime) -> Row:
    return known.new_row(
        "boxes",
        source=known.site.name,
        list_kind=news_list.kind.value,
        list_name=news_list.name,
        section=news_list.section,
        seen_on_url=page.url,
        entries=entries,
        typical_entries=float(entries),
        first_seen_at=at,
        last_seen_at=at,
        last_changed_at=at,
        change_interval=FIRST_INTERVAL,
    )


def _look(box: Row, page: Page, entries: int, new_entries: int, at: datetime) -> None:
    interval = box["change_interval"]
    if new_entries:
        each = (at - box["last_changed_at"]).total_seconds() / new_entries
        if new_entries >= entries:
            # It turned over since the last look: there may have been more than it shows.
            each = min(each, interval)
        interval += (1 - (1 - _ENTRY_WEIGHT) ** new_entries) * (each - interval)
        box.set(last_changed_at=at)
    typical = box["typical_entries"]
    box.set(
        seen_on_url=page.url,
        entries=entries,
        typical_entries=typical + _LOOK_WEIGHT * (entries - typical),
        last_seen_at=at,
        change_interval=min(max(interval, LEAST_INTERVAL), MOST_INTERVAL),
    )
