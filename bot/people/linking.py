"""One person on several channels: a code from one chat, sent in another, makes them the same person's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.messages import ChatKind
from bot.people.askers import subject_of
from bot.people.codes import ALPHABET, digest, one_time_code, readable
from bot.people.errors import AlreadyLinked, LinkCodeWrong, NotPrivate, TooManyTries
from bot.people.subscriptions import share_subscriptions
from bot.store import audit
from bot.store.tables import Audit, CodePurpose, Conversation, Person, PersonCode

#: Long enough to change from one app to another.
LINK_LIFE = dt.timedelta(minutes=15)
EXPORT_LIFE = dt.timedelta(hours=1)
_LIVES = {CodePurpose.LINK: LINK_LIFE, CodePurpose.EXPORT: EXPORT_LIFE}
#: 32^8, that is 40 bits: with so few tries an hour out of reach of guessing, and still fit for typing.
_CODE_LENGTH = 8
#: Wrong codes, and codes made, that one chat gets in an hour; counted in the store, so two processes count together.
TRIES = 5
CODES = 5
_HOUR = dt.timedelta(hours=1)
_WRONG = "person.link_wrong"


@dataclass(frozen=True, slots=True)
class Joined:
    """Two persons who turned out to be one, and the chats that are theirs besides the one that sent the code."""

    person: Person
    others: tuple[Conversation, ...]


async def chats_of(session: AsyncSession, conversation: Conversation) -> tuple[Conversation, ...]:
    """All private chats of the person in this one, itself among them, the oldest first."""
    if conversation.person_id is None:
        return (conversation,)
    rows = await session.scalars(
        select(Conversation).where(col(Conversation.person_id) == conversation.person_id).order_by(col(Conversation.id))
    )
    return tuple(rows)


async def link_code(session: AsyncSession, conversation: Conversation, *, now: dt.datetime) -> str:
    """A code such as `K7F3-2MQP` that joins another chat to this one; only here it can be read.

    The unused one before it ends. Raises `NotPrivate`, `TooManyTries`.
    """
    code = readable(_CODE_LENGTH)
    await _write_code(session, conversation, _bare(code), CodePurpose.LINK, now=now)
    half = _CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


async def export_code(session: AsyncSession, conversation: Conversation, *, now: dt.datetime) -> str:
    """A code for the address under which the person fetches their data; raises as `link_code` does."""
    code = one_time_code()
    await _write_code(session, conversation, code, CodePurpose.EXPORT, now=now)
    return code


async def conversation_of_export(session: AsyncSession, code: str, *, now: dt.datetime) -> Conversation | None:
    """The chat whose data a code opens, as long as it lives: fetching twice is no harm."""
    found: Conversation | None = await session.scalar(
        select(Conversation)
        .join(PersonCode, col(PersonCode.conversation_id) == col(Conversation.id))
        .where(
            col(PersonCode.code_hash) == digest(code),
            col(PersonCode.purpose) == CodePurpose.EXPORT,
            col(PersonCode.expires_at) > now,
            col(Conversation.erased_at).is_(None),
        )
    )
    return found


async def join_chats(session: AsyncSession, conversation: Conversation, code: str, *, now: dt.datetime) -> Joined:
    """Makes this chat and the one that the code came from the same person's; the code is used up.

    The first chat's answers win in the profile, the second's fill its gaps; notices that either wanted come to both.
    Raises `NotPrivate`, `TooManyTries`, `LinkCodeWrong` (unknown, used and expired look alike), `AlreadyLinked`.
    """
    _must_be_private(conversation)
    if await _lately(session, conversation, now) >= TRIES:
        raise TooManyTries(f"{subject_of(conversation)} tried {TRIES} codes in an hour")
    claimed = await session.execute(
        update(PersonCode)
        .where(
            col(PersonCode.code_hash) == digest(_bare(code)),
            col(PersonCode.purpose) == CodePurpose.LINK,
            col(PersonCode.used_at).is_(None),
            col(PersonCode.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(PersonCode.conversation_id))
        .execution_options(synchronize_session=False)
    )
    row = claimed.first()
    first = await session.get(Conversation, row[0]) if row is not None else None
    if first is None or first.person_id is None or first.erased_at is not None:
        audit(session, _WRONG, subject_of(conversation), now=now, actor="asker")
        await session.flush()
        raise LinkCodeWrong("no such code, or it was used, or it is too old")
    if first.person_id == conversation.person_id:
        raise AlreadyLinked("both chats are the same person's")
    person = await _merge(session, first.person_id, conversation.person_id)
    chats = await chats_of(session, first)
    await share_subscriptions(session, chats, now=now)
    audit(session, "person.linked", f"person:{person.id}", now=now, actor="asker", chats=[chat.id for chat in chats])
    await session.flush()
    return Joined(person, tuple(chat for chat in chats if chat.id != conversation.id))


async def leave_chats(session: AsyncSession, conversation: Conversation, *, now: dt.datetime) -> bool:
    """Makes this chat a person of its own again; False when it was joined to none."""
    if conversation.person_id is None or len(await chats_of(session, conversation)) < 2:
        return False
    before = await session.get_one(Person, conversation.person_id)
    alone = Person(
        name=before.name,
        role=before.role,
        area=before.area,
        vessel=before.vessel,
        created_at=now,
        last_seen_at=now,
    )
    session.add(alone)
    await session.flush()
    conversation.person_id = alone.id
    audit(session, "person.unlinked", f"person:{before.id}", now=now, actor="asker", chat=conversation.id)
    await session.flush()
    return True


async def _merge(session: AsyncSession, kept_id: int, other_id: int | None) -> Person:
    # In the order of their numbers: two who join each other crosswise at the same moment must not wait for ever.
    rows = await session.scalars(
        select(Person)
        .where(col(Person.id).in_([n for n in (kept_id, other_id) if n is not None]))
        .order_by(col(Person.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {person.id: person for person in rows}
    kept = found[kept_id]
    other = found.get(other_id)
    if other is None:
        return kept
    for field in ("role", "area", "vessel"):
        if getattr(kept, field) is None:
            setattr(kept, field, getattr(other, field))
    kept.name = kept.name or other.name
    kept.created_at = min(kept.created_at, other.created_at)
    kept.last_seen_at = max(kept.last_seen_at, other.last_seen_at)
    await session.flush()
    await session.execute(
        update(Conversation)
        .where(col(Conversation.person_id) == other.id)
        .values(person_id=kept.id)
        .execution_options(synchronize_session="fetch")
    )
    await session.execute(delete(Person).where(col(Person.id) == other.id))
    session.expunge(other)
    return kept


async def _write_code(
    session: AsyncSession, conversation: Conversation, code: str, purpose: CodePurpose, *, now: dt.datetime
) -> None:
    _must_be_private(conversation)
    assert conversation.id is not None
    mine = (col(PersonCode.conversation_id) == conversation.id, col(PersonCode.purpose) == purpose)
    made = await session.scalar(
        select(func.count()).select_from(PersonCode).where(*mine, col(PersonCode.created_at) > now - _HOUR)
    )
    if (made or 0) >= CODES:
        raise TooManyTries(f"{subject_of(conversation)} asked for {CODES} codes in an hour")
    await session.execute(
        update(PersonCode)
        .where(*mine, col(PersonCode.used_at).is_(None), col(PersonCode.expires_at) > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    session.add(
        PersonCode(
            code_hash=digest(code),
            purpose=purpose,
            conversation_id=conversation.id,
            created_at=now,
            expires_at=now + _LIVES[purpose],
        )
    )
    audit(session, f"person.code_{purpose.value}", subject_of(conversation), now=now, actor="asker")
    await session.flush()


async def _lately(session: AsyncSession, conversation: Conversation, now: dt.datetime) -> int:
    wrong = (
        select(func.count())
        .select_from(Audit)
        .where(col(Audit.subject) == subject_of(conversation), col(Audit.action) == _WRONG, col(Audit.at) > now - _HOUR)
    )
    return await session.scalar(wrong) or 0


def _must_be_private(conversation: Conversation) -> None:
    if conversation.kind is not ChatKind.PRIVATE or conversation.person_id is None:
        raise NotPrivate("only a private chat is a person's")


def _bare(code: str) -> str:
    return "".join(c for c in code.upper() if c in ALPHABET)
