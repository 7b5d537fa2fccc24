"""The house keeps its shape: imports run one way, rooms are small, docs and code agree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import newsbot
from newsbot.store import PUBLIC

PACKAGE = Path(newsbot.__file__).parent
ROOT = PACKAGE.parent

# A room may import from itself and from these.
_BASE = {"errors", "items", "site", "streams", "text", "word_diff"}
MAY_IMPORT = {
    "errors": set(),
    "items": set(),
    "site": {"errors", "items"},
    "streams": set(),
    "text": {"items"},
    "word_diff": set(),
    "settings": set(),
    "warc": {"errors"},
    "html": _BASE,
    "sites": _BASE | {"html"},
    "store": _BASE,
    "crawl": _BASE | {"html", "store", "warc"},
    "spiders": _BASE | {"html", "sites", "crawl"},
    "pipelines": _BASE | {"store", "crawl"},
    "commands": _BASE | {"store", "crawl"},
    "formats": _BASE,
    "browse": _BASE | {"html", "store", "warc", "formats"},
    "rebuild": _BASE | {"settings", "html", "store", "warc", "crawl", "pipelines"},
}
ANYTHING = {"cli"}
WITHOUT_SCRAPY = {*_BASE, "html", "sites", "store", "warc", "formats", "browse"}
LONGEST_FILE = 400


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room != "__init__":
            yield room, path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative path"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("room", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_imports_run_one_way(room: str, path: Path) -> None:
    if room in ANYTHING:
        return
    assert room in MAY_IMPORT, f"say in this test what {room} may import"
    rooms = set(MAY_IMPORT) | ANYTHING
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "scrapy":
            assert room not in WITHOUT_SCRAPY, f"{path} imports {name}"
        if parts[0] == "newsbot" and len(parts) > 1 and parts[1] in rooms:
            assert parts[1] in MAY_IMPORT[room] | {room}, f"{path} imports {name}"


def test_the_store_names_what_others_may_use() -> None:
    store = {
        ".".join(path.relative_to(PACKAGE / "store").with_suffix("").parts)
        for room, path in modules()
        if room == "store"
    }
    imported = {
        name.removeprefix("newsbot.store.")
        for room, path in modules()
        if room != "store"
        for name in imports(path)
    }
    used = store & imported

    assert used == PUBLIC


def test_nothing_of_the_package_knows_the_tests() -> None:
    for _, path in modules():
        assert not any(name.split(".")[0] == "tests" for name in imports(path))


@pytest.mark.parametrize("folder", ["newsbot", "tests", "benchmarks"])
def test_rooms_are_small(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_nothing_outside_sites_knows_a_site() -> None:
    words = re.compile(
        r"nzcity|pacific/auckland|today's news|top stories|new zealand", re.IGNORECASE
    )
    found = {
        str(path.relative_to(ROOT))
        for room, path in modules()
        if room not in {"sites", "spiders"} and words.search(path.read_text(encoding="utf-8"))
    }

    assert found == set()


def test_the_architecture_names_every_package() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert {name for name in packages if f"`newsbot/{name}/`" not in text} == set()


def test_versions_are_pinned_without_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()

    assert all("==" in line and "/" not in line and "@" not in line for line in lines)
