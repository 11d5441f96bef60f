"""One-time codes: made for one purpose, used once, dead after a day; the store knows only their hashes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import CursorResult, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.messages import ChatKind
from bot.people.askers import subject_of
from bot.people.codes import digest, one_time_code
from bot.people.errors import CodeExpired, CodeUnknown, CodeUsed, NotAGroup, UnknownOfficer
from bot.people.roles import Permission, require
from bot.store import audit
from bot.store.tables import Conversation, Invite, InvitePurpose, Officer, Purpose

CODE_LIFE = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A one-time code that was good, and the officer whom it lets in (none for a group's code)."""

    invite: Invite
    officer: Officer | None


async def new_code(
    session: AsyncSession, purpose: InvitePurpose, *, now: dt.datetime, officer: Officer | None = None
) -> str:
    """Makes a code; only here it can be read."""
    code = one_time_code()
    session.add(
        Invite(
            code_hash=digest(code),
            purpose=purpose,
            officer_id=officer.id if officer else None,
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    await session.flush()
    return code


async def invite_desk(session: AsyncSession, *, now: dt.datetime, by: Officer | None) -> str:
    """A code that makes a group the officers' desk; without an officer the command line asks."""
    return await _group_code(session, InvitePurpose.DESK, now=now, by=by)


async def invite_public(session: AsyncSession, *, now: dt.datetime, by: Officer | None) -> str:
    """A code that makes a channel a public one, to which every notice goes."""
    return await _group_code(session, InvitePurpose.PUBLIC, now=now, by=by)


async def _group_code(session: AsyncSession, purpose: InvitePurpose, *, now: dt.datetime, by: Officer | None) -> str:
    if by is not None:
        require(by, Permission.MANAGE_OFFICERS)
    code = await new_code(session, purpose, now=now)
    audit(session, "invite.group", f"purpose:{purpose.value}", now=now, by=by, actor=None if by else "command line")
    return code


async def cancel_codes(session: AsyncSession, officer: Officer, *, now: dt.datetime) -> None:
    """Lets the officer's unused codes expire."""
    await session.execute(
        update(Invite)
        .where(
            col(Invite.officer_id) == officer.id,
            col(Invite.used_at).is_(None),
            col(Invite.expires_at) > now,
        )
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


async def redeem(
    session: AsyncSession, code: str, *, purpose: InvitePurpose, now: dt.datetime, used_by: str
) -> Redeemed:
    """Uses a code, exactly once even when two try at the same moment.

    `used_by` says who, for the record (`console`, `telegram:42`). Raises `CodeUnknown`, `CodeUsed`, `CodeExpired`, or
    `UnknownOfficer` when the officer was revoked meanwhile. To a stranger all of them may look alike.
    """
    hashed = digest(code.strip())
    claimed = await session.execute(
        update(Invite)
        .where(
            col(Invite.code_hash) == hashed,
            col(Invite.purpose) == purpose,
            col(Invite.used_at).is_(None),
            col(Invite.expires_at) > now,
        )
        .values(used_at=now, used_by=used_by[:200])
        .execution_options(synchronize_session=False)
    )
    invite = await session.scalar(
        select(Invite)
        .where(col(Invite.code_hash) == hashed, col(Invite.purpose) == purpose)
        .execution_options(populate_existing=True)
    )
    assert isinstance(claimed, CursorResult)
    if invite is None or claimed.rowcount != 1:
        raise _no_good(invite, purpose)
    officer = await _officer_of(session, invite)
    audit(session, "invite.used", f"invite:{invite.id}", now=now, by=officer, actor=None if officer else used_by)
    return Redeemed(invite, officer)


async def peek(session: AsyncSession, code: str, *, purpose: InvitePurpose, now: dt.datetime) -> Redeemed:
    """Whom a code would let in, using nothing up: chat apps open links by themselves to preview them.

    Raises what `redeem` raises.
    """
    invite = await session.scalar(
        select(Invite).where(col(Invite.code_hash) == digest(code.strip()), col(Invite.purpose) == purpose)
    )
    if invite is None or invite.used_at is not None or invite.expires_at <= now:
        raise _no_good(invite, purpose)
    return Redeemed(invite, await _officer_of(session, invite))


def _no_good(invite: Invite | None, purpose: InvitePurpose) -> CodeUnknown | CodeUsed | CodeExpired:
    if invite is None:
        return CodeUnknown(f"no such one-time code for {purpose.value}")
    if invite.used_at is not None:
        return CodeUsed(f"one-time code {invite.id} was used at {invite.used_at:%Y-%m-%d %H:%M}")
    return CodeExpired(f"one-time code {invite.id} ended at {invite.expires_at:%Y-%m-%d %H:%M}")


async def _officer_of(session: AsyncSession, invite: Invite) -> Officer | None:
    if invite.officer_id is None:
        return None
    officer = await session.get_one(Officer, invite.officer_id)
    if officer.revoked_at is not None:
        raise UnknownOfficer(f"officer {officer.id} was revoked")
    return officer


async def bind_group(
    session: AsyncSession,
    conversation: Conversation,
    purpose: Literal["desk", "public"],
    code: str,
    *,
    now: dt.datetime,
    used_by: str,
) -> Conversation:
    """Makes a group the officers' desk, or a channel a public one; raises what `redeem` raises, and `NotAGroup`."""
    if conversation.kind is ChatKind.PRIVATE:
        raise NotAGroup("a private chat can't be bound; send the command in the group")
    await redeem(session, code, purpose=InvitePurpose(purpose), now=now, used_by=used_by)
    conversation.purpose = Purpose(purpose)
    audit(session, f"conversation.bind_{purpose}", subject_of(conversation), now=now, actor=used_by)
    await session.flush()
    return conversation


async def unbind_group(session: AsyncSession, conversation: Conversation, *, now: dt.datetime, by: Officer) -> None:
    """Makes a bound group an ordinary chat again."""
    require(by, Permission.MANAGE_OFFICERS)
    conversation.purpose = Purpose.ASKER
    audit(session, "conversation.unbind", subject_of(conversation), now=now, by=by)
    await session.flush()


async def desk_conversations(session: AsyncSession) -> list[Conversation]:
    """The officers' groups that can be reached."""
    rows = await session.scalars(
        select(Conversation)
        .where(col(Conversation.purpose) == Purpose.DESK, col(Conversation.unreachable_at).is_(None))
        .order_by(col(Conversation.id))
    )
    return list(rows)


async def bound_groups(session: AsyncSession) -> list[Conversation]:
    """The officers' groups and the public channels, also those that the bot has lost."""
    rows = await session.scalars(
        select(Conversation)
        .where(col(Conversation.purpose).in_((Purpose.DESK, Purpose.PUBLIC)))
        .order_by(col(Conversation.purpose), col(Conversation.id))
    )
    return list(rows)
