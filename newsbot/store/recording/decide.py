"""Decides what a page changes: its article, its version, its row in the ledger. Pure.

Nothing here uses a database or a clock: `decide` changes the rows of a `Known`. The rules for pages
that share an article are explained in docs/decisions/0002.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from newsbot.items import Article, Date, Fingerprint, Status
from newsbot.store.recording import lists, refetch
from newsbot.store.recording.dates import truncate_to_second
from newsbot.store.recording.known import (
    Incoming,
    Known,
    Outcome,
    Recorded,
    Row,
    Saved,
    first_answer,
    is_outdated,
    is_same_response,
)
from newsbot.store.recording.lists import date_columns, redate_article
from newsbot.store.recording.refetch import record_failure, record_list_page
from newsbot.text import fingerprint, most_alike

CANDIDATES = 10
"""Number of articles compared shingle by shingle: those that share most hashes, newest first."""

SHARED_HASHES = 2
"""Number of hashes that articles must share to be compared; of 6,000 copies near the threshold,
none shared fewer."""

_TEXT = ("headline", "description", "article_body")
_OTHERS = (
    *("article_section", "section_path", "author", "credit_text", "copyright_holder"),
    *("image_caption", "day_printed"),
)
_SECTIONS = ("article_section", "section_path")


def decide(known: Known, incoming: Incoming) -> Recorded:
    """Update what is known with what a page says; return the result.

    Raises:
        ValueError: the page has an article and no id.
    """
    page = incoming.page
    was_pending = _is_pending(known, page.source_id)
    new_ids = lists.see(known, page, fixes_start=incoming.fixes_start)
    if page.article is not None and page.fingerprint is not None:
        recorded = _Page(known, incoming, page.article, page.fingerprint).save(new_ids)
    elif page.source_id is None:
        recorded = record_list_page(known, page, new_ids)
    else:
        recorded = record_failure(known, incoming, new_ids)
    is_pending = _is_pending(known, page.source_id)
    return replace(recorded, was_pending=was_pending, is_pending=is_pending)


def _is_pending(known: Known, source_id: str | None) -> bool:
    row = known.pages.get(source_id or "")
    return row is not None and row["status"] == Status.PENDING.value


class _Page:
    """A page with an article, and its row in the ledger."""

    def __init__(
        self, known: Known, incoming: Incoming, article: Article, fingerprint: Fingerprint
    ) -> None:
        self._known = known
        self._page = incoming.page
        self._article = article
        self._fingerprint = fingerprint
        self._at = truncate_to_second(incoming.page.fetched_at)
        self._row = known.page(incoming.page, incoming.origin, self._at)
        self._recheck_after = incoming.recheck_after

    def save(self, new_ids: list[str]) -> Recorded:
        known, page, row = self._known, self._page, self._row
        former_id, outdated = row["article_id"], is_outdated(row, self._at)
        if self._article.day_printed and not (outdated and row["day_printed"]):
            row.set(day_printed=self._article.day_printed)
        saved = self._save()
        _keep_version(known, row, saved.article_id, self._text(), self._at)
        known.set_article(row, saved.article_id, **first_answer(row, self._at))
        if page.moved_to is not None and not outdated:
            known.moved_to = (row["source_id"], page.moved_to)
        if not outdated:
            row.set(http_status=page.http_status, last_fetched_at=self._at)
            if page.warc_file is not None:
                row.set(warc_file=page.warc_file, warc_offset=page.warc_offset)
        if not outdated or row["status"] in {Status.PENDING, Status.REJECTED}:
            self._set_stored()
        lists.redate(known, row)
        for article_id in {former_id, saved.article_id} - {None}:
            redate_article(known, article_id)
        date = known.articles[saved.article_id].date
        return Recorded(saved, Status.STORED, new_ids=new_ids, date=date)

    def _set_stored(self) -> None:
        row = self._row
        stored_at = row["stored_at"] or self._at
        row.set(
            status=Status.STORED.value,
            reason=None,
            attempts=0,
            stored_at=stored_at,
            gone_at=None,
            next_fetch_at=refetch.next_recheck(
                stored_at, self._page.fetched_at, self._recheck_after
            ),
        )
        if not (self._article.has_foreign_section and row["article_section"]):
            row.set(article_section=self._article.article_section)

    def _save(self) -> Saved:
        known, row = self._known, self._row
        article = known.articles.get(row["article_id"] or 0)
        if article is None:
            return self._add()
        shown = _version(known, row, article["text_hash"])
        if shown is not None and self._at < shown["last_observed_at"]:
            return Saved(Outcome.UNCHANGED, article.id)
        if article["text_hash"] == self._fingerprint.text_hash:
            self._touch(article, with_others=article["source_id"] == row["source_id"])
            return Saved(Outcome.UNCHANGED, article.id)
        was_given = is_same_response(row, self._page)
        saved = self._correct(article) if was_given else self._edit(article, date_modified=self._at)
        self._touch(known.articles[saved.article_id])
        return saved

    def _add(self) -> Saved:
        same = self._same_text()
        if same is not None:
            self._touch(same)
            return Saved(Outcome.DUPLICATE, same.id)
        near = nearest(self._known, self._fingerprint) if self._article.article_body else None
        added = self._add_article(
            first_seen_at=self._at,
            duplicate_of_id=near[0] if near else None,
            similarity=near[1] if near else None,
        )
        self._note_syndicated()
        return Saved(Outcome.NEW, added.id, near[0] if near else None)

    def _note_syndicated(self) -> None:
        """Update the share of syndicated articles in the article's section, a running average."""
        section = self._known.sections.get(self._article.article_section)
        if section is not None:
            credit, holder = self._article.credit_text, self._article.copyright_holder
            is_syndicated = float(self._known.site.is_syndicated(credit, holder))
            former = section["syndicated"]
            share = is_syndicated if former is None else former + (is_syndicated - former) / 10
            section.set(syndicated=share)

    def _edit(self, article: Row, *, date_modified: datetime | None) -> Saved:
        """Store a new text of a page; other pages that show the former text keep it."""
        others = self._other_pages(article)
        if others and article["source_id"] != self._row["source_id"]:
            return self._leave(article, date_modified)
        former = dict(article.columns)
        self._rewrite(article, date_modified=date_modified)
        if others:
            _separate(self._known, former, others)
        return Saved(Outcome.UPDATED, article.id)

    def _other_pages(self, article: Row) -> list[Row]:
        return [row for row in self._known.pages_of(article.id) if row is not self._row]

    def _leave(self, article: Row, date_modified: datetime | None) -> Saved:
        """Move the page to the article with its new text, or to a new one."""
        target = self._same_text()
        if target is None:
            first_seen_at = self._row["stored_at"]
            target = self._add_article(first_seen_at=first_seen_at, date_modified=date_modified)
            self._known.to_compare.add(target.id)
        _move(self._known, [self._row], article.id, target.id)
        return Saved(Outcome.UPDATED, target.id)

    def _correct(self, article: Row) -> Saved:
        """Replace the text that was read from the same response before, in all its versions.

        A page without a body never shares an article, so it is separated from the other pages.
        """
        versions = self._known.versions.get(article.id, [])
        have = {row["page_id"] for row in versions if row["text_hash"] == self._hash}
        is_own = not self._article.article_body and bool(self._other_pages(article))
        for version in versions:
            is_former = version["text_hash"] == article["text_hash"]
            is_shown = not is_own or version["page_id"] == self._row.id
            if is_former and is_shown and version["page_id"] not in have:
                version.set(**self._text())
        if is_own:
            return self._edit(article, date_modified=article["date_modified"])
        self._rewrite(article)
        return Saved(Outcome.UPDATED, article.id)

    @property
    def _listed_in(self) -> str | None:
        """The section in whose list the page was found."""
        section: str | None = self._row["article_section"]
        return section

    @property
    def _hash(self) -> str:
        return self._fingerprint.text_hash

    def _same_text(self) -> Row | None:
        """Return the article with exactly the same text; a text without a body has none."""
        return self._known.article_with(self._hash) if self._article.article_body else None

    def _text(self) -> dict[str, Any]:
        """Return the columns that `articles` and `article_versions` share."""
        return {name: getattr(self._article, name) for name in _TEXT} | {"text_hash": self._hash}

    def _others(self, article: Row | None) -> dict[str, Any]:
        """Return the other columns of the article, which have no versions.

        A section that need not be the article's own is ignored if one is known.
        """
        others = {name: getattr(self._article, name) for name in _OTHERS}
        if self._article.has_foreign_section:
            known = article.columns if article else dict.fromkeys(_SECTIONS, self._listed_in)
            others |= {name: known[name] for name in _SECTIONS if known.get(name)}
        return others

    def _add_article(self, **columns: Any) -> Row:
        row = _add_article(
            self._known,
            source_id=self._row["source_id"],
            url=self._row["url"],
            last_fetched_at=self._at,
            word_count=len(self._article.article_body.split()),
            **self._text(),
            **self._others(None),
            **columns,
        )
        if self._article.article_body:
            self._known.note_text(row.id, self._fingerprint)
        return row

    def _rewrite(self, article: Row, **columns: Any) -> None:
        article.set(
            **self._text(),
            **self._others(article),
            word_count=len(self._article.article_body.split()),
            **columns,
        )
        self._known.put_article(article)
        self._known.note_text(article.id, self._fingerprint)
        self._known.to_compare.add(article.id)

    def _touch(self, article: Row, *, with_others: bool = False) -> None:
        """Record that a page of the article was fetched, unless one was fetched later."""
        if article["last_fetched_at"] <= self._at:
            article.set(last_fetched_at=self._at)
            if with_others:
                article.set(**self._others(article))


