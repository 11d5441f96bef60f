"""Officers: how they come in, what they may do, and how they leave."""

from __future__ import annotations

import asyncio

import pytest

from bot.messages import ChatKind
from bot.people import (
    BadOfficer,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    LastAdministrator,
    NotAGroup,
    NotAllowed,
    Permission,
    Refused,
    UnknownOfficer,
    bind_account,
    bind_group,
    bind_officer,
    can,
    close_session,
    conversation_for,
    desk_conversations,
    first_administrator,
    invite,
    invite_desk,
    invite_public,
    list_officers,
    login_code,
    officer_of_account,
    officer_of_session,
    open_session,
    redeem,
    require,
    revoke,
    unbind_group,
)
from bot.store import Store
from bot.store.tables import InvitePurpose, Officer, Purpose
from tests.people.given import NOW, an_officer, audited, said
from tests.support.clock import FrozenClock

LOGIN = InvitePurpose.LOGIN

TABLE = [
    # permission, officer, editor, broadcaster, leader, admin
    (Permission.SEE_QUEUE, "x", "x", "", "x", "x"),
    (Permission.TAKE, "x", "", "", "x", "x"),
    (Permission.ANSWER, "x", "", "", "x", "x"),
    (Permission.NOTE, "x", "", "", "x", "x"),
    (Permission.CLOSE, "x", "", "", "x", "x"),
    (Permission.TAKE_OVER, "", "", "", "x", "x"),
    (Permission.EDIT_KNOWLEDGE, "", "x", "", "", "x"),
    (Permission.APPROVE_KNOWLEDGE, "", "x", "", "x", "x"),
    (Permission.SEE_NOTICES, "x", "x", "x", "x", "x"),
    (Permission.WRITE_NOTICE, "", "", "x", "", "x"),
    (Permission.APPROVE_NOTICE, "", "", "x", "", "x"),
    (Permission.SEE_REPORTS, "", "", "", "x", "x"),
    (Permission.SEE_AUDIT, "", "", "", "x", "x"),
    (Permission.MANAGE_OFFICERS, "", "", "", "", "x"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0].value)
def test_who_may_do_what(row: tuple[Permission, str, str, str, str, str]) -> None:
    permission, *marks = row
    for role, mark in zip(("officer", "editor", "broadcaster", "leader", "admin"), marks, strict=True):
        someone = Officer(name="A", roles=[role], created_at=NOW)
        assert can(someone, permission) == bool(mark), role
        someone.revoked_at = NOW
        assert not can(someone, permission), "a revoked officer may do nothing"


def test_the_table_names_every_permission() -> None:
    assert {row[0] for row in TABLE} == set(Permission)


def test_roles_add_up_and_a_role_that_is_gone_gives_nothing() -> None:
    both = Officer(name="A", roles=["editor", "broadcaster", "harbour-master"], created_at=NOW)
    assert can(both, Permission.EDIT_KNOWLEDGE)
    assert can(both, Permission.WRITE_NOTICE)
    with pytest.raises(NotAllowed) as refused:
        require(both, Permission.MANAGE_OFFICERS)
    assert refused.value.key == "not_allowed"


async def test_an_invitation_lets_in_once(store: Store) -> None:
    async with store.write() as session:
        lan, code = await invite(session, name=" Lan ", roles=["officer"], department="legal", now=NOW, by=None)
    assert len(code) >= 22, "128 bits in base64"
    async with store.write() as session:
        used = await redeem(session, code, purpose=LOGIN, now=NOW, used_by="console")
        assert used.officer is not None
        assert (used.officer.id, used.officer.name) == (lan.id, "Lan")
    async with store.write() as session:
        with pytest.raises(CodeUsed):
            await redeem(session, code, purpose=LOGIN, now=NOW, used_by="console")


