"""Officers: inviting them, the first administrator, their accounts on platforms, and taking all that away again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.people.askers import tidy_name
from bot.people.errors import BadOfficer, LastAdministrator, UnknownOfficer
from bot.people.invites import cancel_codes, new_code, redeem
from bot.people.roles import Permission, can, require
from bot.people.sessions import end_sessions
from bot.store import audit
from bot.store.tables import Conversation, Invite, InvitePurpose, Officer, OfficerIdentity, Role

#: Two processes that start together must not both make a first administrator; any number that stays the same will do.
_FIRST_ADMINISTRATOR_LOCK = 0x48444641
#: The name until the first administrator is renamed; officers see it in the queue.
FIRST_ADMINISTRATOR = "Quản trị viên"
_ROLES = frozenset(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """An officer as the list shows them."""

    id: int
    name: str
    roles: tuple[str, ...]
    department: str | None
    created_at: dt.datetime
    revoked_at: dt.datetime | None
    signed_in: bool
    channels: tuple[str, ...]


async def invite(
    session: AsyncSession,
    *,
    name: str,
    roles: Iterable[str],
    department: str | None,
    now: dt.datetime,
    by: Officer | None,
) -> tuple[Officer, str]:
    """A new officer and the one-time code that lets them in; without `by` the command line asks.

    Raises `NotAllowed`, and `BadOfficer` for a blank name, no role or an unknown one.
    """
    if by is not None:
        require(by, Permission.MANAGE_OFFICERS)
    wanted = list(dict.fromkeys(roles))
    if not tidy_name(name):
        raise BadOfficer("an officer needs a name", problem="name")
    if not wanted or any(role not in _ROLES for role in wanted):
        known = ", ".join(Role)
        raise BadOfficer(f"roles {wanted}: choose at least one of {known}", problem=", ".join(wanted) or "role")
    officer = Officer(name=tidy_name(name), roles=wanted, department=department, created_at=now)
    session.add(officer)
    await session.flush()
    code = await new_code(session, InvitePurpose.LOGIN, now=now, officer=officer)
    audit(
        session,
        "officer.invite",
        f"officer:{officer.id}",
        now=now,
        by=by,
        actor=None if by else "command line",
        roles=wanted,
    )
    return officer, code


async def login_code(session: AsyncSession, officer: Officer, *, now: dt.datetime, by: Officer | None) -> str:
    """A fresh code for an officer who is there already; the older unused ones end. One may ask for one's own."""
    if by is not None and by.id != officer.id:
        require(by, Permission.MANAGE_OFFICERS)
    if officer.revoked_at is not None:
        raise UnknownOfficer(f"officer {officer.id} was revoked")
    await cancel_codes(session, officer, now=now)
    code = await new_code(session, InvitePurpose.LOGIN, now=now, officer=officer)
    audit(session, "officer.login_code", f"officer:{officer.id}", now=now, by=by, actor=None if by else "command line")
    return code


async def first_administrator(session: AsyncSession, now: dt.datetime) -> str | None:
    """A login code for the first administrator, while no administrator ever signed in; else None.

    Each call makes the code anew (it is printed at the start and can't be read again), and ends the one printed before;
    a link that somebody was invited with stays good.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _FIRST_ADMINISTRATOR_LOCK})
    if await holders(session, Permission.MANAGE_OFFICERS):
        return None
    waiting = [o for o in await _active(session) if can(o, Permission.MANAGE_OFFICERS)]
    if waiting:
        officer = waiting[0]
    else:
        officer = Officer(name=FIRST_ADMINISTRATOR, roles=[Role.ADMIN.value], created_at=now)
        session.add(officer)
        await session.flush()
    if officer.name == FIRST_ADMINISTRATOR:
        await cancel_codes(session, officer, now=now)
    code = await new_code(session, InvitePurpose.LOGIN, now=now, officer=officer)
    audit(session, "officer.first_administrator", f"officer:{officer.id}", now=now)
    return code


async def rename(session: AsyncSession, officer: Officer, name: str, *, now: dt.datetime, by: Officer) -> None:
    """Gives an officer another name: one's own, or an administrator somebody's. Raises `NotAllowed`, `BadOfficer`."""
    if by.id != officer.id:
        require(by, Permission.MANAGE_OFFICERS)
    if not tidy_name(name):
        raise BadOfficer("an officer needs a name", problem="name")
    before, officer.name = officer.name, tidy_name(name)
    audit(session, "officer.rename", f"officer:{officer.id}", now=now, by=by, before=before)
    await session.flush()


async def bind_account(
    session: AsyncSession, officer: Officer, channel: str, user_id: str, *, now: dt.datetime
) -> None:
    """Makes an account on a platform the officer's; it is nobody else's from then on."""
    assert officer.id is not None
    there = await session.scalar(
        select(OfficerIdentity)
        .where(col(OfficerIdentity.channel) == channel, col(OfficerIdentity.user_id) == user_id)
        .with_for_update()
    )
    if there is None:
        session.add(OfficerIdentity(officer_id=officer.id, channel=channel, user_id=user_id, bound_at=now))
    elif there.officer_id != officer.id:
        there.officer_id, there.bound_at = officer.id, now
    else:
        return
    audit(session, "officer.bind", f"officer:{officer.id}", now=now, by=officer, account=f"{channel}:{user_id}")
    await session.flush()


async def bind_officer(session: AsyncSession, code: str, channel: str, user_id: str, *, now: dt.datetime) -> Officer:
    """Uses a login code to make an account an officer's; raises what `redeem` raises."""
    used = await redeem(session, code, purpose=InvitePurpose.LOGIN, now=now, used_by=f"{channel}:{user_id}")
    if used.officer is None:
        raise UnknownOfficer(f"one-time code {used.invite.id} belongs to no officer")
    await bind_account(session, used.officer, channel, user_id, now=now)
    return used.officer


