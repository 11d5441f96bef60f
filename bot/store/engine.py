"""The database: one set of tables on SQLite (one writer with priorities) and on PostgreSQL."""

from __future__ import annotations

import asyncio
import fcntl
import heapq
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import OperatorError

#: How long a writer waits for another process's transaction on SQLite, in milliseconds.
BUSY_TIMEOUT_MS = 5_000
#: With less room than this, in bytes, the data folder counts as full: a message is small, a checkpoint isn't.
LEAST_FREE = 4 << 20
#: How often a process that isn't the leader asks whether it may be, and the leader whether it still is, in seconds.
LEADER_RETRY = 1.0


class StoreUnavailable(OperatorError):
    """The database can't be read or written now; the message says why and what to do."""


class WritePriority(IntEnum):
    """Who goes first on SQLite, where there is one writer at a time."""

    INBOUND = 0
    DESK = 1
    BULK = 2


class _PriorityLock:
    """A lock whose waiters are let in by priority, first come first served within one priority."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrival = itertools.count()

    @asynccontextmanager
    async def hold(self, priority: int) -> AsyncIterator[None]:
        if self._held:
            ticket: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (priority, next(self._arrival), ticket))
            try:
                await ticket
            except asyncio.CancelledError:
                if ticket.done() and not ticket.cancelled():
                    self._pass_on()
                raise
        self._held = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, ticket = heapq.heappop(self._waiting)
            if not ticket.done():
                ticket.set_result(None)
                return
        self._held = False


class Wake:
    """Tells workers that there may be something to do; they also look by themselves, since others can't ring it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Something was written."""
        self._event.set()

    async def wait(self, timeout: float) -> None:  # noqa: ASYNC109 - running out of time is the normal case here
        """Returns when it was rung, or after `timeout` seconds."""
        try:
            await asyncio.wait_for(self._event.wait(), timeout)
        except TimeoutError:
            return
        finally:
            self._event.clear()


class Store:
    """The database with its sessions: `read()` for looking, `write()` for one transaction.

    Rows don't expire at commit: what a transaction returned can be read afterwards.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise StoreUnavailable(
                "HAIDANG_DATABASE_URL can't be read; write it like postgresql://user:password@host:5432/name, and odd"
                " letters of the password as %40"
            ) from error
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.inbox_wake = Wake()
        self.outbox_wake = Wake()
        self._lock = _PriorityLock()
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self._reader = _sqlite_engine(url, begin="BEGIN", size=4)
            self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", size=1)
        else:
            self._reader = self._writer = create_async_engine(url, pool_size=10, pool_pre_ping=True)
        self._read_session = async_sessionmaker(self._reader, expire_on_commit=False)
        self._write_session = async_sessionmaker(self._writer, expire_on_commit=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading; what is added to it is lost. Raises `StoreUnavailable`."""
        with _explained():
            async with self._read_session() as session:
                await _connect(session)
                yield session

    @asynccontextmanager
    async def write(self, priority: WritePriority = WritePriority.DESK) -> AsyncIterator[AsyncSession]:
        """A session in one transaction, committed at the end of the block. Raises `StoreUnavailable`."""
        with _explained():
            if self.is_sqlite:
                async with self._lock.hold(priority), self._write_session() as session, session.begin():
                    await _connect(session)
                    yield session
            else:
                async with self._write_session() as session, session.begin():
                    await _connect(session)
                    yield session

    @asynccontextmanager
    async def lead(self, task: str) -> AsyncIterator[None]:
        """Waits until this process is the one that does `task` for this database, and stays it within the block.

        The others take over when the leader's connection (PostgreSQL) or process (SQLite) is gone. Whoever lost the
        connection is cancelled within the block and gets an `ExceptionGroup` with `StoreUnavailable`: two pollers would
        make the platform refuse both.
        """
        if self.is_sqlite:
            async with _file_lock(Path(f"{self.url.database}.{task}.lock")):
                yield
        else:
            async with self.read():
                pass  # says in words if the database is away
            # Session-level lock: it lives as long as this connection. https://www.postgresql.org/docs/current/explicit-locking.html
            with _explained():
                async with self._reader.connect() as connection:
                    lock = text("SELECT pg_try_advisory_lock(hashtextextended(:task, 0))")
                    while not await connection.scalar(lock, {"task": f"haidang.{task}"}):
                        await connection.rollback()
                        await asyncio.sleep(LEADER_RETRY)
                    await connection.rollback()
                    try:
                        async with asyncio.TaskGroup() as leading:
                            watch = leading.create_task(_stay_connected(connection))
                            yield
                            watch.cancel()
                    finally:
                        await connection.invalidate()  # closes it, and the lock is gone with it

    async def check(self) -> None:
        """Asks the database for an answer and whether it can be written; raises `StoreUnavailable`."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))
        if self.is_sqlite and self.url.database:
            # A transaction that writes nothing begins on a full disk as well.
            free = shutil.disk_usage(Path(self.url.database).parent).free
            if free < LEAST_FREE:
                raise StoreUnavailable(_FULL)
        async with self.write(WritePriority.BULK):
            pass

    async def close(self) -> None:
        """Gives all connections back."""
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()


@asynccontextmanager
async def _file_lock(path: Path) -> AsyncIterator[None]:
    with path.open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(LEADER_RETRY)
        yield


async def _connect(session: AsyncSession) -> None:
    # Done before the block runs, so that an OSError of the caller's own is never taken for the database's.
    try:
        await session.connection()
    except NoFreeConnection as error:
        raise StoreUnavailable(f"the database is too busy: {error}") from error
    except (OSError, DBAPIError) as error:
        # A server that is starting, shutting down or full says so as an error of its own kind.
        said = error.orig if isinstance(error, DBAPIError) else error
        advice = _advice(said) or f"the database doesn't answer: {said}; is it running, is its address right?"
        raise StoreUnavailable(advice) from error


async def _stay_connected(connection: AsyncConnection) -> None:
    """Returns never; raises `StoreUnavailable` when the connection, and with it the lock that it held, is gone."""
    with _explained():
        while True:
            await asyncio.sleep(LEADER_RETRY)
            await connection.execute(text("SELECT 1"))
            await connection.rollback()


def _sqlite_engine(url: str, *, begin: str, size: int) -> AsyncEngine:
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The driver's own transaction handling begins too late; SQLAlchemy's `begin` event below does it instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",  # an acknowledged message must survive a power cut
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _explained() -> Iterator[None]:
    """Turns the drivers' complaints about a database that is away, locked or full into `StoreUnavailable`."""
    try:
        yield
    except DBAPIError as error:
        if (advice := _advice(error.orig)) is not None:
            raise StoreUnavailable(advice) from error
        if error.connection_invalidated or isinstance(error, InterfaceError):
            raise StoreUnavailable(f"the database doesn't answer: {error.orig}") from error
        raise


def _advice(error: BaseException | None) -> str | None:
    words = str(error).lower()
    return next((advice for sign, advice in _SIGNS.items() if sign in words), None)


_LOCKED = "the database is locked by another process; end it, or wait for its backup to finish"
_FULL = "the disk is full: make room in the data folder"
_CLOSED = "the data folder can't be written: check its owner and rights"
#: What the drivers say, and what the person who runs the program can do about it.
_SIGNS = {
    "database is locked": _LOCKED,
    "database or disk is full": _FULL,
    "no space left": _FULL,
    "disk i/o error": "the disk fails: look at the system log, and keep a copy of the data folder",
    "readonly database": _CLOSED,
    "unable to open database": _CLOSED,
}
