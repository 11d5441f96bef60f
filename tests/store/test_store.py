"""The store does the same on SQLite and PostgreSQL, and says what to do when it can't."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text
from sqlmodel import SQLModel, col

from bot.messages import ChatKind, Lane, OutgoingMessage, rich
from bot.store import Store, StoredChannelState, StoreUnavailable, WritePriority, enqueue, message_of, migrate
from bot.store import engine as engine_module
from bot.store.tables import Conversation, Officer, Outgoing, Person, Source
from tests.support.clock import MORNING, FrozenClock


async def conversation(store: Store) -> Conversation:
    async with store.write() as session:
        person = Person(name="Ba Tư", created_at=MORNING, last_seen_at=MORNING)
        session.add(person)
        await session.flush()
        row = Conversation(
            channel="telegram", chat_id="1", kind=ChatKind.PRIVATE, person_id=person.id, created_at=MORNING
        )
        session.add(row)
    return row


async def test_migrations_give_exactly_the_tables_of_the_models(store: Store) -> None:
    def difference(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    async with store.read() as session:
        connection = await session.connection()
        assert await connection.run_sync(difference) == []


async def test_migrating_twice_changes_nothing(store: Store) -> None:
    await conversation(store)
    await migrate(store)
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1


async def test_moments_come_back_aware_and_the_same(store: Store) -> None:
    moment = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    async with store.write() as session:
        session.add(Officer(name="Lan", roles=["officer"], created_at=moment))
    async with store.read() as session:
        officer = (await session.scalars(select(Officer))).one()
    assert officer.created_at == moment
    assert officer.created_at.utcoffset() == dt.timedelta(0)


async def test_a_naive_moment_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        async with store.write() as session:
            session.add(Officer(name="Lan", roles=[], created_at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.write() as session:
            session.add(Officer(name="Lan", roles=[], created_at=MORNING))
            await session.flush()
            _ = 1 / 0
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Officer)) == 0


async def test_a_message_survives_the_outbox_unchanged(store: Store) -> None:
    row = await conversation(store)
    message = OutgoingMessage(text=rich("**Chào** {name}", name="<b>Tư</b> & *con*"), request_location="Gửi vị trí")
    async with store.write() as session:
        await enqueue(session, row, message, lane=Lane.REPLY, source=Source.REPLY, now=MORNING)
    async with store.read() as session:
        outgoing = (await session.scalars(select(Outgoing))).one()
    assert message_of(outgoing) == message


async def test_the_same_purpose_is_written_once(store: Store) -> None:
    row = await conversation(store)
    message = OutgoingMessage(text=rich("Bão số 9"))
    for _ in range(2):
        async with store.write() as session:
            await enqueue(
                session, row, message, lane=Lane.NOTICE, source=Source.NOTICE, now=MORNING, dedupe_key="notice:1:1"
            )
    async with store.read() as session:
        assert await session.scalar(select(func.count(col(Outgoing.id)))) == 1


async def test_a_channel_remembers_across_restarts(database_url: str) -> None:
    for expected in (None, {"offset": 41}):
        store = Store(database_url)
        await migrate(store)
        memory = StoredChannelState(store, FrozenClock())
        assert await memory.load("telegram", "offset") == expected
        await memory.save("telegram", "offset", {"offset": 41})
        await store.close()


async def test_questions_go_before_broadcasts_on_sqlite(sqlite_store: Store) -> None:
    order: list[str] = []

    async def write(name: str, priority: WritePriority) -> None:
        async with sqlite_store.write(priority):
            order.append(name)

    async with sqlite_store.write(WritePriority.BULK):
        waiting = [
            asyncio.create_task(write("broadcast", WritePriority.BULK)),
            asyncio.create_task(write("desk", WritePriority.DESK)),
            asyncio.create_task(write("question", WritePriority.INBOUND)),
        ]
        await asyncio.sleep(0.01)
    await asyncio.gather(*waiting)
    assert order == ["question", "desk", "broadcast"]


async def test_a_locked_database_is_named_with_what_to_do(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_MS", 50)
    store = Store(str(sqlite_store.url))
    assert store.url.database is not None
    other = sqlite3.connect(store.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked by another process"):
        async with store.write() as session:
            session.add(Officer(name="Lan", roles=[], created_at=MORNING))
    with pytest.raises(StoreUnavailable, match="locked by another process"):
        await store.check()
    other.execute("ROLLBACK")
    other.close()
    async with store.write() as session:
        session.add(Officer(name="Lan", roles=[], created_at=MORNING))
    await store.close()


async def test_a_full_disk_is_named_with_what_to_do(sqlite_store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="disk is full"):
        async with sqlite_store.write() as session:
            connection = await session.connection()
            pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
            await connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            session.add(Officer(name="x" * 1_000_000, roles=[], created_at=MORNING))


async def test_a_disk_that_is_nearly_full_is_named_before_it_is(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite_store.check()
    monkeypatch.setattr(engine_module, "LEAST_FREE", 1 << 60)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        await sqlite_store.check()


def test_an_address_that_cannot_be_read_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnavailable, match="HAIDANG_DATABASE_URL") as caught:
        Store("postgresql+asyncpg://a:secret@host:port/name")
    assert "secret" not in str(caught.value)


async def test_a_database_that_is_away_is_named(tmp_path: object) -> None:
    store = Store(f"postgresql+asyncpg://test@/none?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="doesn't answer"):
        await store.check()
    await store.close()


@pytest.mark.postgres
async def test_who_lost_the_connection_leads_no_longer(postgres_url: str) -> None:
    stores = Store(postgres_url), Store(postgres_url)
    began = asyncio.Event(), asyncio.Event()

    async def lead(number: int) -> None:
        async with stores[number].lead("poller"):
            began[number].set()
            await asyncio.Event().wait()

    async with asyncio.timeout(20):
        first = asyncio.create_task(lead(0))
        await began[0].wait()
        second = asyncio.create_task(lead(1))
        async with stores[1].read() as session:
            await session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
        await began[1].wait()
        with pytest.raises(ExceptionGroup) as lost:
            await first
    assert lost.group_contains(StoreUnavailable)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    for store in stores:
        await store.close()


@pytest.mark.postgres
async def test_a_server_that_takes_nobody_in_is_unavailable(postgres_url: str) -> None:
    store = Store(f"{postgres_url}_is_not_there")
    with pytest.raises(StoreUnavailable, match="is its address right"):
        await store.check()
    await store.close()
