"""Which request meets which fault, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from tests.replica.faults.statuses import Redirect, RedirectLoop, Status
from tests.replica.faults.transport import CutOff, Delay, Drip, Framed, Reset
from tests.replica.message import Answer, Request

FAULTS: dict[str, type[Fault]] = {
    fault.__name__: fault
    for fault in (
        BlockPage,
        Charset,
        CutOff,
        Delay,
        Drip,
        Empty,
        Framed,
        Gzip,
        GzipBomb,
        HalfEmpty,
        Image,
        JavaScriptWall,
        Nested,
        NoBoxes,
        Notice,
        NulBytes,
        Redesign,
        Redirect,
        RedirectLoop,
        Renamed,
        Reset,
        Status,
    )
}


@dataclass(slots=True)
class Rule:
    """A fault, where it strikes, how many requests it lets pass first, how many are left."""

    fault: Fault
    where: int | str
    skip: int
    times: int | None

    def strikes(self, request: Request) -> bool:
        """Whether this request meets the fault; counts it."""
        if self.times == 0 or not self._is_at(request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def _is_at(self, request: Request) -> bool:
        where = str(self.where).lower()
        if where.isdigit():
            return request.article_id == int(where)
        if where.startswith("/"):
            return request.path == where
        return {
            "everything": True,
            "pages": request.path != "/robots.txt",
            "articles": request.article_id is not None,
        }[where]


class Faults:
    """The faults that are set. Where several strike, each spoils what the last one left."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def __bool__(self) -> bool:
        return bool(self._rules)

    def add(
        self,
        fault: Fault,
        where: int | str = "everything",
        *,
        times: int | None = None,
        skip: int = 0,
    ) -> Rule:
        """Set a fault.

        `where` is an article's id, a path (`/robots.txt`), `articles`, `pages`
        (all but robots.txt) or `everything`. It strikes `times` requests, or
        until it is removed, after it has let `skip` of them pass.
        """
        rule = Rule(fault, where, skip, times)
        self._rules.append(rule)
        return rule

    def add_json(self, order: Mapping[str, Any]) -> Rule:
        """The same from JSON: `{"fault": "Status", "code": 403, "where": 433912, "times": 2}`."""
        fields = dict(order)
        fault = FAULTS[fields.pop("fault")]
        where = fields.pop("where", "everything")
        times, skip = fields.pop("times", None), fields.pop("skip", 0)
        return self.add(fault(**fields), where, times=times, skip=skip)

    def remove(self, rule: Rule) -> None:
        """Take one fault back."""
        self._rules.remove(rule)

    def clear(self) -> None:
        """Take all faults back."""
        self._rules = []

    def apply(self, answer: Answer, exchange: Exchange) -> Answer:
        """The answer after all faults that this request meets."""
        for rule in self._rules:
            if rule.strikes(exchange.request):
                answer = rule.fault.apply(answer, exchange)
        return answer
