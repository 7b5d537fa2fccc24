"""Finds articles by their words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.orm import Session

from newsbot.store.reading.search_text import Term, Token, parse, snippet, wanted
from newsbot.store.search_index import NAME
from newsbot.store.tables import Article

RANKED = 2000
"""Number of matches that `best` ranks; if there are more, those that were stored last."""

COUNTED = 10_000
"""Number up to which matches are counted."""

# Up to _FEW matches are sorted by date. If there are more, the articles are read newest first and
# looked up among the matches; if there are more than _MANY, the _NEWEST articles are tried first.
_FEW, _MANY = 1000, 100_000
_NEWEST = 1000

Order = Literal["newest", "best"]
Filters = Sequence[ColumnElement[bool]]

_NEWEST_FIRST = (Article.date_published.desc(), Article.id.desc())


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; its `snippet` is marked as `search_text.snippet` says."""

    id: int
    source_id: str
    url: str
    headline: str
    article_section: str
    date_published: datetime | None
    date_published_precision: str
    snippet: str


def search(
    session: Session,
    words: str | None,
    *,
    section: str | Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    seen_since: datetime | None = None,
    order: Order = "newest",
    limit: int = 20,
    offset: int = 0,
) -> list[Hit]:
    """Return at most `limit` articles that `words` find, after skipping the first `offset`.

    Args:
        session: to read with.
        words: a search, see `search_text`; None finds all articles.
        section: only articles of this section, or of one of these; full names as stored.
        since: only articles published at this instant or later, none without a date.
        until: only articles published before this instant, none without a date.
        seen_since: only articles first seen at this instant or later.
        order: `newest` puts the last published first, those without a date at the end. `best`
            counts a word in the headline ten times, and one in the description four times, as much
            as one in the body; of more than RANKED matches it ranks those that were stored last.
        limit: at least 1.
        offset: 0 or more.

    Raises:
        BadQuery: `words` can't be parsed; the message says why.
    """
    tokens = None if words is None else parse(words)
    filters = article_filters(section, since, until, seen_since)
    if tokens is None:
        ids = session.scalars(_newest_of_all(filters, limit + offset)).all()
    else:
        find = _FINDERS[session.get_bind().dialect.name, order]
        ids = find(session, tokens, filters, limit + offset)
    return _hits(session, ids[offset:], wanted(tokens or []))


def count(
    session: Session,
    words: str | None,
    *,
    section: str | Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    seen_since: datetime | None = None,
) -> int | None:
    """Return how many articles `search` would find without a limit; None: too many to count.

    That is if `words` alone find more than COUNTED, however few of them the filters leave.

    Raises:
        BadQuery: `words` can't be parsed; the message says why.
    """
    filters = article_filters(section, since, until, seen_since)
    if words is None:
        return session.scalar(select(func.count()).select_from(Article).where(*filters))
    found = matching_ids(session, words)
    some = found.limit(COUNTED + 1).subquery()
    number = session.scalar(select(func.count()).select_from(some)) or 0
    if number > COUNTED:
        return None
    if filters:
        some_ids = select(some.c[0])
        among = select(func.count()).select_from(Article).where(Article.id.in_(some_ids), *filters)
        return session.scalar(among)
    return number


def article_filters(
    section: str | Sequence[str] | None,
    since: datetime | None,
    until: datetime | None,
    seen_since: datetime | None = None,
) -> list[ColumnElement[bool]]:
    """Return the conditions on `articles` for the arguments of `search` with these names."""
    filters: list[ColumnElement[bool]] = []
    if isinstance(section, str):
        filters.append(Article.article_section == section)
    elif section:
        filters.append(Article.article_section.in_(section))
    if since is not None:
        filters.append(Article.date_published >= since)
    if until is not None:
        filters.append(Article.date_published < until)
    if seen_since is not None:
        filters.append(Article.first_seen_at >= seen_since)
    return filters


def is_found(session: Session, words: str) -> ColumnElement[bool]:
    """Return the condition that `words` find an article, for statements that select many.

    Raises:
        BadQuery: `words` can't be parsed; the message says why.
    """
    return Article.id.in_(matching_ids(session, words))


