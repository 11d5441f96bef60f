"""Handling stored messages: in order within a conversation, concurrently across conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog
from pydantic import ValidationError
from sqlalchemy import select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot import desk, people
from bot.clock import Clock
from bot.dialogue import Reply, decide, render
from bot.dialogue.actions import SetLanguage
from bot.dialogue.context import Context, Knowledge
from bot.intake.context import load_context
from bot.intake.effects import carry_out
from bot.intake.handling import Handling
from bot.intake.rescue import Rescue
from bot.messages import Channel, ChatKind, InboundMessage, Lane, OutgoingMessage
from bot.store import Store, StoreUnavailable, WritePriority, enqueue
from bot.store.tables import Conversation, Inbound, InboundState, Source

log = structlog.get_logger(__name__)

#: A message that failed so often is kept as a dead letter, so that the next one can be handled.
MAX_TRIES = 3
#: Conversations handled at the same time by one process.
CONCURRENCY = 8
RETRY_PAUSE = 0.5


@dataclass
class Intake:
    """The worker that takes stored messages to dialogue and writes what follows."""

    store: Store
    channels: Mapping[str, Channel]
    knowledge: Callable[[], Knowledge]
    clock: Clock
    rescue: Rescue
    idle: float = 1.0
    retry_pause: float = RETRY_PAUSE
    base_url: str = ""

    def __post_init__(self) -> None:
        self._windows = {name: c.capabilities.window for name, c in self.channels.items() if c.capabilities.window}
        self._busy: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Works until it is cancelled; then finishes the messages under way."""
        try:
            while True:
                try:
                    await self.round()
                except StoreUnavailable as error:
                    log.error("intake can't read the database", reason=str(error))
                await self.store.inbox_wake.wait(self.idle)
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=5)

    async def drain(self) -> None:
        """Handles everything that waits and returns; for tests, the terminal and one-shot commands."""
        while True:
            await self.round()
            if not self._tasks:
                return
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def round(self) -> None:
        """Starts on every conversation that has something waiting, as far as there is room."""
        room = CONCURRENCY - len(self._tasks)
        if room <= 0:
            return
        conversation = tuple_(col(Inbound.channel), col(Inbound.chat_id))
        waiting = (
            select(col(Inbound.channel), col(Inbound.chat_id))
            .where(col(Inbound.state) == InboundState.WAITING, col(Inbound.channel).in_(list(self.channels)))
            .group_by(col(Inbound.channel), col(Inbound.chat_id))
            .order_by(text("min(id)"))
            .limit(room)
        )
        if self._busy:
            waiting = waiting.where(conversation.not_in(list(self._busy)))
        async with self.store.read() as session:
            found = [(row[0], row[1]) for row in (await session.execute(waiting)).all()]
        for key in found:
            self._busy.add(key)
            task = asyncio.create_task(self._conversation(key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _conversation(self, key: tuple[str, str]) -> None:
        """Handles one conversation's messages, oldest first, until none waits."""
        try:
            while await self._next(key):
                pass
        except Exception:
            log.exception("intake failed outside a message", channel=key[0])
            await asyncio.sleep(self.idle)  # it is tried again at once: not as fast as the machine can fail
        finally:
            self._busy.discard(key)
            self.store.inbox_wake.ring()

    async def _next(self, key: tuple[str, str]) -> bool:
        oldest = (
            select(Inbound)
            .where(col(Inbound.state) == InboundState.WAITING)
            .where(col(Inbound.channel) == key[0], col(Inbound.chat_id) == key[1])
            .order_by(col(Inbound.id))
            .limit(1)
        )
        inbound: Inbound | None = None
        try:
            async with self.store.read() as session:
                inbound = await session.scalar(oldest)
            if inbound is None:
                return False
            await self._handle(inbound)
        except StoreUnavailable as error:
            # Not the message's fault: it isn't counted, and whoever is in danger gets the numbers without the database.
            log.error("intake can't write to the database", reason=str(error))
            if inbound is not None:
                await self._rescue(inbound)
            await asyncio.sleep(self.idle)
            return False
        except Exception as error:
            if inbound is None:
                raise
            log.exception(
                "can't handle a message", inbound=inbound.id, channel=inbound.channel, tries=inbound.attempts + 1
            )
            await self._failed(inbound, error)
        self.store.outbox_wake.ring()
        return True

    async def _handle(self, inbound: Inbound) -> None:
        """The one transaction: mark handled, make every change, write the outgoing rows."""
        assert inbound.id is not None
        message = InboundMessage.model_validate(inbound.message)
        now = self.clock.now()
        knowledge = self.knowledge()
        async with self.store.write(WritePriority.INBOUND) as session:
            if not await self._claim(session, inbound):
                return
            conversation = await people.conversation_for(session, message, now=now)
            officer = await people.officer_of_account(session, message.channel, message.sender.id)
            handling = Handling(
                session,
                knowledge.snapshot,
                conversation,
                message,
                inbound.id,
                officer,
                now,
                self.base_url,
                self._windows,
            )
            context = await load_context(handling, self.channels[message.channel].capabilities)
            actions = decide(message, context, knowledge, now)
            outcomes = await carry_out(handling, actions)
            if any(isinstance(action, SetLanguage) for action in actions):
                context = _speaking(context, conversation)
            for reply in render(actions, outcomes, context, knowledge, now):
                await self._write(session, conversation, reply, inbound, message)
            if conversation.erased_at is None:
                conversation.last_inbound_at = now

    async def _claim(self, session: AsyncSession, inbound: Inbound) -> bool:
        """Marks the message handled; False when another process was quicker."""
        if not self.store.is_sqlite:
            # Keeps the order within a conversation when several processes handle messages.
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))")
            await session.execute(lock, {"key": f"{inbound.channel}:{inbound.chat_id}"})
        marked = await session.execute(
            update(Inbound)
            .where(col(Inbound.id) == inbound.id, col(Inbound.state) == InboundState.WAITING)
            .values(state=InboundState.HANDLED, handled_at=self.clock.now(), attempts=col(Inbound.attempts) + 1)
            .returning(col(Inbound.id))
        )
        return marked.first() is not None

    async def _write(
        self, session: AsyncSession, conversation: Conversation, reply: Reply, inbound: Inbound, message: InboundMessage
    ) -> None:
        outgoing: OutgoingMessage = reply.message
        if message.chat_kind is not ChatKind.PRIVATE and message.message_id and outgoing.reply_to is None:
            # In a group nobody knows whom an answer is for unless it is a reply.
            outgoing = outgoing.model_copy(update={"reply_to": message.message_id})
        if message.topic is not None and outgoing.thread is None:
            outgoing = outgoing.model_copy(update={"thread": message.topic})
        ticket = await desk.by_code(session, reply.card) if reply.card is not None else None
        source = Source.DISTRESS if reply.distress else Source.REPLY
        await enqueue(
            session,
            conversation,
            outgoing,
            lane=reply.lane,
            # A card that an officer asked for leads to its ticket as the first one does.
            source=Source.CARD if ticket is not None else source,
            now=self.clock.now(),
            # What was just erased is not tied to the last word about it, which still has to find its way.
            inbound_id=inbound.id if conversation.erased_at is None else None,
            chat_id=message.chat_id if conversation.erased_at is not None else None,
            dedupe_key=f"export:{inbound.id}" if outgoing.document is not None else None,
            ticket_id=ticket.id if ticket is not None else None,
        )

    async def _failed(self, inbound: Inbound, error: Exception) -> None:
        """Counts a failed try; after the last one the message is a dead letter and the sender gets an apology."""
        tries = inbound.attempts + 1
        dead = tries >= MAX_TRIES
        # Whatever is broken, it must not stand between somebody in danger and the numbers.
        message = await self._rescue(inbound)
        async with self.store.write(WritePriority.INBOUND) as session:
            counted = await session.execute(
                update(Inbound)
                # another process may have handled it meanwhile: what is done stays done
                .where(col(Inbound.id) == inbound.id, col(Inbound.state) == InboundState.WAITING)
                .values(
                    attempts=tries,
                    state=InboundState.DEAD if dead else InboundState.WAITING,
                    error=f"{type(error).__name__}: {error}"[:2000],
                )
                .returning(col(Inbound.id))
            )
            dead = dead and counted.first() is not None
            if dead and message is not None and message.chat_kind is ChatKind.PRIVATE:
                await self._apologise(session, message, inbound)
        if dead:
            log.critical("message is a dead letter; see the console's system page", inbound=inbound.id)
        else:
            await asyncio.sleep(self.retry_pause)

    async def _rescue(self, inbound: Inbound) -> InboundMessage | None:
        """Gives the numbers without the database to whoever is in danger; the message, None if it can't be read."""
        try:
            message = InboundMessage.model_validate(inbound.message)
        except ValidationError:  # written by another version: it is counted, and becomes a dead letter
            return None
        await self.rescue.send_directly(inbound.platform_id, message)
        return message

    async def _apologise(self, session: AsyncSession, message: InboundMessage, inbound: Inbound) -> None:
        now = self.clock.now()
        conversation = await people.conversation_for(session, message, now=now)
        words = self.knowledge().snapshot.words(conversation.language)
        await enqueue(
            session,
            conversation,
            OutgoingMessage(text=words.say("apology")),
            lane=Lane.REPLY,
            source=Source.APOLOGY,
            now=now,
            dedupe_key=f"apology:{inbound.id}",
            inbound_id=inbound.id,
        )


def _speaking(context: Context, conversation: Conversation) -> Context:
    """The context after the language was changed: the answer already speaks the new one."""
    return replace(context, language=conversation.language, language_chosen=conversation.language_chosen)
