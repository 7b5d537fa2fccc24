"""Faults of the status line: errors, waits, redirects."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from tests.replica.faults.base import Exchange
from tests.replica.message import Answer, html_answer


@dataclass(frozen=True)
class Status:
    """An error page with this status.

    `retry_after` is sent as it is (`"300"`, `"soon"`, `"-5"`, forty nines);
    `retry_at` is seconds from now, sent as an HTTP date.
    """

    code: int
    retry_after: str | None = None
    retry_at: float | None = None

    def apply(self, _answer: Answer, exchange: Exchange) -> Answer:
        wait = self.retry_after
        if self.retry_at is not None:
            wait = format_datetime(exchange.now + timedelta(seconds=self.retry_at), usegmt=True)
        phrase = HTTPStatus(self.code).phrase
        return html_answer(
            f"<html><head><title>{self.code} - {phrase}</title></head>"
            f"<body><h2>{self.code} - {phrase}</h2></body></html>",
            self.code,
            {} if wait is None else {"Retry-After": wait},
        )


@dataclass(frozen=True)
class Redirect:
    """A redirect; `{port}` in `to` stands for the replica's own port."""

    to: str
    code: int = 302

    def apply(self, _answer: Answer, exchange: Exchange) -> Answer:
        port = urlsplit(exchange.base_url).port
        return html_answer("", self.code, {"Location": self.to.replace("{port}", str(port))})


@dataclass(frozen=True)
class RedirectLoop:
    """A redirect to the same page under a new address each time, without end."""

    code: int = 302

    def apply(self, _answer: Answer, exchange: Exchange) -> Answer:
        path, query = exchange.request.path, exchange.request.query
        hop = int(query.get("hop", "0")) + 1
        kept = "".join(f"{name}={value}&" for name, value in query.items() if name != "hop")
        return html_answer("", self.code, {"Location": f"{path}?{kept}hop={hop}"})
