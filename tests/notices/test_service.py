"""Writing and approving notices: who may, in which order."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.notices import (
    BadNotice,
    NeedsSecondPerson,
    UnknownNotice,
    WrongNoticeState,
    approve,
    discard,
    draft,
    edit,
    get,
    list_notices,
    may_approve,
    public_notices,
    stop,
    submit,
)
from bot.notices.states import Move, after
from bot.people import NotAllowed, revoke
from bot.store import Store
from bot.store.tables import Audit, NoticeState
from tests.notices.given import STORM, an_approved_notice, two_broadcasters
from tests.people.given import NOW, an_officer, audited
from tests.support.clock import FrozenClock

ALLOWED = {
    ("draft", "edit"): "draft",
    ("draft", "submit"): "submitted",
    ("draft", "discard"): "discarded",
    ("submitted", "edit"): "draft",
    ("submitted", "approve"): "sending",
    ("submitted", "discard"): "discarded",
    ("sending", "stop"): "stopped",
    ("sending", "complete"): "completed",
}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(NoticeState, Move)))
def test_every_move_is_allowed_or_refused(state: NoticeState, move: Move) -> None:
    wanted = ALLOWED.get((state.value, move.value))
    if wanted is None:
        with pytest.raises(WrongNoticeState):
            after(state, move, code="TB-22222")
    else:
        assert after(state, move, code="TB-22222").value == wanted


async def test_one_writes_another_approves(store: Store) -> None:
    async with store.write() as session:
        writer, approver = await two_broadcasters(session)
        notice = await draft(session, **STORM, by=writer, now=NOW)
        with pytest.raises(WrongNoticeState):
            await approve(session, notice.code, approver, now=NOW)
        await submit(session, notice.code, writer, now=NOW)
        with pytest.raises(NeedsSecondPerson):
            await approve(session, notice.code, writer, now=NOW)
        assert not (await may_approve(session, notice, writer)).allowed
        assert notice.state is NoticeState.SUBMITTED
        approved = await approve(session, notice.code.lower(), approver, now=NOW)
        assert (approved.state, approved.approver_id, approved.send_at) == (NoticeState.SENDING, approver.id, NOW)
        (line,) = await list_notices(session)
        assert (line.author, line.approver) == ("Lan", "Hòa")


async def test_who_changes_a_text_last_is_not_the_second_person(store: Store) -> None:
    async with store.write() as session:
        writer, other = await two_broadcasters(session)
        notice = await draft(session, **STORM, by=writer, now=NOW)
        await submit(session, notice.code, writer, now=NOW)
        changed = await edit(session, notice.code, **{**STORM, "title_vi": "Bão số 10"}, by=other, now=NOW)
        assert changed.state is NoticeState.DRAFT, "what was submitted is not what would be sent"
        await submit(session, notice.code, writer, now=NOW)
        with pytest.raises(NeedsSecondPerson):
            await approve(session, notice.code, other, now=NOW)
        await approve(session, notice.code, writer, now=NOW)


async def test_a_lone_administrator_approves_alone_and_it_is_audited(store: Store) -> None:
    async with store.write() as session:
        admin = await an_officer(session, "Admin", "admin")
        await an_officer(session, "Chưa vào", "broadcaster", signed_in=False)
        await an_officer(session, "Trực", "officer")
        notice = await draft(session, **STORM, by=admin, now=NOW)
        await submit(session, notice.code, admin, now=NOW)
        may = await may_approve(session, notice, admin)
        assert (may.allowed, may.alone) == (True, True)
        await approve(session, notice.code, admin, now=NOW)
        entry = (await session.scalars(select(Audit).where(col(Audit.action) == "notice.approve"))).one()
        assert entry.data == {"alone": True}


async def test_a_second_person_ends_the_lone_approval(store: Store) -> None:
    async with store.write() as session:
        admin = await an_officer(session, "Admin", "admin")
        notice = await draft(session, **STORM, by=admin, now=NOW)
        await submit(session, notice.code, admin, now=NOW)
        second = await an_officer(session, "Hòa", "broadcaster")
        with pytest.raises(NeedsSecondPerson):
            await approve(session, notice.code, admin, now=NOW)
        await revoke(session, second, now=NOW, by=admin)
        await approve(session, notice.code, admin, now=NOW)


async def test_what_the_command_line_wrote_needs_an_officer(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        writer, approver = await two_broadcasters(session)
        notice = await draft(session, **STORM, by=None, now=NOW)
        assert not (await may_approve(session, notice, approver)).allowed
        await submit(session, notice.code, writer, now=NOW)
        with pytest.raises(NeedsSecondPerson):
            await approve(session, notice.code, writer, now=NOW)
        await approve(session, notice.code, approver, now=NOW)
        assert (notice.author_id, notice.approver_id) == (writer.id, approver.id)


async def test_a_changed_text_keeps_its_audience(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        writer, _ = await two_broadcasters(session)
        notice = await draft(session, **STORM, audience={"channels": ["telegram"]}, by=writer, now=NOW)
        changed = await edit(session, notice.code, **STORM, by=writer, now=NOW)
        assert changed.audience == {"channels": ["telegram"]}
        wider = await edit(session, notice.code, **STORM, audience={}, by=writer, now=NOW)
        assert wider.audience == {}


async def test_who_may_not_may_not(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        writer, _ = await two_broadcasters(session)
        officer = await an_officer(session, "Trực", "officer", "leader", "editor")
        notice = await draft(session, **STORM, by=writer, now=NOW)
        with pytest.raises(NotAllowed):
            await draft(session, **STORM, by=officer, now=NOW)
        with pytest.raises(NotAllowed):
            await edit(session, notice.code, **STORM, by=officer, now=NOW)
        for act in (submit, approve, stop, discard):
            with pytest.raises(NotAllowed):
                await act(session, notice.code, officer, now=NOW)
        with pytest.raises(UnknownNotice):
            await get(session, "TB-ZZZZZ")


HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title_vi": " "}, "title_missing"),
        ({"text_vi": ""}, "text_missing"),
        ({"text_en": ""}, "half_english"),
        ({"title_en": ""}, "half_english"),
        ({"text_vi": "x" * 3001}, "too_long"),
        ({"title_vi": "x" * 201}, "too_long"),
        ({"expires_at": NOW}, "expires_before_send"),
        ({"send_at": NOW + 2 * HOUR, "expires_at": NOW + HOUR}, "expires_before_send"),
        ({"audience": {"area": "phu-quoc"}}, "audience"),
        ({"audience": {"languages": ["fr"]}}, "audience"),
    ],
)
async def test_a_notice_that_cannot_be_sent(sqlite_store: Store, changes: dict[str, object], problem: str) -> None:
    async with sqlite_store.write() as session:
        writer, _ = await two_broadcasters(session)
        with pytest.raises(BadNotice) as bad:
            await draft(session, **{**STORM, **changes}, by=writer, now=NOW)
        assert bad.value.problem == problem
        assert await list_notices(session) == []


async def test_a_notice_that_expired_while_it_waited_for_approval(sqlite_store: Store, clock: FrozenClock) -> None:
    async with sqlite_store.write() as session:
        writer, approver = await two_broadcasters(session)
        notice = await draft(session, **STORM, expires_at=NOW + HOUR, by=writer, now=NOW)
        await submit(session, notice.code, writer, now=NOW)
        clock.advance(hours=1)
        with pytest.raises(BadNotice) as bad:
            await approve(session, notice.code, approver, now=clock.now())
        assert bad.value.problem == "expired"


async def test_the_public_page_shows_what_holds_now(store: Store, clock: FrozenClock) -> None:
    async with store.write() as session:
        now_on = await an_approved_notice(session)
        later = await an_approved_notice(session, send_at=NOW + HOUR, expires_at=NOW + 2 * HOUR)
        stopped = await an_approved_notice(session)
        admin = await an_officer(session, "Admin", "admin")
        await stop(session, stopped.code, admin, now=NOW)
        await draft(session, **STORM, by=admin, now=NOW)
        assert [n.code for n in await public_notices(session, NOW)] == [now_on.code]
        clock.advance(hours=1)
        assert [n.code for n in await public_notices(session, clock.now())] == [later.code, now_on.code]
        clock.advance(hours=1)
        assert [n.code for n in await public_notices(session, clock.now())] == [now_on.code]


async def test_a_discarded_notice_is_gone_for_good(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        writer, _ = await two_broadcasters(session)
        notice = await draft(session, **STORM, by=writer, now=NOW)
        await discard(session, notice.code, writer, now=NOW)
        with pytest.raises(WrongNoticeState):
            await submit(session, notice.code, writer, now=NOW)
        assert await audited(session, "notice.discard") == 1