async def test_a_code_used_twice_at_the_same_moment_works_once(store: Store) -> None:
    async with store.write() as session:
        _, code = await invite(session, name="Lan", roles=["officer"], department=None, now=NOW, by=None)

    async def use(who: str) -> str:
        async with store.write() as session:
            try:
                await redeem(session, code, purpose=LOGIN, now=NOW, used_by=who)
            except CodeUsed:
                return "refused"
            await asyncio.sleep(0.02)
            return "in"

    assert sorted(await asyncio.gather(*(use(str(n)) for n in range(4)))) == ["in", "refused", "refused", "refused"]


async def test_codes_that_open_nothing(sqlite_store: Store, clock: FrozenClock) -> None:
    async with sqlite_store.write() as session:
        _, code = await invite(session, name="Lan", roles=["officer"], department=None, now=NOW, by=None)
        with pytest.raises(CodeUnknown):
            await redeem(session, "guess", purpose=LOGIN, now=NOW, used_by="x")
        with pytest.raises(CodeUnknown):
            await redeem(session, code, purpose=InvitePurpose.DESK, now=NOW, used_by="x")
        clock.advance(hours=24)
        with pytest.raises(CodeExpired):
            await redeem(session, code, purpose=LOGIN, now=clock.now(), used_by="x")


@pytest.mark.parametrize(("name", "roles"), [("", ["officer"]), (" \n", ["officer"]), ("Lan", []), ("Lan", ["king"])])
async def test_an_officer_needs_a_name_and_a_role(sqlite_store: Store, name: str, roles: list[str]) -> None:
    async with sqlite_store.write() as session:
        with pytest.raises(BadOfficer):
            await invite(session, name=name, roles=roles, department=None, now=NOW, by=None)