def is_among(session: Session, words: str) -> ColumnElement[bool]:
    """Return the condition that `words` find an article, for statements that look at few.

    Raises:
        BadQuery: `words` can't be parsed; the message says why.
    """
    # The plus makes SQLite start with the other conditions, instead of looking up each match.
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    id_: Any = literal_column("+articles.id") if is_sqlite else Article.id
    condition: ColumnElement[bool] = id_.in_(matching_ids(session, words))
    return condition


def sections(session: Session) -> list[str]:
    """Return the names of the sections that hold an article, in alphabetical order."""
    names = select(Article.article_section).distinct().order_by(Article.article_section)
    return list(session.scalars(names))


def matching_ids(session: Session, words: str) -> Select[Any]:
    """Return the statement that selects the ids of the articles that `words` find.

    Raises:
        BadQuery: `words` can't be parsed; the message says why.
    """
    tokens = parse(words)
    if session.get_bind().dialect.name == "sqlite":
        return select(_FTS5.c.rowid).where(_fts5_match(tokens))
    matches = _TSVECTORS.c.words.op("@@", is_comparison=True)(_tsquery(tokens))
    return select(_TSVECTORS.c.article_id).where(matches)


def _newest_of_all(filters: Filters, limit: int) -> Select[int]:
    # In two parts, because PostgreSQL's index has NULL first in descending order.
    dated, undated = (
        select(Article.id).where(*filters, known).order_by(*_NEWEST_FIRST).limit(limit)
        for known in (Article.date_published.is_not(None), Article.date_published.is_(None))
    )
    both = union_all(select(dated.subquery()), select(undated.subquery())).subquery()
    return select(both.c.id).limit(limit)


def _hits(session: Session, ids: Sequence[int], terms: list[Term]) -> list[Hit]:
    found = session.execute(
        select(
            Article.id,
            Article.source_id,
            Article.url,
            Article.headline,
            Article.article_section,
            Article.date_published,
            Article.date_published_precision,
            Article.description,
            Article.article_body,
        ).where(Article.id.in_(ids))
    )
    hits = {row.id: Hit(*row[:-2], snippet(_passages(row), terms)) for row in found}
    return [hits[id_] for id_ in ids]


def _passages(row: Any) -> str:
    # A standfirst that repeats the headline adds nothing.
    standfirst = "" if row.description == row.headline else row.description
    return f"{standfirst} {row.article_body}"


# SQLite: an FTS5 table. It lists the matches of a word in the order of the articles' ids at a few
# million a second, but takes 0.3 ms to check whether one given article matches. Reading the date of
# a match takes 0.02 ms, because the column comes after the text.

_FTS5 = table(NAME, column("rowid"), column(NAME))


def fts5_text(tokens: list[Token]) -> str:
    """Return a search in the syntax of FTS5, for its operator MATCH."""
    return " ".join(
        f'"{token.words}"{"*" * token.is_prefix}' if isinstance(token, Term) else token
        for token in tokens
    )


def _fts5_match(tokens: list[Token]) -> ColumnElement[bool]:
    return _FTS5.c[NAME].op("MATCH", is_comparison=True)(fts5_text(tokens))


def _count(session: Session, match: ColumnElement[bool], enough: int) -> int:
    some = select(_FTS5.c.rowid).where(match).limit(enough).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def _sqlite_newest(
    session: Session, tokens: list[Token], filters: Filters, limit: int
) -> Sequence[int]:
    match = _fts5_match(tokens)
    matches = select(_FTS5.c.rowid).where(match)
    articles = select(Article.id).where(*filters).order_by(*_NEWEST_FIRST)
    number = _count(session, match, _MANY + 1)
    if number > _MANY:
        oldest = session.scalar(
            select(Article.date_published)
            .where(*filters)
            .order_by(*_NEWEST_FIRST)
            .offset(_NEWEST)
            .limit(1)
        )
        found = articles.where(exists().where(_FTS5.c.rowid == Article.id, match)).limit(limit)
        if oldest is None:
            return session.scalars(found).all()
        ids = session.scalars(found.where(Article.date_published >= oldest)).all()
        if len(ids) == limit:
            return ids
    # The plus makes SQLite start with the newest of all articles, not with the matches.
    looked_up = Article.id if number <= _FEW else literal_column("+articles.id")
    return session.scalars(articles.where(looked_up.in_(matches)).limit(limit)).all()


