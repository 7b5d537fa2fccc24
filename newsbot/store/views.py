"""The views: what users ask most, ready to select from. Their names are a public interface."""

from dataclasses import dataclass

from sqlalchemy import Connection

from newsbot.items import Status

# The start of a day in New Zealand is 12:00 UTC in winter and 11:00 UTC in summer: thirteen hours
# on, it is the same day in both. Any other instant is counted in NZST, as SQL knows no zones.
_DAY = {
    "sqlite": "date(date_published, "
    "CASE date_published_precision WHEN 'day' THEN '+13 hours' ELSE '+12 hours' END)",
    "postgresql": "to_char(date_published AT TIME ZONE 'UTC' + CASE date_published_precision "
    "WHEN 'day' THEN interval '13 hours' ELSE interval '12 hours' END, 'YYYY-MM-DD')",
}

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

_COVERAGE = f"""
WITH dated AS (
    SELECT source, id_number, date_published, date_published_precision
    FROM pages
    WHERE date_published IS NOT NULL
    UNION ALL
    SELECT pages.source, pages.id_number,
        articles.date_published, articles.date_published_precision
    FROM pages
    JOIN articles ON articles.id = pages.article_id AND articles.source_id = pages.source_id
    WHERE pages.date_published IS NULL AND articles.date_published IS NOT NULL
),
days AS (
    SELECT source, {{day}} AS day, min(id_number) AS lowest
    FROM dated
    JOIN sources USING (source)
    WHERE id_number >= first_id
    GROUP BY source, {{day}}
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
        CASE row_number() OVER (PARTITION BY starts.source ORDER BY starts.day)
            WHEN 1 THEN sources.first_id ELSE starts.lowest
        END AS first_id,
        coalesce(
            starts.lowest_later - 1,
            (SELECT max(id_number) FROM pages WHERE pages.source = starts.source)
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


@dataclass(frozen=True)
class View:
    """A view, and what docs/schema.md says of it and of each column."""

    name: str
    comment: str
    columns: dict[str, str]
    select: str


VIEWS = (
    View(
        "article_urls",
        "A row for each page that holds or held a story: where to find it, gone pages too. "
        "Two pages with the same text share one story.",
        {
            "source": "The site: `nzcity`.",
            "source_id": "The site's id of the page.",
            "url": "Address of the page.",
            "article_id": "The story, in `articles`.",
        },
        _ARTICLE_URLS,
    ),
    View(
        "rejected_pages",
        "A row for each page that answered but could not be read; the start page is among them "
        "while that is so.",
        {
            "url": "Address of the page.",
            "reason": "Why no article could be read from it.",
            "attempts": "Tries since it last answered well.",
            "last_fetched_at": "When it was last asked for.",
        },
        _REJECTED_PAGES,
    ),
    View(
        "coverage",
        "A row a day: how much of what the site published is accounted for. Ids rise with time: "
        "a day's ids run from the lowest one of a story of that day to the one before the next "
        "day's lowest. The first day starts at the archive's start, the last one ends at the "
        "largest id known. A story whose id lies among those of a later day counts there; a day "
        "without any dated story counts with the day before. Days are New Zealand's standard "
        "time (UTC+12) all year: in summer, what came out in the first hour after midnight "
        "counts for the day before.",
        {
            "source": "The site: `nzcity`.",
            "day": "The day, as text: `2025-08-20`.",
            "expected": "Ids in the day's range, known or not.",
            "stored": "Ids whose story is stored.",
            "gone": "Ids at which the site says there is no story (any more).",
            "rejected": "Ids that answered, but no story could be read.",
            "pending": "Ids that are not settled: waiting to be asked for, or never seen.",
            "accounted": "Share of `expected` that is stored, gone or rejected, 0 to 1.",
        },
        _COVERAGE,
    ),
)


def create_views(connection: Connection) -> None:
    """Make all views, in place of what bears their names."""
    drop_views(connection)
    for view in VIEWS:
        select = view.select.format(day=_DAY[connection.dialect.name])
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {select}")


def drop_views(connection: Connection) -> None:
    """Drop the views that are there; a table can't be rebuilt while one selects from it."""
    for view in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")
