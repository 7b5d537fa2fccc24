"""HTTP/1.1 on a socket: reads requests, and sends answers in the manner they ask for."""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from datetime import datetime
from email.utils import format_datetime
from http.client import responses
from typing import Any

from tests.replica.message import Answer, Framing, Request

_HEAD_LIMIT = 64 * 1024
_LINGER_NOT = struct.pack("ii", 1, 0)
_MOMENT = 0.05

Spawn = Callable[[Coroutine[Any, Any, None]], object]


class Connection(asyncio.Protocol):
    """One client's connection: answers its requests one after the other."""

    def __init__(
        self,
        answer: Callable[[Request], Answer],
        now: Callable[[], datetime],
        spawn: Spawn,
        open_ones: "set[Connection]",
    ) -> None:
        self._answer = answer
        self._now = now
        self._spawn = spawn
        self._open_ones = open_ones
        self._received = b""
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open_ones.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._open_ones.discard(self)

    def drop(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._answer_what_came()

    def _answer_what_came(self) -> None:
        while not self._busy and not self._transport.is_closing():
            try:
                request, self._received = parse(self._received)
            except ValueError:
                self._transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                self._transport.close()
                return
            if request is None:
                return
            answer = self._answer(request)
            if answer.is_plain:
                self._transport.write(self._head(request, answer) + _body(request, answer))
                if not _stays_open(request, answer):
                    self._transport.close()
            else:
                self._busy = True
                self._spawn(self._play(request, answer))

    async def _play(self, request: Request, answer: Answer) -> None:
        await asyncio.sleep(answer.delay)
        body = _body(request, answer)[: answer.stop_at]
        self._transport.write(self._head(request, answer))
        if answer.pace:
            for place in range(len(body)):
                await asyncio.sleep(answer.pace)
                if self._transport.is_closing():
                    return
                self._transport.write(body[place : place + 1])
        else:
            self._transport.write(body)
        if answer.reset:
            # What was sent must have left before the reset throws the rest away.
            await asyncio.sleep(_MOMENT)
            self._reset()
        elif answer.stop_at is not None or not _stays_open(request, answer):
            self._transport.close()
        self._busy = False
        self._answer_what_came()

    def _reset(self) -> None:
        raw: socket.socket = self._transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()

    def _head(self, request: Request, answer: Answer) -> bytes:
        version = "HTTP/1.0" if answer.framing is Framing.HTTP_1_0 else "HTTP/1.1"
        headers = {
            "Date": format_datetime(self._now(), usegmt=True),
            "Server": "Microsoft-IIS/10.0",
            "X-Powered-By": "ASP.NET",
            "Cache-Control": "private",
            **answer.headers,
        }
        if answer.framing is Framing.LENGTH:
            headers["Content-Length"] = str(len(answer.body))
        elif answer.framing is Framing.CHUNKED:
            headers["Transfer-Encoding"] = "chunked"
        if not _stays_open(request, answer):
            headers["Connection"] = "close"
        lines = [f"{version} {answer.status} {_phrase(answer.status)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def parse(received: bytes) -> tuple[Request | None, bytes]:
    """The first request in what was received, and the bytes after it.

    None while it is not complete. Raises ValueError if it is no HTTP.
    """
    head, separator, rest = received.partition(b"\r\n\r\n")
    if not separator:
        if len(received) > _HEAD_LIMIT:
            raise ValueError("the head of a request does not end")
        return None, received
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, version = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", 0))
    if len(rest) < length:
        return None, received
    wish = headers.get("connection", "").lower()
    keep_alive = wish != "close" and (version != "HTTP/1.0" or wish == "keep-alive")
    return Request(method, target, headers, rest[:length], keep_alive), rest[length:]


def _body(request: Request, answer: Answer) -> bytes:
    if request.method == "HEAD":
        return b""
    if answer.framing is Framing.CHUNKED:
        size, body = 4096, answer.body
        chunks = [body[start : start + size] for start in range(0, len(body), size)]
        return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
    return answer.body


def _stays_open(request: Request, answer: Answer) -> bool:
    return request.keep_alive and answer.framing in (Framing.LENGTH, Framing.CHUNKED)


def _phrase(status: int) -> str:
    return responses.get(status, "Unknown")