def _sqlite_best(
    session: Session, tokens: list[Token], filters: Filters, limit: int
) -> Sequence[int]:
    matches = (
        select(_FTS5.c.rowid, func.bm25(_FTS5.c[NAME], 10.0, 4.0, 1.0).label("score"))
        .where(_fts5_match(tokens))
        .order_by(_FTS5.c.rowid.desc())
        .limit(RANKED)
    )
    if filters:
        lowest, highest = session.execute(
            select(func.min(Article.id), func.max(Article.id)).where(*filters)
        ).one()
        matches = matches.where(
            _FTS5.c.rowid.between(lowest, highest),
            exists().where(Article.id == _FTS5.c.rowid, *filters),
        )
    ranked = matches.subquery()
    best = select(ranked.c.rowid).order_by(ranked.c.score, ranked.c.rowid.desc())
    return session.scalars(best.limit(limit)).all()


# PostgreSQL: a table with a tsvector for each article. The planner knows how common a word is, and
# chooses between the index of the words and that of the dates.

_TSVECTORS = table(NAME, column("article_id"), column("words"))
_TSQUERY_OPERATORS = {"AND": " & ", "OR": " | ", "NOT": " & !", "(": "(", ")": ")"}


def _tsquery(tokens: list[Token]) -> ColumnElement[str]:
    text: ColumnElement[str] = literal("")
    for token in tokens:
        if isinstance(token, Term):
            for part in _tsquery_parts(token):
                text = text + part
        else:
            text = text + _TSQUERY_OPERATORS[token]
    return func.to_tsquery("simple", text)


def _tsquery_parts(term: Term) -> Iterator[ColumnElement[str] | str]:
    # Folding removes all quotes from a text, and what is in quotes is one phrase.
    if not term.is_prefix:
        yield from ("'", func.newsbot_fold(term.words), "'")
        return
    # A star after a phrase would make each of its words a prefix.
    *before, prefix = term.parts
    yield "("
    for part in before:
        yield from ("'", func.newsbot_fold(part), "' <-> ")
    yield from ("'", func.newsbot_fold(prefix), "':*)")


def _tsvector_matches(tokens: list[Token], filters: Filters) -> Select[int]:
    return (
        select(Article.id)
        .join(_TSVECTORS, _TSVECTORS.c.article_id == Article.id)
        .where(_TSVECTORS.c.words.op("@@", is_comparison=True)(_tsquery(tokens)), *filters)
    )


def _postgresql_newest(
    session: Session, tokens: list[Token], filters: Filters, limit: int
) -> Sequence[int]:
    # In two parts, because the index of the dates has NULL first in descending order.
    dated, undated = (
        _tsvector_matches(tokens, [*filters, known]).order_by(*_NEWEST_FIRST).limit(limit)
        for known in (Article.date_published.is_not(None), Article.date_published.is_(None))
    )
    both = union_all(dated, undated).subquery()
    return session.scalars(select(both.c.id).limit(limit)).all()


def _postgresql_best(
    session: Session, tokens: list[Token], filters: Filters, limit: int
) -> Sequence[int]:
    rank = func.ts_rank(_TSVECTORS.c.words, _tsquery(tokens)).label("rank")
    matches = _tsvector_matches(tokens, filters).add_columns(rank)
    ranked = matches.order_by(Article.id.desc()).limit(RANKED).subquery()
    best = select(ranked.c.id).order_by(ranked.c.rank.desc(), ranked.c.id.desc())
    return session.scalars(best.limit(limit)).all()


_Finder = Callable[[Session, list[Token], Filters, int], Sequence[int]]
_FINDERS: dict[tuple[str, Order], _Finder] = {
    ("sqlite", "newest"): _sqlite_newest,
    ("sqlite", "best"): _sqlite_best,
    ("postgresql", "newest"): _postgresql_newest,
    ("postgresql", "best"): _postgresql_best,
}