def nearest(known: Known, fingerprint: Fingerprint) -> tuple[int, float] | None:
    """Return the known article most similar to a text, the earliest of equals, and the similarity.

    None if no article nearly repeats it.
    """
    shared: Counter[int] = Counter()
    for each in fingerprint.sketch:
        shared.update(known.sketches.get(each, ()))
    least = min(SHARED_HASHES, len(fingerprint.sketch))
    found = sorted(
        (article_id for article_id, count in shared.items() if count >= least),
        key=lambda article_id: (-shared[article_id], -article_id),
    )
    earliest_first = sorted(found[:CANDIDATES])
    others = ((each, known.fingerprints[each].shingles) for each in earliest_first)
    return most_alike(fingerprint.shingles, others)


def _add_article(known: Known, **columns: Any) -> Row:
    """Add an article, and return its row."""
    values = {
        "source": known.site.name,
        "date_modified": None,
        "duplicate_of_id": None,
        "similarity": None,
        **date_columns(Date(), known.site.zone),
        **columns,
    }
    row = known.new_row("articles", **values)
    known.versions[row.id] = []
    known.with_versions.add(row.id)
    known.put_article(row)
    return row


def _separate(known: Known, former: dict[str, Any], pages: Sequence[Row]) -> None:
    """Move pages that still show an article's former text out of it, after an edit of another page.

    They move together: to another article with that text, or to a new one with the id and address
    of the first page.
    """
    target = known.article_with(former["text_hash"])
    if target is None:
        first = pages[0]
        target = _add_article(
            known,
            **{name: former[name] for name in (*_TEXT, *_OTHERS, "text_hash", "word_count")}
            | {"article_section": first["article_section"] or former["article_section"]},
            source_id=first["source_id"],
            url=first["url"],
            date_modified=former["date_modified"],
            first_seen_at=first["stored_at"],
            last_fetched_at=first["last_fetched_at"],
        )
        text = Article(
            **{name: former[name] for name in _TEXT}, article_section="", section_path=""
        )
        known.note_text(target.id, fingerprint(text))
        known.to_compare.add(target.id)
    _move(known, pages, former["id"], target.id)


