"""Where the newest response of a page stands in the archive."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store.tables import Page


@dataclass(frozen=True, slots=True)
class Archived:
    """A page of the ledger; `warc_file` and `warc_offset` are None where nothing is archived."""

    url: str
    status: str
    reason: str | None
    warc_file: str | None
    warc_offset: int | None


def archived(session: Session, source: str, source_id: str) -> Archived | None:
    """Return what the ledger has of a page, or None if it doesn't know the id."""
    columns = (Page.url, Page.status, Page.reason, Page.warc_file, Page.warc_offset)
    of_page = (Page.source == source, Page.source_id == source_id)
    row = session.execute(select(*columns).where(*of_page)).one_or_none()
    return Archived(*row) if row else None
