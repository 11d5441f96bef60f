"""Askers and their own tickets: seen, added to, taken back, gone on with; and nobody else's."""

from __future__ import annotations

import pytest

from bot.desk import (
    CallForHelpStays,
    UnknownTicket,
    WrongState,
    add_detail,
    answer,
    close,
    note,
    open_ticket,
    own_page,
    queue,
    reopen_own,
    take,
    ticket_page,
    tickets_of,
    told_safe,
    withdraw,
)
from bot.faq import Snapshot
from bot.messages import Language, MediaRef
from bot.people import join_chats, link_code
from bot.store import Store, message_of
from bot.store.tables import Conversation, TicketKind, TicketState
from tests.people.given import NOW, a_group, an_asker, an_officer, rows_to
from tests.support.clock import FrozenClock


async def ask(
    session: object, snapshot: Snapshot, asker: Conversation, question: str = "hỏi", kind: str = "question"
) -> str:
    opened = await open_ticket(
        session,  # type: ignore[arg-type]
        snapshot,
        conversation=asker,
        kind=kind,
        question=question,
        language=Language.VI,
        now=NOW,
    )
    return opened.ticket.code


async def test_the_asker_sees_state_due_time_and_the_latest_answer_but_no_note(
    store: Store, snapshot: Snapshot
) -> None:
    async with store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        code = await ask(session, snapshot, asker)
        page = await own_page(session, code, asker, now=NOW)
        assert (page.state, page.answer, page.may_reopen) == ("open", "", False)
        await note(session, snapshot, code, lan, "bí mật", now=NOW)
        await answer(session, snapshot, code, lan, "Trả lời một.", now=NOW)
        await answer(session, snapshot, code, lan, "Trả lời hai.", now=NOW)
        page = await own_page(session, code, asker, now=NOW)
        assert (page.state, page.answer, page.answered_at, page.may_reopen) == ("answered", "Trả lời hai.", NOW, True)


async def test_open_tickets_come_first_then_the_newest(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        codes = [await ask(session, snapshot, asker) for _ in range(4)]
        for done in (codes[1], codes[3]):
            await close(session, snapshot, done, lan, now=NOW)
        await session.flush()
        assert [t.code for t in await tickets_of(session, asker)] == [codes[2], codes[0], codes[3], codes[1]]


async def test_somebody_elses_ticket_is_unknown(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker, other = await an_asker(session), await an_asker(session)
        code = await ask(session, snapshot, asker)
        assert await tickets_of(session, other) == []
        for act in (
            own_page(session, code, other, now=NOW),
            withdraw(session, snapshot, code, conversation=other, now=NOW),
            reopen_own(session, snapshot, code, conversation=other, now=NOW),
            told_safe(session, snapshot, code, conversation=other, inbound_id=None, now=NOW),
            add_detail(session, snapshot, code, conversation=other, text="x", now=NOW),
        ):
            with pytest.raises(UnknownTicket):
                await act


async def test_a_joined_chat_sees_and_adds_to_tickets_of_the_other(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desk = await a_group(session)
        phone, web = await an_asker(session), await an_asker(session, channel="web")
        code = await ask(session, snapshot, phone)
        await join_chats(session, web, await link_code(session, phone, now=NOW), now=NOW)
        await session.refresh(web)
        assert [t.code for t in await tickets_of(session, web)] == [code]
        photo = MediaRef(chat_id="9", message_id="1")
        await add_detail(session, snapshot, code, conversation=web, text="thêm từ trang web", media=photo, now=NOW)
        told = [message_of(row) for row in await rows_to(session, desk)]
        assert any("thêm từ trang web" in message.plain for message in told)
        assert not any(message.relay for message in told), "a file from the website can't be relayed on Telegram"


async def test_a_question_taken_back_is_closed_and_officers_are_told(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desk, asker, lan = await a_group(session), await an_asker(session), await an_officer(session)
        code = await ask(session, snapshot, asker)
        await take(session, snapshot, code, lan, now=NOW)
        ticket = await withdraw(session, snapshot, code, conversation=asker, now=NOW)
        assert (ticket.state, ticket.closed_at) == (TicketState.CLOSED, NOW)
        assert await queue(session, now=NOW) == []
        assert "đã rút lại" in message_of((await rows_to(session, desk))[-1]).plain
        with pytest.raises(WrongState):
            await withdraw(session, snapshot, code, conversation=asker, now=NOW)
        assert [event.kind for event in (await ticket_page(session, code)).events][-1] == "withdrawn"


async def test_a_call_for_help_cannot_be_taken_back_by_a_tap(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        asker = await an_asker(session)
        for kind in ("distress", "possible_distress"):
            code = await ask(session, snapshot, await an_asker(session) if kind == "distress" else asker, kind=kind)
            owner = asker if kind == "possible_distress" else None
            if owner is not None:
                with pytest.raises(CallForHelpStays):
                    await withdraw(session, snapshot, code, conversation=owner, now=NOW)


async def test_going_on_with_a_ticket_is_possible_for_a_week(
    store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        code = await ask(session, snapshot, asker)
        with pytest.raises(WrongState):
            await reopen_own(session, snapshot, code, conversation=asker, now=NOW)
        await close(session, snapshot, code, lan, now=NOW)
        clock.advance(days=7)
        ticket = await reopen_own(session, snapshot, code, conversation=asker, now=clock.now())
        assert (ticket.state, ticket.officer_id, ticket.closed_at) == (TicketState.OPEN, None, None)
        assert ticket.due_at > clock.now()
        await close(session, snapshot, code, lan, now=clock.now())
        clock.advance(days=7, seconds=1)
        with pytest.raises(WrongState):
            await reopen_own(session, snapshot, code, conversation=asker, now=clock.now())


async def test_safe_is_read_at_every_desk_at_once_and_closes_nothing(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desk, asker, lan = await a_group(session), await an_asker(session), await an_officer(session)
        code = await ask(session, snapshot, asker, "cứu", "distress")
        ticket = await told_safe(session, snapshot, code, conversation=asker, inbound_id=None, now=NOW)
        row = (await rows_to(session, desk))[-1]
        assert "người báo nạn vừa bấm" in message_of(row).plain
        assert (row.lane, ticket.state, ticket.kind) == (0, TicketState.OPEN, TicketKind.DISTRESS)
        await answer(session, snapshot, code, lan, "Đang tới.", now=NOW)
        ticket = await told_safe(session, snapshot, code, conversation=asker, inbound_id=None, now=NOW)
        assert ticket.state is TicketState.ANSWERED, "safe reopens nothing"
