"""Records the lists of a page: rows of the ledger and of `listings`, dates, sections.

Pure: only changes the rows of a `Known`.
"""

from datetime import datetime
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from newsbot.items import Date, Listing, ListKind, Origin, Page, Precision, Status
from newsbot.store.recording.dates import Evidence, best, day_of, truncate_to_second, weigh, worth
from newsbot.store.recording.known import NEAR, Known, Row, id_number, is_outdated
from newsbot.store.recording.refetch import feed_retry_at, says_nothing

_OF_A_SECTION = {ListKind.SECTION, ListKind.FEED, ListKind.SECTION_PAGE}


def see(known: Known, page: Page, *, fixes_start: bool) -> list[str]:
    """Record what the lists of a page show; return the ids that were not in the ledger.

    Each entry becomes a row of the ledger and one of `listings`, and may date known articles. With
    `fixes_start`, the smallest id in the first `today` list ever seen becomes the archive's start.
    """
    at = truncate_to_second(page.fetched_at)
    new_ids = []
    dated: dict[int, Row] = {}
    for listing in _best_entries(page):
        row = known.pages.get(listing.source_id)
        if row is None:
            row = known.add_page(listing.source_id, listing.url, Origin.LIST, at)
            new_ids.append(listing.source_id)
        if row["article_section"] is None and listing.news_list.section is not None:
            row.set(article_section=listing.news_list.section)
        if _note(known, page, row, listing, at):
            dated[row.id] = row
    for row in dated.values():
        redate(known, row)
    if page.listings:
        _note_source(known, page, at, fixes_start=fixes_start)
    _note_sections(known, page, at)
    return new_ids


def redate(known: Known, page: Row) -> None:
    """Weigh the evidence for a page's date again, and update its article's date if it changes."""
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
    """Give an article the best date among its pages; an estimate stays until there is one."""
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
        if same is not listing and worth(listing.date_listed) < worth(same.date_listed):
            entries[key] = listing
    return list(entries.values())


def _note(known: Known, page: Page, row: Row, listing: Listing, at: datetime) -> bool:
    """Insert or update the row of an entry; return whether its date is new."""
    listings = known.listings[row.id]
    key = (listing.news_list.name, listing.title)
    date = listing.date_listed
    known_entry = listings.get(key)
    if known_entry is None:
        _recheck_sooner(known, row, listing, at)
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
    former_at, former_precision = known_entry["date_listed"], known_entry["date_listed_precision"]
    if (former_at, former_precision) == (date.at, date.precision.value):
        return False
    if worth(date) >= worth(Date(former_at, Precision(former_precision))):
        return False
    known_entry.set(date_listed=date.at, date_listed_precision=date.precision.value)
    return True


def _recheck_sooner(known: Known, row: Row, listing: Listing, at: datetime) -> None:
    """Make the recheck of an article due now if a list shows a title that it never had."""
    article = known.articles.get(row["article_id"] or 0)
    if article is None or row["status"] != Status.STORED.value or is_outdated(row, at):
        return
    titles = {entry["title"] for entry in known.listings[row.id].values()}
    if listing.title and titles and listing.title not in {article["headline"], *titles}:
        row.set(next_fetch_at=min(row["next_fetch_at"] or at, at))


def _note_source(known: Known, page: Page, at: datetime, *, fixes_start: bool) -> None:
    if known.source is None:
        columns = {"source": known.site.name}
        known.source = Row("sources", columns, known.changes, is_new=True)
    start = known.site.start_url
    if page.url == start or (page.source_id and page.source_id == known.site.article_id(start)):
        _set_latest(known.source, start_page_at=at)
    if fixes_start and known.source["first_id"] is None:
        today = (each for each in page.listings if each.news_list.kind is ListKind.TODAY)
        numbers = [number for each in today if (number := id_number(each.source_id)) is not None]
        # An id far below the others is a mistake in a link, not the archive's start.
        middle = median_low(numbers) if numbers else 0
        near = [number for number in numbers if middle - number <= NEAR]
        if near:
            known.source.set(first_id=min(near))


def _note_sections(known: Known, page: Page, at: datetime) -> None:
    """Record which sections' lists a page shows, and if the `today` list lacks their articles."""
    for number, name in page.sections.items():
        _section(known, name, number, at)
    today = {each.source_id for each in page.listings if each.news_list.kind is ListKind.TODAY}
    known.today = today or known.today
    shown = (*page.boxes, *page.empty, *(each.news_list for each in page.listings))
    for news_list in dict.fromkeys(shown):
        if news_list.section is None or news_list.kind not in _OF_A_SECTION:
            continue
        row = _section(known, news_list.section, None, at)
        _note_look(row, news_list.kind, at)
        listed = {each.source_id for each in page.listings if each.news_list == news_list}
        if is_missing(listed - {page.source_id}, known.today):
            _set_latest(row, missing_at=at)
    if page.article is not None and page.article.article_section in known.sections:
        _set_latest(known.sections[page.article.article_section], asked_at=at)
    if page.asked_as is not None:
        _note_list_asked(known, page, at)


def _note_list_asked(known: Known, page: Page, at: datetime) -> None:
    """Record that a section's feed or page was requested, and whether the feed could be read."""
    number = known.site.cat_in(page.url)
    for row in known.sections.values():
        if row["cat"] != number:
            continue
        if page.asked_as is not ListKind.FEED:
            _set_latest(row, asked_at=at)
        elif page.boxes:
            _note_look(row, ListKind.FEED, at)
        elif not says_nothing(page) and (row["looked_at"] is None or at >= row["looked_at"]):
            failures = row["feed_failures"] + 1
            row.set(feed_failures=failures, feed_retry_at=feed_retry_at(at, failures))


def is_missing(listed: set[str], today: set[str]) -> bool:
    """Return whether the `today` list lacks an article of a section that should be in it.

    That list holds the newest articles, so it should have each id that is above its smallest.

    >>> is_missing({"7", "12"}, {"8", "10", "15"})
    True
    >>> is_missing({"7", "10"}, {"8", "10", "15"})
    False
    """
    numbers = [number for each in today if (number := id_number(each)) is not None]
    return bool(numbers) and any(
        number > min(numbers) for each in listed - today if (number := id_number(each)) is not None
    )


def _section(known: Known, name: str, number: int | None, at: datetime) -> Row:
    row = known.sections.get(name)
    if row is None:
        numbers = (each for each, known_name in known.site.sections.items() if known_name == name)
        row = known.sections[name] = known.new_row(
            "sections",
            source=known.site.name,
            section=name,
            cat=number or next(numbers, None),
            first_seen_at=at,
            feed_failures=0,
        )
    elif number is not None:
        row.set(cat=number)
    return row


def _note_look(row: Row, kind: ListKind, at: datetime) -> None:
    _set_latest(row, looked_at=at)
    if kind is ListKind.FEED:
        _set_latest(row, fed_at=at)
        row.set(feed_failures=0, feed_retry_at=None)


def _set_latest(row: Row, **instants: datetime) -> None:
    for name, at in instants.items():
        row.set(**{name: max(row[name] or at, at)})
