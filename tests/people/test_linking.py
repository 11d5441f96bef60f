"""One person on two channels: joined by a code that lives a quarter of an hour and can't be guessed."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot.people import (
    AlreadyLinked,
    LinkCodeWrong,
    NotPrivate,
    Profile,
    TooManyTries,
    chats_of,
    conversation_of,
    join_chats,
    leave_chats,
    link_code,
    profile_of,
    set_profile,
    subscribe,
    subscriptions,
    unsubscribe,
    unsubscribe_all,
)
from bot.people.linking import CODES, TRIES
from bot.store import Store
from bot.store.tables import Person, PersonCode
from tests.people.given import NOW, a_group, an_asker, audited
from tests.support.clock import FrozenClock

AREAS = frozenset({"phu-quoc"})


async def test_two_chats_become_one_persons(store: Store) -> None:
    async with store.write() as session:
        phone = await an_asker(session, chat_id="1")
        web = await an_asker(session, chat_id="2", channel="web", name="")
        await set_profile(session, phone, "role", "fisherman", areas=AREAS, now=NOW)
        await set_profile(session, web, "role", "business", areas=AREAS, now=NOW)
        await set_profile(session, web, "area", "phu-quoc", areas=AREAS, now=NOW)
        await subscribe(session, phone, "weather", now=NOW)
        await subscribe(session, web, "law", now=NOW)
        code = await link_code(session, phone, now=NOW)
    async with store.write() as session:
        second = await conversation_of(session, "web", "2")
        assert second is not None
        joined = await join_chats(session, second, f" {code.lower()} ", now=NOW)
        assert [chat.chat_id for chat in joined.others] == ["1"]
    async with store.write() as session:
        first, second = await conversation_of(session, "telegram", "1"), await conversation_of(session, "web", "2")
        assert first is not None
        assert second is not None
        assert first.person_id == second.person_id
        assert await session.scalar(select(func.count()).select_from(Person)) == 1
        assert await profile_of(session, second) == Profile(role="fisherman", area="phu-quoc")
        for chat in (first, second):
            assert await subscriptions(session, chat) == {"weather", "law"}
        assert await unsubscribe(session, second, "law", now=NOW) == {"weather"}
        assert await subscriptions(session, first) == {"weather"}
        assert await unsubscribe_all(session, first, now=NOW) == {"weather"}
        assert await subscriptions(session, second) == frozenset()
        assert [chat.chat_id for chat in await chats_of(session, first)] == ["1", "2"]
        assert await audited(session, "person.linked") == 1


async def test_separated_chats_are_two_persons_again(store: Store) -> None:
    async with store.write() as session:
        phone, web = await an_asker(session, chat_id="1"), await an_asker(session, chat_id="2", channel="web")
        assert not await leave_chats(session, web, now=NOW)
        await join_chats(session, web, await link_code(session, phone, now=NOW), now=NOW)
        await session.refresh(web)
        assert await leave_chats(session, web, now=NOW)
        assert phone.person_id != web.person_id
        assert [chat.id for chat in await chats_of(session, phone)] == [phone.id]


async def test_a_code_works_once_for_a_quarter_of_an_hour_and_the_newest_only(store: Store, clock: FrozenClock) -> None:
    async with store.write() as session:
        phone = await an_asker(session)
        others = [await an_asker(session, channel="web") for _ in range(4)]
        replaced = await link_code(session, phone, now=clock.now())
        used = await link_code(session, phone, now=clock.now())
        clock.advance(minutes=14)
        with pytest.raises(LinkCodeWrong):
            await join_chats(session, others[0], replaced, now=clock.now())
        await join_chats(session, others[0], used, now=clock.now())
        with pytest.raises(LinkCodeWrong):
            await join_chats(session, others[1], used, now=clock.now())
        late = await link_code(session, phone, now=clock.now())
        clock.advance(minutes=15)
        with pytest.raises(LinkCodeWrong):
            await join_chats(session, others[2], late, now=clock.now())
        own = await link_code(session, phone, now=clock.now())
        with pytest.raises(AlreadyLinked):
            await join_chats(session, phone, own, now=clock.now())


async def test_guessing_and_asking_are_limited_for_an_hour(store: Store, clock: FrozenClock) -> None:
    async with store.write() as session:
        phone, thief = await an_asker(session), await an_asker(session)
        code = await link_code(session, phone, now=clock.now())
    for _ in range(TRIES):
        async with store.write() as session:
            with pytest.raises(LinkCodeWrong):
                await join_chats(session, thief, "AAAA-2222", now=clock.now())
    async with store.write() as session:
        with pytest.raises(TooManyTries):
            await join_chats(session, thief, code, now=clock.now())
        for _ in range(CODES - 1):
            await link_code(session, phone, now=clock.now())
        with pytest.raises(TooManyTries):
            await link_code(session, phone, now=clock.now())
    clock.advance(minutes=61)
    async with store.write() as session:
        fresh = await link_code(session, phone, now=clock.now())
        await join_chats(session, thief, fresh, now=clock.now())


async def test_of_two_who_use_a_code_at_once_one_is_joined(store: Store) -> None:
    async with store.write() as session:
        phone = await an_asker(session)
        others = [await an_asker(session, channel="web") for _ in range(2)]
        code = await link_code(session, phone, now=NOW)

    async def use(chat_id: str) -> bool:
        async with store.write() as session:
            chat = await conversation_of(session, "web", chat_id)
            assert chat is not None
            try:
                await join_chats(session, chat, code, now=NOW)
            except LinkCodeWrong:
                return False
            return True

    assert sorted(await asyncio.gather(*(use(chat.chat_id) for chat in others))) == [False, True]


async def test_only_the_hash_is_kept_and_groups_are_no_persons(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        code = await link_code(session, await an_asker(session), now=NOW)
        (row,) = await session.scalars(select(PersonCode))
        assert code.replace("-", "") not in str(row.model_dump())
        for refused in (link_code(session, await a_group(session), now=NOW),):
            with pytest.raises(NotPrivate):
                await refused
