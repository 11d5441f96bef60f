"""Askers: who they are, in which language, what they asked to be sent, and whether they can be reached."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot.messages import ChatKind, Lane, Language, Membership, MembershipChange, OutgoingMessage
from bot.people import (
    conversation_for,
    conversation_of,
    mark_unreachable,
    move_conversation,
    set_language,
    subscribe,
    subscriptions,
    unsubscribe,
)
from bot.people.askers import first_language, tidy_name
from bot.store import Store, enqueue
from bot.store.tables import (
    Conversation,
    Inbound,
    InboundState,
    OutgoingState,
    Person,
    Purpose,
    Source,
    Subscription,
)
from tests.people.given import NOW, a_group, an_asker, audited, rows_to, said
from tests.support.clock import FrozenClock


async def test_who_writes_twice_is_one_person_with_the_newest_name(store: Store, clock: FrozenClock) -> None:
    async with store.write() as session:
        first = await conversation_for(session, said(name="Ba"), now=NOW)
    clock.advance(hours=1)
    async with store.write() as session:
        second = await conversation_for(session, said(name="Anh Ba"), now=clock.now())
    async with store.read() as session:
        people = list(await session.scalars(select(Person)))
    assert first.id == second.id
    assert [p.name for p in people] == ["Anh Ba"]
    assert people[0].last_seen_at == second.last_inbound_at == clock.now()


async def test_a_newcomer_met_by_two_transactions_at_once_becomes_one_conversation(store: Store) -> None:
    async def meet() -> int | None:
        async with store.write() as session:
            conversation = await conversation_for(session, said(), now=NOW)
            await asyncio.sleep(0.02)
            return conversation.id

    ids = await asyncio.gather(*(meet() for _ in range(4)))
    assert len(set(ids)) == 1
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 1


async def test_a_group_is_no_person(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        group = await conversation_for(session, said(chat_id="-5", kind=ChatKind.GROUP), now=NOW)
    assert group.person_id is None


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Anh Ba", "Anh Ba"),
        ("", ""),
        ("  Ba \n\t Gác  ", "Ba Gác"),
        ("\u202etrái\u0000", "trái"),
        ("x" * 200, "x" * 80),
        ("<b>**Ba**</b>", "<b>**Ba**</b>"),
    ],
)
def test_names_are_tidied(typed: str, shown: str) -> None:
    assert tidy_name(typed) == shown


@pytest.mark.parametrize(
    ("hint", "language"), [(None, "vi"), ("", "vi"), ("vi", "vi"), ("vi-VN", "vi"), ("en", "en"), ("ru", "en")]
)
def test_a_newcomer_is_greeted_in_vietnamese_unless_their_app_speaks_something_else(
    hint: str | None, language: str
) -> None:
    assert first_language(hint) == language


async def test_whoever_writes_again_can_be_reached_again(store: Store) -> None:
    async with store.write() as session:
        conversation = await conversation_for(session, said(), now=NOW)
        await mark_unreachable(session, conversation, "blocked", now=NOW)
    async with store.write() as session:
        blocked = said().model_copy(update={"content": Membership(change=MembershipChange.BLOCKED)})
        still = await conversation_for(session, blocked, now=NOW)
        assert still.unreachable_reason == "blocked", "that the bot was blocked is not a word from the person"
        back = await conversation_for(session, said(), now=NOW)
        assert back.unreachable_at is None
        assert back.unreachable_reason is None


async def test_a_chosen_language_stays_chosen(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        conversation = await conversation_for(session, said(), now=NOW)
        await set_language(session, conversation, Language.EN, now=NOW, chosen=False)
        assert (conversation.language, conversation.language_chosen) == (Language.EN, False)
        await set_language(session, conversation, Language.EN, now=NOW)
        assert conversation.language_chosen
        assert await audited(session, "conversation.language") == 1


async def test_consent_is_kept_with_its_beginning_and_end(store: Store, clock: FrozenClock) -> None:
    async with store.write() as session:
        conversation = await an_asker(session)
        assert await subscriptions(session, conversation) == frozenset()
        assert await subscribe(session, conversation, "weather", now=clock.now()) == {"weather"}
        assert await subscribe(session, conversation, "law", now=clock.now()) == {"weather", "law"}
        assert await subscribe(session, conversation, "law", now=clock.now()) == {"weather", "law"}
        clock.advance(days=1)
        assert await unsubscribe(session, conversation, "weather", now=clock.now()) == {"law"}
        assert await unsubscribe(session, conversation, "weather", now=clock.now()) == {"law"}
        row = (await session.scalars(select(Subscription).where(Subscription.kind == "weather"))).one()  # type: ignore[arg-type]
        assert (row.since, row.until) == (NOW, clock.now())
        assert await audited(session, "subscription.on") == 2
        assert await audited(session, "subscription.off") == 1
        with pytest.raises(ValueError, match="gossip"):
            await subscribe(session, conversation, "gossip", now=NOW)


async def test_a_group_that_becomes_a_supergroup_keeps_everything_that_is_to_come(store: Store) -> None:
    async with store.write() as session:
        desk = await a_group(session, chat_id="-5")
        sent = await enqueue(session, desk, OutgoingMessage(), lane=Lane.ANSWER, source=Source.CARD, now=NOW)
        queued = await enqueue(
            session, desk, OutgoingMessage(edit_of="7"), lane=Lane.ANSWER, source=Source.CARD, now=NOW
        )
        assert sent is not None
        assert queued is not None
        sent.state, sent.platform_message_id = OutgoingState.SENT, "7"
        waiting = said(chat_id="-5", kind=ChatKind.GROUP).model_dump(mode="json")
        for number, state in enumerate((InboundState.WAITING, InboundState.HANDLED)):
            session.add(
                Inbound(
                    channel="telegram",
                    platform_id=str(number),
                    chat_id="-5",
                    message=waiting,
                    state=state,
                    received_at=NOW,
                )
            )
    for _ in range(2):
        async with store.write() as session:
            moved = await move_conversation(session, "telegram", "-5", "-100777", now=NOW)
            assert moved is not None
            assert (moved.id, moved.chat_id, moved.purpose) == (desk.id, "-100777", Purpose.DESK)
    async with store.read() as session:
        assert await conversation_of(session, "telegram", "-5") is None
        rows = await rows_to(session, desk)
        assert [row.chat_id for row in rows] == ["-5", "-100777"], "message 7 of the old group is not message 7 there"
        assert "edit_of" not in rows[1].message
        inbound = {row.state: row for row in await session.scalars(select(Inbound))}
        assert inbound[InboundState.WAITING].chat_id == "-100777"
        assert inbound[InboundState.WAITING].message is not None
        assert inbound[InboundState.WAITING].message["chat_id"] == "-100777"
        assert inbound[InboundState.HANDLED].chat_id == "-5"


async def test_a_supergroup_that_spoke_before_the_word_of_the_move_is_merged(store: Store) -> None:
    async with store.write() as session:
        desk = await a_group(session, chat_id="-5")
        early = await conversation_for(session, said(chat_id="-100777", kind=ChatKind.GROUP), now=NOW)
        await enqueue(session, early, OutgoingMessage(), lane=Lane.REPLY, source=Source.REPLY, now=NOW)
        await subscribe(session, early, "weather", now=NOW)
        await subscribe(session, desk, "weather", now=NOW)
    async with store.write() as session:
        moved = await move_conversation(session, "telegram", "-5", "-100777", now=NOW)
        assert moved is not None
        assert (moved.id, moved.purpose) == (desk.id, Purpose.DESK)
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
        assert [row.chat_id for row in await rows_to(session, desk)] == ["-100777"]


async def test_a_move_between_chats_that_nobody_knows_changes_nothing(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        assert await move_conversation(session, "telegram", "-1", "-2", now=NOW) is None
