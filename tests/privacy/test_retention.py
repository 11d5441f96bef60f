"""What is past its time goes, by the periods of `organization.yaml`; what is needed stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot import people
from bot.desk import answer, close, open_ticket, take
from bot.faq import Snapshot
from bot.faq.schema import Retention
from bot.messages import Lane, Language, OutgoingMessage, rich
from bot.people import Permission, holders
from bot.privacy import Cleaner, clean
from bot.store import Store, enqueue
from bot.store.tables import (
    Audit,
    ConsoleSession,
    Inbound,
    InboundState,
    Invite,
    Outgoing,
    OutgoingState,
    PersonCode,
    Question,
    Source,
    Ticket,
    TicketEvent,
    TicketKind,
)
from tests.people.given import NOW, a_group, an_asker, an_officer, little_snapshot
from tests.support.clock import FrozenClock

PERIODS = Retention(messages=30, questions=60, tickets=90, sign_ins=10, backups=30)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """A little knowledge with periods that can be told apart."""
    small = little_snapshot()
    return replace(small, organization=small.organization.model_copy(update={"retention": PERIODS}))


async def count(store: Store, table: Any) -> int:
    async with store.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


async def an_inbound(session: Any, number: int, days: float, state: InboundState = InboundState.HANDLED) -> Inbound:
    row = Inbound(
        channel="telegram",
        platform_id=str(number),
        chat_id="42",
        raw={"text": "lời"},
        state=state,
        received_at=ago(days),
    )
    session.add(row)
    await session.flush()
    return row


async def test_messages_and_questions_go_in_their_time_and_nothing_that_waits(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        assert asker.id is not None
        for number, (days, state) in enumerate(
            [
                (31, InboundState.HANDLED),
                (31, InboundState.DEAD),
                (31, InboundState.WAITING),
                (29, InboundState.HANDLED),
            ]
        ):
            inbound = await an_inbound(session, number, days, state)
            row = await enqueue(
                session,
                asker,
                OutgoingMessage(text=rich("lời")),
                lane=Lane.REPLY,
                source=Source.REPLY,
                now=ago(days),
                inbound_id=inbound.id,
            )
            assert row is not None
            row.state = OutgoingState.QUEUED if state is InboundState.WAITING else OutgoingState.SENT
            session.add(
                Question(
                    conversation_id=asker.id,
                    inbound_id=inbound.id,
                    asked_at=ago(61 if number == 0 else days),
                    text="lời",
                    language="vi",
                    decision="answer",
                )
            )
    done = await clean(store, snapshot, NOW, chunk=2)
    assert (done.messages_in, done.messages_out, done.questions) == (2, 2, 1)
    assert (await count(store, Inbound), await count(store, Outgoing), await count(store, Question)) == (2, 2, 3)
    async with store.read() as session:
        audit = (await session.scalars(select(Audit).where(col(Audit.action) == "retention.clean"))).one()
    assert audit.data["messages_in"] == 2
    assert (await clean(store, snapshot, NOW)).total == 0


async def test_tickets_lose_person_and_words_after_their_end(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        await a_group(session)
        codes = {}
        for name, kind in (
            ("closed", "question"),
            ("answered", "question"),
            ("open", "question"),
            ("call", "distress"),
            ("fresh", "question"),
        ):
            opened = await open_ticket(
                session,
                snapshot,
                conversation=asker,
                kind=kind,
                question=f"lời {name}",
                language=Language.VI,
                now=ago(100),
            )
            codes[name] = opened.ticket.code
        for name in ("closed", "fresh", "answered", "call"):
            await answer(session, snapshot, codes[name], lan, "trả lời", now=ago(99))
        await close(session, snapshot, codes["closed"], lan, now=ago(91))
        await close(session, snapshot, codes["fresh"], lan, now=ago(89))
    assert (await clean(store, snapshot, NOW)).tickets == 2
    async with store.read() as session:
        rows = {ticket.code: ticket for ticket in await session.scalars(select(Ticket))}
        words = {event.text for event in await session.scalars(select(TicketEvent))}
    assert {name for name, code in codes.items() if rows[code].erased_at is not None} == {"closed", "answered"}
    assert "lời closed" not in words
    assert {"lời open", "lời call", "lời fresh"} <= words, "a call for help that nobody closed keeps its words"
    assert rows[codes["call"]].kind is TicketKind.DISTRESS


async def test_a_card_stays_as_long_as_its_ticket_is_open(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        await a_group(session)
        code = (
            await open_ticket(
                session,
                snapshot,
                conversation=asker,
                kind="question",
                question="lời",
                language=Language.VI,
                now=ago(40),
            )
        ).ticket.code
        (card,) = await session.scalars(select(Outgoing))
        card.state, card.platform_message_id = OutgoingState.SENT, "7"
    await clean(sqlite_store, snapshot, NOW)
    async with sqlite_store.write() as session:
        await take(session, snapshot, code, lan, now=NOW)
        await session.flush()
        edits = [row for row in await session.scalars(select(Outgoing)) if row.message.get("edit_of") == "7"]
    assert len(edits) == 1


async def test_sessions_and_codes_go_but_officers_stay_signed_in_once(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        boss = await an_officer(session, "Hòa", "admin")
        await an_officer(session, "Lan", signed_in=False)
        await people.open_session(session, boss, ago(40))
        await people.open_session(session, boss, NOW)
        for code in await session.scalars(select(Invite)):
            code.created_at, code.expires_at = ago(42), ago(41)
        for expired in (2, 0):
            session.add(
                PersonCode(
                    code_hash=str(expired),
                    purpose="link",
                    conversation_id=(await an_asker(session)).id,
                    created_at=ago(expired),
                    expires_at=ago(expired),
                )
            )
    done = await clean(store, snapshot, NOW)
    assert (done.sessions, done.codes) == (1, 2)
    assert (await count(store, ConsoleSession), await count(store, Invite), await count(store, PersonCode)) == (1, 1, 1)
    async with store.read() as session:
        assert [o.name for o in await holders(session, Permission.MANAGE_OFFICERS)] == ["Hòa"]
    async with store.write() as session:
        assert await people.first_administrator(session, NOW) is None, "the console must not open for anybody again"


async def test_it_runs_once_a_day_in_the_quiet_hour_whatever_restarts(store: Store, snapshot: Snapshot) -> None:
    clock = FrozenClock(NOW)
    runs = []
    for hours in (0, 1, 12, 6, 3, 24):
        clock.advance(hours=hours)
        async with store.write() as session:
            await an_inbound(session, len(runs), 400)
        cleaner = Cleaner(store, clock, lambda: snapshot)  # a new process each time
        runs.append((await cleaner.tick()).messages_in)
    # 09:00 first ever, 10:00 and 22:00 the same day, 04:00 the next day, 07:00 again no, and a day later
    assert runs == [1, 0, 0, 3, 0, 2]


def test_the_shipped_periods_are_said_and_kept(shipped: Snapshot) -> None:
    kept = shipped.organization.retention
    assert min(kept.messages, kept.questions, kept.tickets, kept.sign_ins, kept.backups) > 0
    assert kept.tickets >= kept.messages
