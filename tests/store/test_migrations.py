import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, MetaData, Table, event, insert, inspect, select, update
from sqlalchemy.orm import Session

from newsbot.errors import DatabaseUnusable
from newsbot.store import migrate as migrate_module
from newsbot.store.engine import open_engine
from newsbot.store.internal_tables import Section, Shingle
from newsbot.store.migrate import migrate, require_current
from newsbot.store.reading.search import search
from newsbot.store.tables import Article, ArticleVersion, Base, Listing, Page, Version
from newsbot.store.views import VIEWS
from tests.helpers.databases import ON_POSTGRESQL, ON_SQLITE
from tests.helpers.made_up import INTERNATIONAL, LONG_BODY, NOON, SOURCE, TODAYS_NEWS, ZONES, hours
from tests.helpers.postgresql import Server
from tests.helpers.rows import article


@contextmanager
def opened(url: str, *, read_only: bool = False) -> Iterator[Engine]:
    engine = open_engine(url, read_only=read_only)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Yield an engine on a database without tables."""
    if request.param == "sqlite":
        with opened(f"sqlite:///{tmp_path}/50% empty.db") as engine:
            yield engine
    else:
        server: Server = request.getfixturevalue("postgresql_server")
        with server.empty_database() as url, opened(url) as engine:
            yield engine


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Yield a list that fills with the statements that are sent."""
    sent: list[str] = []

    def record(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", record)
    yield sent
    event.remove(engine, "before_cursor_execute", record)


def is_a_model(name: str | None, kind: str, _parents: object) -> bool:
    """The search index is made by code of its own, with more tables inside on SQLite."""
    return not (kind == "table" and name is not None and name.startswith("articles_fts"))


def missing_step(engine: Engine) -> str:
    """Return the code of a migration's upgrade() that would make the models' tables."""
    options: dict[str, Any] = {"target_metadata": Base.metadata, "include_name": is_a_model}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        upgrade = produce_migrations(context, Base.metadata).upgrade_ops
        assert upgrade is not None
        return "" if upgrade.is_empty() else render_python_code(upgrade)


def test_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    assert missing_step(engine) == ""


def test_an_empty_database_is_brought_up_to_date(empty: Engine) -> None:
    migrate(empty, ZONES)
    assert set(inspect(empty).get_view_names()) == {view.name for view in VIEWS}
    with Session(empty) as session:
        session.execute(insert(Article), [article(1)])
        assert [hit.source_id for hit in search(session, "ferry")] == ["1"]


@ON_POSTGRESQL
def test_postgresql_shows_the_documentation_of_tables_and_columns(engine: Engine) -> None:
    inspector = inspect(engine)
    for table in Base.metadata.sorted_tables:
        assert inspector.get_table_comment(table.name)["text"] == table.comment
        for column in inspector.get_columns(table.name):
            assert column["comment"] == table.c[column["name"]].comment


def test_migrating_twice_does_nothing(engine: Engine) -> None:
    with statements(engine) as sent:
        migrate(engine, ZONES)
    assert not [each for each in sent if each.split()[0] in {"CREATE", "DROP", "ALTER", "UPDATE"}]


def test_migrating_is_silent(
    empty: Engine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.ERROR)
    migrate(empty, ZONES)
    assert capfd.readouterr() == ("", "")
    assert (root.handlers, root.level) == ([], logging.ERROR)


def test_a_migration_is_applied_whole_or_not_at_all(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_connection: Connection) -> None:
        raise DatabaseUnusable("The power is out.")

    monkeypatch.setattr(migrate_module, "create_views", fail)
    with pytest.raises(DatabaseUnusable, match="power"):
        migrate(empty, ZONES)
    assert inspect(empty).get_table_names() == []
    monkeypatch.undo()
    migrate(empty, ZONES)
    assert missing_step(empty) == ""


def test_a_newer_database_is_left_alone(empty: Engine) -> None:
    migrate(empty, ZONES)
    with empty.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for check in (lambda engine: migrate(engine, ZONES), require_current):
        with pytest.raises(DatabaseUnusable, match=r"by a newer newsbot; upgrade newsbot\.$"):
            check(empty)


def test_a_reader_asks_for_what_it_may_not_do_itself(empty: Engine) -> None:
    with pytest.raises(DatabaseUnusable, match="run a crawl, which upgrades it"):
        require_current(empty)
    migrate(empty, ZONES)
    require_current(empty)


def test_somebody_elses_tables_are_left_alone(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/theirs.db") as theirs:
        with theirs.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE articles (price INTEGER)")
        with pytest.raises(DatabaseUnusable, match="table articles already exists"):
            migrate(theirs, ZONES)
        assert inspect(theirs).get_table_names() == ["articles"]


@ON_SQLITE
def test_a_step_may_rebuild_a_table_that_others_refer_to(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rebuild(config: Any, _revision: str) -> None:
        operations = Operations(MigrationContext.configure(config.attributes["connection"]))
        with operations.batch_alter_table("articles", recreate="always"):
            pass

    with engine.begin() as connection:
        connection.execute(insert(Article), [article(1)])
        connection.exec_driver_sql("INSERT INTO shingles VALUES (7, 1)")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    monkeypatch.setattr(migrate_module, "_is_current", lambda _connection: False)
    monkeypatch.setattr("alembic.command.upgrade", rebuild)
    migrate(engine, ZONES)
    with Session(engine) as session:
        assert session.connection().exec_driver_sql("SELECT * FROM shingles").all() == [(7, 1)]
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        session.execute(insert(Article), [article(2)])
        assert [hit.source_id for hit in search(session, "ferry")] == ["2", "1"]


def make_first_tables(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tables of step 0001, as the first newsbot left them."""
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(migrate_module, "create_views", lambda _connection: None)
        patch.setattr(migrate_module, "_comment", lambda _connection: None)
        patch.setattr("alembic.command.upgrade", lambda config, _head: upgrade(config, "0001"))
        migrate(engine, ZONES)


def fill_first_tables(engine: Engine) -> None:
    """Store a story dated by a list, one by its page's clock alone, and one by both."""
    own = {"source": SOURCE, "first_seen_at": NOON}
    listed = {**own, "seen_on_url": "http://example.com/", "last_seen_at": NOON}
    asked = {**own, "url": "http://example.com/", "last_fetched_at": NOON}
    minute = {"date_published": NOON, "date_published_precision": "minute"}
    lists = {1: TODAYS_NEWS, 3: INTERNATIONAL}
    rows: list[tuple[str, dict[str, Any]]] = []
    for number, evidence in {1: TODAYS_NEWS, 2: "page head", 3: "page head"}.items():
        keys = {"id": number, "source_id": str(number), "article_section": "International"}
        dated = {**asked, **minute, **keys, "date_published_evidence": evidence}
        text = {"headline": f"Ferry {number}", "description": "", "article_body": LONG_BODY}
        text |= {"copyright_holder": "RNZ", "text_hash": str(number)}
        rows.append(("articles", {**dated, **text, "copyright_year": 2025, "word_count": 40}))
        page = {"id_number": number, "article_id": number, "status": "stored", "origin": "list"}
        rows.append(("pages", {**dated, **page, "date_in_head": NOON, "attempts": 1}))
    gone = {"status": "gone", "reason": "HTTP 404", "origin": "gap", "attempts": 1}
    rows.append(("pages", {**asked, **gone, "id": 4, "source_id": "4", "id_number": 4}))
    for number, name in lists.items():
        is_exact = name == TODAYS_NEWS
        entry = {"page_id": number, "source_id": str(number), "title": f"Ferry {number}"}
        entry["date_listed"] = NOON if is_exact else NOON - hours(24)
        entry["date_listed_precision"] = "minute" if is_exact else "day"
        rows.append(("listings", {**listed, **entry, "list_name": name}))
        box = {"list_name": name, "entries": 7, "typical_entries": 7.0}
        rows.append(("boxes", {**listed, **box, "last_changed_at": NOON, "change_interval": 60.0}))
    # An entry without a date makes the list no less a section's.
    undated = {"page_id": 2, "source_id": "2", "title": "*", "date_listed_precision": "unknown"}
    rows.append(("listings", {**listed, **undated, "list_name": INTERNATIONAL}))
    rows.append(("shingles", {"hash": 7, "article_id": 1}))
    for version, headline in ((1, "Ferry late"), (2, "Ferry 1")):
        text = {"headline": headline, "description": "", "article_body": LONG_BODY}
        seen = {"text_hash": str(3 - version), "observed_at": NOON, "last_observed_at": NOON}
        keys = {"id": version, "article_id": 1, "page_id": 1, "version": version}
        rows.append(("article_versions", {**keys, **text, **seen}))
    with engine.begin() as connection:
        for table, row in rows:
            connection.execute(insert(Table(table, MetaData(), autoload_with=connection)), row)


def test_a_database_of_the_first_newsbot_is_brought_up_to_date(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_first_tables(empty, monkeypatch)
    fill_first_tables(empty)

    migrate(empty, ZONES)

    assert missing_step(empty) == ""
    with Session(empty) as session:
        stories = session.scalars(select(Article).order_by(Article.id)).all()
        # The second rested on nothing but the time at which its page was served.
        assert [
            (x.date_published, x.date_published_precision, x.date_published_evidence)
            for x in stories
        ] == [
            (NOON, "minute", TODAYS_NEWS),
            (None, "unknown", None),
            (NOON - hours(24), "day", INTERNATIONAL),
        ]
        assert [x.day_published for x in stories] == ["2025-08-21", None, "2025-08-20"]
        assert {(x.section_path, x.copyright_holder, x.author) for x in stories} == {
            ("International", "RNZ", None)
        }
        pages = session.scalars(select(Page).order_by(Page.id)).all()
        assert [(x.status, x.day_published, x.gone_at) for x in pages] == [
            ("stored", "2025-08-21", None),
            ("stored", None, None),
            ("stored", "2025-08-20", None),
            ("gone", None, NOON),
        ]
        assert set(session.execute(select(Listing.list_name, Listing.list_kind))) == {
            (TODAYS_NEWS, "today"),
            (INTERNATIONAL, "section"),
        }
        assert session.execute(select(Section.section, Section.looked_at)).all() == [
            ("International", NOON)
        ]
        assert session.execute(
            select(ArticleVersion.headline, ArticleVersion.article_body, Version.headline)
            .join(Version, Version.id == ArticleVersion.id)
            .order_by(ArticleVersion.version)
        ).all() == [("Ferry late", LONG_BODY, "Ferry late"), ("Ferry 1", LONG_BODY, None)]
        sketched = set(session.scalars(select(Shingle.article_id)))
        assert sketched == {1, 2, 3}
        assert [hit.source_id for hit in search(session, "ferry")] != []


def test_an_estimate_of_the_first_newsbot_is_made_again(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_first_tables(empty, monkeypatch)
    fill_first_tables(empty)
    with empty.begin() as connection:
        table = Table("articles", MetaData(), autoload_with=connection)
        estimated = {"date_published_precision": "estimated", "date_published_evidence": "ids"}
        connection.execute(update(table).where(table.c.id == 2).values(**estimated))

    migrate(empty, ZONES)

    with Session(empty) as session:
        dated = select(Article.date_published, Article.date_published_precision)
        assert session.execute(dated.where(Article.id == 2)).one() == (None, "unknown")


def test_pages_of_an_unknown_site_are_left_alone(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_first_tables(empty, monkeypatch)
    fill_first_tables(empty)
    with pytest.raises(DatabaseUnusable, match="has pages of nzcity"):
        migrate(empty, {})
