"""The archive that `make demo` makes: three evenings of the demo's news."""

from collections.abc import Iterator
from pathlib import Path

from tests.helpers.crawling import Archive, Run
from tests.replica import scenarios

EVENINGS = (1, 2, 3)


def crawl_demo(folder: Path) -> Iterator[tuple[Archive, Run]]:
    """Crawl the demo's replica into `folder`; yield the archive and the run after each evening."""
    with scenarios.demo() as replica:
        archive = Archive(folder, replica.url)
        for evening in EVENINGS:
            replica.clock.set(scenarios.evening(evening))
            yield archive, archive.crawl()
