"""The metadata of the database for Datasette: titles, descriptions, queries, hidden tables."""

import re
from typing import Any

from newsbot.site import Site
from newsbot.store.reading.queries import QUESTIONS
from newsbot.store.tables import Base
from newsbot.store.views import VIEWS

DATABASE = "newsbot"
"""The name of the database in addresses, independent of its file's name."""

_INTERNAL = {
    name
    for name, table in Base.metadata.tables.items()
    if (table.comment or "").startswith("Internal")
}
_HIDDEN = {"alembic_version", "articles_fts", "sources"} | _INTERNAL

# Datasette shows descriptions as plain text.
_BACKTICK = re.compile("`")

_TABLES: dict[str, dict[str, Any]] = {
    "articles": {
        "title": "Articles",
        "label_column": "headline",
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "sort_desc": "date_published",
        "facets": ["article_section", "credit_text"],
        "size": 50,
    },
    "article_versions": {
        "title": "Versions of articles",
        "label_column": "headline",
        "sort_desc": "observed_at",
    },
    "crawls": {"title": "Crawls", "sort_desc": "started_at", "facets": ["outcome"]},
    "listings": {
        "title": "Listings",
        "label_column": "title",
        "sort_desc": "last_seen_at",
        "facets": ["list_name", "category"],
    },
    "pages": {
        "title": "Pages: the ledger",
        "label_column": "source_id",
        "sort_desc": "id_number",
        "facets": ["status", "reason", "origin", "article_section"],
    },
    "article_urls": {"title": "Addresses of articles"},
    "watches": {"title": "Watches: saved searches"},
    "changes": {"title": "Changes: edits, removals, new titles", "facets": ["kind"]},
    "coverage": {"title": "Coverage: how complete each day is", "sort_desc": "day"},
    "rejected_pages": {"title": "Pages that could not be read", "facets": ["reason"]},
}


def metadata(site: Site) -> dict[str, Any]:
    """Return Datasette's metadata for the archive of a site: https://docs.datasette.io/en/0.65.1/metadata.html."""
    tables: dict[str, dict[str, Any]] = {name: {"hidden": True} for name in _HIDDEN}
    for table in Base.metadata.tables.values():
        if table.name not in _HIDDEN:
            columns = {column.name: column.comment or "" for column in table.columns}
            tables[table.name] = _described(table.name, table.comment or "", columns)
    for view in VIEWS:
        tables[view.name] = _described(view.name, view.comment, view.columns)
    return {
        "title": "newsbot",
        "extra_css_urls": ["/newsbot-static/newsbot.css"],
        "databases": {
            DATABASE: {
                "description": f"An archive of {site.title}. Times are local to the site here; in "
                "the database they are UTC.",
                "tables": tables,
                "queries": {
                    question.name: {
                        "title": question.title,
                        "description": question.description,
                        "sql": question.sql,
                        "hide_sql": True,
                    }
                    for question in QUESTIONS
                },
            }
        },
    }


def _described(name: str, comment: str, columns: dict[str, str]) -> dict[str, Any]:
    return _TABLES[name] | {
        "description": _BACKTICK.sub("", comment),
        "columns": {column: _BACKTICK.sub("", text) for column, text in columns.items()},
    }
