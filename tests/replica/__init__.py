"""An NZCity of our own, served over real HTTP on loopback. See README.md beside this file."""

from tests.replica.application import Robots, Unknown
from tests.replica.clock import Clock
from tests.replica.limit import RateLimit
from tests.replica.server import Replica
from tests.replica.site import Site

__all__ = ["Clock", "RateLimit", "Replica", "Robots", "Site", "Unknown"]
