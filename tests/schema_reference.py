"""Writes docs/schema.md from the models' and the views' own descriptions.

python -m tests.schema_reference > docs/schema.md
"""

import sys
from collections.abc import Sequence

from sqlalchemy import JSON, BigInteger, Column, Float, Integer, Table, Text

from newsbot.store.base import Instant
from newsbot.store.tables import Base
from newsbot.store.views import VIEWS, View

_TYPES = {
    Text: "text",
    BigInteger: "integer",
    Integer: "integer",
    Float: "number",
    JSON: "JSON",
    Instant: "instant",
}

_INTRODUCTION = """\
# The database

<!-- Made by `make docs` from newsbot/store; a change here is overwritten. -->

Every table and view of the database, and what each column means. The names follow
[schema.org](https://schema.org/NewsArticle), in snake_case.

- An *instant* is in UTC, to the second. SQLite keeps it as text, `2025-08-19 22:13:00`, which its
  date functions read and which sorts by time; PostgreSQL as `timestamptz`. Columns named
  `day_…` hold days of the site's zone as text, `2025-08-20`.
- A column is never NULL unless it says *or NULL*; where its type is a column's name, such as
  `articles.id`, it holds a value of that column.
- Tables marked *internal* serve the crawler and may change at any time.
"""

_SEARCH = """\
## articles_fts

The full-text index of `headline`, `description` and `article_body`. The database keeps it as
articles come, change and go. Capitals, macrons and accents don't count: `whangarei` finds
`Whangārei`.

On SQLite it is an FTS5 table; its `rowid` is the article's `id`:

```sql
SELECT articles.headline, snippet(articles_fts, 2, '[', ']', '…', 12)
FROM articles_fts
JOIN articles ON articles.id = articles_fts.rowid
WHERE articles_fts MATCH 'council OR mayor'
ORDER BY articles.date_published DESC
LIMIT 10;
```

On PostgreSQL it is a table with `article_id` and the `tsvector` `words`; `newsbot_fold(text)` folds
a word as the index does. Every mark separates words. It needs no extension and no superuser, but a
database in UTF-8; of the signs that are not plain letters or digits, such as `½`, it knows fewer
than FTS5.
"""


def document() -> str:
    """Return the whole of docs/schema.md."""
    tables = Base.metadata.tables.values()
    for_users = [table for table in tables if not _is_internal(table)]
    internal = [table for table in tables if _is_internal(table)]
    sections = [
        _INTRODUCTION,
        *map(_table, for_users),
        *map(_view, VIEWS),
        _SEARCH,
        *map(_table, internal),
    ]
    return "\n".join(sections)


def _is_internal(table: Table) -> bool:
    return (table.comment or "").startswith("Internal")


def _table(table: Table) -> str:
    rows = [(column.name, _type(column), column.comment or "") for column in table.columns]
    return _section(table.name, table.comment or "", ("Column", "Type", "Meaning"), rows)


def _view(view: View) -> str:
    comment = f"A view. {view.comment}"
    return _section(view.name, comment, ("Column", "Meaning"), list(view.columns.items()))


def _section(
    name: str, comment: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> str:
    ruler = ("---",) * len(head)
    lines = ["| " + " | ".join(row) + " |" for row in (head, ruler, *rows)]
    return f"## {name}\n\n{comment}\n\n" + "\n".join(lines) + "\n"


def _type(column: Column[object]) -> str:
    name = _TYPES[type(column.type)]
    for key in column.foreign_keys:
        name = f"`{key.target_fullname}`"
    return f"{name} or NULL" if column.nullable else name


if __name__ == "__main__":
    sys.stdout.write(document())
