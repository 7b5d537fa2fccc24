"""What people ask of an archive, as SQL for SQLite, ready to run.

They are given to Datasette as its canned queries; `:name` is a parameter it asks for.
`local_time` is a function that newsbot/browse adds: an instant of the database in the site's time.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the statement that answers it; `name` is its address."""

    name: str
    title: str
    description: str
    sql: str


def _of_the_last(days: int) -> str:
    # Few of many articles, by the index; an archive that has stopped is not empty.
    newest = "(SELECT max(date_published) FROM articles)"
    return f"date_published >= datetime({newest}, '-{days} days')"


QUESTIONS = (
    Question(
        "by_day_and_section",
        "Stories by day and section",
        "How many stories each section published on each day of the last year, in the site's time.",
        f"""SELECT day_published AS day, article_section, count(*) AS stories
FROM articles
WHERE {_of_the_last(365)}
GROUP BY day, article_section
ORDER BY day DESC, stories DESC""",
    ),
    Question(
        "by_hour",
        "Stories by hour",
        "At which hour of the day, in the site's time, how many stories of the last year came out.",
        f"""SELECT CAST(substr(local_time(date_published), 12, 2) AS INTEGER) AS hour,
    count(*) AS stories
FROM articles
WHERE {_of_the_last(365)} AND date_published_precision = 'minute'
GROUP BY hour
ORDER BY hour""",
    ),
    Question(
        "near_duplicates",
        "Near duplicates, side by side",
        "Stories that nearly repeat an earlier one; the similarity is from 0.8 to 1.",
        """SELECT round(later.similarity, 3) AS similarity,
    earlier.id AS earlier_id, earlier.headline AS earlier_headline,
    later.id AS later_id, later.headline AS later_headline,
    earlier.article_body AS earlier_body, later.article_body AS later_body
FROM articles AS later
JOIN articles AS earlier ON earlier.id = later.duplicate_of_id
ORDER BY later.similarity DESC, later.id DESC""",
    ),
    Question(
        "gaps",
        "Gaps: ids that nothing is known of",
        "Ranges of ids from the archive's start on that no box showed and nobody has asked for.",
        """SELECT source, before + 1 AS first_missing, id_number - 1 AS last_missing,
    id_number - before - 1 AS ids
FROM (
    SELECT source, id_number,
        lag(id_number) OVER (PARTITION BY source ORDER BY id_number) AS before
    FROM pages
    JOIN sources USING (source)
    WHERE id_number >= first_id
)
WHERE id_number - before > 1
ORDER BY first_missing DESC""",
    ),
    Question(
        "most_listed",
        "Most-listed stories",
        "Stories by the number of boxes and titles under which they were listed.",
        """SELECT article_id, headline, listings, boxes, listed_from_at, listed_until_at
FROM (
    SELECT page_id, count(*) AS listings, count(DISTINCT list_name) AS boxes,
        min(first_seen_at) AS listed_from_at, max(last_seen_at) AS listed_until_at
    FROM listings
    GROUP BY page_id
    ORDER BY listings DESC, page_id DESC
    LIMIT 100
)
JOIN pages ON pages.id = page_id
JOIN articles ON articles.id = article_id
ORDER BY listings DESC, article_id DESC""",
    ),
)
