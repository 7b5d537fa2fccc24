import pytest
from sqlalchemy import Engine, Table, inspect

from newsbot.store.tables import Base
from newsbot.store.views import VIEWS
from tests.helpers.crawling import ROOT
from tests.schema_reference import document

TABLES = list(Base.metadata.tables.values())


def test_the_document_is_made_from_the_models() -> None:
    written = (ROOT / "docs/schema.md").read_text(encoding="utf-8")
    assert written == document(), "run: python -m tests.schema_reference > docs/schema.md"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_and_column_is_described(table: Table) -> None:
    assert table.comment
    assert [column.name for column in table.columns if not column.comment] == []


def test_every_column_of_a_view_is_described(engine: Engine) -> None:
    inspector = inspect(engine)
    for view in VIEWS:
        columns = [column["name"] for column in inspector.get_columns(view.name)]
        assert columns == list(view.columns)
        assert all(view.columns.values())
