"""Pages of the replica, brought to the size of real ones."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from newsbot.site import Answer, Reading
from newsbot.sites import DEFAULT
from tests.replica import scenarios
from tests.replica.markups import MARKUPS, render
from tests.replica.page import Page
from tests.replica.truth import page_truth

BASE = "https://home.nzcity.co.nz/news/"
PAGE_SIZE = 25_000
NOW = scenarios.evening(3)

_PLACE_FOR_SCRIPT = re.compile(r"</head>|<body[^>]*>|(?<=>)", re.IGNORECASE)
_SCRIPT_LINE = 'document.write("<td class=\\"c\\">" + (a < b && b > 0 ? a : b) + "</td>");\n'


@dataclass(frozen=True)
class Sample:
    """A page, and what a right reader makes of it (as `page_truth` has it)."""

    markup: str
    url: str
    html: str
    truth: dict[str, Any]
    page: Page


def samples(markups: tuple[str, ...] = tuple(MARKUPS), *, every: int = 1) -> list[Sample]:
    """Every so-many-th article of three days, in each markup, as rendered."""
    site = scenarios.plain(per_day=30)
    shown = [(number, site.page(number, NOW)) for number in site.ids(NOW)[::every]]
    return [
        Sample(
            markup,
            f"{BASE}article.aspx?id={number}",
            render(page, markup, BASE),
            page_truth(page),
            page,
        )
        for markup in markups
        for number, page in shown
        if page
    ]


def read(html: str, url: str, served: datetime = NOW) -> Reading:
    """Read a page as it would come from its address."""
    date = format_datetime(served.astimezone(UTC), usegmt=True)
    return DEFAULT.read(Answer("", None, url, url, 200, html.encode(), served, date=date))


def padded(html: str) -> str:
    """Bring a page to its full size with a script, which every reader must skip."""
    lines = max(PAGE_SIZE - len(html.encode()), 0) // len(_SCRIPT_LINE)
    place = _PLACE_FOR_SCRIPT.search(html)
    start = place.start() if place else 0
    return f"{html[:start]}<script>{_SCRIPT_LINE * lines}</script>{html[start:]}"