async def officer_of_account(session: AsyncSession, channel: str, user_id: str) -> Officer | None:
    """The officer behind an account on a platform."""
    found: Officer | None = await session.scalar(
        select(Officer)
        .join(OfficerIdentity, col(OfficerIdentity.officer_id) == col(Officer.id))
        .where(
            col(OfficerIdentity.channel) == channel,
            col(OfficerIdentity.user_id) == user_id,
            col(Officer.revoked_at).is_(None),
        )
    )
    return found


async def officers_chats(session: AsyncSession, channel: str) -> list[str]:
    """The officers' own chats with the bot on a platform where a private chat has its person's id (Telegram)."""
    rows = await session.scalars(
        select(col(Conversation.chat_id))
        .join(
            OfficerIdentity,
            (col(OfficerIdentity.channel) == col(Conversation.channel))
            & (col(OfficerIdentity.user_id) == col(Conversation.chat_id)),
        )
        .join(Officer, col(Officer.id) == col(OfficerIdentity.officer_id))
        .where(
            col(Conversation.channel) == channel,
            col(Conversation.unreachable_at).is_(None),
            col(Officer.revoked_at).is_(None),
        )
        .order_by(col(Conversation.id))
    )
    return list(rows)


async def officer_by_id(session: AsyncSession, officer_id: int) -> Officer:
    """The officer with that number; raises `UnknownOfficer`."""
    officer = await session.get(Officer, officer_id)
    if officer is None:
        raise UnknownOfficer(f"no officer {officer_id}")
    return officer


async def revoke(session: AsyncSession, officer: Officer, *, now: dt.datetime, by: Officer | None) -> None:
    """Ends an officer's access at once: sessions, accounts and unused codes. Twice is once.

    The only administrator can't be revoked (`LastAdministrator`): invite another one first.
    """
    if by is not None:
        require(by, Permission.MANAGE_OFFICERS)
    # The rows are locked: two administrators who revoke each other at the same moment must not both succeed.
    await session.execute(select(col(Officer.id)).order_by(col(Officer.id)).with_for_update(key_share=True))
    officer = await session.get_one(Officer, officer.id, populate_existing=True)
    if officer.revoked_at is not None:
        return
    if can(officer, Permission.MANAGE_OFFICERS):
        others = [o for o in await holders(session, Permission.MANAGE_OFFICERS) if o.id != officer.id]
        if not others:
            raise LastAdministrator(f"{officer.name} is the only administrator", name=officer.name)
    officer.revoked_at = now
    await end_sessions(session, officer, now)
    await cancel_codes(session, officer, now=now)
    await session.execute(delete(OfficerIdentity).where(col(OfficerIdentity.officer_id) == officer.id))
    audit(session, "officer.revoke", f"officer:{officer.id}", now=now, by=by, actor=None if by else "command line")
    await session.flush()


_SIGNED_IN = or_(
    exists().where(
        col(Invite.officer_id) == col(Officer.id),
        col(Invite.purpose) == InvitePurpose.LOGIN,
        col(Invite.used_at).is_not(None),
    ),
    exists().where(col(OfficerIdentity.officer_id) == col(Officer.id)),
)


async def _active(session: AsyncSession) -> list[Officer]:
    rows = await session.scalars(
        select(Officer)
        .where(col(Officer.revoked_at).is_(None))
        .order_by(col(Officer.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def holders(session: AsyncSession, permission: Permission) -> list[Officer]:
    """The officers who may do something and have signed in at least once: an invitation nobody took isn't a person."""
    rows = await session.scalars(
        select(Officer)
        .where(col(Officer.revoked_at).is_(None), _SIGNED_IN)
        .order_by(col(Officer.id))
        .execution_options(populate_existing=True)
    )
    return [officer for officer in rows if can(officer, permission)]


async def list_officers(session: AsyncSession) -> list[OfficerLine]:
    """All officers, those who left at the end."""
    rows = (await session.execute(select(Officer, _SIGNED_IN).order_by(col(Officer.id)))).all()
    accounts: dict[int, list[str]] = {}
    for identity in await session.scalars(select(OfficerIdentity).order_by(col(OfficerIdentity.id))):
        accounts.setdefault(identity.officer_id, []).append(identity.channel)
    lines = [
        OfficerLine(
            id=officer.id or 0,
            name=officer.name,
            roles=tuple(officer.roles),
            department=officer.department,
            created_at=officer.created_at,
            revoked_at=officer.revoked_at,
            signed_in=bool(signed_in),
            channels=tuple(dict.fromkeys(accounts.get(officer.id or 0, ()))),
        )
        for officer, signed_in in rows
    ]
    return sorted(lines, key=lambda line: line.revoked_at is not None)
