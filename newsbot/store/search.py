"""The full-text index of the articles."""

from sqlalchemy import Connection

_TRIGGERS = {
    "insert": """AFTER INSERT ON articles BEGIN
        INSERT INTO articles_fts (rowid, headline, description, article_body)
        VALUES (new.id, new.headline, new.description, new.article_body);
    END""",
    "delete": """AFTER DELETE ON articles BEGIN
        INSERT INTO articles_fts (articles_fts, rowid, headline, description, article_body)
        VALUES ('delete', old.id, old.headline, old.description, old.article_body);
    END""",
    "update": """AFTER UPDATE OF headline, description, article_body ON articles
    WHEN (old.headline, old.description, old.article_body)
        IS NOT (new.headline, new.description, new.article_body)
    BEGIN
        INSERT INTO articles_fts (articles_fts, rowid, headline, description, article_body)
        VALUES ('delete', old.id, old.headline, old.description, old.article_body);
        INSERT INTO articles_fts (rowid, headline, description, article_body)
        VALUES (new.id, new.headline, new.description, new.article_body);
    END""",
}


def create_search_index(connection: Connection) -> None:
    """Make the index if it is missing, and its triggers anew."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE IF NOT EXISTS articles_fts USING fts5 ("
        "headline, description, article_body, "
        "content = 'articles', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2')"
    )
    for name, body in _TRIGGERS.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS articles_fts_{name}")
        connection.exec_driver_sql(f"CREATE TRIGGER articles_fts_{name} {body}")


def rebuild_search_index(connection: Connection) -> None:
    """Index every article anew."""
    connection.exec_driver_sql("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
