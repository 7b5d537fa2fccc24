"""The views, for the most common queries. Their names are a public interface."""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect

from newsbot.items import Origin, Reason, Status
from newsbot.store.recording.known import NEAR
from newsbot.store.tables import ArticleVersion

_ARTICLE_URLS = """
SELECT source, source_id, url, article_id
FROM pages
WHERE article_id IS NOT NULL
"""

_REJECTED_PAGES = f"""
SELECT url, reason, attempts, last_fetched_at
FROM pages
WHERE status = '{Status.REJECTED}'
"""  # noqa: S608 - the value is our own

# An id is real if it held an article, or if a list names it and it is not gone.
_REAL = (
    "({0}.article_id IS NOT NULL"
    f" OR {{0}}.origin = '{Origin.LIST}' AND {{0}}.status <> '{Status.GONE}')"
)

_DATED = """
    SELECT source, id_number, day_published
    FROM pages
    WHERE date_published IS NOT NULL{of_pages}
    UNION ALL
    SELECT pages.source, pages.id_number, articles.day_published
    FROM {both}
    WHERE articles.id = pages.article_id AND articles.source_id = pages.source_id
        AND pages.date_published IS NULL AND articles.date_published IS NOT NULL{of_articles}
"""

# Not materialized, SQLite would read every dated page by the index that has the order of the ids.
_COVERAGE_OF = f"""
WITH dated AS MATERIALIZED ({{dated}}),
-- The ids around each: a distant one, or one of another year than those around it, is a digit too
-- many, too few or wrong in a link, and begins no day.
neighbours AS (
    SELECT source, id_number, day_published,
        lead(id_number) OVER by_id - id_number AS to_next,
        id_number - lag(id_number) OVER by_id AS to_last,
        CAST(substr(lead(day_published) OVER by_id, 1, 4) AS INTEGER) AS next_year,
        CAST(substr(lag(day_published) OVER by_id, 1, 4) AS INTEGER) AS last_year,
        CAST(substr(day_published, 1, 4) AS INTEGER) AS own_year
    FROM dated
    WINDOW by_id AS (PARTITION BY source ORDER BY id_number)
),
days AS (
    SELECT source, day_published AS day, min(id_number) AS lowest
    FROM neighbours
    JOIN sources USING (source)
    WHERE id_number >= first_id AND (
        to_next <= {NEAR} AND next_year >= own_year
        OR to_last <= {NEAR} AND last_year = own_year
        OR coalesce(to_next, {NEAR} + 1) > {NEAR} AND (
            to_last <= {NEAR} AND last_year >= own_year - 1
            OR to_last IS NULL AND id_number - first_id <= {NEAR}
        )
    )
    GROUP BY source, day_published
),
starts AS (
    SELECT source, day, lowest, min(lowest) OVER (
        PARTITION BY source ORDER BY day ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS lowest_later
    FROM days
),
ranges AS (
    SELECT
        starts.source,
        starts.day,
        {{first_id}} AS first_id,
        coalesce(
            starts.lowest_later - 1,
            (
                SELECT pages.id_number FROM pages
                WHERE pages.source = starts.source AND pages.id_number IS NOT NULL
                    AND {_REAL.format("pages")} AND (
                    pages.id_number - sources.first_id BETWEEN 0 AND {NEAR}
                    OR EXISTS (
                        SELECT 1 FROM pages AS near
                        WHERE near.source = pages.source AND near.article_id IS NOT NULL
                            AND near.id_number
                                BETWEEN pages.id_number - {NEAR} AND pages.id_number - 1
                    )
                )
                ORDER BY pages.id_number DESC
                LIMIT 1
            ),
            starts.lowest
        ) AS last_id
    FROM starts
    JOIN sources USING (source)
    WHERE starts.lowest_later IS NULL OR starts.lowest < starts.lowest_later
),
counted AS (
    SELECT
        ranges.source,
        ranges.day,
        ranges.last_id - ranges.first_id + 1 AS expected,
        count(*) FILTER (WHERE pages.status = '{Status.STORED}') AS stored,
        count(*) FILTER (WHERE pages.status = '{Status.GONE}') AS gone,
        count(*) FILTER (WHERE pages.status = '{Status.REJECTED}') AS rejected
    FROM ranges
    JOIN pages ON pages.source = ranges.source
        AND pages.id_number BETWEEN ranges.first_id AND ranges.last_id
    GROUP BY ranges.source, ranges.day, ranges.first_id, ranges.last_id
)
SELECT
    source, day, expected, stored, gone, rejected,
    expected - stored - gone - rejected AS pending,
    CAST(stored + gone + rejected AS FLOAT) / expected AS accounted
FROM counted
"""  # noqa: S608 - the values are our own

_COVERAGE = _COVERAGE_OF.format(
    first_id="CASE row_number() OVER (PARTITION BY starts.source ORDER BY starts.day) "
    "WHEN 1 THEN sources.first_id ELSE starts.lowest END",
    dated=_DATED.format(of_pages="", both="pages, articles", of_articles=""),
)

