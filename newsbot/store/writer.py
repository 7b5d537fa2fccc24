"""Writes to the database in a thread beside the event loop, with one commit for waiting jobs."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from newsbot.store.engine import explain

BATCH = 100
"""The largest number of jobs that share one commit."""

T = TypeVar("T")


class Writer:
    """Runs jobs on the database in one thread, in the order of submission.

    All jobs that wait run in one transaction, each in its own savepoint. A
    future is resolved only after the commit, so that its result is on the disk.
    Use one writer for each database; as a context manager it is closed at the end. `on_lost` is
    called in the writer's thread when a transaction was lost or a job has failed, before the next
    one begins.
    """

    def __init__(self, engine: Engine, on_lost: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._on_lost = on_lost
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        # A daemon, so that a program can exit without close(): open futures promise nothing.
        self._thread = threading.Thread(target=self._run, name="newsbot-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue `work` and return the future of its result; callable from any thread.

        `work` is called with a connection in the writer's thread. It neither commits nor rolls
        back. If it raises, its own changes are undone and the future has the exception. If the
        transaction is lost (full disk, broken connection), the future has DatabaseUnusable.

        Raises:
            RuntimeError: the writer is closed.
        """
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise RuntimeError("the writer is closed")
            self._jobs.put(_Job(work, future))
        return future

    def close(self) -> None:
        """Finish all that was submitted, then end the thread. May be called twice."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        job = self._jobs.get()
        while job is not None:
            batch = [job]
            try:
                while job is not None and len(batch) < BATCH:
                    job = self._jobs.get_nowait()
                    if job is not None:
                        batch.append(job)
            except queue.Empty:
                pass
            self._store([each for each in batch if each.future.set_running_or_notify_cancel()])
            if job is not None:
                job = self._jobs.get()

    def _store(self, batch: list["_Job"]) -> None:
        try:
            with self._engine.begin() as connection:
                self._run_all(batch, connection)
        except Exception as error:  # noqa: BLE001 - a future that is never resolved blocks its caller
            self._on_lost()
            fault = error
            if isinstance(error, SQLAlchemyError):
                fault = explain(error, self._engine.url)
            for job in batch:
                job.future.set_exception(fault)
        else:
            for job in batch:
                job.answer(self._engine.url)

    def _run_all(self, batch: list["_Job"], connection: Connection) -> None:
        # On a full disk SQLite may roll back the whole transaction with its savepoints. Later
        # statements would then be committed one by one, and COMMIT itself would not fail. But
        # releasing a savepoint that is gone does fail.
        for job in batch:
            connection.exec_driver_sql("SAVEPOINT job")
            job.run(connection)
            try:
                if job.error is not None:
                    self._on_lost()
                    connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
                connection.exec_driver_sql("RELEASE SAVEPOINT job")
            except SQLAlchemyError as lost:
                raise lost from job.error


class _Job:
    """A submitted job, and its result until the commit."""

    def __init__(self, work: Callable[[Connection], Any], future: Future[Any]) -> None:
        self.work = work
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self, connection: Connection) -> None:
        """Run the work, and keep its result or its error."""
        try:
            self.result = self.work(connection)
        except BaseException as error:  # noqa: BLE001 - the future gets every error
            self.error = error

    def answer(self, url: URL) -> None:
        """Resolve the future with the result; call this only after the commit."""
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, OperationalError):
            self.future.set_exception(explain(self.error, url))
        else:
            self.future.set_exception(self.error)