def _move(known: Known, pages: Sequence[Row], former_id: int, article_id: int) -> None:
    """Move pages and their versions to another article, and update the dates of both."""
    numbers = {row.id for row in pages}
    for row in pages:
        known.set_article(row, article_id)
    leaving = [row for row in known.versions.get(former_id, []) if row["page_id"] in numbers]
    for version in leaving:
        version.set(article_id=article_id)
        known.versions[former_id].remove(version)
        known.versions.setdefault(article_id, []).append(version)
    for each in (former_id, article_id):
        redate_article(known, each)


def _version(known: Known, page: Row, text_hash: str) -> Row | None:
    for row in known.versions.get(page["article_id"], ()):
        if row["page_id"] == page.id and row["text_hash"] == text_hash:
            return row
    return None


def _keep_version(
    known: Known, page: Row, article_id: int, text: dict[str, Any], at: datetime
) -> None:
    """Record that a page showed a text."""
    versions = known.versions.setdefault(article_id, [])
    own = [row for row in versions if row["page_id"] == page.id]
    for row in own:
        if row["text_hash"] == text["text_hash"]:
            row.set(
                observed_at=min(row["observed_at"], at),
                last_observed_at=max(row["last_observed_at"], at),
            )
            return
    versions.append(
        known.new_row(
            "versions",
            article_id=article_id,
            page_id=page.id,
            version=max((row["version"] for row in own), default=0) + 1,
            observed_at=at,
            last_observed_at=at,
            **text,
        )
    )
