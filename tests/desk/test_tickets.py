"""The life of a ticket, from the asker's question to the officer's answer."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import (
    AlreadyTaken,
    EmptyText,
    MediaCannotReach,
    Opened,
    UnknownTicket,
    WrongState,
    add_detail,
    answer,
    close,
    find_by_secret,
    note,
    open_ticket,
    open_ticket_of,
    overdue,
    public_page,
    queue,
    raise_to_distress,
    release,
    release_all_of,
    reopen,
    show_card,
    take,
    ticket_page,
)
from bot.faq import Snapshot
from bot.messages import Lane, Language, Location, MediaRef
from bot.people import NotAllowed, mark_unreachable
from bot.store import Store, message_of
from bot.store.tables import (
    Conversation,
    OutgoingState,
    Priority,
    Source,
    Ticket,
    TicketKind,
    TicketState,
)
from tests.people.given import NOW, a_group, an_asker, an_officer, audited, rows_to
from tests.support.clock import FrozenClock

HERE = Location(latitude=9.99999, longitude=104.5)


async def ask(
    session: AsyncSession,
    snapshot: Snapshot,
    asker: Conversation,
    *,
    question: str = "Tàu 12 m có phải gắn máy giám sát không?",
    kind: TicketKind = TicketKind.QUESTION,
    now: dt.datetime = NOW,
    location: Location | None = None,
    media: MediaRef | None = None,
) -> Opened:
    return await open_ticket(
        session,
        snapshot,
        conversation=asker,
        kind=kind,
        question=question,
        distress_kind="sinking" if kind is TicketKind.DISTRESS else None,
        location=location,
        media=media,
        language=asker.language,
        now=now,
    )


async def test_a_question_is_opened_taken_answered_and_closed(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        lan = await an_officer(session, "Nguyễn Thị Lan")
        opened = await ask(session, snapshot, asker)
        assert opened.department.id == "reception"
        # Tuesday 09:00 plus eight hours of work: Wednesday 09:30
        assert opened.due_at == dt.datetime(2026, 11, 25, 2, 30, tzinfo=dt.UTC)
    code = opened.ticket.code
    async with store.write() as session:
        assert [(line.code, line.state, line.officer) for line in await queue(session, now=NOW)] == [
            (code, "open", None)
        ]
        await take(session, snapshot, code, lan, now=NOW)
        assert [(line.state, line.officer) for line in await queue(session, now=NOW, mine=lan)] == [
            ("taken", "Nguyễn Thị Lan")
        ]
    async with store.write() as session:
        done = await answer(session, snapshot, code.lower(), lan, "Có, từ 12 m trở lên.", now=NOW)
        assert done.queued
        assert done.reachable
    async with store.write() as session:
        await close(session, snapshot, code, lan, now=NOW)
        rows = await rows_to(session, asker)
        assert len(rows) == 1, "an answered ticket is closed without another word"
        assert (rows[0].source, rows[0].lane) == (Source.ANSWER, Lane.ANSWER)
        text = message_of(rows[0]).plain
        assert code in text
        assert "Có, từ 12 m trở lên." in text
        assert "Bộ phận tiếp nhận" in text
        assert "Lan" not in text, "the authority answers, not a private person"
        view = await ticket_page(session, code)
        assert [event.kind for event in view.events] == ["opened", "taken", "answered", "closed"]
        assert [event.officer for event in view.events] == [None] + ["Nguyễn Thị Lan"] * 3
        assert view.deliveries[0].state is OutgoingState.QUEUED
        for action in ("open", "take", "answer", "close"):
            assert await audited(session, f"ticket.{action}") == 1


async def test_internal_note_never_reaches_the_asker(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker = await an_asker(session, channel="web")
        desk = await a_group(session)
        lan = await an_officer(session)
        opened = await ask(session, snapshot, asker)
        before = len(await rows_to(session, desk))
        await note(session, snapshot, opened.ticket.code, lan, "Chủ tàu này từng bị phạt.", now=NOW)
        assert await rows_to(session, asker) == []
        assert len(await rows_to(session, desk)) == before
        await answer(session, snapshot, opened.ticket.code, lan, "Có.", now=NOW)
        await close(session, snapshot, opened.ticket.code, lan, now=NOW)
        assert all("từng bị phạt" not in str(row.message) for row in await rows_to(session, asker))
        assert opened.secret is not None
        public = await public_page(session, opened.ticket.code, opened.secret)
        assert public is not None
        assert [said.text for said in public.answers] == ["Có."]
        assert "từng bị phạt" not in repr(public)
        view = await ticket_page(session, opened.ticket.code)
        assert [e.text for e in view.events if e.internal] == ["Chủ tàu này từng bị phạt."]


async def test_of_two_officers_at_once_the_second_learns_who_has_it(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        officers = [await an_officer(session, "Lan"), await an_officer(session, "Hòa")]
        code = (await ask(session, snapshot, asker)).ticket.code

    async def try_it(index: int) -> str:
        async with store.write() as session:
            try:
                await take(session, snapshot, code, officers[index], now=NOW)
            except AlreadyTaken as taken:
                return taken.values["name"]
            await asyncio.sleep(0.02)
            return "mine"

    results = await asyncio.gather(try_it(0), try_it(1))
    winner = results.index("mine")
    assert results[1 - winner] == officers[winner].name


async def test_of_two_answers_at_once_the_asker_gets_one(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        officers = [await an_officer(session, "Lan"), await an_officer(session, "Hòa")]
        code = (await ask(session, snapshot, asker)).ticket.code

    async def try_it(index: int) -> bool:
        async with store.write() as session:
            try:
                await answer(session, snapshot, code, officers[index], f"Trả lời {index}", now=NOW)
            except AlreadyTaken:
                return False
            await asyncio.sleep(0.02)
            return True

    assert sorted(await asyncio.gather(try_it(0), try_it(1))) == [False, True]
    async with store.read() as session:
        assert len(await rows_to(session, asker)) == 1


async def test_leaders_and_administrators_take_over(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        lan, chief = await an_officer(session, "Lan"), await an_officer(session, "Trưởng phòng", "leader")
        code = (await ask(session, snapshot, await an_asker(session))).ticket.code
        await take(session, snapshot, code, lan, now=NOW)
        await take(session, snapshot, code, lan, now=NOW)
        taken = await take(session, snapshot, code, chief, now=NOW)
        assert taken.officer_id == chief.id
        with pytest.raises(AlreadyTaken):
            await release(session, snapshot, code, lan, now=NOW)
        view = await ticket_page(session, code)
        assert [e.data.get("taken_over_from") for e in view.events if e.kind == "taken"] == [None, lan.id]


@pytest.mark.parametrize("act", [take, release, close, reopen])
async def test_who_may_not_may_not(sqlite_store: Store, snapshot: Snapshot, act: object) -> None:
    async with sqlite_store.write() as session:
        editor = await an_officer(session, "Biên tập", "editor", "broadcaster")
        code = (await ask(session, snapshot, await an_asker(session))).ticket.code
        with pytest.raises(NotAllowed):
            await act(session, snapshot, code, editor, now=NOW)  # type: ignore[operator]
        for words in (answer, note):
            with pytest.raises(NotAllowed):
                await words(session, snapshot, code, editor, "Có.", now=NOW)


async def test_bad_input_changes_nothing(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        lan = await an_officer(session)
        asker, other = await an_asker(session), await an_asker(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        with pytest.raises(UnknownTicket):
            await take(session, snapshot, "HD-ZZZZZ", lan, now=NOW)
        with pytest.raises(EmptyText):
            await answer(session, snapshot, code, lan, " \n ", now=NOW)
        with pytest.raises(EmptyText):
            await note(session, snapshot, code, lan, "", now=NOW)
        with pytest.raises(UnknownTicket):
            await add_detail(session, snapshot, code, conversation=other, text="Của tôi!", now=NOW)
        with pytest.raises(WrongState):
            await release(session, snapshot, code, lan, now=NOW)
        with pytest.raises(MediaCannotReach):
            media = MediaRef(chat_id="-5", message_id="9")
            await answer(session, snapshot, code, lan, "Xem tệp", media=media, media_channel="zalo", now=NOW)
        view = await ticket_page(session, code)
        assert [event.kind for event in view.events] == ["opened"]
        assert view.ticket.state is TicketState.OPEN
        assert await rows_to(session, asker) == []


async def test_a_form_sent_twice_answers_once_and_a_follow_up_answers_again(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        lan, asker = await an_officer(session), await an_asker(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        first = await answer(session, snapshot, code, lan, "Có.", now=NOW, once="form-1")
        again = await answer(session, snapshot, code, lan, "Có.", now=NOW, once="form-1")
        more = await answer(session, snapshot, code, lan, "Xem thêm Điều 44.", now=NOW, once="form-2")
        assert (first.queued, again.queued, more.queued) == (True, False, True)
        assert len(await rows_to(session, asker)) == 2


async def test_an_answer_speaks_the_askers_language_and_stays_literal(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        lan, asker = await an_officer(session), await an_asker(session, language=Language.EN)
        question = "Is **bold** {answer} <b>ok</b>?\n\n" + "x" * 5000
        code = (await ask(session, snapshot, asker, question=question)).ticket.code
        await answer(session, snapshot, code, lan, "Yes: {code} **two**.", now=NOW)
        text = message_of((await rows_to(session, asker))[0]).plain
        assert "Yes: {code} **two**." in text
        assert "Is **bold** {answer} <b>ok</b>?" in text
        assert "Reception" in text
        assert len(text) < 700
        view = await ticket_page(session, code)
        assert view.question == question
        assert len(view.ticket.subject) <= 200


async def test_a_file_with_an_answer_is_relayed_on_the_same_platform(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        lan, asker = await an_officer(session), await an_asker(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        media = MediaRef(chat_id="-5", message_id="9")
        await answer(session, snapshot, code, lan, "", media=media, media_channel="telegram", now=NOW)
        text, relay = await rows_to(session, asker)
        assert "tệp" in message_of(text).plain
        assert message_of(relay).relay == media


async def test_who_gets_no_answer_is_told_when_the_ticket_is_closed(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        lan, asker = await an_officer(session), await an_asker(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        await close(session, snapshot, code, lan, now=NOW)
        assert code in message_of((await rows_to(session, asker))[0]).plain
        with pytest.raises(WrongState):
            await answer(session, snapshot, code, lan, "Có.", now=NOW)
        with pytest.raises(WrongState):
            await close(session, snapshot, code, lan, now=NOW)


async def test_an_asker_who_has_gone_is_shown_to_the_officer(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        lan, asker = await an_officer(session), await an_asker(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        await mark_unreachable(session, asker, "blocked by the user", now=NOW)
        assert not (await answer(session, snapshot, code, lan, "Có.", now=NOW)).reachable
        view = await ticket_page(session, code)
        assert (view.reachable, view.unreachable_reason) == (False, "blocked by the user")


async def test_writing_again_opens_the_ticket_again_for_a_week(
    store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with store.write() as session:
        lan, asker = await an_officer(session), await an_asker(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        await answer(session, snapshot, code, lan, "Có.", now=NOW)
        assert await open_ticket_of(session, asker) is None
        clock.advance(days=6)
        back = await add_detail(session, snapshot, code, conversation=asker, text="Còn tàu 11 m?", now=clock.now())
        assert (back.state, back.officer_id) == (TicketState.OPEN, None)
        assert back.due_at > clock.now()
        there = await open_ticket_of(session, asker)
        assert there is not None
        assert there.code == code
        await close(session, snapshot, code, lan, now=clock.now())
        clock.advance(days=8)
        with pytest.raises(WrongState):
            await add_detail(session, snapshot, code, conversation=asker, text="Này?", now=clock.now())


async def test_a_call_for_help_comes_first_and_a_second_one_adds_to_it(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        await ask(session, snapshot, asker)
        first = await ask(session, snapshot, asker, question="cứu với tàu chìm", kind=TicketKind.DISTRESS)
        assert not first.added
        assert first.due_at == NOW + dt.timedelta(minutes=15)
        assert [line.kind for line in await queue(session, now=NOW)] == ["distress", "question"]
        again = await ask(session, snapshot, asker, question="nhanh lên", kind=TicketKind.DISTRESS, location=HERE)
        assert (again.added, again.ticket.id, again.secret) == (True, first.ticket.id, None)
        perhaps = await ask(session, snapshot, asker, question="sóng to", kind=TicketKind.POSSIBLE_DISTRESS)
        assert (perhaps.added, perhaps.ticket.kind) == (True, TicketKind.DISTRESS)
        view = await ticket_page(session, first.ticket.code)
        assert [e.kind for e in view.events] == ["opened", "detail", "position", "detail"]
        assert (view.ticket.latitude, view.ticket.longitude) == (9.99999, 104.5)


async def test_two_calls_for_help_at_the_same_moment_are_one_ticket(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker = await an_asker(session)

    async def call() -> bool:
        async with store.write() as session:
            opened = await ask(session, snapshot, asker, question="cứu", kind=TicketKind.DISTRESS)
            await asyncio.sleep(0.02)
            return opened.added

    assert sorted(await asyncio.gather(call(), call())) == [False, True]


async def test_possible_distress_becomes_certain(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        perhaps = await ask(session, snapshot, asker, question="tàu nghiêng", kind=TicketKind.POSSIBLE_DISTRESS)
        assert (perhaps.ticket.priority, perhaps.ticket.rank) == (Priority.URGENT, 1)
        await take(session, snapshot, perhaps.ticket.code, lan, now=NOW)
        certain = await ask(session, snapshot, asker, question="đang chìm", kind=TicketKind.DISTRESS)
        assert certain.added
        assert certain.ticket.id == perhaps.ticket.id
        assert (certain.ticket.kind, certain.ticket.priority, certain.ticket.rank) == (
            TicketKind.DISTRESS,
            Priority.DISTRESS,
            0,
        )
        assert (certain.ticket.state, certain.ticket.officer_id) == (TicketState.TAKEN, lan.id)
        assert [e.kind for e in (await ticket_page(session, certain.ticket.code)).events] == [
            "opened",
            "taken",
            "raised",
        ]


async def test_a_closed_question_can_become_a_call_for_help(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        await close(session, snapshot, code, lan, now=NOW)
        later = NOW + dt.timedelta(days=30)
        raised = await raise_to_distress(
            session, snapshot, code, conversation=asker, distress_kind="sinking", text="chìm", location=HERE, now=later
        )
        assert (raised.state, raised.kind, raised.rank) == (TicketState.OPEN, TicketKind.DISTRESS, 0)
        assert raised.due_at <= later + dt.timedelta(minutes=15)


async def test_an_answered_call_for_help_of_last_week_is_another_danger(
    store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        first = await ask(session, snapshot, asker, question="cứu", kind=TicketKind.DISTRESS)
        await answer(session, snapshot, first.ticket.code, lan, "Đã báo cứu nạn.", now=NOW)
        clock.advance(hours=2)
        soon = await ask(session, snapshot, asker, question="vẫn chìm", kind=TicketKind.DISTRESS, now=clock.now())
        assert (soon.added, soon.ticket.state) == (True, TicketState.OPEN)
        await answer(session, snapshot, first.ticket.code, lan, "Tàu cứu nạn đang tới.", now=clock.now())
        clock.advance(days=9)
        later = await ask(session, snapshot, asker, question="cứu với", kind=TicketKind.DISTRESS, now=clock.now())
        assert not later.added


async def test_in_distress_no_answer_waits_for_the_colleague_who_has_it(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker, lan, hoa = await an_asker(session), await an_officer(session), await an_officer(session, "Hòa")
        code = (await ask(session, snapshot, asker, question="cứu", kind=TicketKind.DISTRESS)).ticket.code
        await take(session, snapshot, code, lan, now=NOW)
        done = await answer(session, snapshot, code, hoa, "Bật VHF 16.", now=NOW)
        assert done.ticket.officer_id == lan.id
        taken, told = await rows_to(session, asker)
        assert (taken.lane, told.lane) == (Lane.DISTRESS, Lane.DISTRESS)
        assert "Cán bộ đã nhận" in message_of(taken).plain


async def test_a_live_position_fills_neither_history_nor_group(
    sqlite_store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with sqlite_store.write() as session:
        asker = await an_asker(session)
        code = (await ask(session, snapshot, asker, question="cứu", kind=TicketKind.DISTRESS)).ticket.code
        for step in range(13):
            where = Location(latitude=10 + step / 1000, longitude=104, live=True)
            ticket = await add_detail(session, snapshot, code, conversation=asker, location=where, now=clock.now())
            clock.advance(seconds=10)
        assert ticket.latitude == 10.012
        view = await ticket_page(session, code)
        assert [e.kind for e in view.events] == ["opened", "position", "position"]


async def test_a_phone_that_goes_on_sending_its_position_reopens_nothing(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker, lan = await an_asker(session), await an_officer(session)
        code = (await ask(session, snapshot, asker, question="cứu", kind=TicketKind.DISTRESS)).ticket.code
        await answer(session, snapshot, code, lan, "Tàu cứu nạn đang tới.", now=NOW)
        where = Location(latitude=10, longitude=104, live=True)
        moved = await add_detail(session, snapshot, code, conversation=asker, location=where, now=NOW)
        assert (moved.state, moved.latitude) == (TicketState.ANSWERED, 10)
        word = await add_detail(session, snapshot, code, conversation=asker, location=HERE, now=NOW)
        assert word.state is TicketState.OPEN


async def test_the_queue_and_what_is_overdue(store: Store, snapshot: Snapshot, clock: FrozenClock) -> None:
    async with store.write() as session:
        first = await ask(session, snapshot, await an_asker(session))
        clock.advance(hours=1)
        second = await ask(session, snapshot, await an_asker(session), now=clock.now())
        codes = [first.ticket.code, second.ticket.code]
        assert [line.code for line in await queue(session, now=NOW)] == codes
        assert [line.code for line in await queue(session, now=NOW, department="legal")] == []
        assert [line.code for line in await queue(session, now=NOW, states=[TicketState.CLOSED])] == []
        assert await overdue(session, now=first.due_at) == []
        late = first.due_at + dt.timedelta(seconds=1)
        assert [line.code for line in await overdue(session, now=late)] == codes[:1]
        assert [line.overdue for line in await queue(session, now=late)] == [True, False]


async def test_tickets_of_an_officer_who_leaves_go_back_to_the_queue(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        lan = await an_officer(session)
        first, second = [(await ask(session, snapshot, await an_asker(session))).ticket.code for _ in range(2)]
        for code in (first, second):
            await take(session, snapshot, code, lan, now=NOW)
        await answer(session, snapshot, second, lan, "Có.", now=NOW)
        assert await release_all_of(session, snapshot, lan, now=NOW) == [first]
        states = dict((await session.execute(select(Ticket.code, Ticket.state))).all())  # type: ignore[call-overload]
        assert states == {first: TicketState.OPEN, second: TicketState.ANSWERED}


async def test_an_answer_is_found_again_with_code_and_secret_only(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        one = await ask(session, snapshot, await an_asker(session))
        two = await ask(session, snapshot, await an_asker(session))
        assert one.secret is not None
        assert two.secret is not None
        found = await find_by_secret(session, one.ticket.code.lower(), one.secret.lower())
        assert found is not None
        assert found.id == one.ticket.id
        assert await find_by_secret(session, one.ticket.code, two.secret) is None
        assert await find_by_secret(session, one.ticket.code, "") is None
        assert await find_by_secret(session, "HD-ZZZZZ", one.secret) is None
        assert await find_by_secret(session, "HD-ZZZZZ", "") is None
        assert await find_by_secret(session, "", "") is None


async def test_a_ticket_that_became_danger_shows_the_cry_and_not_the_harmless_question(
    store: Store, snapshot: Snapshot
) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        code = (await ask(session, snapshot, asker, question="giờ làm việc của cảng vụ")).ticket.code
        await raise_to_distress(
            session, snapshot, code, conversation=asker, distress_kind="sinking", text="cứu với, chìm", now=NOW
        )
        assert [line.subject for line in await queue(session, now=NOW)] == ["cứu với, chìm"]
        card = (await show_card(session, snapshot, code)).plain
        assert "«cứu với, chìm»" in card
        assert "giờ làm việc" in (await ticket_page(session, code)).question
