"""Creates the tables of a database, or upgrades those of an older newsbot."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.schema import SetColumnComment, SetTableComment

from newsbot.errors import DatabaseUnusable
from newsbot.store.engine import database_name, explained
from newsbot.store.search_index import create_search_index
from newsbot.store.tables import Base
from newsbot.store.views import create_views, drop_views

_SCRIPTS = Path(__file__).with_name("migrations")
# The file of a step is named by its number: v0001_tables.py.
_STEPS = sorted(path.name[1:5] for path in _SCRIPTS.glob("versions/v[0-9]*.py"))
# An arbitrary number: the lock keeps two programs from migrating a PostgreSQL database at once.
_ADVISORY_LOCK = 0x6E657773


def migrate(engine: Engine, zones: Mapping[str, ZoneInfo]) -> None:
    """Upgrade the database in one transaction, unless it is up to date.

    The search index's triggers and the views are then recreated, because a step
    that rebuilds a table on SQLite silently drops its triggers.

    Args:
        engine: an engine that may write.
        zones: the time zone of each site, by its name in `source`.

    Raises:
        DatabaseUnusable: a newer newsbot wrote it, or it can't be written.
    """
    with explained(engine):
        with engine.connect() as connection:
            if _is_current(connection):
                return
        # Commands that only read import this module too, and importing Alembic is slow.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        with _unenforced_foreign_keys(engine) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            drop_views(connection)
            config = Config(attributes={"connection": connection, "zones": zones})
            # Alembic's own configuration reads '%' as the start of a variable.
            config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
            command.upgrade(config, "head")
            create_search_index(connection)
            create_views(connection)
            _comment(connection)


def require_current(engine: Engine) -> None:
    """Check that a database has this newsbot's tables, without changing it.

    Raises:
        DatabaseUnusable: an older or a newer newsbot wrote it, or it is empty.
    """
    with explained(engine), engine.connect() as connection:
        if not _is_current(connection):
            raise DatabaseUnusable(
                f"The database {database_name(engine.url)} is empty or was written by an "
                "older newsbot; run a crawl, which upgrades it."
            )


def _is_current(connection: Connection) -> bool:
    found: list[str] = []
    if inspect(connection).has_table("alembic_version"):
        found = [*connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()]
    if not set(found) <= set(_STEPS):
        raise DatabaseUnusable(
            f"The database {database_name(connection.engine.url)} was written by a newer newsbot; "
            "upgrade newsbot."
        )
    return found == _STEPS[-1:]


@contextmanager
def _unenforced_foreign_keys(engine: Engine) -> Iterator[Connection]:
    # On SQLite a table is rebuilt by dropping the old one, which fails, or deletes the rows that
    # refer to it, unless foreign keys are off; and that is only possible between transactions.
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        driver = connection.connection.cursor()
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
            driver.close()


def _comment(connection: Connection) -> None:
    # The models' comments are documentation: a better wording needs no migration.
    if connection.dialect.supports_comments:
        for table in Base.metadata.sorted_tables:
            connection.execute(SetTableComment(table))
            for column in table.columns:
                connection.execute(SetColumnComment(column))
