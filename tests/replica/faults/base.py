"""What a fault is: it turns the answer that the site would give into another."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tests.replica.message import Answer, Request
from tests.replica.page import Page


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a fault may know: the request, and the page that would be shown.

    `page` is None where no page would be (robots.txt, an unknown id); `show`
    renders one as this request's page would be. `now` is in UTC.
    """

    request: Request
    page: Page | None
    show: Callable[[Page], bytes]
    base_url: str
    now: datetime


class Fault(Protocol):
    """One way to go wrong."""

    @abstractmethod
    def apply(self, answer: Answer, exchange: Exchange, /) -> Answer:
        """The answer, spoilt."""