async def test_only_administrators_invite(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        lan = await an_officer(session, "Lan", "officer", "leader")
        with pytest.raises(NotAllowed):
            await invite(session, name="X", roles=["admin"], department=None, now=NOW, by=lan)
        with pytest.raises(NotAllowed):
            await invite_desk(session, now=NOW, by=lan)
        hoa = await an_officer(session, "Hoa")
        with pytest.raises(NotAllowed):
            await login_code(session, hoa, now=NOW, by=lan)
        assert await login_code(session, lan, now=NOW, by=lan), "a new way in for oneself"


async def test_the_first_administrator_gets_a_new_link_until_one_was_used(store: Store) -> None:
    async with store.write() as session:
        first = await first_administrator(session, NOW)
    async with store.write() as session:
        second = await first_administrator(session, NOW)
    assert first is not None
    assert second is not None
    async with store.write() as session:
        with pytest.raises(CodeExpired):
            await redeem(session, first, purpose=LOGIN, now=NOW, used_by="console")
        used = await redeem(session, second, purpose=LOGIN, now=NOW, used_by="console")
        assert used.officer is not None
        assert can(used.officer, Permission.MANAGE_OFFICERS)
    async with store.write() as session:
        assert await first_administrator(session, NOW) is None
        assert len(await list_officers(session)) == 1


async def test_a_session_lasts_a_shift_and_ends_when_it_is_closed(store: Store, clock: FrozenClock) -> None:
    async with store.write() as session:
        lan = await an_officer(session)
        first = await open_session(session, lan, NOW)
        second = await open_session(session, lan, NOW)
    async with store.write() as session:
        await close_session(session, first, NOW)
        assert await officer_of_session(session, first, NOW) is None
        clock.advance(hours=11, minutes=59)
        still = await officer_of_session(session, second, clock.now())
        assert still is not None
        assert still.id == lan.id
        clock.advance(minutes=1)
        assert await officer_of_session(session, second, clock.now()) is None
        assert await officer_of_session(session, "forged", NOW) is None


async def test_an_account_becomes_an_officers_with_a_code_and_nobody_elses(store: Store) -> None:
    async with store.write() as session:
        lan, lans = await invite(session, name="Lan", roles=["officer"], department=None, now=NOW, by=None)
        hoa = await an_officer(session, "Hoa")
        assert await officer_of_account(session, "telegram", "7") is None
        assert (await bind_officer(session, lans, "telegram", "7", now=NOW)).id == lan.id
        found = await officer_of_account(session, "telegram", "7")
        assert found is not None
        assert found.id == lan.id
        assert await officer_of_account(session, "zalo", "7") is None
        await bind_account(session, hoa, "telegram", "7", now=NOW)
        found = await officer_of_account(session, "telegram", "7")
        assert found is not None
        assert found.id == hoa.id


async def test_revoking_ends_sessions_accounts_and_codes_at_once(store: Store) -> None:
    async with store.write() as session:
        admin = await an_officer(session, "Admin", "admin")
        lan = await an_officer(session, "Lan")
        await bind_account(session, lan, "telegram", "7", now=NOW)
        token = await open_session(session, lan, NOW)
        code = await login_code(session, lan, now=NOW, by=admin)
    async with store.write() as session:
        await revoke(session, lan, now=NOW, by=admin)
        await revoke(session, lan, now=NOW, by=admin)
    async with store.write() as session:
        assert await officer_of_session(session, token, NOW) is None
        assert await officer_of_account(session, "telegram", "7") is None
        with pytest.raises(Refused):
            await redeem(session, code, purpose=LOGIN, now=NOW, used_by="console")
        gone = (await list_officers(session))[-1]
        assert (gone.name, gone.revoked_at, gone.channels) == ("Lan", NOW, ())
        assert await audited(session, "officer.revoke") == 1
        with pytest.raises(UnknownOfficer):
            lan_now = await session.get_one(Officer, lan.id)
            await login_code(session, lan_now, now=NOW, by=admin)


async def test_the_last_administrator_stays(store: Store) -> None:
    async with store.write() as session:
        one = await an_officer(session, "Một", "admin")
        await an_officer(session, "Hai", "admin", signed_in=False)
        with pytest.raises(LastAdministrator):
            await revoke(session, one, now=NOW, by=None)


async def test_two_administrators_who_revoke_each_other_at_once_leave_one(store: Store) -> None:
    async with store.write() as session:
        one = await an_officer(session, "Một", "admin")
        two = await an_officer(session, "Hai", "admin")

    async def throw_out(who: Officer, by: Officer) -> bool:
        async with store.write() as session:
            try:
                await revoke(session, who, now=NOW, by=by)
            except LastAdministrator:
                return False
            await asyncio.sleep(0.02)
            return True

    assert sorted(await asyncio.gather(throw_out(one, two), throw_out(two, one))) == [False, True]


async def test_a_group_becomes_the_desk_with_a_code(store: Store) -> None:
    async with store.write() as session:
        admin = await an_officer(session, "Admin", "admin")
        code = await invite_desk(session, now=NOW, by=admin)
        other = await invite_public(session, now=NOW, by=admin)
        private = await conversation_for(session, said(), now=NOW)
        group = await conversation_for(session, said(chat_id="-5", kind=ChatKind.GROUP), now=NOW)
        with pytest.raises(NotAGroup):
            await bind_group(session, private, "desk", code, now=NOW, used_by="telegram:42")
        with pytest.raises(CodeUnknown):
            await bind_group(session, group, "desk", other, now=NOW, used_by="telegram:42")
        assert await desk_conversations(session) == []
        await bind_group(session, group, "desk", code, now=NOW, used_by="telegram:42")
        assert [g.id for g in await desk_conversations(session)] == [group.id]
        await unbind_group(session, group, now=NOW, by=admin)
        assert group.purpose is Purpose.ASKER


async def test_a_start_does_not_end_the_link_that_an_administrator_was_invited_with(store: Store) -> None:
    async with store.write() as session:
        _, invited = await invite(session, name="Hạnh", roles=["admin"], department=None, now=NOW, by=None)
        printed = await first_administrator(session, NOW)
    assert printed is not None
    async with store.write() as session:
        redeemed = await redeem(session, invited, purpose=LOGIN, now=NOW, used_by="console")
    assert redeemed.officer is not None
    assert redeemed.officer.name == "Hạnh"
