"""What the replica can do wrong, on order."""

from tests.replica.faults.base import Exchange, Fault
from tests.replica.faults.bodies import Charset, Empty, Gzip, GzipBomb, Image, Nested, NulBytes
from tests.replica.faults.pages import (
    BlockPage,
    HalfEmpty,
    JavaScriptWall,
    NoBoxes,
    Notice,
    Redesign,
    Renamed,
)
from tests.replica.faults.rules import FAULTS, Faults, Rule
from tests.replica.faults.statuses import Redirect, RedirectLoop, Status
from tests.replica.faults.transport import CutOff, Delay, Drip, Framed, Reset

__all__ = [
    "FAULTS",
    "BlockPage",
    "Charset",
    "CutOff",
    "Delay",
    "Drip",
    "Empty",
    "Exchange",
    "Fault",
    "Faults",
    "Framed",
    "Gzip",
    "GzipBomb",
    "HalfEmpty",
    "Image",
    "JavaScriptWall",
    "Nested",
    "NoBoxes",
    "Notice",
    "NulBytes",
    "Redesign",
    "Redirect",
    "RedirectLoop",
    "Renamed",
    "Reset",
    "Rule",
    "Status",
]