RECENT_COVERAGE = _COVERAGE_OF.format(
    first_id="starts.lowest",
    dated=_DATED.format(
        of_pages=" AND pages.day_published >= :since",
        # In a cross join SQLite reads the first table first: here it has few rows.
        both="articles CROSS JOIN pages",
        of_articles=" AND articles.day_published >= :since",
    ),
)
"""A statement for the rows of `coverage` from the day `:since` on that does not read older rows.

The first row of each site may be wrong: a site's first day begins at the archive's start.
"""

_ARTICLE_VERSIONS = """
SELECT versions.id, versions.article_id, versions.page_id, versions.version,
    coalesce(versions.headline, articles.headline) AS headline,
    coalesce(versions.description, articles.description) AS description,
    coalesce(versions.article_body, articles.article_body) AS article_body,
    versions.text_hash, versions.observed_at, versions.last_observed_at
FROM versions
JOIN articles ON articles.id = versions.article_id
"""

_CHANGES = f"""
SELECT pages.source, pages.source_id, versions.article_id, 'edited' AS kind,
    versions.observed_at AS changed_at, versions.version
FROM versions
JOIN pages ON pages.id = versions.page_id
WHERE versions.version > 1
UNION ALL
SELECT pages.source, pages.source_id, pages.article_id, 'removed', gone_at, NULL
FROM pages
WHERE gone_at IS NOT NULL AND article_id IS NOT NULL AND reason <> '{Reason.EXPIRED}'
UNION ALL
SELECT pages.source, pages.source_id, pages.article_id, 'retitled', later.first_seen_at, NULL
FROM listings AS later
JOIN pages ON pages.id = later.page_id
WHERE pages.article_id IS NOT NULL AND later.title <> '' AND EXISTS (
    SELECT 1 FROM listings AS earlier
    WHERE earlier.page_id = later.page_id AND earlier.list_name = later.list_name
        AND earlier.title <> ''
        AND earlier.first_seen_at < later.first_seen_at
)
"""  # noqa: S608 - the value is our own


@dataclass(frozen=True)
class View:
    """A view, and what docs/schema.md says about it and about each column."""

    name: str
    comment: str
    columns: dict[str, str]
    select: str


VIEWS = (
    View(
        "article_versions",
        "A row for each different text that a page showed.",
        {column.name: column.comment or "" for column in ArticleVersion.__table__.columns},
        _ARTICLE_VERSIONS,
    ),
    View(
        "article_urls",
        "A row for each page that holds or held an article, gone pages too. Pages with the same "
        "text share one article.",
        {
            "source": "The site's name.",
            "source_id": "The site's id of the page.",
            "url": "Address of the page.",
            "article_id": "The article, in `articles`.",
        },
        _ARTICLE_URLS,
    ),
    View(
        "rejected_pages",
        "A row for each page that answered but could not be read; the start page too, as long as "
        "that is so.",
        {
            "url": "Address of the page.",
            "reason": "Why no article could be read from it.",
            "attempts": "Failures in a row.",
            "last_fetched_at": "When it was last requested.",
        },
        _REJECTED_PAGES,
    ),
    View(
        "coverage",
        "A row for each day: how much of what the site published is accounted for. Ids rise with "
        "time: a day's ids run from the lowest one of an article of that day to the one before the "
        "next day's lowest. The first day starts at the archive's start; the last one ends at the "
        "largest id that held an article, or that a list names, and that is near another one. An "
        "article whose id is among those of a later day counts there; a day without any dated "
        "article counts with the day before. Days are those of the site's time zone.",
        {
            "source": "The site's name.",
            "day": "The day, as text: `2025-08-20`.",
            "expected": "Ids in the day's range, known or not.",
            "stored": "Ids whose article is stored.",
            "gone": "Ids at which the site says there is no article (any more).",
            "rejected": "Ids that answered, but no article could be read.",
            "pending": "Ids that are not settled: waiting to be fetched, or never seen.",
            "accounted": "Share of `expected` that is stored, gone or rejected, 0 to 1.",
        },
        _COVERAGE,
    ),
    View(
        "changes",
        "A row for each edit, removal or changed title in a list. A syndicated article that is "
        "gone 25 days after its publication or later has expired; that is not a removal.",
        {
            "source": "The site's name.",
            "source_id": "The site's id of the page.",
            "article_id": "The article, in `articles`.",
            "kind": "`edited` (another text was seen), `removed` (the page is gone), `retitled` "
            "(a list shows another title than before).",
            "changed_at": "When it was first seen.",
            "version": "The new text's version, in `article_versions`; NULL unless edited.",
        },
        _CHANGES,
    ),
)


def create_views(connection: Connection) -> None:
    """Create all views, in place of those with the same names."""
    drop_views(connection)
    for view in VIEWS:
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {view.select}")


def drop_views(connection: Connection) -> None:
    """Drop the views that exist; a table can't be rebuilt while one selects from it."""
    present = inspect(connection).get_view_names()
    for view in VIEWS:
        if view.name in present:
            connection.exec_driver_sql(f"DROP VIEW {view.name}")
