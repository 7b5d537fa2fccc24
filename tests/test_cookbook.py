"""The SQL cookbook's queries give the outputs that stand below them."""

from pathlib import Path

import pytest

from tests.cookbook import PAGE, answer, archive, recipes

RECIPES = recipes(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(tmp_path_factory.mktemp("cookbook")).path


def test_there_are_twenty() -> None:
    assert len(RECIPES) == 20


@pytest.mark.parametrize(
    ("sql", "output"), RECIPES, ids=[str(number) for number in range(1, len(RECIPES) + 1)]
)
def test_the_output_is_the_querys(database: Path, sql: str, output: str) -> None:
    assert answer(database, sql) == output, "run: make docs"
    assert len(output.splitlines()) > 2, "it shows nothing"
