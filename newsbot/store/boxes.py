"""How often each box of the site changes, and which is due to be looked at again."""

import re
from collections import Counter
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable, Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from newsbot import items
from newsbot.items import Ask, Status
from newsbot.store.pages import second
from newsbot.store.statements import AnyRow
from newsbot.store.tables import Article, Box, Page

FIRST_INTERVAL = 3 * 3600.0
"""Seconds between two new entries, as long as a box has not shown any."""

LEAST_INTERVAL, MOST_INTERVAL = 600.0, 7 * 86_400.0

# Running means: the newest entry counts for a fifth, the newest look for a tenth.
_ENTRY_WEIGHT, _LOOK_WEIGHT = 0.2, 0.1

LOOK_AT_MOST_EVERY, LOOK_AT_LEAST_EVERY = timedelta(minutes=30), timedelta(hours=12)

NEWEST_OF_SECTION = 50
"""Among so many of a section's newest articles a page is looked for that bears its box."""

_SECTION_BOX = re.compile(r"Other (.+) News")


def section_of(list_name: str) -> str | None:
    """The section whose box this is: `International` of `Other International News`."""
    match = _SECTION_BOX.fullmatch(list_name)
    return match[1] if match else None


def due_boxes(session: Session, source: str, now: datetime) -> list[Ask]:
    """For each section's box that is due to be looked at again, a page that bears it.

    A box is due when a third of it is likely to be new; the longest due come
    first. The page is the section's newest stored one; a box of which no such
    page is known is seen when it comes by on another.
    """
    due: list[tuple[datetime, Ask]] = []
    for box in session.execute(_RHYTHM, {"source": source}):
        section = section_of(box.list_name)
        turnover = timedelta(seconds=box.change_interval * box.typical_entries)
        interval = min(max(turnover / 3, LOOK_AT_MOST_EVERY), LOOK_AT_LEAST_EVERY)
        if section is None or box.last_seen_at + interval > now:
            continue
        page = _newest_stored(session, source, section)
        if page is not None:
            # A box that is gone from its pages is looked for no more often than any other.
            due_at = max(box.last_seen_at, page.last_fetched_at) + interval
            if due_at <= now:
                due.append((due_at, Ask(page.source_id, page.url)))
    due.sort(key=itemgetter(0))
    return [ask for _, ask in due]


def note_boxes(connection: Connection, page: items.Page, new_entries: Counter[str]) -> None:
    """Note that `page` bears its boxes, and how many stories are new to each."""
    entries = Counter(each.list_name for each in page.listings)
    names = list({*page.boxes, *entries})
    if not names:
        return
    rows = connection.execute(_BOXES, {"source": page.source, "list_names": names})
    known = {row.list_name: row for row in rows}
    new = [_new_box(page, name, entries[name]) for name in names if name not in known]
    if new:
        connection.execute(insert(Box), new)
    changes = [
        _changed_box(page, row, entries[name], new_entries[name])
        for name, row in known.items()
        if row.last_seen_at < second(page.fetched_at)
    ]
    if changes:
        connection.execute(_SET_BOX, changes)


def _new_box(page: items.Page, list_name: str, entries: int) -> dict[str, Any]:
    return {
        "source": page.source,
        "list_name": list_name,
        "seen_on_url": page.url,
        "entries": entries,
        "typical_entries": float(entries),
        "first_seen_at": page.fetched_at,
        "last_seen_at": page.fetched_at,
        "last_changed_at": page.fetched_at,
        "change_interval": FIRST_INTERVAL,
    }


def _changed_box(page: items.Page, box: AnyRow, entries: int, new_entries: int) -> dict[str, Any]:
    seen_at = second(page.fetched_at)
    interval = box.change_interval
    if new_entries:
        each = (seen_at - box.last_changed_at).total_seconds() / new_entries
        if new_entries >= entries:
            # It turned over since the last look: there may have been more than it shows.
            each = min(each, interval)
        interval += (1 - (1 - _ENTRY_WEIGHT) ** new_entries) * (each - interval)
    return {
        "of_box": box.id,
        "url": page.url,
        "now_entries": entries,
        "mean_entries": box.typical_entries + _LOOK_WEIGHT * (entries - box.typical_entries),
        "seen_at": seen_at,
        "changed_at": seen_at if new_entries else box.last_changed_at,
        "interval": min(max(interval, LEAST_INTERVAL), MOST_INTERVAL),
    }


def _newest_stored(session: Session, source: str, section: str) -> AnyRow | None:
    place = {"source": source, "section": section}
    dated = session.execute(_NEWEST_DATED, place).one_or_none()
    return dated or session.execute(_NEWEST_UNDATED, place).one_or_none()


_RHYTHM: Executable = (
    select(Box.list_name, Box.last_seen_at, Box.change_interval, Box.typical_entries)
    .where(Box.source == bindparam("source"))
    .order_by(Box.id)
)
# Apart, since the databases differ in where NULL is sorted, and an index has it there.
_OF_SECTION = select(Article.id, Article.date_published).where(
    Article.article_section == bindparam("section"), Article.source == bindparam("source")
)
_DATED = _OF_SECTION.where(Article.date_published.is_not(None)).order_by(
    Article.date_published.desc(), Article.id.desc()
)
_UNDATED = _OF_SECTION.where(Article.date_published.is_(None)).order_by(Article.id.desc())


def _stored_page_of(articles: Select[int, datetime | None]) -> Executable:
    # Limited before the join, or SQLite would go through every stored page.
    newest = articles.limit(NEWEST_OF_SECTION).subquery()
    return (
        select(Page.source_id, Page.url, Page.last_fetched_at)
        .join(newest, newest.c.id == Page.article_id)
        .where(Page.status == Status.STORED.value)
        .order_by(newest.c.date_published.desc(), Page.id_number.desc())
        .limit(1)
    )


_NEWEST_DATED = _stored_page_of(_DATED)
_NEWEST_UNDATED = _stored_page_of(_UNDATED)
_BOXES: Executable = select(
    Box.id,
    Box.list_name,
    Box.last_seen_at,
    Box.last_changed_at,
    Box.change_interval,
    Box.typical_entries,
).where(
    Box.source == bindparam("source"), Box.list_name.in_(bindparam("list_names", expanding=True))
)
_SET_BOX = (
    update(Box)
    .where(Box.id == bindparam("of_box"))
    .values(
        seen_on_url=bindparam("url"),
        entries=bindparam("now_entries"),
        typical_entries=bindparam("mean_entries"),
        last_seen_at=bindparam("seen_at"),
        last_changed_at=bindparam("changed_at"),
        change_interval=bindparam("interval"),
    )
)
