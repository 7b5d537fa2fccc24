"""Fixtures of the tests that crawl."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.worlds import EVENING, World
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica
from tests.replica.site import Site


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world at half past seven of its first evening; parametrized indirectly by its site."""
    site: Site = getattr(request, "param", None) or scenarios.plain(days=4, per_day=30)
    with Replica(site, Clock(EVENING)) as replica:
        yield World(tmp_path, replica)
