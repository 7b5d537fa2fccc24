"""The replica on a loopback port, in a thread of this process or in this process itself."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self

from tests.replica.application import Application, LogEntry, Robots, Unknown
from tests.replica.clock import Clock
from tests.replica.control import PREFIX, control, truth
from tests.replica.faults import Faults
from tests.replica.limit import RateLimit
from tests.replica.message import Answer, Request
from tests.replica.site import Site
from tests.replica.wire import Connection


class Replica:
    """An NZCity of our own: `with Replica(site, Clock(start)) as replica: replica.url`.

    `markup` names one rendering, or several that take turns by id; `unknown` is
    what an id answers that holds no article; without a `limit` there is none.
    Leaving the block closes every connection, also those that wait or drip.
    """

    def __init__(
        self,
        site: Site,
        clock: Clock,
        *,
        markup: str | Sequence[str] = "tables",
        unknown: Unknown = Unknown.NOT_FOUND,
        robots: Robots = Robots.ABSENT,
        limit: RateLimit | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.application = Application(site, clock)
        self.application.markup = markup
        self.application.unknown = unknown
        self.application.robots = robots
        self.application.limit = limit
        self._address = (host, port)
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread: threading.Thread
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Address of the front page, with the port that was given."""
        return self.application.base_url

    @property
    def site(self) -> Site:
        """The site that is served."""
        return self.application.site

    @property
    def clock(self) -> Clock:
        """The replica's clock."""
        return self.application.clock

    @property
    def faults(self) -> Faults:
        """The faults that are set."""
        return self.application.faults

    @property
    def log(self) -> list[LogEntry]:
        """Requests so far, oldest first."""
        return self.application.log

    def truth(self, article_id: int) -> dict[str, Any] | None:
        """What a right reader finds on an article's page now; None if there is none."""
        return truth(self.application, article_id)

    def article_url(self, article_id: int) -> str:
        """Address of an article's page."""
        return f"{self.url}article.aspx?id={article_id}"

    def warm(self) -> None:
        """Render every page that is up, so that its first visit costs no more than the next."""
        self.application.warm()

    def __enter__(self) -> Self:
        ready: threading.Event = threading.Event()
        self._thread = threading.Thread(
            target=asyncio.run, args=[self.serve(ready.set)], name="replica", daemon=True
        )
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def serve(self, ready: Callable[[], object]) -> None:
        """Listen, call `ready` when the port is known, and serve until stopped."""
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        host, port = self._address
        server = await self._loop.create_server(self._connection, host, port)
        port = server.sockets[0].getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        self.application.base_url = f"http://{name}:{port}/news/"
        ready()
        try:
            await self._stop.wait()
        finally:
            server.close()
            await self._drop_everybody()

    async def _drop_everybody(self) -> None:
        # A connection that was accepted just now is ours after a few turns of the loop.
        for _ in range(3):
            await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in self._connections:
            connection.drop()
        await asyncio.sleep(0)

    def stop(self) -> None:
        """End `serve`, from a signal handler of the same loop."""
        self._stop.set()

    def _connection(self) -> Connection:
        return Connection(self._answer, self.clock.now, self._spawn, self._connections)

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith(PREFIX):
            return control(self.application, request)
        return self.application.answer(request)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
