from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, insert, inspect, text
from sqlalchemy.orm import Session

from newsbot.exceptions import DatabaseUnusable
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate, require_current
from newsbot.store.models import Article, Base
from newsbot.store.search import search
from newsbot.store.views import VIEWS
from tests.rows import article


def is_a_model(name: str | None, kind: str, _parents: object) -> bool:
    """The search index is made by code of its own, with more tables inside on SQLite."""
    return not (kind == "table" and name is not None and name.startswith("articles_fts"))


def missing_step(engine: Engine) -> str:
    """Return the code of a migration's upgrade() that would make the models' tables."""
    options: dict[str, Any] = {
        "target_metadata": Base.metadata,
        "include_name": is_a_model,
        "compare_server_default": True,
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        upgrade = produce_migrations(context, Base.metadata).upgrade_ops
        assert upgrade is not None
        return "" if upgrade.is_empty() else render_python_code(upgrade)


def test_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    assert missing_step(engine) == ""
