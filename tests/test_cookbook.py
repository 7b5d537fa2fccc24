"""The SQL cookbook's queries give the outputs that stand below them."""

import pytest

from tests.cookbook import PAGE, answer, recipes
from tests.helpers.crawling import Archive

RECIPES = recipes(PAGE.read_text(encoding="utf-8"))


def test_there_are_twenty() -> None:
    assert len(RECIPES) == 20


@pytest.mark.parametrize(
    ("sql", "output"), RECIPES, ids=[str(number) for number in range(1, len(RECIPES) + 1)]
)
def test_the_output_is_the_querys(demo: Archive, sql: str, output: str) -> None:
    assert answer(demo.path, sql) == output, "run: make docs"
    assert len(output.splitlines()) > 2, "it shows nothing"
