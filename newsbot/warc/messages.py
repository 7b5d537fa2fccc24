"""What an archive holds: requests, their responses, and requests that no response came to."""

from dataclasses import dataclass
from datetime import datetime

Headers = list[tuple[bytes, bytes]]
"""Names and values in order; a name may stand more than once."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent; its address and instant are its response's."""

    headers: Headers
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it came.

    `url` is the address that was asked, `at` the instant (UTC) at which the response was whole.
    `body` is as transferred, with its Content-Encoding, but without a Transfer-Encoding.
    """

    url: str
    at: datetime
    status: int
    headers: Headers
    body: bytes
    protocol: str = "HTTP/1.1"
    ip_address: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that had no response: its address, when that was known (UTC), and why."""

    url: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a record: the name of its file, its offset there in bytes, and its record id."""

    file: str
    offset: int
    record_id: str
